"""Adds up a journal: entry by entry to the state of the case. Nothing here decides, waits or asks for anything."""

from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from incident.activation import Activation, Issued, Progress
from incident.by_hand import with_step_fact
from incident.clocks import ClockRecord, Fulfilment, Judgement, Setting
from incident.command import CONTAINING, Lift, Tighten
from incident.duties import Occurrence, Since
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
from incident.facts.run import CommandEnded, CommandIssued, Ending, LiftAsked, RunEnded, StepEnded, StepStarted
from incident.handling import with_handling
from incident.ids import ENGINE, Actor, PersonId
from incident.incident import Case, Event, LiftRequest, Link
from incident.journal import Entry
from incident.level import LEVELS
from incident.merged import with_taken_in
from incident.notice import Withdrawal
from incident.notice_state import NoticeState, Settled
from incident.person_lists import with_fact
from incident.playbook import StepKind
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
            return _with_clock(case, fact, entry)
        case StepStarted() | StepEnded():
            return _with_step(case, fact, entry)
        case CommandIssued() | CommandEnded():
            return _with_command(case, fact, entry)
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
            return replace(case, notice=_with_notice(case.notice, fact, entry.by))
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


def _with_clock(case: Case, fact: ClockSet | DutyJudged | DutyFulfilled | DutyWarned | DutyLate, entry: Entry) -> Case:
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


def _with_step(case: Case, fact: StepStarted | StepEnded, entry: Entry) -> Case:
    if isinstance(fact, StepEnded):
        step = case.steps[fact.number]
        ended = replace(step, progress=Progress(fact.ending), said=fact.said, ended_at=entry.at)
        known = {**case.variables.get(step.frame, {}), **fact.outputs}
        return replace(case, steps={**case.steps, fact.number: ended}, variables={**case.variables, step.frame: known})
    at_once = fact.kind in (StepKind.START, StepKind.END)
    step = Activation(
        number=fact.number,
        playbook=fact.playbook,
        step=fact.step,
        kind=fact.kind,
        name=fact.name,
        parent=fact.parent,
        after=fact.after,
        frame=fact.frame,
        started_at=entry.at,
        start_at=fact.start_at,
        timeout_at=fact.timeout_at,
        progress=Progress.SUCCEEDED if at_once else Progress.PENDING,
        ended_at=entry.at if at_once else None,
    )
    variables = case.variables
    if fact.variables:
        variables = {**variables, fact.frame: fact.variables}
    return replace(case, steps={**case.steps, fact.number: step}, variables=variables)


def _with_command(case: Case, fact: CommandIssued | CommandEnded, entry: Entry) -> Case:
    if isinstance(fact, CommandIssued):
        key = fact.command.key
        before = case.commands.get(key)
        attempts = before.attempts + 1 if before else 1
        issued = Issued(command=fact.command, step=fact.step, attempts=attempts, issued_at=entry.at)
        lifted = fact.command.tightening.key if isinstance(fact.command, Lift) else None
        lifts = {each: asked for each, asked in case.lifts.items() if each != lifted}
        return replace(case, commands={**case.commands, key: issued}, lifts=lifts)
    issued = replace(
        case.commands[fact.key],
        progress=Progress(fact.ending),
        said=fact.said,
        outputs=fact.outputs,
        ended_at=entry.at,
        ended_by=entry.by,
    )
    tightened = isinstance(issued.command, Tighten) and issued.command.kind in CONTAINING
    contained = tightened and fact.ending is Ending.SUCCEEDED
    return replace(
        case,
        commands={**case.commands, fact.key: issued},
        contained_at=case.contained_at or entry.at if contained else case.contained_at,
    )


def _with_notice(
    notice: NoticeState,
    fact: NoticeDrafted | NoticeSubmitted | NoticeApproved | NoticePublished | NoticeWithdrawn,
    by: Actor,
) -> NoticeState:
    match fact:
        case NoticeDrafted(draft=draft):
            authors = frozenset() if by == ENGINE else notice.authors | {PersonId(by.id)}
            emptied = replace(notice, submitted_by=None, checks=(), approved_by=None, due=None, released=False, held=())
            return replace(emptied, draft=draft, authors=authors)
        case NoticeSubmitted(checks=checks):
            submitted = replace(notice, due=None, released=False, held=())
            return replace(submitted, submitted_by=PersonId(by.id), checks=checks, approved_by=None)
        case NoticeApproved():
            return replace(notice, approved_by=PersonId(by.id))
        case NoticePublished(version=version):
            return replace(notice, versions=(*notice.versions, version))
        case NoticeWithdrawn(reason=reason, at=at):
            gone = Withdrawal(at=at, reason=reason)
            return replace(
                notice,
                versions=tuple(
                    version if version.withdrawn else replace(version, content=None, withdrawn=gone)
                    for version in notice.versions
                ),
                draft=None,
                authors=frozenset(),
                submitted_by=None,
                approved_by=None,
                due=None,
                released=False,
                held=(),
            )
        case _:
            assert_never(fact)
