"""Which clocks of a case have to be set, judged or marked late: what follows from its facts and the table of duties."""

from collections.abc import Iterator
from datetime import UTC, datetime

from incident.by_hand import step_warnings
from incident.duty.clocks import ClockRecord, Urgency
from incident.duty.duties import GRADE_NAMES, STARTED_BY, Duty, DutyTable, Occurrence, Since
from incident.facts.duty import ClockSet, DutyJudged, DutyLate, DutyWarned, Graded
from incident.ids import ENGINE
from incident.incident import Case
from incident.journal import Fact


def clock_facts(case: Case, table: DutyTable) -> tuple[Fact, ...]:
    """Clocks to be started, or moved because a fact became known that they run from. A person's move is left alone."""
    return tuple(fact for duty in table.duties for fact in _set(case, duty))


def _set(case: Case, duty: Duty) -> Iterator[ClockSet]:
    times = [event.at for event in case.occurrences if event.what in STARTED_BY[duty.since]]
    if not times:
        return
    # One is aware from the first moment on, and a handling that was taken up again ends at its last end.
    start = (max(times) if duty.since is Since.HANDLED else min(times)).astimezone(UTC)
    record = case.clocks.get(duty.id)
    if record is None or record.withdrawn:
        yield ClockSet(duty=duty, start=start, due=duty.due(start))
        return
    by_person = any(setting.by != ENGINE for setting in record.settings)
    moves = start > record.start if duty.since is Since.HANDLED else start < record.start
    if moves and not by_person and record.fulfilled is None:
        again = "处置再次结束 / the handling ended again"
        reason = again if duty.since is Since.HANDLED else "得知了更早的时间 / an earlier moment of awareness is known"
        yield ClockSet(duty=record.duty, start=start, due=record.duty.due(start), reason=reason)


def judgement_facts(case: Case) -> tuple[Fact, ...]:
    """Which duties exist, now that the incident is graded. What a person judged is left alone."""
    graded = case.graded
    if graded is None:
        return ()
    return tuple(fact for record in case.clocks.values() for fact in _judge(record, graded))


def _judge(record: ClockRecord, graded: Graded) -> Iterator[DutyJudged]:
    threshold = record.duty.from_grade
    if threshold is None or (record.judged and record.judged.by != ENGINE):
        return
    applies = graded.grade.rank >= threshold.rank
    if not applies and graded.clauses:
        return  # a clause speaks for a higher grade: the clock runs on until a person has decided
    if record.judged is None or record.judged.applies != applies:
        names = GRADE_NAMES[graded.grade], GRADE_NAMES[threshold]
        relation = ("达到", "reaches") if applies else ("低于", "is below")
        why = f"级别为{names[0].zh}，{relation[0]}{names[1].zh} / the grade {names[0].en} {relation[1]} {names[1].en}"
        yield DutyJudged(duty=record.duty.id, applies=applies, why=why)


def late_facts(case: Case, now: datetime) -> tuple[Fact, ...]:
    """Due times that have passed unfulfilled and are not marked yet."""
    return tuple(
        DutyLate(duty=record.duty.id, due=record.due)
        for record in case.clocks.values()
        if record.owed and record.late_since is None and now > record.due
    )


def passing_facts(case: Case, now: datetime) -> tuple[Fact, ...]:
    """What the passing of time brings: due times that are over, and of what people have to be warned. Each comes once,
    however often it is asked, and whatever was restarted between.
    """
    return (*late_facts(case, now), *warning_facts(case, now), *step_warnings(case, now))


def warning_facts(case: Case, now: datetime) -> tuple[DutyWarned, ...]:
    """Warnings that are due: at half of the time, and in its last quarter. One that was missed is not made up for."""
    return tuple(
        DutyWarned(duty=record.duty.id, urgency=urgency, due=record.due)
        for record in case.clocks.values()
        if (urgency := record.urgency(now)) in _WARNED
        and not {urgency, Urgency.LAST_QUARTER}.intersection(record.warned)
    )


_WARNED = frozenset({Urgency.HALF, Urgency.LAST_QUARTER})


def grading(case: Case, table: DutyTable) -> Graded:
    """The grade that the scope suggests: by the number of persons, with the clauses that speak for a higher one.

    Of data that names nobody the most counts that it can be about: too low a grade would let duties run out.
    Raises ValueError where it is not known yet who is affected.
    """
    scope = case.scope
    if scope is None:
        raise ValueError(
            "影响范围尚未核定，不能定级 / the incident cannot be graded before it is known who is affected"
        )
    grade = table.grade_by_number(scope.persons_at_most)
    clear = {
        name: count.clear_persons + count.clear_unattributed
        for name, count in scope.categories.items()
        if count.clear_values
    }
    clauses = tuple(clause.id for clause in table.clauses_met(clear) if clause.suggests.rank > grade.rank)
    zh, en = f"以明文显示 {scope.persons} 人的信息", f"data of {scope.persons} persons was shown in clear"
    if scope.unattributed:
        zh += f"，另有没有标明属于谁的，至多 {scope.unattributed} 人，按上限计"
        en += f", and values that name nobody, of {scope.unattributed} more at most, which are counted"
    why = f"{zh} / {en}"
    return Graded(grade=grade, why=why, clauses=clauses)


def regrading(case: Case, table: DutyTable) -> tuple[Graded, ...]:
    """The grade that a newer scope suggests, where a machine gave the present one. Only a person lowers a grade."""
    before = case.graded
    if before is None or case.graded_by != ENGINE or case.scope_entry < case.graded_entry:
        return ()
    graded = grading(case, table)
    higher = graded.grade.rank > before.grade.rank
    as_high = graded.grade is before.grade and {*before.clauses} <= {*graded.clauses}
    return (graded,) if graded != before and (higher or as_high) else ()


def aware(case: Case, what: Occurrence, at: datetime) -> bool:
    """Whether an occurrence at *at* is earlier than all awareness known so far."""
    return what in STARTED_BY[Since.AWARENESS] and (case.aware_at is None or at < case.aware_at)
