"""The first accounts of an installation: for each role one, each of another person, each with a password of its own.

There are two officers, since a policy takes two.
"""

from dataclasses import dataclass

from console.accounts import Accounts
from console.roles import Role
from deploy.private_file import write_private
from incident.ids import PersonId
from yingbi.account import new_password
from yingbi.home import Home


@dataclass(frozen=True, slots=True)
class FirstAccount:
    """One account, and the invented person of the demo who has it."""

    name: str
    role: Role
    person: str
    title: str


FIRST = (
    FirstAccount("officer", Role.OFFICER, "P-001", "安全管理员 / security officer"),
    FirstAccount("officer2", Role.OFFICER, "P-006", "另一位安全管理员 / another security officer"),
    FirstAccount("oncall", Role.ONCALL, "P-002", "值班员 / on-call staff"),
    FirstAccount("press", Role.PRESS, "P-003", "发布员 / press officer"),
    FirstAccount("auditor", Role.AUDITOR, "P-004", "审计员 / auditor"),
    FirstAccount("operator", Role.OPERATOR, "P-005", "系统管理员 / system operator"),
    FirstAccount("hotline", Role.HOTLINE, "P-007", "热线话务员 / hotline operator"),
)


def make_accounts(home: Home, accounts: Accounts, *, must_change: bool) -> list[tuple[FirstAccount, str]]:
    """The accounts that were made now, with their passwords; none where there are accounts already.

    The passwords also lie in a file for the owner's eyes. Where they *must change*, each is good for one sign-in.
    """
    if accounts.any():
        return []
    made = [(account, new_password()) for account in FIRST]
    lines = [f"{account.name}\t{password}\t{account.title}\n" for account, password in made]
    write_private(home.first_passwords, "".join(lines).encode())
    for account, password in made:
        accounts.create(
            account.name, PersonId(account.person), frozenset({account.role}), password, must_change=must_change
        )
    return made


def first_password(home: Home, name: str) -> str | None:
    """The password that the first account *name* was made with, or None."""
    try:
        lines = home.first_passwords.read_text("utf-8").splitlines()
    except OSError:
        return None
    return next((line.split("\t")[1] for line in lines if line.startswith(f"{name}\t")), None)
