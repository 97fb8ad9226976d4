"""`yingbi rules …`: detection rules, checked, listed, tried and run by hand."""

import argparse
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from yingbi.commands.shape import COULD_NOT, FINE, FOUND, WRONG_USE, Commands, add_command, complain, moment

if TYPE_CHECKING:
    from siem.index.store import EventStore

MOST_DAYS = 400


def add_rules(commands: Commands) -> None:
    """Name the commands `yingbi rules …` to the parser."""
    rules = commands.add_parser("rules", help="检测规则 / detection rules", epilog="example: yingbi rules list")
    group = rules.add_subparsers(dest="rules", required=True, metavar="COMMAND")
    check = add_command(
        group,
        "check",
        _ended(_check),
        "检查规则及其样例的写法 / find what is wrong with rules and their examples",
        "yingbi rules check var/rules/mine.yml --json",
    )
    check.add_argument(
        "paths", type=Path, nargs="*", metavar="FILE", help="文件或目录，默认全部 / files or folders; all rules"
    )
    listing = add_command(
        group, "list", _ended(_list), "列出规则 / say which rules are in force", "yingbi rules list --json"
    )
    trying = add_command(
        group,
        "test",
        _ended(_test),
        "上线之前先试：用样例，并在最近几天的记录上运行 / try rules on their examples and on the last days",
        "yingbi rules test var/rules/mine.yml --days 14",
    )
    trying.add_argument("rule", nargs="*", metavar="RULE", help="名称或文件，默认全部 / names or files; all rules")
    trying.add_argument(
        "--days", type=_days, default=7, metavar="N", help="最近几天，0 为只试样例 / so many days, 0 for none; 7"
    )
    running = add_command(
        group,
        "run",
        _ended(_run),
        "在索引上运行一条规则，不产生告警 / run a rule over the index; no alert is raised",
        "yingbi rules run many_subjects --since 2d --json",
    )
    running.add_argument("rule", metavar="RULE", help="名称、id 或文件 / its name, id or file")
    running.add_argument(
        "--since", type=moment, required=True, metavar="TIME", help="从何时起：7d、36h、2026-11-23T09:00 / since when"
    )
    running.add_argument(
        "--until", type=moment, default="0m", metavar="TIME", help="到何时为止，默认现在 / until when; now"
    )
    for command in (trying, running):
        command.add_argument(
            "--index", choices=("sqlite", "elasticsearch"), help="哪种索引，默认按设置 / which index; as it is set"
        )
    for command in (check, listing, trying, running):
        command.add_argument("--json", action="store_true", help="输出 JSON / as JSON")


def _days(text: str) -> int:
    days = int(text)
    if not 0 <= days <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"0 至 {MOST_DAYS} 天 / from 0 to {MOST_DAYS} days")
    return days


def _ended(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """*run*, which says in a sentence what kept it from its end."""

    def running(given: argparse.Namespace) -> int:
        from deploy.elasticsearch.connection import NodeUnavailable
        from siem.detect.rule_file import RuleError
        from siem.index.store import StoreUnavailable
        from yingbi.rule_desk import NoSuchRule

        try:
            return run(given)
        except RuleError as error:
            complain(f"规则有误 / the rules have errors:\n{error}")
            return FOUND
        except NoSuchRule as problem:
            complain(str(problem))
            return WRONG_USE
        except (NodeUnavailable, StoreUnavailable) as unavailable:
            complain(f"索引不能查询 / the index cannot be asked: {unavailable}")
        except OSError as error:
            complain(f"无法读取 / cannot read `{error.filename}`: {error.strerror or error}")
        return COULD_NOT

    return running


def _check(given: argparse.Namespace) -> int:
    import json

    from yingbi.home import Home
    from yingbi.rule_desk import check_files, files_named
    from yingbi.settings import read_settings

    findings = check_files(files_named(Home(read_settings().home), given.paths))
    if given.json:
        print(json.dumps([finding.as_json() for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            print(finding)
    return FOUND if findings else FINE


def _list(given: argparse.Namespace) -> int:
    import json

    from siem.detect.precision import NOTHING_CLOSED
    from yingbi.clock import now
    from yingbi.home import Home
    from yingbi.lines.alerts import CannotTell, precision_column, precision_in, precision_json
    from yingbi.rule_desk import lists_of, rule_as_json, rules_in
    from yingbi.rules import rule_files_of
    from yingbi.settings import read_settings

    settings = read_settings()
    home, below = Home(settings.home), settings.alerts.review_below
    rules = list(rules_in(rule_files_of(home), lists_of(home)))
    try:
        known, code = precision_in(home, now()), FINE
    except CannotTell as problem:
        complain(str(problem))
        known, code = {}, COULD_NOT
    with_precision = [(rule, path, known.get(rule.id, NOTHING_CLOSED)) for rule, path in rules]
    if given.json:
        said = [
            {**rule_as_json(rule, path), "precision": precision_json(precision, below)}
            for rule, path, precision in with_precision
        ]
        print(json.dumps(said, ensure_ascii=False, indent=2))
        return code
    for rule, path, precision in with_precision:
        where = f"{path}:{rule.source.rpartition(':')[2]}"
        print(f"{rule.name:<28} {rule.level:<13} {precision_column(precision):<13} {rule.title}  {where}")
    for rule, _, precision in with_precision:
        if precision.wants_review(below):
            print(
                f"提请检查 / to be looked at: {rule.name}，只有 {precision.percent}% 属实，低于 / right less often than"
                f" {below}%：{settings.console_url}/alerts?state=closed&rule={rule.name}"
            )
    return code


def _test(given: argparse.Namespace) -> int:
    import json
    from datetime import timedelta

    from siem.detect.aliases import Aliases
    from yingbi.clock import now
    from yingbi.home import Home
    from yingbi.rule_desk import line_of_match, lists_of, rules_in, rules_named, tried_as_json, try_rules
    from yingbi.rules import rule_files_of
    from yingbi.settings import Index, read_settings

    settings = read_settings()
    home, lists, until = Home(settings.home), lists_of(Home(settings.home)), now()
    rules = [each for name in given.rule for each in rules_named(home, name, lists)]
    if not given.rule:
        rules = list(rules_in(rule_files_of(home), lists))
    with ExitStack() as stack:
        indexed = given.days and (home.events.exists() or Index(given.index or settings.index) is Index.ELASTICSEARCH)
        store = _opened(given, stack) if indexed else None
        tried = list(try_rules(rules, store, until - timedelta(days=given.days), until))
    alias = Aliases()
    if given.json:
        print(json.dumps([tried_as_json(each) for each in tried], ensure_ascii=False, indent=2))
    else:
        for each in tried:
            for failure in tried_as_json(each)["failures"]:
                said = f"应有 / expected {failure['expected']}，实有 / raised {failure['raised']}"
                print(f"{failure['file']}:{failure['line']}: {failure['name']}: {said}")
            examples = "没有样例 / no examples" if each.examples is None else f"{each.examples} 个样例 / examples"
            found = "未查索引 / index not asked" if each.matches is None else f"{len(each.matches)} 个告警 / alerts"
            print(f"{each.rule.name}: {examples}，{len(each.failures)} 个不符 / fail；最近 {given.days} 天 {found}")
            for match in each.matches or ():
                print(f"  {line_of_match(match, alias)}")
    return FOUND if any(each.failures for each in tried) else FINE


def _run(given: argparse.Namespace) -> int:
    import json

    from siem.detect.aliases import Aliases
    from siem.detect.look import look_for_all
    from yingbi.home import Home
    from yingbi.rule_desk import TIMEOUT, line_of_match, lists_of, match_as_json, rules_named
    from yingbi.settings import Index, read_settings

    settings = read_settings()
    home = Home(settings.home)
    rules = rules_named(home, given.rule, lists_of(home))
    with ExitStack() as stack:
        store = _opened(given, stack)
        alone = [rule for rule, _ in rules]
        alias = Aliases()
        found = list(zip(alone, look_for_all(alone, store, given.since, given.until, timeout=TIMEOUT), strict=True))
    if given.json:
        said = [
            {
                "rule": rule.name,
                "id": rule.id,
                "level": rule.level,
                "index": Index(given.index or settings.index),
                "since": given.since.isoformat(),
                "until": given.until.isoformat(),
                "findings": [match_as_json(match, alias) for match in matches],
            }
            for rule, matches in found
        ]
        print(json.dumps(said[0] if len(said) == 1 else said, ensure_ascii=False, indent=2))
    else:
        print(*(line_of_match(match, alias) for _, matches in found for match in matches), sep="\n")
    return FOUND if any(matches for _, matches in found) else FINE


def _opened(given: argparse.Namespace, stack: ExitStack) -> "EventStore":
    """The index that is asked, to read only."""
    from msgspec.structs import replace

    from yingbi.index import open_index
    from yingbi.settings import Index, read_settings

    settings = read_settings()
    store = open_index(replace(settings, index=Index(given.index or settings.index)), writing=False)
    stack.callback(store.close)
    return store
