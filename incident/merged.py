"""What becomes of a case that takes another in.

INVARIANT: no clock starts or ends later by it, nothing that was late is in time, and no duty that either owed is
fulfilled or gone by it: the earliest start counts (decision 20), and the stricter of two judgements.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from incident.activation import Issued, Progress
from incident.duty.clocks import ClockRecord, Judgement, Setting
from incident.facts.case import CaseTakenIn
from incident.facts.duty import Graded
from incident.ids import ENGINE, Actor, CaseId, DutyId
from incident.incident import Case, Event, LiftRequest
from incident.journal import Entry
from incident.taken import GradeBefore


def with_taken_in(case: Case, fact: CaseTakenIn, entry: Entry) -> Case:
    """*case* with all of the other that binds it; the alerts come by facts of their own."""
    taken = fact.taken
    known = {(event.what, event.at) for event in case.occurrences}
    events = tuple(
        Event(what=each.what, at=each.at, by=each.by, note=each.note)
        for each in taken.occurrences
        if (each.what, each.at) not in known
    )
    performed = {
        each.command.key: Issued(
            command=each.command,
            step=0,
            progress=Progress.SUCCEEDED,
            issued_at=each.issued_at,
            ended_at=each.ended_at,
            ended_by=each.by,
        )
        for each in taken.performed
    }
    asked = {each.tightening: LiftRequest(by=each.by, reason=each.reason, at=each.at) for each in taken.lifts}
    contained = [at for at in (case.contained_at, taken.contained_at) if at]
    return _graded(
        replace(
            case,
            occurrences=(*case.occurrences, *events),
            clocks=_clocks(case, taken.clocks, fact.other, entry),
            commands={**case.commands, **performed},
            lifts={**asked, **case.lifts},
            contained_at=min(contained, default=None),
            taken_in=(*case.taken_in, fact.other),
        ),
        taken.grade,
        fact.other,
        entry,
    )


def _clocks(case: Case, clocks: Iterable[ClockRecord], other: CaseId, entry: Entry) -> dict[DutyId, ClockRecord]:
    found = dict(case.clocks)
    for record in clocks:
        if not record.withdrawn:
            mine = found.get(record.duty.id)
            both = None if mine is None or mine.withdrawn else mine
            found[record.duty.id] = merged(both, record, other, entry.at, entry.by) if both else record
    return found


def merged(mine: ClockRecord, theirs: ClockRecord, other: CaseId, at: datetime, by: Actor) -> ClockRecord:
    """One clock of two about the same duty."""
    start, due = min(mine.start, theirs.start), min(mine.due, theirs.due)
    settings = mine.settings
    if (start, due) != (mine.start, mine.due):
        # By whom theirs was set: what the engine set it may still move when it learns of an earlier moment.
        why = f"并入 {other}，以较早的起算为准 / {other} was taken in: the earlier start counts"
        settings = (*settings, Setting(start=start, due=due, reason=why, at=at, by=theirs.settings[-1].by))
    late = [since for since in (_late_since(mine), _late_since(theirs)) if since]
    owed = mine.owed or theirs.owed
    done = [each.fulfilled for each in (mine, theirs) if each.fulfilled]
    return replace(
        mine,
        settings=settings,
        late_since=min(late, default=None),
        judged=_judged(mine, theirs, other, at, by),
        fulfilled=None if owed else min(done, key=lambda each: each.at, default=None),
    )


def _late_since(record: ClockRecord) -> datetime | None:
    over = record.fulfilled is not None and record.fulfilled.at > record.due
    return record.late_since or (record.due if over else None)


def _judged(mine: ClockRecord, theirs: ClockRecord, other: CaseId, at: datetime, by: Actor) -> Judgement | None:
    """The stricter of the two. Where it is theirs it stands until a person says another: mine was of another matter."""
    if mine.judged and mine.judged.applies:
        return mine.judged
    if theirs.judged and theirs.judged.applies:
        why = f"并入的 {other} 须履行 / it is owed in {other}, which was taken in"
        return Judgement(applies=True, why=why, at=at, by=by)
    return mine.judged if mine.judged and theirs.judged else None


def _graded(case: Case, grade: GradeBefore | None, other: CaseId, entry: Entry) -> Case:
    """*case* by the higher of the two grades. The engine may raise it, and only a person lowers it."""
    mine = case.graded
    if grade is None or (mine and mine.grade.rank >= grade.grade.rank and {*mine.clauses} >= {*grade.clauses}):
        return case
    higher = mine is None or grade.grade.rank > mine.grade.rank
    clauses = tuple(dict.fromkeys([*(mine.clauses if mine else ()), *grade.clauses]))
    if higher:
        why = f"并入的 {other} 的级别：{grade.why} / the grade of {other}, which was taken in"
        return replace(
            case,
            graded=Graded(grade=grade.grade, why=why, clauses=clauses),
            graded_by=ENGINE,
            graded_entry=entry.number,
        )
    assert mine is not None
    return replace(case, graded=replace(mine, clauses=clauses))
