"""`yingbi permits list | end`: what callers were let see whole."""

import argparse
import json

from yingbi.commands.acting import NobodyActs, account_of, add_account, password_of
from yingbi.commands.shape import COULD_NOT, FINE, WRONG_USE, Commands, add_command, complain


def add_permits(commands: Commands) -> None:
    """Name the commands `yingbi permits …` to the parser."""
    permits = commands.add_parser(
        "permits", help="查看原文的许可 / what callers were let see whole", epilog="example: yingbi permits list"
    )
    group = permits.add_subparsers(dest="permits", required=True, metavar="COMMAND")
    telling = add_command(
        group,
        "list",
        _list,
        "列出生效中和等待复核的许可 / say which are in force, and which wait for a review",
        "yingbi permits list --all --json",
    )
    telling.add_argument("--all", action="store_true", help="全部许可 / every permit there ever was")
    telling.add_argument("--json", action="store_true", help="输出 JSON / as JSON")
    ending = add_command(
        group,
        "end",
        _end,
        "提前终止一个许可 / end a permit before its time",
        "yingbi permits end prm-0123456789abcdef --as oncall --reason 已核实",
    )
    ending.add_argument("permit", metavar="ID", help="许可编号 / of the permit")
    ending.add_argument("--reason", default="", metavar="TEXT", help="理由 / why")
    add_account(ending)


def _list(given: argparse.Namespace) -> int:
    from yingbi.clock import now
    from yingbi.home import Home
    from yingbi.lines.permits import CannotRead, permit_json, permit_lines, permits_in
    from yingbi.settings import read_settings

    try:
        records = permits_in(Home(read_settings().home))
    except CannotRead as problem:
        complain(str(problem))
        return COULD_NOT
    moment = now()
    shown = [record for record in records if given.all or record.waits or record.is_live(moment)]
    if given.json:
        print(json.dumps([permit_json(record, moment) for record in shown], ensure_ascii=False, indent=2))
    else:
        print(*permit_lines(shown, moment), sep="\n")
    return FINE


def _end(given: argparse.Namespace) -> int:
    from policies.permits import PERMIT_ID
    from yingbi.policy_desk import CannotAct, NotThere, signed_in
    from yingbi.settings import read_settings

    if not PERMIT_ID.fullmatch(given.permit):
        complain("许可编号形如 prm-0123456789abcdef / the id of a permit looks like that: yingbi permits list has them")
        return WRONG_USE
    try:
        account = account_of(given)
        with signed_in(read_settings(), account, lambda: password_of(account), for_policies=False) as clerk:
            clerk.act(f"/permits/{given.permit}/end", reason=given.reason)
    except NobodyActs as problem:
        complain(str(problem))
        return WRONG_USE
    except NotThere:
        complain(f"没有许可 {given.permit} / there is no such permit: yingbi permits list --all has them")
        return COULD_NOT
    except CannotAct as problem:
        complain(str(problem))
        return COULD_NOT
    print(f"许可 {given.permit} 已终止，一秒内生效 / it is ended, within a second")
    return FINE
