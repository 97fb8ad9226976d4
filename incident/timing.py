"""Publishing at a time: the due time is recorded, can be called off until then, and what is due is checked again.

INVARIANT 7: a due time is a stored fact; a restart moves none. What has come to be in doubt meanwhile is not published.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from incident.draft import Problem
from incident.facts.notice import NoticeHeld, NoticeReleased, NoticeTimed
from incident.ids import NotPermitted
from incident.incident import Case
from incident.journal import Fact
from incident.notice_state import NoticeState
from incident.state import ENDED

LONGEST_AHEAD = timedelta(days=30)
"""What is further away is written nearer to its time: facts do not keep."""

BY_HAND = "by-hand"
"""Why a notice was held where a person called it off."""


def timed(digest: str, due: datetime, now: datetime) -> NoticeTimed:
    """That the text is to be published at *due*. Raises NotPermitted."""
    if not now < due <= now + LONGEST_AHEAD:
        raise NotPermitted("定时发布的时间须在现在以后、三十天以内", "the time is later than now, within thirty days")
    return NoticeTimed(digest=digest, due=due)


def call_off(case: Case) -> tuple[Fact, ...]:
    """Call off what waits for its time. One person may: the public is shown less by it. Raises NotPermitted."""
    notice = case.notice
    if notice.due is None or notice.published or (notice.released and notice.approved_by):
        raise NotPermitted("没有等待定时发布的通告", "no notice waits for its time")
    return (NoticeHeld(digest=notice.digest, why=(BY_HAND,)),)


def due_facts(case: Case, now: datetime, problems: Callable[[Case], Sequence[Problem]]) -> tuple[Fact, ...]:
    """What follows from the time: the approved text is released, or held where anything stands against it by now."""
    notice = case.notice
    waits = notice.approved_by is not None and notice.due is not None and not notice.released
    if case.state in ENDED or not waits or now < (notice.due or now):
        return ()
    if found := tuple(dict.fromkeys(problem.code for problem in problems(case))):
        return (NoticeHeld(digest=notice.digest, why=found),)
    return (NoticeReleased(digest=notice.digest),)


def with_time(notice: NoticeState, fact: NoticeTimed | NoticeReleased | NoticeHeld) -> NoticeState:
    """*notice* after one such fact."""
    match fact:
        case NoticeTimed(due=due):
            return replace(notice, due=due, released=False, held=())
        case NoticeReleased():
            return replace(notice, released=True)
        case NoticeHeld(why=why):
            return replace(notice, submitted_by=None, checks=(), approved_by=None, due=None, held=why)
