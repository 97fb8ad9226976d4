"""`yingbi playbook check`: whether playbooks can be run, before any incident."""

import argparse
import json
from pathlib import Path

from yingbi.commands.shape import COULD_NOT, FINE, FOUND, Commands, add_command, complain


def add_playbook(commands: Commands) -> None:
    """Name the commands `yingbi playbook …` to the parser."""
    playbook = commands.add_parser(
        "playbook", help="处置预案（CACAO 2.0）/ playbooks", epilog="example: yingbi playbook check leak.json"
    )
    group = playbook.add_subparsers(dest="playbook", required=True, metavar="COMMAND")
    checking = add_command(
        group,
        "check",
        _check,
        "检查预案能否执行，逐条指出文件和行 / find what is wrong with playbooks, by file and line",
        "yingbi playbook check leak.json called.json --json",
    )
    checking.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        type=Path,
        help="预案文件，被调用的预案一并给出 / CACAO playbooks, with those that they call",
    )
    checking.add_argument("--json", action="store_true", help="输出 JSON / as JSON")


def _check(given: argparse.Namespace) -> int:
    from incident.graph import load_playbooks, read_files

    try:
        books, findings = read_files({str(path): path for path in given.files}, load_playbooks().values())
    except OSError as problem:
        complain(f"{problem.filename}：读不了 / it cannot be read: {problem.strerror}")
        return COULD_NOT
    if given.json:
        told = {
            "playbooks": [
                {"file": file, "id": book.id, "name": book.name, "steps": len(book.steps)}
                for file, book in books.items()
            ],
            "findings": [
                {"file": each.file, "line": each.line, "code": each.code, "message": each.message} for each in findings
            ],
        }
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            print(finding)
        print(f"{len(findings)} 处问题 / wrong" if findings else "可以执行 / nothing is wrong")
    return FOUND if findings else FINE
