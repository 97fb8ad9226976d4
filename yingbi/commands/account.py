"""`yingbi account`: who may sign in to the console, as what."""

import argparse

from yingbi.commands.account_tokens import ROLES, add_account_tokens
from yingbi.commands.shape import COULD_NOT, FINE, Commands, add_command, complain


def add_accounts(commands: Commands) -> None:
    """Add `yingbi account` with its commands."""
    account = commands.add_parser(
        "account", help="管理控制台账号 / make and end accounts of the console", epilog="example: yingbi account list"
    )
    accounts = account.add_subparsers(dest="account", required=True, metavar="COMMAND")
    adding = add_command(
        accounts,
        "add",
        _account,
        "建立账号，打印初始密码 / make an account, and print its first password",
        "yingbi account add lin P-0007 officer",
    )
    adding.add_argument("name", metavar="NAME", help="登录时填写的账号名 / what is typed to sign in")
    adding.add_argument(
        "person",
        metavar="PERSON",
        help="属于谁，同一人的账号合并计算 / whose it is: two accounts of one person are one person",
    )
    adding.add_argument(
        "role",
        metavar="ROLE",
        nargs="+",
        choices=ROLES,
        help="officer 安全管理员，oncall 值班员，press 发布员，auditor 审计员，operator 系统管理员，"
        "hotline 热线话务员，engine 运行预案的别家程序 / what the account is for, one or more",
    )
    for name, about in (
        ("password", "重设密码 / give an account a new first password, and print it"),
        ("disable", "停用账号 / let nobody sign in with an account any more"),
    ):
        changing = add_command(accounts, name, _account, about, f"yingbi account {name} lin")
        changing.add_argument("name", metavar="NAME", help="登录时填写的账号名 / what is typed to sign in")
    add_account_tokens(accounts)
    add_command(accounts, "list", _account, "列出账号 / say which accounts there are, and whose", "yingbi account list")


def _account(given: argparse.Namespace) -> int:
    from yingbi import account
    from yingbi.home import Home
    from yingbi.settings import read_settings

    home = Home(read_settings().home)
    try:
        match given.account:
            case "add":
                print(account.add(home, given.name, given.person, given.role))
            case "password":
                print(account.reset(home, given.name))
            case "disable":
                account.disable(home, given.name)
            case _:
                print("\n".join(account.lines_of(home)))
    except account.NotDone as problem:
        complain(str(problem))
        return COULD_NOT
    return FINE
