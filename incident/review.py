"""The review of a case: how long each milestone took, by recorded facts, and whether the goals were met."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from incident.activation import Progress
from incident.codec import tag_of
from incident.command import PublishNotice, Rehearsal
from incident.duty.clocks import Reading
from incident.duty.duties import Audience, Grade
from incident.facts.case import Move, StateMoved
from incident.goals import Goals, Milestone
from incident.ids import Bilingual, NotPermitted
from incident.incident import Case

REVIEWED_FROM = Grade.LARGE
"""A case of this grade or a higher one is reviewed before it is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One milestone of a case."""

    milestone: Milestone
    at: datetime | None
    """When it was reached; None where it was not."""
    took: timedelta | None
    goal: timedelta | None

    @property
    def is_met(self) -> bool | None:
        """Whether the goal was met; None where there is none, or nothing was measured."""
        return None if self.took is None or self.goal is None else self.took <= self.goal


def measured(case: Case, goals: Goals) -> tuple[Measured, ...]:
    """Every milestone of *case*, by what its journal records."""
    reached = _reached(case)
    begun = min((alert.first_at for alert in case.alerts.values()), default=None)
    aware = case.aware_at
    found = []
    for milestone in Milestone:
        start, at = begun if milestone is Milestone.DETECTED else aware, reached.get(milestone)
        took = max(at - start, timedelta()) if at and start else None
        found.append(Measured(milestone=milestone, at=at, took=took, goal=goals.get(milestone)))
    return tuple(found)


def _reached(case: Case) -> dict[Milestone, datetime]:
    times: dict[Milestone, datetime | None] = {
        Milestone.DETECTED: case.aware_at,
        Milestone.CONTAINED: case.contained_at,
        Milestone.REPORTED: _first_fulfilled(case, Audience.AUTHORITY),
        Milestone.TOLD: _first_fulfilled(case, Audience.PERSONS),
        Milestone.PUBLISHED: _published(case),
    }
    return {milestone: at for milestone, at in times.items() if at is not None}


def _first_fulfilled(case: Case, audience: Audience) -> datetime | None:
    done = [record.fulfilled for record in case.clocks.values() if record.duty.audience is audience]
    return min((each.at for each in done if each), default=None)


def _published(case: Case) -> datetime | None:
    if case.notice.versions:
        return case.notice.versions[0].at
    rehearsed = [
        each.ended_at
        for each in case.commands.values()
        if isinstance(each.command, Rehearsal) and each.command.of == tag_of(PublishNotice)
        if each.progress is Progress.SUCCEEDED and each.ended_at
    ]
    return min(rehearsed, default=None)


def review_asked_by(case: Case, now: datetime) -> tuple[Bilingual, ...]:
    """Why *case* has to be reviewed before it is closed; nothing where it need not be."""
    found = []
    if case.drill:
        found.append(Bilingual(zh="演练须复盘", en="a drill is reviewed"))
    if case.graded and case.graded.grade.rank >= REVIEWED_FROM.rank:
        found.append(Bilingual(zh="级别为较大以上", en="its grade is relatively major or higher"))
    if case.notice.versions:
        found.append(Bilingual(zh="发布过通告", en="a notice was published"))
    if any(record.reading(now) in (Reading.LATE, Reading.DONE_LATE) for record in case.clocks.values()):
        found.append(Bilingual(zh="有职责超过时限", en="a duty was late"))
    return tuple(found)


def is_reviewed(case: Case) -> bool:
    """Whether *case* was reviewed since it was last opened."""
    reopened = [e.number for e in case.entries if isinstance(e.fact, StateMoved) and e.fact.move is Move.REOPEN]
    review = case.handling.review
    return review is not None and review.entry > max(reopened, default=0)


def needs_no_more(case: Case, now: datetime) -> None:
    """Return if *case* may be closed as far as tasks and review go. Raises NotPermitted otherwise."""
    if left := [task.title for task in case.handling.open_tasks if not task.lasting]:
        raise NotPermitted(f"尚有未完成的任务：{'、'.join(left)}", f"tasks are still to be done: {len(left)}")
    asked = review_asked_by(case, now)
    if asked and not is_reviewed(case):
        raise NotPermitted(
            f"结案前须复盘：{'、'.join(each.zh for each in asked)}",
            f"it has to be reviewed before it is closed: {'; '.join(each.en for each in asked)}",
        )
