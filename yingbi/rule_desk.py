"""Detection rules on the command line: looked up by name, checked, tried on examples and on what is in the index."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from policies.findings import Finding, Position
from siem.canary import LIST_NAME, read_canaries
from siem.detect.aliases import Aliases
from siem.detect.definition import Rule
from siem.detect.examples import LISTS, read_examples
from siem.detect.look import Match, look_for_all
from siem.detect.rule import Lists
from siem.detect.rule_file import Problem, RuleError
from siem.detect.rule_set import EXAMPLES, read_rules, rule_files
from siem.detect.try_examples import Failure, failures
from siem.index.store import EventStore
from yingbi.home import Home
from yingbi.rules import rule_files_of

TIMEOUT = timedelta(minutes=2)
"""How long one page of the index may take."""


class NoSuchRule(Exception):
    """No rule has the name that was given. The message says so."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A rule, and what came of trying it."""

    rule: Rule
    path: Path
    examples: int | None
    """How many it was tried on; None where there is no file of examples beside it."""
    failures: Sequence[Failure]
    matches: Sequence[Match] | None
    """What it finds in the index; None where that was not asked."""


def lists_of(home: Home) -> Lists:
    """What rules may name in a `%list%`. Raises OSError, and ValueError where the list of canaries is none."""
    return {LIST_NAME: read_canaries(home.canaries) if home.canaries.exists() else frozenset()}


def files_named(home: Home, named: Sequence[Path]) -> list[Path]:
    """The files *named*, those in the folders named, or where nothing is, those of the installation."""
    found = [path for name in named for path in (rule_files(name) if name.is_dir() else [name])]
    return found if named else rule_files_of(home)


def check_files(paths: Sequence[Path]) -> list[Finding]:
    """What is wrong with the rules in *paths* and the examples beside them, in their order. Raises OSError."""
    problems: list[tuple[str, Problem]] = []
    try:
        read_rules(dict.fromkeys(paths), LISTS, called=str)
    except RuleError as error:
        problems += [(problem.file, problem) for problem in error.problems]
    for path in dict.fromkeys(map(examples_beside, paths)):
        if path.exists():
            try:
                read_examples(path)
            except RuleError as error:
                problems += [(str(path), problem) for problem in error.problems]
    return [
        Finding(Position(file, problem.line, problem.column), f"rule-{problem.code}", problem.message)
        for file, problem in sorted(problems, key=lambda told: (told[0], told[1].line, told[1].column))
    ]


def rules_in(paths: Sequence[Path], lists: Lists) -> Iterator[tuple[Rule, Path]]:
    """The rules of *paths*, each with its file. Raises RuleError; OSError."""
    files = {str(path): path for path in paths}
    for rule in read_rules(paths, lists, called=str):
        yield rule, files[rule.source.rpartition(":")[0]]


def rules_named(home: Home, name: str, lists: Lists) -> list[tuple[Rule, Path]]:
    """The rules in the file *name*, or else the one that is so called or has that id.

    Raises NoSuchRule, RuleError and OSError.
    """
    if name.endswith(".yml"):
        return list(rules_in([Path(name)], lists))
    known = list(rules_in(rule_files_of(home), lists))
    found = [(rule, path) for rule, path in known if name in (rule.name, rule.id)]
    if not found:
        names = "、".join(sorted(rule.name for rule, _ in known))
        raise NoSuchRule(f"没有名为 `{name}` 的规则，有 / there is no rule of that name; there are: {names}")
    return found


def try_rules(
    rules: Sequence[tuple[Rule, Path]], store: EventStore | None, since: datetime, until: datetime
) -> Iterator[Tried]:
    """What comes of trying *rules* on their examples and, where there is a *store*, on its events of that span.

    Raises RuleError where a file of examples is none; StoreUnavailable; OSError.
    """
    alone = [rule for rule, _ in rules]
    found = None if store is None else look_for_all(alone, store, since, until, timeout=TIMEOUT)
    for number, (rule, path) in enumerate(rules):
        beside = examples_beside(path)
        examples = read_examples(beside) if beside.exists() else None
        on_examples = {each.id: each for each in read_rules([path], LISTS)}[rule.id]
        failed = list(failures(on_examples, examples or ()))
        matches = None if found is None else found[number]
        yield Tried(rule, path, None if examples is None else len(examples), failed, matches)


def examples_beside(path: Path) -> Path:
    """The file of examples of the rules in *path*."""
    return path.with_name(path.name.removesuffix(".yml") + EXAMPLES)


def rule_as_json(rule: Rule, path: Path) -> dict[str, Any]:
    """What can be said of a rule in a line."""
    threshold = rule.threshold
    return {
        "id": rule.id,
        "name": rule.name,
        "title": rule.title,
        "level": rule.level,
        "group_by": list(rule.group_by),
        "measure": threshold.measure,
        "field": threshold.field,
        "at_least": threshold.at_least,
        "within_s": threshold.within.total_seconds(),
        "respond": rule.respond,
        "automatic": rule.automatic,
        "tags": list(rule.tags),
        "false_positives": list(rule.false_positives),
        "what_to_do": {"zh": rule.what_to_do.zh, "en": rule.what_to_do.en},
        "file": str(path),
        "line": int(rule.source.rpartition(":")[2]),
    }


def match_as_json(match: Match, alias: Aliases) -> dict[str, Any]:
    """A finding, without a value of anybody's; *alias* names citizens."""
    return {
        "group": {name: alias(value) if isinstance(value, str) else value for name, value in match.group},
        "reached_at": match.reached_at.isoformat(),
        "first_at": match.first_at.isoformat(),
        "last_at": match.last_at.isoformat(),
        "event_count": match.event_count,
        "subject_count": match.subject_count,
        "events": list(match.events),
    }


def tried_as_json(tried: Tried) -> dict[str, Any]:
    """What came of trying a rule."""
    alias = Aliases()
    return {
        "rule": tried.rule.name,
        "file": str(tried.path),
        "examples": tried.examples,
        "failures": [
            {
                "file": str(examples_beside(tried.path)),
                "line": failure.example.line,
                "section": failure.example.section,
                "name": failure.example.name,
                "expected": list(failure.example.alerts),
                "raised": list(failure.raised),
            }
            for failure in tried.failures
        ],
        "findings": None if tried.matches is None else [match_as_json(match, alias) for match in tried.matches],
    }


def line_of_match(match: Match, alias: Aliases) -> str:
    """A finding in a line, Chinese first; *alias* names citizens."""
    about = "，".join(f"{name}={alias(value)}" for name, value in match.group) or "（未登录 / nobody）"
    return (
        f"{match.reached_at:%Y-%m-%d %H:%M:%SZ} {about}：{match.event_count} 次访问、{match.subject_count} 人"
        f" / {match.event_count} events, {match.subject_count} subjects；{match.events[0]} … {match.events[-1]}"
    )
