"""Taking back a clue to a crime that was recorded by mistake: one person asks for it, another agrees.

The duty it began is then judged not to be owed. What was recorded stays in the journal.
"""

from incident.acts import needs_open, needs_reason
from incident.duty.clocks import ClockRecord
from incident.duty.duties import Occurrence, Since
from incident.facts.duty import ClueDisputed, ClueWithdrawn, DutyJudged
from incident.ids import NotPermitted, PersonId
from incident.incident import Case
from incident.journal import Fact


def ask(case: Case, reason: str) -> tuple[Fact, ...]:
    """Hold the clue to be a mistake. Whoever asks last is the one whom another has to agree with."""
    needs_open(case)
    needs_reason(reason)
    _begun_by_it(case)
    return (ClueDisputed(reason=reason),)


def agree(case: Case, by: PersonId) -> tuple[Fact, ...]:
    """Agree with who asked: from then on nothing is owed because of it."""
    needs_open(case)
    records = _begun_by_it(case)
    asked = case.clue_disputed
    if asked is None:
        raise NotPermitted("没有待同意的撤回请求", "nobody has asked for it")
    if asked.by == by:
        raise NotPermitted("须由另一人同意撤回", "another person has to agree")
    judged = (DutyJudged(duty=record.duty.id, applies=False, why=asked.reason) for record in records)
    return (*judged, ClueWithdrawn(reason=asked.reason, asked_by=asked.by))


def _begun_by_it(case: Case) -> tuple[ClockRecord, ...]:
    """The duties that the clue began. Raises NotPermitted where there is none, or one was fulfilled."""
    if not any(event.what is Occurrence.CRIME_CLUE for event in case.occurrences):
        raise NotPermitted("没有登记过犯罪线索", "no clue to a crime is recorded")
    records = tuple(record for record in case.clocks.values() if record.duty.since is Since.CRIME_CLUE)
    if any(record.fulfilled for record in records):
        raise NotPermitted("已经报案，不能撤回", "the crime was reported already")
    return records
