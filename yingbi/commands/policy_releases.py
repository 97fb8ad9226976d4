"""`yingbi policy approve | publish | rollback`."""

import argparse
from typing import TYPE_CHECKING

from yingbi.commands.policy_acting import as_person, at_desk, print_findings
from yingbi.commands.policy_reading import print_difference
from yingbi.commands.shape import FINE, FOUND, TO_CONFIRM, WRONG_USE, complain

if TYPE_CHECKING:
    from yingbi.policy_desk import Clerk, PolicyDesk
    from yingbi.settings import Settings


def run_approve(given: argparse.Namespace) -> int:
    """Who approves types the digest of what they have read: the draft may have become another since."""
    if not given.digest:
        return at_desk(lambda desk, _: _to_approve(desk, given.draft))

    def approve(desk: "PolicyDesk", clerk: "Clerk", _: "Settings") -> int:
        found = desk.draft(given.draft)
        if found.content != given.digest:
            complain(f"内容摘要是 {found.content}，与所给的不符，请重新读 / its digest is another: read it again")
            return FOUND
        clerk.act(f"/policies/drafts/{found.number}/approve", content=given.digest)
        print(f"已批准草稿第 {found.number} 号，内容摘要 {found.content[:16]} / approved, these files and no others")
        return FINE

    return as_person(given, approve)


def _to_approve(desk: "PolicyDesk", draft: str) -> int:
    from yingbi.clock import now

    found = desk.draft(draft)
    print_difference(desk, "in-force", f"d{found.number}")
    print_findings(desk.waiting(desk.named(f"d{found.number}").snapshot, now()))
    print("还没有批准。读过以上差别，同意的，请运行 / nothing is approved yet; once you have read it:")
    print(f"yingbi policy approve {found.number} --digest {found.content}")
    return TO_CONFIRM


def run_publish(given: argparse.Namespace) -> int:
    """Put an approved draft in force, and wait until it is."""

    def publish(desk: "PolicyDesk", clerk: "Clerk", settings: "Settings") -> int:
        found = desk.draft(given.draft)
        clerk.act(f"/policies/drafts/{found.number}/publish", content=found.content)
        return _in_force(desk, settings)

    return as_person(given, publish)


def run_roll_back(given: argparse.Namespace) -> int:
    """The same with a version from before."""

    def roll_back(desk: "PolicyDesk", clerk: "Clerk", settings: "Settings") -> int:
        from yingbi.policy_desk import number_in

        history = desk.history()
        current = history.current.number if history.current else 0
        to = number_in(given.version) if given.version else next(iter(history.ways_back), 0)
        if not to:
            complain("之前没有版本可退 / there is no version before to roll back to")
            return WRONG_USE
        clerk.act("/policies/roll-back", to=str(to), seen=str(current), reason=given.reason)
        return _in_force(desk, settings)

    return as_person(given, roll_back)


def _in_force(desk: "PolicyDesk", settings: "Settings") -> int:
    from yingbi.home import Home
    from yingbi.lines.policies import behind_lines
    from yingbi.taking_up import LIMIT_S, TakenUp, taken_up

    current = desk.history().current
    number = current.number if current else 0
    print(f"第 {number} 版已发布 / version {number} is published", flush=True)
    found = taken_up(Home(settings.home), number)
    if found is TakenUp.BY_ALL:
        print("所有网关进程都已依据它 / all workers serve by it")
        return FINE
    if found is TakenUp.REFUSED:
        complain("网关没有采用，原来的一版继续有效 / the gateway refuses it and goes on by the one before")
    else:
        complain(
            f"{LIMIT_S:.0f} 秒内网关进程还没有全部采用，仍在继续，不要重复发布，结果见 yingbi status"
            f" / not all workers serve by it after {LIMIT_S:.0f} s, and they go on taking it up: see yingbi status"
        )
    for line in behind_lines(desk.served(), number):
        complain(line)
    return FOUND
