"""`yingbi canary plant`: invented people to put into systems, whom nobody has a reason to look up."""

import argparse
from pathlib import Path

from yingbi.commands.shape import COULD_NOT, FINE, Commands, add_command, complain


def add_canary(commands: Commands) -> None:
    """Name the commands `yingbi canary …` to the parser."""
    canary = commands.add_parser(
        "canary",
        help="诱饵：虚构的居民 / canaries: invented residents",
        epilog="example: yingbi canary plant --count 5 --out canaries.csv",
    )
    group = canary.add_subparsers(dest="canary", required=True, metavar="COMMAND")
    planting = add_command(
        group,
        "plant",
        _plant,
        "生成诱饵，写入文件供录入后端系统；本安装只保留摘要 / invent people to put into a system; digests are kept",
        "yingbi canary plant --count 5 --out canaries.csv --code 330621=2013",
    )
    planting.add_argument("--count", type=int, default=3, metavar="N", help="几人，默认 3 / how many; 3")
    planting.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="写入哪个新文件 / a new file for them"
    )
    planting.add_argument(
        "--code",
        type=_code,
        action="append",
        default=[],
        metavar="CODE=YEAR",
        help="停用的区划代码和停用年份，可重复，代替自带的 / codes of regions given up, and when, in place of ours",
    )


def _plant(given: argparse.Namespace) -> int:
    from yingbi.canary_people import GIVEN_UP
    from yingbi.clock import now
    from yingbi.plant import CannotPlant, plant
    from yingbi.settings import read_settings

    try:
        plant(read_settings(), given.count, given.out, now(), dict(given.code) or GIVEN_UP)
    except CannotPlant as problem:
        complain(str(problem))
        return COULD_NOT
    print(f"诱饵 {given.count} 人已写入 {given.out}，摘要已记入名单 / they are in the file, and listed by digest")
    print("1. 请录入后端系统，手机号填本单位持有的号码 / put them into the system, with a phone number of your own")
    print("2. 用完销毁该文件：别处没有这些号码 / destroy the file: nothing else holds the numbers")
    print("3. 名单已经生效，不必重新启动 / the list counts at once: nothing is started anew")
    return FINE


def _code(text: str) -> tuple[str, int]:
    code, _, year = text.partition("=")
    if not (code.isascii() and code.isdigit() and len(code) == 6 and year.isascii() and year.isdigit()):
        raise argparse.ArgumentTypeError("写作 330621=2013：六位代码和停用年份 / six digits, and the year")
    return code, int(year)
