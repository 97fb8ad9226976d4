"""Joining two cases into one, splitting an alert off into a case of its own, and saying how cases hang together.

A case that goes into another stays readable and says where it went; nothing is done in it any more. What is public
stays with the case that published it, so such a case takes in and does not go.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from incident.activation import Progress
from incident.acts import needs_reason, new_key
from incident.command import AssessScope, Lift, PublishNotice, Tighten
from incident.commanding import LOOK_BACK_HOURS, scope_command
from incident.duty.duties import STARTED_BY, Occurrence, Since
from incident.facts.case import (
    AlertFacts,
    AlertSplitOff,
    CaseLinked,
    CaseMerged,
    CaseTakenIn,
    CaseUnlinked,
    Move,
    StateMoved,
)
from incident.facts.duty import ClockSet, Happened
from incident.facts.handling import AccessSet, Marked
from incident.facts.run import CommandIssued
from incident.handling import Handling
from incident.ids import ENGINE, Actor, CaseId, NotPermitted
from incident.incident import Case, Link
from incident.joining import joined
from incident.journal import Fact, entries_of
from incident.ledger import Together
from incident.playbook import Playbook
from incident.replay import apply
from incident.scope import CALLER_FIELD
from incident.state import ENDED, State
from incident.taken import GradeBefore, LiftWaiting, LinkKind, Occurred, Performed, Taken

type Books = Callable[[AlertFacts], Iterable[Playbook]]
"""The playbooks that an alert asks for."""


def merge(goes: Case, stays: Case, reason: str, by: Actor, books: Books, now: datetime) -> Together:
    """Let *goes* go into *stays*, with alerts, clocks, measures and grade."""
    _needs_merging(goes, stays, reason)
    _needs_countable(goes, stays)
    taken = CaseTakenIn(
        other=goes.id,
        title=goes.title,
        reason=reason,
        entries=goes.last.number,
        chain=goes.last.chain,
        taken=_taken(goes),
    )
    facts: list[Fact] = [taken]
    known = _with(stays, facts, now, by)
    for alert in goes.alerts.values():
        more = [fact for fact in joined(known, alert, books(alert), now) if not _counts(fact)]
        facts += more
        known = _with(known, more, now, by)
    open_matter = goes.state is State.OPEN
    if open_matter and known.state is State.CONTAINED:
        facts.append(StateMoved(move=Move.RELAPSE, reason=f"并入的 {goes.id} 尚未控制 / {goes.id} is not contained"))
    elif known.state is State.RESOLVED and goes.state is not State.RESOLVED:
        facts.append(StateMoved(move=Move.REOPEN, reason=f"并入的 {goes.id} 仍在处置 / {goes.id} is still handled"))
    known = _with(stays, facts, now, by)
    if known.alerts and (goes.alerts or goes.scope or stays.scope):
        facts.append(_count(known, now))
    gone = CaseMerged(into=stays.id, reason=reason)
    return Together(facts=((stays.id, tuple(facts)), (goes.id, (gone,))), alerts=tuple(goes.alerts), to=stays.id)


def _needs_merging(goes: Case, stays: Case, reason: str) -> None:
    needs_reason(reason)
    if goes.id == stays.id:
        raise NotPermitted("请选择另一个案件", "a case does not go into itself")
    _needs_no_drill(goes, stays)
    if stays.handling.tlp.rank < goes.handling.tlp.rank or not _opens_no_wider(goes.handling, stays.handling):
        raise NotPermitted(
            f"{stays.id} 的标记或查看范围比 {goes.id} 宽，请先收紧",
            f"more people may know of {stays.id} than of {goes.id}: let its mark and its readers be as few first",
        )
    for case in (goes, stays):
        if case.state in ENDED:
            raise NotPermitted(
                f"{case.id} 已经结束，请先重新打开，或者只建立关联",
                f"{case.id} has ended: reopen it first, or link the two",
            )
    if any(isinstance(command, Tighten | Lift | PublishNotice) for command in goes.machine_commands):
        raise NotPermitted(f"{goes.id} 有指令正在执行，请稍候", f"something is under way in {goes.id}: wait a moment")
    if goes.notice.approved_by or (goes.notice.versions and not goes.notice.versions[-1].withdrawn):
        raise NotPermitted(
            f"{goes.id} 的通告已经公开，须由它更正和撤回：请把另一个案件并入它",
            f"the notice of {goes.id} is public and is corrected there: let the other case go into it",
        )
    if goes.main and goes.run_ended is None and stays.main is None:
        raise NotPermitted(
            f"{goes.id} 的预案正在执行，{stays.id} 没有预案：请把 {stays.id} 并入 {goes.id}",
            f"the playbook of {goes.id} runs and {stays.id} has none: let {stays.id} go into {goes.id}",
        )


def _needs_no_drill(*cases: Case) -> None:
    if any(case.drill for case in cases):
        raise NotPermitted("演练与真实案件分开，不能并案或拆分", "a drill is kept apart: it is not merged or split")


def _opens_no_wider(goes: Handling, stays: Handling) -> bool:
    """Whether nobody may open *stays* who may not open *goes*."""
    return not goes.restricted or (stays.restricted and all(map(goes.opens_to, stays.named)))


def _needs_countable(goes: Case, stays: Case) -> None:
    """Return if one question counts whom both cases affect. Raises NotPermitted: too low a number would be believed."""
    groups = [alert.group for case in (goes, stays) for alert in case.alerts.values()]
    by_caller = [bool(group.get(CALLER_FIELD)) for group in groups]
    if not all(by_caller) and (any(by_caller) or any(group != groups[0] for group in groups)):
        raise NotPermitted(
            "两案的告警不都指明账号，并案后无法一次统计影响范围，请建立关联",
            "not all alerts of the two name an account, so who is affected could not be counted together: link them",
        )


def _taken(case: Case) -> Taken:
    # The end of the handling is not taken over: a later one would let the clock of the final report start later.
    begins = frozenset.union(*STARTED_BY.values()) - {Occurrence.HANDLED}
    done = [issued for issued in case.commands.values() if issued.progress is Progress.SUCCEEDED]
    return Taken(
        occurrences=tuple(
            Occurred(what=event.what, at=event.at, by=event.by, note=event.note)
            for event in case.occurrences
            if event.what in begins
        ),
        clocks=tuple(case.clocks.values()),
        performed=tuple(
            Performed(command=each.command, issued_at=each.issued_at, ended_at=each.ended_at, by=each.ended_by)
            for each in done
            if isinstance(each.command, Tighten | Lift) and each.ended_at and each.ended_by
        ),
        lifts=tuple(
            LiftWaiting(tightening=key, by=asked.by, reason=asked.reason, at=asked.at)
            for key, asked in case.lifts.items()
        ),
        grade=GradeBefore(grade=case.graded.grade, why=case.graded.why, clauses=case.graded.clauses)
        if case.graded
        else None,
        contained_at=case.contained_at,
    )


def split(
    case: Case, alert: str, into: CaseId, reason: str, now: datetime
) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    """What *case* records where *alert* becomes the case *into*, and what that begins with beside its opening.

    What is known of the one is known of the other: no clock starts later by it. A person may move it, with a reason.
    """
    needs_reason(reason)
    _needs_no_drill(case)
    if case.state in ENDED:
        raise NotPermitted("案件已经结束，请先重新打开", "the case has ended: reopen it first")
    if alert not in case.alerts:
        raise NotPermitted("这条告警不在本案件中", "the alert does not belong to this case")
    if len(case.alerts) == 1:
        raise NotPermitted("案件只有这一条告警，不能拆分", "it is the only alert of the case")
    facts: list[Fact] = [AlertSplitOff(alert=alert, into=into, reason=reason)]
    if case.scope is not None:
        left = _without(case, alert)
        facts.append(_count(left, now))
    aware = STARTED_BY[Since.AWARENESS]
    known = (Happened(what=each.what, at=each.at, note=each.note) for each in case.occurrences if each.what in aware)
    moved = (
        ClockSet(duty=record.duty, start=record.start, due=record.due, reason=record.settings[-1].reason)
        for record in case.clocks.values()
        if record.duty.since is Since.AWARENESS and any(setting.by != ENGINE for setting in record.settings)
    )
    begins: tuple[Fact, ...] = (CaseLinked(kind=LinkKind.SPLIT_FROM, other=case.id, reason=reason), *known, *moved)
    return tuple(facts), (*begins, *_as_closed(case.handling, reason))


def _as_closed(handling: Handling, reason: str) -> Iterator[Fact]:
    """What keeps a case that was part of another from being known to more people."""
    if handling.tlp is not Handling().tlp:
        yield Marked(tlp=handling.tlp, reason=reason)
    if handling.restricted:
        yield AccessSet(persons=tuple(sorted(handling.named)), reason=reason)


def link(case: Case, kind: LinkKind, there: Case, reason: str) -> tuple[Fact, ...]:
    """Say how *case* hangs together with the case *there*."""
    other = there.id
    if kind is LinkKind.SPLIT_FROM:
        raise NotPermitted("拆分由系统登记", "that a case was split is recorded by the system")
    if other == case.id:
        raise NotPermitted("请选择另一个案件", "a case is not linked to itself")
    if any((each.kind, each.other) == (kind, other) for each in case.links):
        raise NotPermitted("已经建立这一关联", "the two are linked so already")
    if kind is LinkKind.CAUSED_BY and any((each.kind, each.other) == (kind, case.id) for each in there.links):
        raise NotPermitted(f"{other} 已登记为起因于本案", f"that {other} was caused by this case is recorded already")
    return (CaseLinked(kind=kind, other=other, reason=reason),)


def unlink(case: Case, kind: LinkKind, other: CaseId, reason: str) -> tuple[Fact, ...]:
    """Take back what `link` said."""
    needs_reason(reason)
    if kind is LinkKind.SPLIT_FROM or not any((each.kind, each.other) == (kind, other) for each in case.links):
        raise NotPermitted("没有可以取消的这一关联", "there is no such link that can be taken back")
    return (CaseUnlinked(kind=kind, other=other, reason=reason),)


def links_to(case: Case, cases: Iterable[Case]) -> tuple[tuple[CaseId, Link], ...]:
    """What other cases say of *case*: each with its number."""
    return tuple((each.id, link) for each in cases for link in each.links if link.other == case.id)


def needs_unmerged(case: Case) -> None:
    """Return if *case* went into no other. Raises NotPermitted."""
    if case.merged_into:
        raise NotPermitted(
            f"案件已并入 {case.merged_into}，请在那里处理", f"the case went into {case.merged_into}: it goes on there"
        )


def _count(case: Case, now: datetime) -> CommandIssued:
    return CommandIssued(step=0, command=scope_command(case, new_key(case), now, timedelta(hours=LOOK_BACK_HOURS)))


def _counts(fact: Fact) -> bool:
    return isinstance(fact, CommandIssued) and isinstance(fact.command, AssessScope)


def _without(case: Case, alert: str) -> Case:
    (entry,) = entries_of(
        case.id,
        [AlertSplitOff(alert=alert, into=case.id, reason="")],
        after=case.last,
        at=case.last.at,
        by=case.last.by,
    )
    return apply(case, entry)


def _with(case: Case, facts: Sequence[Fact], at: datetime, by: Actor) -> Case:
    """*case* as it would be with *facts*."""
    for entry in entries_of(case.id, facts, after=case.last, at=at, by=by):
        case = apply(case, entry)
    return case
