"""`yingbi playbook check | run --dry-run`: what a playbook is worth, before any incident."""

import argparse
import json
from pathlib import Path

from yingbi.commands.shape import COULD_NOT, FINE, FOUND, WRONG_USE, Commands, add_command, complain


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
    running = add_command(
        group,
        "run",
        _run,
        "试运行预案：走哪条路，不做任何事 / go through a playbook without doing anything: which way it takes",
        "yingbi playbook run leak.json --dry-run --var __caller__=window-7 --picture way.svg",
    )
    running.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        type=Path,
        help="预案，其后是被调用的 / the playbook, then those that it calls",
    )
    running.add_argument(
        "--dry-run",
        action="store_true",
        required=True,
        help="案件中的预案由网关执行，这里只试 / in cases the gateway runs them",
    )
    running.add_argument(
        "--var",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="变量的值，也是步骤输出的值 / the value of a variable, also as the output of steps",
    )
    running.add_argument(
        "--fail",
        action="append",
        default=[],
        metavar="STEP",
        help="让这一步失败：名称或 id / let this step fail: name or id",
    )
    running.add_argument("--picture", type=Path, metavar="OUT.svg", help="画出所走的路 / draw the way as SVG")
    for command in (checking, running):
        command.add_argument("--json", action="store_true", help="输出 JSON / as JSON")


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


def _run(given: argparse.Namespace) -> int:
    from incident.dry_run import dry_run
    from incident.graph import load_playbooks, read_files
    from incident.journal import Ending
    from incident.picture import picture
    from yingbi.way_lines import way_json, way_lines

    pairs = [text.partition("=") for text in given.var]
    if wrong := next((name for name, sign, _ in pairs if not sign), None):
        complain(f"--var 写作 名称=值 / write NAME=VALUE: {wrong}")
        return WRONG_USE
    ours = load_playbooks()
    try:
        books, findings = read_files({str(path): path for path in given.files}, ours.values())
        if findings:
            complain("\n".join(map(str, findings)))
            return FOUND
        main = books[str(given.files[0])]
        others = [*ours.values(), *books.values()]
        way = dry_run(main, others, variables={name: value for name, _, value in pairs}, failing=given.fail)
        if given.picture:
            taken = [(step.led_by, step.step) for step in way.steps if step.playbook == main.id]
            given.picture.write_text(picture(main, taken), "utf-8")
    except OSError as problem:
        complain(f"{problem.filename}：读写不了 / it cannot be read or written: {problem.strerror}")
        return COULD_NOT
    except ValueError as problem:
        complain(str(problem))
        return WRONG_USE
    print(json.dumps(way_json(way), ensure_ascii=False, indent=2) if given.json else "\n".join(way_lines(way)))
    return FINE if way.ended is Ending.SUCCEEDED else FOUND
