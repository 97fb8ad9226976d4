"""`yingbi account token | revoke`: tokens of one's own account for the API, by who is signed in."""

import argparse

from yingbi.commands.acting import NobodyActs, account_of, add_account, password_of
from yingbi.commands.shape import COULD_NOT, FINE, WRONG_USE, Commands, add_command, complain

ROLES = ("officer", "oncall", "press", "auditor", "operator", "hotline", "engine")
"""See `console.roles.Role`."""


def add_account_tokens(accounts: Commands) -> None:
    """Name the commands to the parser."""
    making = add_command(
        accounts,
        "token",
        _make,
        "建立接口令牌，只打印这一次 / make a token for the API, and print it this once",
        "yingbi account token soar --days 30 --as oncall",
    )
    making.add_argument("name", metavar="NAME", help="用在哪里 / what it is for")
    making.add_argument("--days", type=int, default=90, metavar="N", help="程序使用：有效天数 / for a program")
    making.add_argument(
        "--attended",
        type=int,
        default=0,
        metavar="HOURS",
        help="本人在场使用，可作第二人决定，最长 8 小时 / used by yourself, also as the second of two people",
    )
    making.add_argument(
        "--role", action="append", default=[], choices=ROLES, help="只用这些角色 / only in these roles of the account"
    )
    ending = add_command(
        accounts,
        "revoke",
        _revoke,
        "撤销自己的接口令牌 / revoke a token of your own",
        "yingbi account revoke 3 --as oncall",
    )
    ending.add_argument(
        "token", type=int, metavar="NUMBER", help="令牌号，见控制台 / its number, which `token` printed"
    )
    for command in (making, ending):
        add_account(command)


def _make(given: argparse.Namespace) -> int:
    from yingbi.policy_desk import CannotAct, signed_in
    from yingbi.settings import read_settings

    try:
        account = account_of(given)
        password = password_of(account)
        use = {"use": "person", "hours": str(given.attended)} if given.attended else {"days": str(given.days)}
        fields = [("name", given.name), ("password", password), *use.items(), *(("role", role) for role in given.role)]
        with signed_in(read_settings(), account, lambda: password, for_policies=False, told_by=_SEEN_AT) as clerk:
            number, token = clerk.token(fields)
    except NobodyActs as problem:
        complain(str(problem))
        return WRONG_USE
    except CannotAct as problem:
        complain(str(problem))
        return COULD_NOT
    complain(f"令牌第 {number} 号，只显示这一次 / token {number}, shown this once")
    print(token)
    return FINE


_SEEN_AT = "console: /tokens"


def _revoke(given: argparse.Namespace) -> int:
    from yingbi.policy_desk import CannotAct, NotThere, signed_in
    from yingbi.settings import read_settings

    try:
        account = account_of(given)
        with signed_in(
            read_settings(), account, lambda: password_of(account), for_policies=False, told_by=_SEEN_AT
        ) as clerk:
            clerk.act(f"/tokens/{given.token}/revoke")
    except NobodyActs as problem:
        complain(str(problem))
        return WRONG_USE
    except NotThere:
        complain("您没有这个令牌 / you have no such token: the console lists them at /tokens")
        return COULD_NOT
    except CannotAct as problem:
        complain(str(problem))
        return COULD_NOT
    print(f"令牌第 {given.token} 号已撤销 / token {given.token} is revoked")
    return FINE
