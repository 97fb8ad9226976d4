"""`yingbi playbook …`: what a playbook is worth before any incident, who stands for it, and those of others."""

import argparse
import json
from pathlib import Path

from yingbi.commands.shape import COULD_NOT, FINE, FOUND, WRONG_USE, Commands, add_command, complain, moment


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
    listing = add_command(group, "list", _list, "列出可用的预案 / say which there are", "yingbi playbook list --json")
    signing = add_command(
        group,
        "sign",
        _sign,
        "为预案签名（Ed25519 或 ES256）/ sign a playbook",
        "yingbi playbook sign leak.json --key li.key --signee 青石区安全管理员 --out leak.signed.json",
    )
    signing.add_argument("file", metavar="FILE", type=Path, help="预案 / the playbook")
    signing.add_argument("--key", required=True, type=Path, metavar="PEM", help="私钥，PEM / the private key in PEM")
    signing.add_argument(
        "--signee", required=True, metavar="NAME", help="谁签名：岗位或单位 / who signs, by post or office"
    )
    signing.add_argument("--valid-until", type=moment, metavar="TIME", help="签名到何时有效 / until when it counts")
    signing.add_argument("--out", type=Path, metavar="OUT", help="写到哪里，默认标准输出 / standard output otherwise")
    taking = add_command(
        group,
        "import",
        _import,
        "收入别处的预案，须有两把受信任的密钥签名 / take one of others in, once two trusted keys signed it",
        "yingbi playbook import leak.signed.json --name partner-leak",
    )
    taking.add_argument("file", metavar="FILE", type=Path, help="预案 / the playbook")
    taking.add_argument("--name", required=True, metavar="NAME", help="规则以此名引用它 / by which rules name it")
    giving = add_command(
        group,
        "export",
        _export,
        "逐字节导出一个预案 / give one out, octet by octet",
        "yingbi playbook export bulk-retrieval --out bulk-retrieval.json",
    )
    giving.add_argument("name", metavar="NAME", help="预案名 / its name")
    giving.add_argument("--out", type=Path, metavar="OUT", help="写到哪里，默认标准输出 / standard output otherwise")
    for command in (checking, running, listing):
        command.add_argument("--json", action="store_true", help="输出 JSON / as JSON")


def _check(given: argparse.Namespace) -> int:
    from incident.graph import load_playbooks, read_files
    from yingbi.clock import now
    from yingbi.home import Home
    from yingbi.playbook_shelf import trust_of
    from yingbi.settings import read_settings

    try:
        trust = trust_of(Home(read_settings().home), now())
        books, findings = read_files({str(path): path for path in given.files}, load_playbooks().values(), trust)
    except OSError as problem:
        complain(f"{problem.filename}：读不了 / it cannot be read: {problem.strerror}")
        return COULD_NOT
    except ValueError as problem:
        complain(str(problem))
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
    from console.way_json import way_json
    from incident.dry_run import dry_run
    from incident.facts.run import Ending
    from incident.graph import load_playbooks, read_files
    from incident.picture import picture
    from yingbi.clock import now
    from yingbi.home import Home
    from yingbi.lines.ways import way_lines
    from yingbi.playbook_shelf import trust_of
    from yingbi.settings import read_settings

    pairs = [text.partition("=") for text in given.var]
    if wrong := next((name for name, sign, _ in pairs if not sign), None):
        complain(f"--var 写作 名称=值 / write NAME=VALUE: {wrong}")
        return WRONG_USE
    ours = load_playbooks()
    try:
        trust = trust_of(Home(read_settings().home), now())
        books, findings = read_files({str(path): path for path in given.files}, ours.values(), trust)
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


def _list(given: argparse.Namespace) -> int:
    from yingbi.clock import now
    from yingbi.home import Home
    from yingbi.playbook_shelf import shelf_of
    from yingbi.playbooks_in_force import agreements_in
    from yingbi.settings import read_settings

    try:
        home = Home(read_settings().home)
        shelf = shelf_of(home, now(), agreements_in(home))
    except (OSError, ValueError) as problem:
        complain(str(problem))
        return COULD_NOT
    told = [
        {"name": name, "id": book.id, "title": book.name, "taken_in": name in shelf.others, "sha256": book.digest}
        for name, book in sorted(shelf.usable.items())
    ]
    if given.json:
        findings = [{"file": each.file, "code": each.code, "message": each.message} for each in shelf.findings]
        print(json.dumps({"playbooks": told, "findings": findings}, ensure_ascii=False, indent=2))
    else:
        for each in told:
            print(f"{each['name']:28} {each['title']}{'（收入 / taken in）' if each['taken_in'] else ''}")
        for finding in shelf.findings:
            complain(str(finding))
    return FOUND if shelf.findings else FINE


def _sign(given: argparse.Namespace) -> int:
    from incident.playbook import read_playbook
    from incident.signing import read_private, sign_playbook
    from yingbi.clock import now

    try:
        key = read_private(given.key)
        text = given.file.read_text("utf-8-sig")
        book, findings = read_playbook(text, str(given.file))
        if book is None:
            complain("\n".join(map(str, findings)))
            return FOUND
        signed = sign_playbook(text, key, signee=given.signee, now=now(), valid_until=given.valid_until)
        return _give(signed.encode(), given.out)
    except OSError as problem:
        complain(f"{problem.filename}：读写不了 / it cannot be read or written: {problem.strerror}")
        return COULD_NOT
    except ValueError as problem:
        complain(str(problem))
        return COULD_NOT


def _import(given: argparse.Namespace) -> int:
    from yingbi.clock import now
    from yingbi.home import Home
    from yingbi.os_account import account
    from yingbi.playbook_shelf import take_in
    from yingbi.playbooks_in_force import agreements_in
    from yingbi.settings import read_settings

    try:
        home = Home(read_settings().home)
        findings = take_in(home, given.file, given.name, account(), now(), agreements_in(home))
    except OSError as problem:
        complain(f"{problem.filename}：读写不了 / it cannot be read or written: {problem.strerror}")
        return COULD_NOT
    except ValueError as problem:
        complain(str(problem))
        return WRONG_USE
    if findings:
        print(*findings, sep="\n")
        return FOUND
    print(f"已收入，几秒内可用：{given.name} / taken in, in use within seconds")
    return FINE


def _export(given: argparse.Namespace) -> int:
    from yingbi.home import Home
    from yingbi.playbook_shelf import octets_of
    from yingbi.settings import read_settings

    try:
        return _give(octets_of(Home(read_settings().home), given.name), given.out)
    except KeyError:
        complain(f"没有预案 {given.name} / there is no playbook `{given.name}`")
        return COULD_NOT
    except OSError as problem:
        complain(f"{problem.filename}：读写不了 / it cannot be read or written: {problem.strerror}")
        return COULD_NOT


def _give(octets: bytes, out: Path | None) -> int:
    """Write *octets* to *out*, or to standard output."""
    import sys

    if out is None:
        sys.stdout.write(octets.decode())
    else:
        out.write_bytes(octets)
    return FINE
