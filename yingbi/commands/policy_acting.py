"""How the commands of the life of a policy end and act: at the desk of an installation, as a person."""

import argparse
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from yingbi.commands.acting import NobodyActs, account_of, password_of
from yingbi.commands.shape import COULD_NOT, WRONG_USE, complain

if TYPE_CHECKING:
    from policies.findings import Finding
    from yingbi.policy_desk import Clerk, PolicyDesk
    from yingbi.settings import Settings


def at_desk(run: Callable[["PolicyDesk", "Settings"], int]) -> int:
    """Run it at the desk; what cannot be done is said in a sentence."""
    from yingbi.home import Home
    from yingbi.policy_desk import CannotAct, policy_desk
    from yingbi.settings import read_settings

    settings = read_settings()
    try:
        with policy_desk(Home(settings.home)) as desk:
            return run(desk, settings)
    except CannotAct as problem:
        complain(str(problem))
        return COULD_NOT


def as_person(given: argparse.Namespace, run: Callable[["PolicyDesk", "Clerk", "Settings"], int]) -> int:
    """Run it at the desk as the person who is named, once they are signed in."""
    from yingbi.policy_desk import signed_in

    try:
        account = account_of(given)
    except NobodyActs as problem:
        complain(str(problem))
        return WRONG_USE

    def signed(desk: "PolicyDesk", settings: "Settings") -> int:
        with signed_in(settings, account, lambda: password_of(account)) as clerk:
            return run(desk, clerk, settings)

    return at_desk(signed)


def print_findings(findings: Iterable["Finding"]) -> None:
    """Print each of *findings* in a line."""
    for finding in findings:
        print(finding)
