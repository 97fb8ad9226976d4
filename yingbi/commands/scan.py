"""`yingbi scan`: where personal data stands."""

import argparse

from yingbi.commands.shape import Commands, add_command


def add_scan(commands: Commands) -> None:
    """Name the command to the parser."""
    scanning = add_command(
        commands,
        "scan",
        _scan,
        "找出个人信息在哪里，不显示其内容 / say where personal data stands, without showing it",
        "yingbi scan --json -",
    )
    scanning.add_argument("path", nargs="?", default="-", choices=("-",), help="标准输入 / lines of JSON on stdin")
    scanning.add_argument(
        "--json", action="store_true", help='每行一个 {"id", "text"}，逐行回答 / answer each line by one of JSON'
    )
    scanning.add_argument(
        "--keys", action="store_true", help='每行一个 {"id", "json"}，按键名和内容 / values by their keys and content'
    )


def _scan(given: argparse.Namespace) -> int:
    from yingbi.commands.scan_lines import scan_lines

    return scan_lines(by_keys=given.keys)
