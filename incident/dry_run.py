"""Goes through a playbook by the engine's own rules without doing anything: which way would it take?

Each action stands still as a question, is answered as told, and the walk goes on. Nothing is sent, asked, or kept.
Of a loop one round is gone: what nobody told the outcome of comes out so that the loop is left.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from incident.action import for_reader
from incident.activation import Activation, Progress
from incident.command import Question
from incident.expression import Expression
from incident.facts.case import Opened
from incident.facts.run import CommandEnded, Ending, RunEnded
from incident.ids import ENGINE, CaseId, PlaybookId, StepId
from incident.journal import Entry, Fact
from incident.playbook import Agent, CommandText, Playbook, Step, StepKind
from incident.replay import apply
from incident.run import next_facts

CASE = CaseId("C-00000000-000")
BEGINS = datetime(2000, 1, 1, tzinfo=UTC)
MOST_FACTS = 20_000
_PERSON = "individual--dry-run"
UNKNOWN = "dry-run"
"""The output of a step of which nothing else was said, but for one that a loop is left by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A step that the dry run came to."""

    playbook: PlaybookId
    step: StepId
    led_by: StepId | None
    """The step that it came after, or in whose branch it is the first; None for the first of a playbook."""
    kind: StepKind
    name: str
    depth: int
    """How many branches and calls it lies in."""
    after: timedelta
    """How long after the start, by the delays alone."""
    agent: str
    does: str
    """What its commands say, with the values of variables in them; empty for steps that do nothing."""
    succeeded: bool | None
    """None where it never ended: the run stops there."""
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where a dry run went."""

    steps: tuple[Taken, ...]
    ended: Ending | None
    """None where it did not come to an end."""
    variables: Mapping[str, str]
    """Those of the playbook, at the end."""


def dry_run(
    main: Playbook,
    others: Iterable[Playbook] = (),
    *,
    variables: Mapping[str, str] | None = None,
    failing: Sequence[str] = (),
) -> Way:
    """The way that *main* takes, calling *others* where it does.

    *variables* are the values of external ones, and of the outputs of steps; every action succeeds but those whose id
    or name is in *failing*. Raises ValueError where a variable is not declared, or a step is not there.
    """
    given = dict(variables or {})
    books = {book.id: book for book in (*others, main)}
    steps = [step for book in books.values() for step in book.steps.values()]
    holders: list[Playbook | Step] = [*books.values(), *steps]
    declared = {name for holder in holders for name in holder.variables}
    if unknown := sorted(given.keys() - declared):
        raise ValueError(f"预案没有变量 {unknown[0]} / the playbook has no variable `{unknown[0]}`")
    if unknown := sorted(set(failing) - {each for step in steps for each in (step.id, step.name)}):
        raise ValueError(f"预案没有步骤 {unknown[0]} / the playbook has no step `{unknown[0]}`")
    return _Run({name: _asking(book, given) for name, book in books.items()}, main.id, given, set(failing)).way(books)


def _asking(book: Playbook, given: Mapping[str, str]) -> Playbook:
    """*book* with its variables as *given*, and a question in the place of each command."""
    variables = {
        name: replace(variable, value=given[name], external=False)
        if name in given and not variable.constant
        else variable
        for name, variable in book.variables.items()
    }
    asking = (CommandText(type="manual", text="?"),)
    steps = {
        name: replace(step, agent=_PERSON, commands=asking) if step.kind is StepKind.ACTION else step
        for name, step in book.steps.items()
    }
    agents = {**book.agents, _PERSON: Agent(type="individual", name="", text="{}")}
    return replace(book, variables=variables, steps=steps, agents=agents)


class _Run:
    """One dry run."""

    def __init__(
        self, library: Mapping[PlaybookId, Playbook], main: PlaybookId, given: Mapping[str, str], failing: set[str]
    ) -> None:
        self._library, self._given, self._failing, self._now = library, given, failing, BEGINS
        opened = Opened(title="", level="low", alert=None, book="", main=main, playbooks=dict.fromkeys(library, ""))
        self._case = apply(None, self._entry(opened, 1))

    def way(self, books: Mapping[PlaybookId, Playbook]) -> Way:
        """Go on until nothing follows, and tell the way by the *books* as they are written."""
        for _ in range(MOST_FACTS):
            facts = next_facts(self._case, self._library, self._now) or self._answers()
            if not facts and not self._wait():
                break
            for fact in facts:
                self._case = apply(self._case, self._entry(fact, len(self._case.entries) + 1))
        ended = [entry.fact.ending for entry in self._case.entries if isinstance(entry.fact, RunEnded)]
        return Way(
            steps=tuple(self._taken(books, number) for number in sorted(self._case.steps)),
            ended=ended[-1] if ended else None,
            variables=self._case.variables.get(0, {}),
        )

    def _entry(self, fact: Fact, number: int) -> Entry:
        return Entry(case=CASE, number=number, at=self._now, by=ENGINE, fact=fact, body="", chain="")

    def _answers(self) -> tuple[Fact, ...]:
        for asked in self._case.questions:
            began = self._case.steps[self._case.commands[asked.key].step]
            step = self._library[began.playbook].steps[began.step]
            if asked.question is not Question.RESCUE and {step.id, step.name} & self._failing:
                return (CommandEnded(key=asked.key, ending=Ending.FAILED, said="试运行中设为失败 / told to fail"),)
            outputs = {name: self._given.get(name) or self._leaving(began, name) for name in step.out_args}
            return (CommandEnded(key=asked.key, ending=Ending.SUCCEEDED, outputs=outputs),)
        return ()

    def _leaving(self, began: Activation, name: str) -> str:
        """A value of the variable *name* that ends the loop which *began* is in, where there is such a one."""
        library, steps = self._library[began.playbook].steps, self._case.steps
        while began.parent != began.frame:
            began = steps[began.parent]
            if began.kind is StepKind.WHILE:
                condition = Expression(library[began.step].condition)
                known = {**dict.fromkeys(condition.variables, ""), **self._case.variables.get(began.frame, {})}
                for value in (UNKNOWN, *sorted(condition.literals)):
                    with suppress(ValueError):
                        if not condition.holds({**known, name: value}):
                            return value
        return UNKNOWN

    def _wait(self) -> bool:
        """Let the time pass until the next delay is over. Returns whether one is."""
        pending = (step for step in self._case.steps.values() if step.progress is Progress.PENDING)
        times = [step.start_at for step in pending if step.start_at > self._now]
        self._now = min(times, default=self._now)
        return bool(times)

    def _taken(self, books: Mapping[PlaybookId, Playbook], number: int) -> Taken:
        began = self._case.steps[number]
        book = books[began.playbook]
        step = book.steps[began.step]
        known = {**self._case.variables.get(began.frame, {}), **self._given}
        inner = began.parent if began.parent != began.frame else 0
        depth, parent = 0, began.parent
        while parent:
            depth, parent = depth + 1, self._case.steps[parent].parent
        return Taken(
            playbook=began.playbook,
            step=began.step,
            led_by=self._case.steps[led].step if (led := began.after or inner) else None,
            kind=began.kind,
            name=began.name,
            depth=depth,
            after=began.start_at - BEGINS,
            agent=book.agents[step.agent].name if step.agent else "",
            does="\n".join(for_reader(command.text, known) for command in step.commands),
            succeeded=None if began.progress is Progress.PENDING else began.progress is Progress.SUCCEEDED,
            said=began.said,
        )
