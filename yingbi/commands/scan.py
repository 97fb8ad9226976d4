"""`yingbi scan`: where personal data stands."""

import argparse
from pathlib import Path

from yingbi.commands.shape import WRONG_USE, Commands, add_command, complain

STDIN = Path("-")


def add_scan(commands: Commands) -> None:
    """Name the command to the parser."""
    scanning = add_command(
        commands,
        "scan",
        _scan,
        "找出个人信息在哪里，不显示其内容 / say where personal data stands, without showing it",
        "yingbi scan 拟公开/",
    )
    scanning.add_argument(
        "path",
        nargs="*",
        type=Path,
        default=[STDIN],
        metavar="PATH",
        help='文件或文件夹；-：标准输入，每行一个 {"id", "text"}，逐行回答 / files, folders; -: JSON lines on stdin',
    )
    scanning.add_argument("--json", action="store_true", help="输出 JSON / as JSON")
    scanning.add_argument(
        "--keys",
        action="store_true",
        help='标准输入每行一个 {"id", "json"}，按键名和内容 / lines on stdin: values by their keys and content',
    )


def _scan(given: argparse.Namespace) -> int:
    from yingbi.commands.scan_lines import scan_lines
    from yingbi.commands.scan_paths import scan_paths

    if given.path == [STDIN]:
        return scan_lines(by_keys=given.keys)
    if STDIN in given.path or given.keys:
        complain("- 和 --keys 只用于标准输入 / they are for standard input, which comes alone")
        return WRONG_USE
    return scan_paths(given.path, as_json=given.json)
