"""`yingbi baselines`: who did not do as usual in the last days, and why it is said."""

import argparse
import json

from yingbi.commands.shape import COULD_NOT, FINE, FOUND, WRONG_USE, Commands, add_command, complain


def add_baselines(commands: Commands) -> None:
    """Name the command to the parser."""
    command = add_command(
        commands,
        "baselines",
        _baselines,
        "最近几天谁与本人平时、与同岗位不一样 / who was not as usual in the last days, and in what",
        "yingbi baselines --days 7 --json",
    )
    command.add_argument("--days", type=int, default=7, metavar="N", help="最近多少天，默认 7 / of how many days; 7")
    command.add_argument("--json", action="store_true", help="输出 JSON / as JSON")


def _baselines(given: argparse.Namespace) -> int:
    from datetime import timedelta

    from siem.detect.aliases import Aliases
    from yingbi.baselines import CannotCompare, unusual
    from yingbi.clock import now
    from yingbi.settings import read_settings

    if not 1 <= given.days <= 3_650:
        complain("天数从 1 到 3650 / between 1 and 3650 days")
        return WRONG_USE
    moment = now()
    try:
        found = unusual(read_settings(), moment, moment - timedelta(days=given.days))
    except CannotCompare as problem:
        complain(str(problem))
        return COULD_NOT
    alias = Aliases()
    if given.json:
        told = [{**each.as_json(), "caller": alias(each.caller), "group": alias(each.group)} for each in found]
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for anomaly in found:
            print(f"{anomaly.at:%Y-%m-%d %H:%M}  {alias(anomaly.caller)}  {anomaly.points:.1f}")
            print(f"  {anomaly.zh}\n  {anomaly.en}")
        print(f"{len(found)} 名次与平时不同 / not as usual" if found else "没有发现 / nothing found")
    return FOUND if found else FINE
