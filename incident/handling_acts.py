"""What persons may do about how a case is handled: each act is the facts that it adds, or NotPermitted with the reason.

Actions outlive their case, so they may be given and done while it is closed.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from incident.acts import needs_open, needs_reason
from incident.blank import is_blank
from incident.facts.handling import AccessSet, Marked, RestrictedRead, Reviewed, RoleGiven, TaskDone, TaskSet
from incident.goals import Goals
from incident.ids import NotPermitted, PersonId
from incident.incident import Case
from incident.journal import Fact
from incident.marking import CaseRole, Tlp
from incident.review import measured
from incident.state import State

FURTHEST = timedelta(days=3 * 366)
"""How far ahead something may be due: a later year is a slip of the pen."""


def give_role(case: Case, role: CaseRole, persons: Collection[PersonId]) -> tuple[Fact, ...]:
    """Let *persons*, and nobody else, have *role*."""
    needs_open(case)
    wanted = tuple(dict.fromkeys(persons))
    if role is CaseRole.LEAD and len(wanted) > 1:
        raise NotPermitted("负责人只能是一个人", "a case has one lead")
    return () if case.handling.roles.get(role, ()) == wanted else (RoleGiven(role=role, persons=wanted),)


def set_task(
    case: Case, title: str, assignee: PersonId, due: datetime, now: datetime, *, lasting: bool, number: int = 0
) -> tuple[Fact, ...]:
    """Give a task, or that of *number* anew."""
    if not lasting:
        needs_open(case)
    elif case.state is State.DISMISSED:
        raise NotPermitted("误报没有整改事项", "a false alarm brings no action")
    if is_blank(title) or not assignee:
        raise NotPermitted("请填写事项和承办人", "what is to be done, and by whom, has to be said")
    if not now < due <= now + FURTHEST:
        raise NotPermitted("期限须在现在以后、三年以内", "it has to be due after now, and within three years")
    before = case.handling.tasks.get(number)
    if number and (before is None or before.done):
        raise NotPermitted("没有这项任务，或者已经完成", "there is no such task, or it is done")
    number = number or len(case.handling.tasks) + 1
    return (TaskSet(task=number, title=title, assignee=assignee, due=due, lasting=lasting),)


def finish_task(case: Case, number: int, note: str) -> tuple[Fact, ...]:
    """Say that a task was done, and how."""
    task = case.handling.tasks.get(number)
    if task is None or task.done:
        raise NotPermitted("没有这项任务，或者已经完成", "there is no such task, or it is done")
    if not task.lasting:
        needs_open(case)
    if is_blank(note):
        raise NotPermitted("请说明怎样完成的", "it has to be said how it was done")
    return (TaskDone(task=number, note=note),)


def mark(case: Case, tlp: Tlp, reason: str) -> tuple[Fact, ...]:
    """Say who may be told of the case. To let more people be told needs a reason."""
    if tlp is case.handling.tlp:
        return ()
    if tlp.rank < case.handling.tlp.rank:
        needs_reason(reason)
    return (Marked(tlp=tlp, reason=reason),)


def restrict(case: Case, persons: Collection[PersonId], reason: str, by: PersonId) -> tuple[Fact, ...]:
    """Let only *persons*, and who does it, open the case; everybody again where *persons* are none."""
    needs_reason(reason)
    wanted = tuple(dict.fromkeys([*persons, by])) if persons else ()
    return () if frozenset(wanted) == case.handling.readers else (AccessSet(persons=wanted, reason=reason),)


def read(case: Case, page: str, by: PersonId) -> tuple[Fact, ...]:
    """That somebody who is not named reads a restricted case; nothing where they are, or it is not restricted."""
    return () if case.handling.opens_to(by) else (RestrictedRead(page=page),)


def review(case: Case, cause: str, lessons: str, goals: Goals) -> tuple[Fact, ...]:
    """Write down what was learned, with the times as they are recorded."""
    if case.state is not State.RESOLVED:
        raise NotPermitted("处置完毕以后才能复盘", "a case is reviewed once its handling has ended")
    if is_blank(cause) or is_blank(lessons):
        raise NotPermitted("请填写原因和教训", "the cause and the lessons have to be written down")
    times = measured(case, goals)
    return (
        Reviewed(
            cause=cause,
            lessons=lessons,
            measured={each.milestone.value: int(each.took.total_seconds()) for each in times if each.took is not None},
            goals={each.milestone.value: int(each.goal.total_seconds()) for each in times if each.goal is not None},
        ),
    )
