"""Which step of a running playbook comes after another, and what a step reads.

How failure travels. A step that fails goes on by its own `on_failure` or `on_completion`; else its branch fails, and
with it the step that the branch belongs to, and so on up to the playbook's `workflow_exception`. An action that fails
where none of these is left asks a person instead: to try again, or to do it by hand.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from incident.activation import Activation, Progress
from incident.facts.run import StepStarted
from incident.ids import PlaybookId, StepId
from incident.incident import Case
from incident.journal import Fact
from incident.playbook import Playbook, Step, StepKind

type Library = Mapping[PlaybookId, Playbook]
"""The playbooks of one case, as they were when it was opened."""


def begin(book: Playbook, *, number: int, at: datetime, given: Mapping[str, str], frame: int = 0) -> StepStarted:
    """The start of *book*; of what is *given*, its external variables take what they know the name of."""
    step = book.steps[book.start]
    known = {name: variable.value for name, variable in book.variables.items() if variable.value is not None}
    handed = {name: given[name] for name, variable in book.variables.items() if variable.external and name in given}
    return StepStarted(
        number=number,
        playbook=book.id,
        step=step.id,
        kind=step.kind,
        name=step.name,
        parent=frame,
        frame=frame,
        start_at=at,
        variables={**known, **handed},
    )


def follower(case: Case, step: Activation) -> Activation | None:
    """The step that was started after *step*."""
    return next((other for other in case.steps.values() if other.after == step.number), None)


class StepOrder:
    """The steps of one case at one time, and the ways from each to the next."""

    def __init__(self, case: Case, library: Library, now: datetime) -> None:
        self.case, self.library, self.now = case, library, now
        self._followed = {step.after for step in case.steps.values()}

    def text(self, step: Activation) -> Step:
        """What its playbook says of *step*."""
        return self.library[step.playbook].steps[step.step]

    def variables(self, step: Activation) -> dict[str, str]:
        """What *step* reads by name: the variables of its playbook as they are now, and its own."""
        own = self.text(step).variables.items()
        local = {name: variable.value for name, variable in own if variable.value is not None}
        return {**self.case.variables.get(step.frame, {}), **local}

    def after(self, step: Activation) -> tuple[Fact, ...]:
        """The start of what comes after *step*, which has ended; empty where nothing does or it has begun."""
        if step.kind is StepKind.END or step.number in self._followed:
            return ()
        text = self.text(step)
        on_ending = text.on_success if step.progress is Progress.SUCCEEDED else text.on_failure
        if target := text.on_completion or on_ending:
            return (self.start(target, like=step, parent=step.parent, after=step.number),)
        if step.progress is Progress.FAILED and not self._caught_above(step) and (target := self._exception(step)):
            return (self.start(target, like=step, parent=step.frame, after=step.number),)
        return ()

    def start(self, target: StepId, *, like: Activation, parent: int, after: int = 0) -> StepStarted:
        """The start of the step *target* of the playbook of *like*, in the branch that *parent* began."""
        text = self.library[like.playbook].steps[target]
        start_at = self.now + (text.delay or timedelta())
        return StepStarted(
            number=len(self.case.steps) + 1,
            playbook=like.playbook,
            step=target,
            kind=text.kind,
            name=text.name,
            parent=parent,
            after=after,
            frame=like.frame,
            start_at=start_at,
            timeout_at=start_at + text.timeout if text.timeout is not None else None,
        )

    def _caught_above(self, step: Activation) -> bool:
        """Whether a step that *step* is in a branch of, within its playbook, goes on where the branch fails."""
        while step.parent != step.frame:
            step = self.case.steps[step.parent]
            text = self.text(step)
            if text.on_completion or text.on_failure:
                return True
        return False

    def _exception(self, step: Activation) -> StepId | None:
        """The exception step of *step*'s playbook, where it is there and has not been used."""
        exception = self.library[step.playbook].exception
        used = any(other.frame == step.frame and other.step == exception for other in self.case.steps.values())
        return None if used else exception

    def caught(self, step: Activation) -> bool:
        """Whether the playbooks know a way on where *step* fails."""
        text = self.text(step)
        if text.on_completion or text.on_failure or self._caught_above(step) or self._exception(step):
            return True
        return step.frame != 0 and self.caught(self.case.steps[step.frame])
