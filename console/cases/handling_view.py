"""What pages show of how cases are handled: marks, tasks, times against goals, drills that are due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from incident.by_hand import urgency_of
from incident.command import AskPerson, Question
from incident.drill import MARK
from incident.duty.clocks import Urgency
from incident.handling import Task
from incident.ids import Bilingual, PersonId
from incident.incident import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTask:
    """A task or an action that is still to be done."""

    case: Case
    task: Task
    overdue: bool


def marks_of(case: Case) -> tuple[tuple[Bilingual, str], ...]:
    """What stands on everything about *case*, each with the kind of chip that it is."""
    found = []
    if case.drill:
        found.append((MARK, "drill"))
    found.append((Bilingual(zh=case.handling.tlp.label, en=""), f"tlp-{case.handling.tlp.value}"))
    if case.handling.restricted:
        found.append((Bilingual(zh="限制查看", en="restricted"), "danger"))
    return tuple(found)


def open_tasks(cases: Iterable[Case], now: datetime, *, lasting: bool | None = None) -> tuple[OpenTask, ...]:
    """What is still to be done over all *cases*, the earliest due first; only actions, or only tasks, where asked."""
    found = [
        OpenTask(case=case, task=task, overdue=task.is_overdue(now))
        for case in cases
        for task in case.handling.open_tasks
        if lasting is None or task.lasting is lasting
    ]
    return tuple(sorted(found, key=lambda each: (each.task.due, each.case.id, each.task.number)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualStep:
    """A step of the playbook that a person has to do."""

    asked: AskPerson
    due: datetime | None
    """Until when it is to be done; of cases that began before due times were kept, until when the playbook waits."""
    taken_by: PersonId | None
    late: bool
    urgency: Urgency


def manual_steps(case: Case, now: datetime) -> tuple[ManualStep, ...]:
    """The manual steps that wait, with who should do them, who has taken them, and until when."""
    found = []
    for asked in case.questions:
        if asked.question is Question.STEP:
            issued = case.commands[asked.key]
            step = case.steps.get(issued.step)
            due = asked.due or (step.timeout_at if step else None)
            found.append(
                ManualStep(
                    asked=asked,
                    due=due,
                    taken_by=issued.taken_by,
                    late=due is not None and now > due,
                    urgency=urgency_of(issued, now),
                )
            )
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenStep:
    """A manual step of a playbook that waits, with its case."""

    case: Case
    step: ManualStep
    overdue: bool


type ToDo = OpenTask | OpenStep
"""What is to be done, whoever asked for it: a person, or a playbook."""


def to_do(cases: Iterable[Case], now: datetime) -> tuple[ToDo, ...]:
    """The tasks that were given and the steps that playbooks wait for over all *cases*, the earliest due first.

    What has no due time comes last; actions that outlive their cases are not among them.
    """
    each = tuple(cases)
    steps = [OpenStep(case=case, step=step, overdue=step.late) for case in each for step in manual_steps(case, now)]
    return tuple(sorted((*open_tasks(each, now, lasting=False), *steps), key=_place))


def _place(found: ToDo) -> tuple[bool, float, str, str]:
    due = found.task.due if isinstance(found, OpenTask) else found.step.due
    which = f"{found.task.number:06}" if isinstance(found, OpenTask) else found.step.asked.key
    return due is None, due.timestamp() if due else 0.0, found.case.id, which


def spelled(span: timedelta | None) -> Bilingual:
    """*span* as people say it, to the second below an hour and to the minute above; a dash for None."""
    if span is None:
        return Bilingual(zh="—", en="—")
    seconds = int(span.total_seconds())
    if seconds < 3600:
        minutes, rest = divmod(seconds, 60)
        return Bilingual(zh=f"{minutes} 分 {rest} 秒", en=f"{minutes} min {rest} s")
    hours, rest = divmod(seconds, 3600)
    return Bilingual(zh=f"{hours:,} 小时 {rest // 60} 分", en=f"{hours:,} h {rest // 60} min")
