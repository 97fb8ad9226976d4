"""Adds up what a running playbook did: its steps, and the commands that they issued."""

from dataclasses import replace

from incident.activation import Activation, Issued, Progress
from incident.command import CONTAINING, Lift, Tighten
from incident.facts.run import CommandEnded, CommandIssued, Ending, StepEnded, StepStarted
from incident.incident import Case
from incident.journal import Entry
from incident.playbook import StepKind


def with_step(case: Case, fact: StepStarted | StepEnded, entry: Entry) -> Case:
    """*case* with one more step under way, or with one that has ended."""
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


def with_command(case: Case, fact: CommandIssued | CommandEnded, entry: Entry) -> Case:
    """*case* with one more command, or attempt at it, or with one that has ended; what contains it is noted."""
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
