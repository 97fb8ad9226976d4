"""Whose a manual step is: the role that its playbook names, and the persons who have it.

A playbook names a group in words, `安全管理员 / security officer`. Where those are the words of one of our roles the
step is for that role; a group of another office, which we do not know, is for everybody who works on cases.
"""

from collections.abc import Iterable

from console.access import ACCESS
from console.accounts import Account
from console.desk import Desk
from console.roles import ROLE_NAMES, Role
from incident.command import AskPerson, Question
from incident.ids import PersonId
from incident.lines import split

ANSWERING = ("POST", "/cases/{case}/answer")
HANDLING = ("POST", "/cases/{case}/contain")
"""What only those may who work on all of a case."""


def role_of(assignee: str) -> Role | None:
    """The role that *assignee*, as a playbook names who should do a step, stands for; None where it is none of ours."""
    halves = split(assignee)
    named = {halves.zh.strip(), halves.en.strip().casefold()} - {""}
    return next((role for role, name in ROLE_NAMES.items() if named & {name.zh, name.en}), None)


def persons_for(assignee: str, accounts: Iterable[Account]) -> dict[PersonId, str]:
    """Who may do a step for *assignee*, by person, with the accounts they hold."""
    role = role_of(assignee)
    wanted = frozenset({role}) if role else ACCESS[ANSWERING] or frozenset()
    names: dict[PersonId, list[str]] = {}
    for account in accounts:
        if not account.disabled_at and not wanted.isdisjoint(account.roles):
            names.setdefault(account.person, []).append(account.name)
    return {person: f"{person}（{'、'.join(held)}）" for person, held in sorted(names.items())}


def handles(desk: Desk) -> bool:
    """Whether *desk* works on all of a case, and not on what is its role's alone."""
    return desk.may(*HANDLING)


def may_answer(desk: Desk, asked: AskPerson) -> bool:
    """Whether *desk* may say of what is *asked* that it is done: who handles cases, and whose role's step it is."""
    if handles(desk):
        return True
    is_theirs = asked.question is Question.STEP and role_of(asked.assignee) in desk.roles
    return is_theirs and desk.may(*ANSWERING)
