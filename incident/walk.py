"""One look at one step of a running playbook: what follows for it now. `incident.run` puts the looks together."""

from datetime import datetime

from incident.activation import Activation, Progress
from incident.branches import Branches
from incident.incident import Case
from incident.journal import Fact
from incident.playbook import StepKind
from incident.step_commands import StepCommands
from incident.step_order import Library, StepOrder


class Walk:
    """Looks at steps of one case at one time."""

    def __init__(self, case: Case, library: Library, now: datetime) -> None:
        self._now = now
        self._order = StepOrder(case, library, now)
        self._branches = Branches(self._order)
        self._commands = StepCommands(self._order)

    def facts_for(self, step: Activation) -> tuple[Fact, ...]:
        """What follows for *step* now; empty where nothing does."""
        if step.progress is not Progress.PENDING:
            return self._order.after(step)
        if self._now < step.start_at:
            return ()
        match step.kind:
            case StepKind.ACTION:
                return self._commands.act(step)
            case StepKind.IF:
                return self._branches.choose(step)
            case StepKind.WHILE:
                return self._branches.go_round(step)
            case StepKind.SWITCH:
                return self._branches.switch(step)
            case StepKind.PARALLEL:
                return self._branches.branch_out(step, self._order.text(step).next_steps)
            case StepKind.PLAYBOOK:
                return self._branches.call(step)
            case StepKind.START | StepKind.END:
                return ()
