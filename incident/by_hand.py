"""Steps that a person carries out: until when, who has taken one on, and of what people are warned.

INVARIANT 7 holds for them too: the due time is stored when the step is asked for, and no restart moves it. It gives
nothing up: what is late is still to be done, and stays late. The legal clocks of a case are others:
`incident.duty.clocks`.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import assert_never

from incident.activation import Issued, Progress
from incident.command import AskPerson
from incident.duty.clocks import URGENCY_NAMES, Urgency
from incident.facts.by_hand import StepFact, StepGivenBack, StepTaken, StepWarned
from incident.ids import Bilingual
from incident.incident import Case

_WARNED = frozenset({Urgency.LAST_QUARTER, Urgency.OVER})
"""Of what people are warned. Half of half an hour would be noise."""


def due_of(issued: Issued) -> datetime | None:
    """Until when what was *issued* is to be done by a person; None where nothing says so."""
    return issued.command.due if isinstance(issued.command, AskPerson) else None


def urgency_of(issued: Issued, now: datetime) -> Urgency:
    """How much of the time is gone at *now*; CALM where it is done, or has no due time."""
    due = due_of(issued)
    if due is None or issued.progress is not Progress.PENDING:
        return Urgency.CALM
    start, end = issued.issued_at.astimezone(UTC), due.astimezone(UTC)
    if now > end:
        return Urgency.OVER
    if now >= start + (end - start) * 0.75:
        return Urgency.LAST_QUARTER
    return Urgency.HALF if now >= start + (end - start) * 0.5 else Urgency.CALM


def is_late(issued: Issued, now: datetime) -> bool:
    """Whether it was, or will by *now* have been, done after its due time. Once late it is late for ever."""
    due = due_of(issued)
    return due is not None and (issued.ended_at or now) > due


def late_steps(case: Case, now: datetime) -> frozenset[int]:
    """The numbers of the steps of which something was done late, or is late at *now*."""
    return frozenset(issued.step for issued in case.commands.values() if is_late(issued, now))


def step_warnings(case: Case, now: datetime) -> tuple[StepWarned, ...]:
    """Warnings that are due: in the last quarter of the time, and once it is over. Each comes once; one that was
    missed is not made up for.
    """
    found = []
    for asked in case.questions:
        issued = case.commands[asked.key]
        urgency = urgency_of(issued, now)
        if asked.due is not None and urgency in _WARNED and not {urgency, Urgency.OVER}.intersection(issued.warned):
            found.append(StepWarned(key=asked.key, urgency=urgency, due=asked.due))
    return tuple(found)


def with_step_fact(issued: Issued, fact: StepFact) -> Issued:
    """*issued* with one more fact."""
    match fact:
        case StepTaken(person=taker):
            return replace(issued, taken_by=taker)
        case StepGivenBack():
            return replace(issued, taken_by=None)
        case StepWarned(urgency=urgency):
            return replace(issued, warned=(*issued.warned, urgency))
        case _:
            assert_never(fact)


def step_line(fact: StepFact, title: Bilingual) -> Bilingual:
    """What *fact*, about the step with that *title*, says to a reader, in one line."""
    en_title = title.en or title.zh
    match fact:
        case StepTaken(person=taker):
            return Bilingual(zh=f"{taker} 承办（{title.zh}）", en=f"Taken by {taker} ({en_title})")
        case StepGivenBack(person=taker, reason=reason):
            more = (f"：{reason}", f": {reason}") if reason else ("", "")
            zh, en = f"{taker} 退回（{title.zh}）{more[0]}", f"Given back by {taker} ({en_title}){more[1]}"
            return Bilingual(zh=zh, en=en)
        case StepWarned(urgency=urgency):
            gone = URGENCY_NAMES[urgency]
            return Bilingual(zh=f"步骤{gone.zh}（{title.zh}）", en=f"{gone.en.capitalize()} ({en_title})")
        case _:
            assert_never(fact)
