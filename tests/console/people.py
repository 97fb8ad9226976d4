"""The people of the tests of the console, and a hasher that costs them no time. All are invented."""

from argon2 import PasswordHasher

from console.accounts import Accounts, Role
from incident.ids import PersonId

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "correct horse battery 电池"

PEOPLE: dict[str, tuple[str, frozenset[Role]]] = {
    "officer": ("p-sun", frozenset({Role.OFFICER})),
    "officer2": ("p-qian", frozenset({Role.OFFICER})),
    "oncall": ("p-chen", frozenset({Role.ONCALL})),
    "press": ("p-li", frozenset({Role.PRESS})),
    "press2": ("p-zhao", frozenset({Role.PRESS})),
    "auditor": ("p-wu", frozenset({Role.AUDITOR})),
    "operator": ("p-zheng", frozenset({Role.OPERATOR})),
    "hotline": ("p-tan", frozenset({Role.HOTLINE})),
    "engine": ("p-he", frozenset({Role.ENGINE})),
}


def hire(accounts: Accounts, *names: str) -> None:
    """Make the accounts of PEOPLE, or those of them with these names."""
    for name in names or PEOPLE:
        person, roles = PEOPLE[name]
        accounts.create(name, PersonId(person), roles, PASSWORD, must_change=False)
