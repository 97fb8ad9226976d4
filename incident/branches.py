"""Steps of a running playbook that begin others: choices, loops, switches, branches in parallel, other playbooks."""

from collections.abc import Mapping

from incident.activation import Activation, Progress
from incident.expression import Expression
from incident.facts.run import Ending, StepEnded
from incident.ids import StepId
from incident.journal import Fact
from incident.step_order import StepOrder, begin, follower

MOST_ROUNDS = 100
MOST_STEPS = 2_000
"""Of a loop, and in a case: what goes on for longer is given up, and a person is asked."""
DEFAULT = "default"
"""The case of a switch for every value that has none of its own. Source: CACAO 2.0, 4.10."""


class Branches:
    """What follows for such steps, in a given order of steps."""

    def __init__(self, order: StepOrder) -> None:
        self._order = order

    def _ending_of(self, first: Activation) -> Ending | None:
        """How the branch that *first* begins ended, or None where it has not."""
        last = first
        while (after := follower(self._order.case, last)) and after.parent == first.parent:
            last = after
        if last.progress is Progress.PENDING or self._order.after(last):
            return None
        return Ending(last.progress)

    def _wait_for(
        self, step: Activation, firsts: list[Activation], outputs: Mapping[str, str] | None = None
    ) -> tuple[Fact, ...]:
        """End *step* as the worst of the branches that *firsts* begin, once all have ended."""
        endings = [self._ending_of(first) for first in firsts]
        if None in endings:
            return ()
        ending = Ending.FAILED if Ending.FAILED in endings else Ending.SUCCEEDED
        return (StepEnded(number=step.number, ending=ending, outputs=outputs or {}),)

    def _firsts(self, step: Activation) -> list[Activation]:
        """The first steps of what *step* has begun, in order."""
        return [other for other in self._order.case.steps.values() if other.parent == step.number and other.after == 0]

    def _begun(self, step: Activation) -> dict[StepId, Activation]:
        return {first.step: first for first in self._firsts(step)}

    def branch_out(self, step: Activation, targets: tuple[StepId, ...]) -> tuple[Fact, ...]:
        """What follows for *step*, which begins all of *targets* and ends when they have."""
        begun = self._begun(step)
        for target in targets:
            if target not in begun:
                return (self._order.start(target, like=step, parent=step.number),)
        return self._wait_for(step, list(begun.values()))

    def choose(self, step: Activation) -> tuple[Fact, ...]:
        """What follows for a choice: the branch for which its condition holds or does not, and its end."""
        text, begun = self._order.text(step), self._begun(step)
        if begun:
            return self._wait_for(step, list(begun.values()))
        try:
            holds = Expression(text.condition).holds(self._order.variables(step))
        except ValueError as error:
            return (StepEnded(number=step.number, ending=Ending.FAILED, said=str(error)),)
        target = text.on_true if holds else text.on_false
        if target is None:
            return (StepEnded(number=step.number, ending=Ending.SUCCEEDED),)
        return self.branch_out(step, (target,))

    def go_round(self, step: Activation) -> tuple[Fact, ...]:
        """Another round of a loop while its condition holds: a round that fails ends it, and so does its time limit."""
        rounds = self._firsts(step)
        if rounds and (ending := self._ending_of(rounds[-1])) is not Ending.SUCCEEDED:
            return () if ending is None else (StepEnded(number=step.number, ending=ending),)
        text, said = self._order.text(step), ""
        try:
            if not Expression(text.condition).holds(self._order.variables(step)):
                return (StepEnded(number=step.number, ending=Ending.SUCCEEDED),)
        except ValueError as error:
            said = str(error)
        if step.timeout_at is not None and self._order.now >= step.timeout_at:
            said = "超过时限 / timed out"
        elif len(rounds) >= MOST_ROUNDS or len(self._order.case.steps) >= MOST_STEPS:
            said = f"循环了 {len(rounds)} 次仍未结束 / the loop has not come to an end after {len(rounds)} rounds"
        if said:
            return (StepEnded(number=step.number, ending=Ending.FAILED, said=said),)
        assert text.on_true is not None
        return (self._order.start(text.on_true, like=step, parent=step.number),)

    def switch(self, step: Activation) -> tuple[Fact, ...]:
        """What follows for a switch: the branch of its variable's value, and its end."""
        text, begun = self._order.text(step), self._begun(step)
        if begun:
            return self._wait_for(step, list(begun.values()))
        value = self._order.variables(step).get(text.switch.removesuffix(":value"))
        if value is None:
            said = f"变量 {text.switch} 没有值 / the variable `{text.switch}` has no value"
            return (StepEnded(number=step.number, ending=Ending.FAILED, said=said),)
        target = text.cases.get(value) or text.cases.get(DEFAULT)
        if target is None:
            return (StepEnded(number=step.number, ending=Ending.SUCCEEDED),)
        return self.branch_out(step, (target,))

    def call(self, step: Activation) -> tuple[Fact, ...]:
        """What follows for a step that is another playbook: its start with what is handed to it, and its end."""
        text = self._order.text(step)
        assert text.playbook is not None
        book = self._order.library[text.playbook]
        top = [other for other in self._order.case.steps.values() if other.parent == step.number]
        if not top:
            known = self._order.variables(step)
            handed = {name: known[name] for name in text.in_args if name in known}
            number = len(self._order.case.steps) + 1
            return (begin(book, number=number, at=self._order.now, given=handed, frame=step.number),)
        results = self._order.case.variables.get(step.number, {})
        outputs = {name: results[name] for name in text.out_args if name in results}
        helped = [other for other in top if other.step == book.exception]
        facts = self._wait_for(step, [other for other in top if other.after == 0] + helped, outputs)
        if facts and helped:  # a playbook whose exception step had to help has not succeeded
            return (StepEnded(number=step.number, ending=Ending.FAILED, outputs=outputs),)
        return facts
