"""`yingbi log …`: whether the access log is as it was written; events brought in and given out."""

import argparse
import dataclasses
import json
from datetime import datetime
from pathlib import Path

from yingbi.commands.shape import COULD_NOT, FINE, FOUND, Commands, add_command, complain, moment


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
        action="append",
        metavar="PLACE",
        help="第三方所存：目录、文件或索引的地址，默认为设置中的 / what a second party holds: a folder, a file or"
        " the address of an index, by default as set; may be repeated",
    )
    for name, what in (
        ("login", "写着能读那个索引的 用户:密码 / holds name:password of who may read that index"),
        ("ca", "签发其证书的 CA / the authority that its cluster is certified by, as PEM"),
    ):
        verifying.add_argument(f"--anchors-{name}", type=Path, metavar="FILE", help=what)
    verifying.add_argument(
        "--fingerprint",
        action="append",
        default=[],
        metavar="TEXT",
        help="审计员记下的密钥指纹 / of a key, as the auditor noted it down; may be repeated",
    )
    verifying.add_argument(
        "--index", action="store_true", help="再与索引逐条比较 / and compare the index with it, event by event"
    )
    verifying.add_argument(
        "--since",
        type=moment,
        metavar="TIME",
        help="索引从何时比较起，如 7d、2026-11-01 / from when on the index is compared",
    )
    verifying.add_argument("--json", action="store_true", help="输出 JSON / as JSON")
    add_command(
        group,
        "reindex",
        _reindex,
        "清空索引，由日志重建 / empty the index and rebuild it from the log",
        "yingbi log reindex",
    )
    letters = add_command(
        group,
        "letters",
        _letters,
        "列出索引没有收下的记录：在哪里，为什么，下次何时再试 / list the events that the index did not take, and why",
        "yingbi log letters --retry",
    )
    letters.add_argument(
        "--retry", action="store_true", help="现在就再试，不等到时候 / offer all of them to the index again now"
    )
    letters.add_argument("--json", action="store_true", help="输出 JSON / as JSON")
    bringing = add_command(
        group,
        "import",
        _import,
        "把别的产品的事件（每行一条 ECS JSON）并入日志 / bring in events of other makers, lines of ECS",
        "yingbi log import events.ndjson --subject user.target.id",
    )
    bringing.add_argument("file", type=Path, metavar="FILE", help="每行一条 / a line for each event")
    bringing.add_argument(
        "--subject",
        action="append",
        default=[],
        metavar="FIELD",
        help="还有哪个字段写明当事人，只留摘要 / a further field that names subjects; may be repeated",
    )
    bringing.add_argument("--json", action="store_true", help="输出 JSON / as JSON")
    giving = add_command(
        group,
        "export",
        _export,
        "输出日志中的事件，每行一条 ECS JSON / print the events of the log, lines of ECS in JSON",
        "yingbi log export --since 2026-11-01 --until 2026-12-01",
    )
    for name, about in (("since", "从哪时起 / from when on"), ("until", "到哪时为止，不含 / before when")):
        giving.add_argument(f"--{name}", type=moment, metavar="TIME", help=about)
    giving.add_argument(
        "--system", action="append", default=[], metavar="NAME", help="只要这个系统的 / of this system; may be repeated"
    )


def _verify(given: argparse.Namespace) -> int:
    from siem.record.verify import verify
    from yingbi.clock import now
    from yingbi.home import Home
    from yingbi.log.compare_index import CannotCompare, compared
    from yingbi.log.held_segments import held_segments, lines_of
    from yingbi.log.import_log import interrupted
    from yingbi.log.second_parties import anchors_at, unasked
    from yingbi.log.verified import note_verified
    from yingbi.log.verify import index_json, index_lines, report_json, report_lines, unread_lines
    from yingbi.settings import read_settings

    settings = read_settings()
    home = Home(settings.home)
    places = given.anchors if given.anchors is not None else settings.log.anchors
    login, authority = given.anchors_login, given.anchors_ca
    unread = unasked(places, login)
    if given.anchors and unread:
        complain(f"`{unread[0]}`：请用 --anchors-login 和 --anchors-ca / name who may read it with these")
        return COULD_NOT
    folder = given.folder or home.log
    if not folder.is_dir():
        complain(f"`{folder}` 不是日志目录 / is no folder of a log")
        return COULD_NOT
    try:
        anchors = [each for place in places if place not in unread for each in anchors_at(place, authority, login)]
        report = verify(folder, given.seals or home.seals, anchors, given.fingerprint)
    except FileNotFoundError as error:
        complain(f"`{error.filename}` 不存在，不能核验 / is not there: nothing can be verified by it")
        return COULD_NOT
    except OSError as error:
        complain(f"不能核验 / nothing can be verified: {error}")
        return COULD_NOT
    if given.folder is None and given.seals is None:
        note_verified(home, report, now())
    told, lines, is_fine = report_json(report), report_lines(report) + unread_lines(unread), report.is_intact
    told["not_asked"] = unread
    if given.index and not report.findings:
        try:
            index = compared(settings, folder, given.since)
        except CannotCompare as problem:
            complain(str(problem))
            return COULD_NOT
        told["index"] = index_json(index)
        lines += index_lines(index)
        is_fine = is_fine and index.is_same
    elif given.index:
        lines += ["", "日志本身不完整，没有与索引比较 / the log itself does not hold: the index was not compared"]
    told["interrupted_imports"] = left = interrupted(folder)
    lines += [
        f"`{name}`：一次并入还没有结束，或者中断了；不是日志的一部分，下次并入时清除"
        " / an import that has not ended or was interrupted: no part of the log, removed by the next import"
        for name in left
    ]
    if given.folder is None:
        try:
            held = held_segments(home, folder)
            told["held"] = [dataclasses.asdict(each) for each in held]
            lines += lines_of(held)
        except OSError as problem:
            told["held"] = None
            lines += ["", f"不知道哪些是证据，一个文件也不会删 / {problem}: no file is deleted"]
    if given.json:
        print(json.dumps(told, ensure_ascii=False, indent=2, default=datetime.isoformat))
    else:
        print(*lines, sep="\n")
    return FINE if is_fine else FOUND


def _reindex(given: argparse.Namespace) -> int:
    from yingbi.log.reindex import CannotReindex, reindex
    from yingbi.settings import read_settings

    told = -1

    def progress(done: int, of: int) -> None:
        nonlocal told
        percent = 100 * done // of if of else 100
        if percent >= told + 5 or (percent == 100 and told < 100):
            print(f"{percent:3} %  {done:,} / {of:,} bytes", flush=True)
            told = percent

    settings = read_settings()
    if not settings.home.is_dir():
        complain(f"`{settings.home}` 中还没有安装 / there is no installation yet: yingbi up makes it")
        return COULD_NOT
    try:
        reindex(settings, progress)
    except CannotReindex as problem:
        complain(str(problem))
        return COULD_NOT
    print("索引已重建 / the index is rebuilt")
    return FINE


def _letters(given: argparse.Namespace) -> int:
    from siem.index.store import StoreUnavailable
    from yingbi.home import Home
    from yingbi.log.dead_letters import hasten, letter_json, letter_lines, letters_of
    from yingbi.settings import read_settings
    from yingbi.status import is_supervised

    settings = read_settings()
    try:
        letters = letters_of(settings)
    except StoreUnavailable as problem:
        complain(f"搬运的记录读不出 / it cannot be read how far the log was shipped: {problem}")
        return COULD_NOT
    if given.json:
        print(json.dumps([letter_json(letter) for letter in letters], ensure_ascii=False, indent=2))
    else:
        print(*letter_lines(letters), sep="\n")
    if given.retry and letters:
        if not is_supervised(Home(settings.home)):
            complain(
                "影壁没有运行：启动后到时候再试 / nothing runs: they are offered again in their time after a start"
            )
            return COULD_NOT
        hasten(settings)
        if not given.json:
            print("已要求现在再试，稍后再看 / they are offered again now: look again in a moment")
    return FOUND if letters else FINE


def _import(given: argparse.Namespace) -> int:
    from dataclasses import asdict

    from yingbi.home import Home
    from yingbi.log.import_log import CannotImport, import_events
    from yingbi.settings import read_settings

    try:
        imported = import_events(Home(read_settings().home), given.file, given.subject)
    except CannotImport as problem:
        complain(str(problem))
        return COULD_NOT
    if given.json:
        print(json.dumps(asdict(imported), ensure_ascii=False))
    elif imported.before:
        print(f"这个文件已经并入过（{imported.start}），没有再做 / it was brought in before: nothing was done")
    else:
        if imported.known:
            print(
                f"{imported.known:,} 行的事件日志中已有，没有再并入"
                " / so many lines hold events that the log has already: they were left out"
            )
        if imported.events:
            print(
                f"已并入 {imported.events:,} 条事件，启动目录 {imported.start} / {imported.events:,} events of"
                f" {imported.lines:,} lines were brought in; the index has them once they are shipped"
            )
        for number, why in imported.wrong:
            complain(f"`{given.file}`:{number}: {why}")
        if imported.refused > len(imported.wrong):
            complain(f"共 {imported.refused:,} 行不是事件 / lines were no event")
        if imported.all_wrong:
            complain(f"全部行号和原因在 / all of them, with their reasons: `{imported.all_wrong}`")
        if imported.trouble:
            complain(f"写不了全部行号的文件 / no file of all of them could be written: {imported.trouble}")
    return FOUND if imported.refused else FINE


def _export(given: argparse.Namespace) -> int:
    import sys

    from siem.record.log import BrokenChain
    from yingbi.home import Home
    from yingbi.log.export_log import exported
    from yingbi.settings import read_settings

    try:
        for line in exported(Home(read_settings().home).log, given.since, given.until, frozenset(given.system)):
            sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
    except BrokenChain as problem:
        complain(f"访问日志的链断裂 / a chain of the log breaks: {problem}")
        return FOUND
    return FINE
