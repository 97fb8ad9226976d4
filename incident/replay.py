"""Adds up a journal: entry by entry to the state of the case. Nothing here decides, waits or asks for anything."""

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from incident.by_hand import with_step_fact
from incident.duty.duties import Occurrence, Since
from incident.facts.by_hand import StepGivenBack, StepTaken, StepWarned
from incident.facts.case import (
    AlertJoined,
    AlertSplitOff,
    CaseLinked,
    CaseMerged,
    CaseTakenIn,
    CaseUnlinked,
    Move,
    Noted,
    Opened,
    StateMoved,
)
from incident.facts.duty import (
    ClockSet,
    ClueDisputed,
    ClueWithdrawn,
    DutyFulfilled,
    DutyJudged,
    DutyLate,
    DutyWarned,
    Graded,
    Happened,
    ItemStated,
    ScopeAssessed,
)
from incident.facts.handling import (
    AccessSet,
    EvidenceAdded,
    EvidenceMoved,
    EvidenceOpened,
    Marked,
    RestrictedRead,
    Reviewed,
    RoleGiven,
    TaskDone,
    TaskSet,
)
from incident.facts.notice import (
    FactSettled,
    NoticeApproved,
    NoticeDrafted,
    NoticeHeld,
    NoticePublished,
    NoticeReleased,
    NoticeSubmitted,
    NoticeTimed,
    NoticeWithdrawn,
)
from incident.facts.persons import PersonsAgreed, PersonsAsked, PersonsListed, PersonsStopped
from incident.facts.run import CommandEnded, CommandIssued, LiftAsked, RunEnded, StepEnded, StepStarted
from incident.handling import with_handling
from incident.ids import PersonId
from incident.incident import Case, Event, LiftRequest, Link
from incident.journal import Entry
from incident.level import LEVELS
from incident.merged import with_taken_in
from incident.notice_state import Settled, with_notice
from incident.person_lists import with_fact
from incident.replay_duties import with_clock
from incident.replay_run import with_command, with_step
from incident.state import TRANSITIONS, State
from incident.timing import with_time


def replay(entries: Iterable[Entry]) -> Case:
    """The case that the whole journal *entries* adds up to. Raises ValueError where it does not begin with Opened."""
    case: Case | None = None
    for entry in entries:
        case = apply(case, entry)
    if case is None:
        raise ValueError("a journal without entries is no case")
    return case


def apply(case: Case | None, entry: Entry) -> Case:
    """*case* with one more entry; None stands for a case that is not open yet."""
    if case is None:
        return _opened(entry)
    return replace(_with_fact(case, entry), entries=(*case.entries, entry))


def _opened(entry: Entry) -> Case:
    fact = entry.fact
    if not isinstance(fact, Opened):
        raise ValueError(f"{entry.case}: a journal begins with the opening")
    return Case(
        id=entry.case,
        title=fact.title,
        level=fact.level,
        opened_at=entry.at,
        alerts={fact.alert.id: fact.alert} if fact.alert else {},
        book=fact.book,
        main=fact.main,
        playbooks=fact.playbooks,
        drill=fact.drill,
        plan=fact.plan,
        entries=(entry,),
    )


def _with_fact(case: Case, entry: Entry) -> Case:
    fact = entry.fact
    match fact:
        case Opened():
            raise ValueError(f"{case.id}: a case is opened once")
        case AlertJoined(alert=alert):
            return replace(case, alerts={**case.alerts, alert.id: alert}, level=_higher(case.level, alert.level))
        case Happened(what=what, at=at, note=note):
            return replace(case, occurrences=(*case.occurrences, Event(what=what, at=at, by=entry.by, note=note)))
        case ClueDisputed(reason=reason):
            return replace(case, clue_disputed=LiftRequest(by=PersonId(entry.by.id), reason=reason, at=entry.at))
        case ClueWithdrawn():
            left = tuple(event for event in case.occurrences if event.what is not Occurrence.CRIME_CLUE)
            clocks = {
                duty: replace(record, withdrawn=True) if record.duty.since is Since.CRIME_CLUE else record
                for duty, record in case.clocks.items()
            }
            return replace(case, occurrences=left, clocks=clocks, clue_disputed=None)
        case ClockSet() | DutyJudged() | DutyFulfilled() | DutyWarned() | DutyLate():
            return with_clock(case, fact, entry)
        case StepStarted() | StepEnded():
            return with_step(case, fact, entry)
        case CommandIssued() | CommandEnded():
            return with_command(case, fact, entry)
        case StepTaken() | StepGivenBack() | StepWarned():
            step = with_step_fact(case.commands[fact.key], fact)
            return replace(case, commands={**case.commands, fact.key: step})
        case LiftAsked(tightening=key, reason=reason):
            asked = LiftRequest(by=PersonId(entry.by.id), reason=reason, at=entry.at)
            return replace(case, lifts={**case.lifts, key: asked})
        case PersonsAsked() | PersonsAgreed() | PersonsListed() | PersonsStopped():
            return replace(case, person_lists=with_fact(case.person_lists, fact, entry.by, entry.at))
        case RunEnded(ending=ending):
            return replace(case, run_ended=ending)
        case ScopeAssessed(scope=scope):
            return replace(case, scope=scope, scope_entry=entry.number, scope_at=entry.at)
        case Graded():
            return replace(case, graded=fact, graded_by=entry.by, graded_entry=entry.number)
        case StateMoved(move=move):
            contained = (case.contained_at or entry.at) if move is Move.CONTAIN else case.contained_at
            return replace(case, state=TRANSITIONS[case.state, move], contained_at=contained)
        case FactSettled(name=name):
            settled = Settled(fact=fact, by=PersonId(entry.by.id), at=entry.at)
            by = case.settled_by | {settled.by}
            return replace(case, settled={**case.settled, name: settled}, settled_by=by)
        case NoticeDrafted() | NoticeSubmitted() | NoticeApproved() | NoticePublished() | NoticeWithdrawn():
            return replace(case, notice=with_notice(case.notice, fact, entry.by))
        case RoleGiven() | TaskSet() | TaskDone() | Marked() | AccessSet() | RestrictedRead() | Reviewed():
            return replace(case, handling=with_handling(case.handling, fact, entry))
        case EvidenceAdded() | EvidenceMoved() | EvidenceOpened():
            return replace(case, handling=with_handling(case.handling, fact, entry))
        case NoticeTimed() | NoticeReleased() | NoticeHeld():
            return replace(case, notice=with_time(case.notice, fact))
        case Noted() | ItemStated():
            return case
        case CaseLinked(kind=kind, other=other, reason=reason):
            linked = Link(kind=kind, other=other, reason=reason, at=entry.at, by=entry.by)
            return replace(case, links=(*case.links, linked))
        case CaseUnlinked(kind=kind, other=other):
            links = tuple(each for each in case.links if (each.kind, each.other) != (kind, other))
            return replace(case, links=links)
        case CaseTakenIn():
            return with_taken_in(case, fact, entry)
        case CaseMerged(into=into):
            return replace(case, state=State.MERGED, merged_into=into)
        case AlertSplitOff(alert=split_off):
            return replace(case, alerts={name: each for name, each in case.alerts.items() if name != split_off})
        case _:
            assert_never(fact)


def _higher(one: str, other: str) -> str:
    return max(one, other, key=lambda level: LEVELS.index(level) if level in LEVELS else 0)
