"""`yingbi case list | show | open | verify-evidence`: what the cases are, one opened by hand, and what left one."""

import argparse
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from incident.level import LEVELS
from yingbi.commands.acting import NobodyActs, account_of, add_account, password_of
from yingbi.commands.shape import COULD_NOT, FINE, FOUND, WRONG_USE, Commands, add_command, complain

if TYPE_CHECKING:
    from incident.ids import Bilingual

REPORTERS = ("citizen", "office")
"""See `incident.reported.Reporter`."""


def add_case(commands: Commands) -> None:
    """Name the commands `yingbi case …` to the parser."""
    case = commands.add_parser(
        "case", help="案件：状态、时限、控制、通告 / cases", epilog="example: yingbi case show C-20261123-001"
    )
    group = case.add_subparsers(dest="case_command", required=True, metavar="COMMAND")
    listing = add_command(
        group, "list", _list, "列出进行中的案件 / say which cases go on", "yingbi case list --all --json"
    )
    listing.add_argument("--all", action="store_true", help="已经结束的也列出 / those that have ended as well")
    showing = add_command(
        group,
        "show",
        _show,
        "一个案件现在怎样，逐条核验记录 / how a case stands, its journal verified",
        "yingbi case show C-20261123-001 --timeline",
    )
    showing.add_argument("case", metavar="CASE", help="案件编号 / its number")
    showing.add_argument("--timeline", action="store_true", help="连同全部经过 / with everything that was recorded")
    opening = add_command(
        group,
        "open",
        _open,
        "手工立案 / open a case by hand",
        "yingbi case open 接到群众来电 --level high --report citizen --received-at 2026-11-23T17:40+08:00 --as oncall",
    )
    opening.add_argument("title", metavar="TITLE", help="一句话，不写个人信息 / a sentence without personal data")
    opening.add_argument("--level", choices=LEVELS, required=True, help="紧急程度 / how bad it is")
    opening.add_argument("--from-alert", default="", metavar="ALERT", help="由这条告警立案 / because of this alert")
    opening.add_argument(
        "--report", choices=REPORTERS, default="", help="由谁报告：公民或其他单位，不写姓名 / what kind of reporter"
    )
    opening.add_argument(
        "--received-at",
        type=_zoned,
        metavar="TIME",
        help="收到报告的时间，写明时区，默认现在 / when, with its zone: 2026-11-23T17:40+08:00; now unless given",
    )
    opening.add_argument("--note", default="", metavar="TEXT", help="情况说明 / what is known")
    add_account(opening)
    verifying = add_command(
        group,
        "verify-evidence",
        _verify_evidence,
        "核对导出的证据和清单的签名，不是原样时返回 1 / check an export of evidence: 1 if it is not what was signed",
        "yingbi case verify-evidence evidence-C-20261123-001.zip --key notices.pem",
    )
    verifying.add_argument("file", type=Path, metavar="FILE", help="导出的 ZIP / the archive")
    verifying.add_argument(
        "--key", type=Path, required=True, metavar="PUBLIC", help="单位公布的公钥，PEM 或 JWKS / PEM or JWKS"
    )
    for command in (listing, showing, opening, verifying):
        command.add_argument("--json", action="store_true", help="输出 JSON / as JSON")


def _zoned(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise argparse.ArgumentTypeError(
            "写明日期、时间和时区 / a time with its zone is needed: 2026-11-23T17:40+08:00"
        )
    return found


def _list(given: argparse.Namespace) -> int:
    import json

    from console.cases.json import case_line
    from incident.state import ENDED
    from yingbi.case_read import CannotTell
    from yingbi.clock import now
    from yingbi.home import Home
    from yingbi.lines.cases import case_lines, cases_in
    from yingbi.settings import read_settings

    try:
        shelf = cases_in(Home(read_settings().home))
    except CannotTell as problem:
        complain(str(problem))
        return COULD_NOT
    moment = now()
    known = [case for case in shelf.cases if given.all or case.state not in ENDED]
    shown = [case for case in known if not case.handling.restricted]
    if hidden := len(known) - len(shown):
        complain(f"另有 {hidden} 个案件限制查看，没有列出 / {hidden} more are restricted and not listed")
    if given.json:
        told = [{**case_line(case, moment), "verified": case.id not in shelf.altered} for case in shown]
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        print(*case_lines(shown, moment), sep="\n")
    return _trusted(shelf.altered, [case.id for case in shown])


def _show(given: argparse.Namespace) -> int:
    import json

    from yingbi.case_read import CannotTell
    from yingbi.clock import now
    from yingbi.home import Home
    from yingbi.lines.cases import cases_in, show_lines, shown_json
    from yingbi.settings import read_settings

    try:
        shelf = cases_in(Home(read_settings().home))
        case = shelf.get(given.case)
    except CannotTell as problem:
        complain(str(problem))
        return COULD_NOT
    if case is None:
        complain("没有这个案件 / there is no such case: yingbi case list --all has them")
        return COULD_NOT
    altered = shelf.altered.get(case.id)
    if given.json:
        told = shown_json(case, altered, now(), timeline=given.timeline, unseen=shelf.unseen)
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        print(*show_lines(case, altered, now(), timeline=given.timeline, unseen=shelf.unseen), sep="\n")
    return _trusted(shelf.altered, [case.id])


def _trusted(altered: "Mapping[str, Bilingual]", shown: list[str]) -> int:
    """The exit code: whether every journal that was shown is as it was written."""
    wrong = [case for case in shown if case in altered]
    for case in wrong:
        complain(f"{case} 的记录被改动过：{altered[case].zh} / its journal was altered: {altered[case].en}")
    return FOUND if wrong else FINE


def _open(given: argparse.Namespace) -> int:
    import json
    import secrets

    from yingbi.clock import now
    from yingbi.lines.cases import number_of
    from yingbi.policy_desk import CannotAct, NotThere, signed_in
    from yingbi.settings import read_settings

    if given.received_at and not given.report:
        complain("--received-at 要与 --report 一起用 / it says when what --report names was received")
        return WRONG_USE
    fields = {"title": given.title, "level": given.level, "note": given.note, "once": secrets.token_urlsafe(16)}
    if given.from_alert:
        fields["alert"] = given.from_alert
    if given.report:
        received = given.received_at or now()
        fields |= {"reported_by": given.report, "received_at": received.isoformat()}
    try:
        account = account_of(given)
        told_by = "yingbi case list"
        with signed_in(
            read_settings(), account, lambda: password_of(account), for_policies=False, told_by=told_by
        ) as clerk:
            case = number_of(clerk.act("/cases", **fields))
    except NobodyActs as problem:
        complain(str(problem))
        return WRONG_USE
    except NotThere:
        complain("没有这条告警 / there is no such alert: yingbi alerts list --all has them")
        return COULD_NOT
    except CannotAct as problem:
        complain(str(problem))
        return COULD_NOT
    print(json.dumps({"id": case}) if given.json else f"已立案 / opened {case}")
    return FINE


def _verify_evidence(given: argparse.Namespace) -> int:
    import json

    from policies.keys.detached import public_keys_in
    from yingbi.evidence_proof import NoExport, check_export

    try:
        found = check_export(given.file, public_keys_in(given.key))
    except OSError as error:
        complain(f"{error.filename}：读不了 / cannot be read: {error.strerror}")
        return COULD_NOT
    except (ValueError, NoExport) as problem:
        complain(str(problem))
        return COULD_NOT
    if given.json:
        told = {"case": found.case, "drill": found.drill, "pieces": found.pieces, "kid": found.kid}
        wrong = [{"zh": each.zh, "en": each.en} for each in found.wrong]
        print(json.dumps({**told, "valid": not found.wrong, "wrong": wrong}, ensure_ascii=False, indent=2))
    else:
        drill = "（演练 / a drill）" if found.drill else ""
        print(f"{found.case}{drill}：清单由密钥 {found.kid or '-'} 签名 / signed by; {found.pieces} 件 / pieces")
        print(*(f"{each.zh} / {each.en}" for each in found.wrong), sep="\n", end="\n" if found.wrong else "")
        if not found.wrong:
            print("与签名时一致 / all is as it was signed")
    return FOUND if found.wrong else FINE
