"""Commands that somebody acts by: which account, and its password on standard input."""

import argparse
import os
import sys

ACCOUNT = "YINGBI_ACCOUNT"
"""Names the account that acts, where `--as` does not."""


class NobodyActs(Exception):
    """It was not said who acts. The message says how to say it, Chinese and English."""


def add_account(command: argparse.ArgumentParser) -> None:
    """Let *command* be told who acts."""
    command.add_argument(
        "--as",
        dest="account",
        metavar="NAME",
        help=f"控制台账号，默认为 {ACCOUNT}；密码从标准输入读取 / account; its password comes on stdin",
    )


def account_of(given: argparse.Namespace) -> str:
    """The account that acts. Raises NobodyActs."""
    account = given.account or os.environ.get(ACCOUNT, "")
    if not account:
        raise NobodyActs(f"请用 --as 或 {ACCOUNT} 写明账号 / say with --as or {ACCOUNT} who acts")
    return str(account)


def password_of(account: str) -> str:
    """The password of *account*: asked for at a terminal, else the first line of standard input."""
    import getpass

    if sys.stdin.isatty():
        return getpass.getpass(f"{account} 的密码 / password: ")
    return sys.stdin.readline().rstrip("\r\n")
