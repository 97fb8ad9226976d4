"""Adds up what became of the duties of a case."""

from dataclasses import replace

from incident.duty.clocks import ClockRecord, Fulfilment, Judgement, Setting
from incident.facts.duty import ClockSet, DutyFulfilled, DutyJudged, DutyLate, DutyWarned
from incident.incident import Case
from incident.journal import Entry


def with_clock(case: Case, fact: ClockSet | DutyJudged | DutyFulfilled | DutyWarned | DutyLate, entry: Entry) -> Case:
    """*case* with what *fact* says of the clock of one duty."""
    if isinstance(fact, ClockSet):
        setting = Setting(start=fact.start, due=fact.due, reason=fact.reason, at=entry.at, by=entry.by)
        known = case.clocks.get(fact.duty.id)
        before = ClockRecord(duty=fact.duty) if known is None or known.withdrawn else known
        record = replace(before, settings=(*before.settings, setting), warned=())
        return replace(case, clocks={**case.clocks, fact.duty.id: record})
    record = case.clocks[fact.duty]
    match fact:
        case DutyJudged(applies=applies, why=why):
            record = replace(record, judged=Judgement(applies=applies, why=why, at=entry.at, by=entry.by))
        case DutyFulfilled(reference=reference, note=note, file=file):
            done = Fulfilment(at=entry.at, by=entry.by, reference=reference, note=note, file=file)
            record = replace(record, fulfilled=done)
        case DutyWarned(urgency=urgency):
            record = replace(record, warned=(*record.warned, urgency))
        case DutyLate(due=due):
            record = replace(record, late_since=record.late_since or due)
    return replace(case, clocks={**case.clocks, fact.duty: record})
