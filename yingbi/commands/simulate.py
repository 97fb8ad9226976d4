"""`yingbi simulate` and `yingbi evaluate`: invented traffic with attacks in it, and how well they are found."""

import argparse
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from yingbi.commands.shape import COULD_NOT, FINE, WRONG_USE, Commands, add_command, complain


def add_simulate(commands: Commands) -> None:
    """Name both commands to the parser."""
    simulate = add_command(
        commands,
        "simulate",
        _simulate,
        "生成虚构的访问记录和其中攻击的真相 / write invented traffic, with the truth about the attacks in it",
        "yingbi simulate --seed 1 --days 30 --out month",
    )
    simulate.add_argument(
        "--seed", type=int, required=True, metavar="N", help="同一种子结果相同 / same seed, same bytes"
    )
    simulate.add_argument("--days", type=int, default=30, metavar="D", help="多少天，默认 30 / how many days; 30")
    simulate.add_argument("--out", type=Path, required=True, metavar="DIR", help="写到目录，须为新的 / a new folder")
    simulate.add_argument(
        "--clerks", type=int, default=2_000, metavar="N", help="多少工作人员，默认 2000 / clerks; 2000"
    )
    simulate.add_argument("--rounds", type=int, default=1, metavar="N", help="每种攻击每种强度几次 / of each attack; 1")
    simulate.add_argument(
        "--start", type=date.fromisoformat, metavar="DATE", help="第一天，默认由种子定 / the first day; by the seed"
    )
    evaluate = add_command(
        commands,
        "evaluate",
        _evaluate,
        "基线和规则发现了其中哪些攻击，误报多少 / say which of the attacks baselines and rules find, and what is false",
        "yingbi evaluate month --json",
    )
    evaluate.add_argument("folder", type=Path, metavar="DIR", help="`yingbi simulate` 写的目录 / a folder of that form")
    evaluate.add_argument(
        "--rules",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="本安装的规则也算，默认算；不算更快 / the installation's rules count as well; faster without",
    )
    evaluate.add_argument(
        "--subject",
        action="append",
        default=[],
        metavar="FIELD",
        help="别的产品的事件还有哪个字段写明当事人 / a further field that names subjects in events of other makers",
    )
    evaluate.add_argument("--json", action="store_true", help="输出 JSON / as JSON")


def _simulate(given: argparse.Namespace) -> int:
    from siem.simulate.month import LEAST_CLERKS, LEAST_DAYS, simulate

    if given.days < LEAST_DAYS or given.clerks < LEAST_CLERKS or given.rounds < 0:
        complain(
            f"至少 {LEAST_DAYS} 天、{LEAST_CLERKS} 名工作人员 / at least {LEAST_DAYS} days and {LEAST_CLERKS} clerks"
        )
        return WRONG_USE
    try:
        done = simulate(given.out, given.seed, given.days, clerks=given.clerks, start=given.start, rounds=given.rounds)
    except FileExistsError:
        complain(f"目录中已有记录，不覆盖 / it holds events already and is left alone: `{given.out}`")
        return COULD_NOT
    except ValueError as problem:
        complain(str(problem))
        return WRONG_USE
    except OSError as error:
        complain(f"无法写入 / cannot be written: {error}")
        return COULD_NOT
    print(f"{done.events} 条记录，{done.attacks} 次攻击 / events and attacks: {given.out}")
    return FINE


def _evaluate(given: argparse.Namespace) -> int:
    from siem.baseline.evaluate import evaluate
    from siem.baseline.event_files import WrongFolder
    from siem.canary import LIST_NAME
    from siem.detect.rule_file import RuleError
    from siem.detect.rule_set import read_rules
    from yingbi.home import Home
    from yingbi.rules import rule_files_of
    from yingbi.settings import read_settings

    try:
        files = rule_files_of(Home(read_settings().home)) if given.rules else ()
        rules = read_rules(files, {LIST_NAME: frozenset()})
        figures = evaluate(given.folder, rules, given.subject).as_json()
    except (WrongFolder, RuleError) as problem:
        complain(str(problem))
        return WRONG_USE
    except OSError as error:
        complain(f"无法读取 / cannot be read: {error}")
        return COULD_NOT
    print(json.dumps(figures, ensure_ascii=False, indent=2) if given.json else "\n".join(_lines_of(figures)))
    return FINE


def _lines_of(figures: dict[str, Any]) -> Iterator[str]:
    """The same for people."""
    names = {"baselines": "基线", "rules": "规则", "together": "合计", "thresholds": "固定阈值"}
    for name, zh in names.items():
        if (found := figures.get(name)) is None:
            continue
        yield (
            f"{zh} / {name}: 召回 / recall {found['recall']}，误报 / false alerts {found['false_alerts']}"
            f"（每千名调用者每周 / per 1,000 callers per week: {found['false_per_1000_callers_per_week']}）"
        )
    for kind, each in figures["by_kind"].items():
        ours, plain = each.get("together", each["baselines"]), each["thresholds"]
        yield (
            f"  {kind}: {each['attacks']} 次，召回 / recall {ours['recall']}（{plain['recall']}），"
            f"小时 / hours {ours['hours_to_detect']}（{plain['hours_to_detect']}）"
        )
    for name, each in figures.get("by_rule", {}).items():
        yield f"  {name}: {each['alerts']} 条告警，误报 / alerts, false {each['false']}"
    for alert in figures["false_alerts"]:
        yield f"  误报 / false: {alert['caller']} {alert['at']} {alert['zh']} / {alert['en']}"
    for note in figures["notes"]:
        yield f"  注意 / note: {note}"
    for each in figures["wrong"]:
        yield f"  不是事件 / no event: {each}"
    if figures["refused"] > len(figures["wrong"]):
        yield f"  共 {figures['refused']:,} 行不是事件 / lines were no event"
    for missed in figures["missed"]:
        yield f"  未发现 / missed: {missed['attack']} {missed['kind']} {missed['strength']}"
