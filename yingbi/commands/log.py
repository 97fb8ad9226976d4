"""`yingbi log verify`: whether the access log is as it was written."""

import argparse
import json
from pathlib import Path

from yingbi.commands.shape import COULD_NOT, FINE, FOUND, Commands, add_command, complain


def add_log(commands: Commands) -> None:
    """Name the commands `yingbi log …` to the parser."""
    log = commands.add_parser("log", help="访问日志 / the access log", epilog="example: yingbi log verify")
    group = log.add_subparsers(dest="log", required=True, metavar="COMMAND")
    verifying = add_command(
        group,
        "verify",
        _verify,
        "证明访问日志完整、没有被改动 / prove that the access log is whole and unaltered",
        "yingbi log verify --anchors /mnt/audit/yingbi --json",
    )
    verifying.add_argument(
        "--folder",
        type=Path,
        metavar="DIR",
        help="日志目录，默认为本安装的 / the log, by default the installation's own",
    )
    verifying.add_argument("--seals", type=Path, metavar="FILE", help="封存记录，默认为本安装的 / the journal of seals")
    verifying.add_argument(
        "--anchors",
        type=Path,
        action="append",
        metavar="PATH",
        help="第三方所存，默认为设置中的 / what a second party holds, by default as set; may be repeated",
    )
    verifying.add_argument(
        "--fingerprint",
        action="append",
        default=[],
        metavar="TEXT",
        help="审计员记下的密钥指纹 / of a key, as the auditor noted it down; may be repeated",
    )
    verifying.add_argument("--json", action="store_true", help="输出 JSON / as JSON")


def _verify(given: argparse.Namespace) -> int:
    from yingbi.home import Home
    from yingbi.settings import read_settings
    from yingbi.verify_log import report_json, report_lines, verified

    settings = read_settings()
    home = Home(settings.home)
    anchors = given.anchors if given.anchors is not None else [Path(place) for place in settings.log.anchors]
    folder = given.folder or home.log
    if not folder.is_dir():
        complain(f"`{folder}` 不是日志目录 / is no folder of a log")
        return COULD_NOT
    try:
        report = verified(folder, given.seals or home.seals, anchors, given.fingerprint)
    except FileNotFoundError as error:
        complain(f"`{error.filename}` 不存在，不能核验 / is not there: nothing can be verified by it")
        return COULD_NOT
    if given.json:
        print(json.dumps(report_json(report), ensure_ascii=False, indent=2))
    else:
        print(*report_lines(report), sep="\n")
    return FINE if report.is_intact else FOUND
