"""Runs a case, sans-io: from its state to the facts that follow from it.

An event, such as the outcome of a command, is itself a fact that was recorded. So the engine has one question, "what
follows from what is recorded?", and asks it after every entry and after every start: a process that was killed
between any two entries goes on by the same way as one that was not. A command is pending from its issue to its
outcome, and is performed, again where need be, until then.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import assert_never

from incident.activation import Progress
from incident.command import CONTAINING, Command, Done, Failed, Lift, Outcome, PublishNotice, ScopeFound, Tighten
from incident.commanding import with_draft
from incident.facts.case import Move, Noted, StateMoved
from incident.facts.duty import ScopeAssessed
from incident.facts.notice import NoticePublished, NoticeWithdrawn
from incident.facts.run import CommandEnded, CommandIssued, Ending, RunEnded
from incident.ids import CaseId, CommandKey
from incident.incident import Case
from incident.journal import Fact
from incident.state import ENDED, TRANSITIONS
from incident.step_order import Library, begin, follower
from incident.walk import Walk


def next_facts(case: Case, library: Library, now: datetime) -> tuple[Fact, ...]:
    """What follows next, to be recorded as one; empty where the case waits for an outcome, a person or a time."""
    if case.state in ENDED:
        return ()
    if case.main and not case.steps:
        return (begin(library[case.main], number=1, at=now, given=_given(case)),)
    walk = Walk(case, library, now)
    for step in case.steps.values():
        if facts := walk.facts_for(step):
            return facts
    pending = any(step.progress is Progress.PENDING for step in case.steps.values())
    if case.steps and not pending and case.run_ended is None:
        return (RunEnded(ending=_ending(case, library)),)
    return tuple(_publication(case, now))


def outcome_facts(case: Case, key: CommandKey, outcome: Outcome) -> tuple[Fact, ...]:
    """What the outcome of the command *key* adds to the journal; nothing where its outcome is known already."""
    issued = case.commands.get(key)
    if issued is None or issued.progress is Progress.SUCCEEDED:
        return ()
    if issued.progress is Progress.FAILED:  # given up by a time limit, and answered after all
        return (
            ()
            if isinstance(outcome, Failed)
            else (Noted(text=f"{key} 超过时限后才执行 / `{key}` was carried out after its time had passed"),)
        )
    match outcome:
        case Failed(said=said):
            return (CommandEnded(key=key, ending=Ending.FAILED, said=said),)
        case ScopeFound(scope=scope):
            outputs = {"__persons__": str(scope.persons_at_most), "__persons_masked__": str(scope.persons_masked)}
            return (ScopeAssessed(scope=scope), CommandEnded(key=key, ending=Ending.SUCCEEDED, outputs=outputs))
        case Done(said=said, outputs=outputs):
            ended = CommandEnded(key=key, ending=Ending.SUCCEEDED, said=said, outputs=outputs)
            return (*_consequences(case, issued.command), ended)
        case _:
            assert_never(outcome)


def _consequences(case: Case, command: Command) -> Iterator[Fact]:
    if isinstance(command, Tighten) and command.kind in CONTAINING and (case.state, Move.CONTAIN) in TRANSITIONS:
        yield StateMoved(move=Move.CONTAIN)
    if isinstance(command, Lift) and (case.state, Move.RELAPSE) in TRANSITIONS and _is_last(case, command):
        yield StateMoved(move=Move.RELAPSE, reason=command.reason)
    if isinstance(command, PublishNotice):
        version = command.notice.current
        if version.withdrawn:
            yield NoticeWithdrawn(reason=version.withdrawn.reason, at=version.withdrawn.at)
        else:
            yield NoticePublished(version=version)


def _is_last(case: Case, lift: Lift) -> bool:
    others = [held for held in case.contained_by(lift.at) if held.key != lift.tightening.key]
    return lift.tightening.kind in CONTAINING and not others


def _given(case: Case) -> dict[str, str]:
    group = {key: value for alert in reversed([*case.alerts.values()]) for key, value in alert.group.items()}
    return given_for(case.id, group, automatic=case.automatic is not None)


def given_for(case: CaseId, group: Mapping[str, str], *, automatic: bool) -> dict[str, str]:
    """What the engine knows for the external variables of a playbook, where alerts are about *group*."""
    given = {
        "__case__": str(case),
        "__automatic__": "true" if automatic else "false",
        "__caller__": group.get("user.id", ""),
        "__system__": group.get("service.name", ""),
        "__credential__": group.get("yingbi.credential", ""),
    }
    return {name: value for name, value in given.items() if value}


def _ending(case: Case, library: Library) -> Ending:
    """How the run ended: badly where a step on the top level failed for good, or the exception step had to help."""
    top = [step for step in case.steps.values() if step.parent == 0]
    failed = any(step.progress is Progress.FAILED and not follower(case, step) for step in top)
    exception = case.main and library[case.main].exception
    return Ending.FAILED if failed or any(step.step == exception for step in top) else Ending.SUCCEEDED


def _publication(case: Case, now: datetime) -> Iterator[Fact]:
    """Publish an approved draft where no step of a playbook will: a correction, or a case without a running one."""
    running = case.main is not None and case.run_ended is None
    if not case.notice_approved or case.notice.published or (running and not case.notice.versions):
        return
    notice = with_draft(case, now)
    key = CommandKey(f"{case.id}.notice.{notice.current.number}")
    if key not in case.commands:
        yield CommandIssued(step=0, command=PublishNotice(key=key, case=case.id, notice=notice))
