"""Whether a playbook holds together: every step is there, reached, leads to an end, and knows its variables.

The OASIS schemas check none of this. A playbook with a finding is refused at load, before any incident.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from incident.action import OWN_AGENT, read_call, variables_in
from incident.expression import SWITCH, Expression
from incident.ids import PlaybookId, StepId
from incident.letters import check_letters
from incident.playbook import Playbook, Step, StepKind, read_playbook
from incident.reading import Finding, PlaybookError, Reader
from incident.secrecy import secrets_in
from incident.signing import NOBODY, Trust, check_signatures
from incident.validity import check_validity

SHIPPED = Path(__file__).parent / "playbooks"

_LEADING_ON = (StepKind.ACTION, StepKind.PLAYBOOK)
"""Steps with branches need not lead on: a way may end in all of them."""

type Books = Mapping[str, Playbook]
"""Playbooks by the stem of their file, or by its name where it is told so."""


def load_playbooks(folder: Path = SHIPPED, trust: Trust = NOBODY) -> Books:
    """Every playbook in *folder*. Raises PlaybookError with all findings, OSError."""
    books, findings = read_playbooks(folder, trust)
    if findings:
        raise PlaybookError(findings)
    return books


def read_playbooks(folder: Path, trust: Trust = NOBODY) -> tuple[Books, tuple[Finding, ...]]:
    """The playbooks of *folder* that can be read, and all that is wrong with any. Raises OSError."""
    books, findings = read_files({path.name: path for path in folder.glob("*.json")}, trust=trust)
    return {Path(name).stem: book for name, book in books.items()}, findings


def read_files(
    paths: Mapping[str, Path], known: Iterable[Playbook] = (), trust: Trust = NOBODY
) -> tuple[Books, tuple[Finding, ...]]:
    """The playbooks in files, by their names, and all that is wrong with them. They may also call those *known*.

    Raises OSError.
    """
    texts: dict[str, str] = {}
    findings: list[Finding] = []
    for name, path in paths.items():
        try:
            texts[name] = path.read_bytes().decode()
        except UnicodeDecodeError:
            findings.append(Finding(file=name, line=1, code="not-text", message="the file is not UTF-8"))
    books, found = read_texts(texts, known, trust)
    return books, tuple(sorted([*findings, *found]))


def read_texts(
    texts: Mapping[str, str], known: Iterable[Playbook] = (), trust: Trust = NOBODY
) -> tuple[Books, tuple[Finding, ...]]:
    """The same of *texts*, by the names of their files."""
    books: dict[str, Playbook] = {}
    findings: list[Finding] = []
    for name, text in sorted(texts.items()):
        book, found = read_playbook(text, name)
        findings += found
        if book is not None:
            books[name] = book
            findings += (*check_letters(json.loads(book.source), book.source, name), *check(book, name))
            findings += check_signatures(book, name, trust)
            findings += check_validity(book, name, trust.now) if trust is not NOBODY else ()
    return books, tuple(sorted([*findings, *_check_calls(books, known)]))


def leading(books: Books) -> Books:
    """Those of *books* that lead a case, and are no part that another calls."""
    parts = {step.playbook for book in books.values() for step in book.steps.values()}
    return {name: book for name, book in books.items() if book.id not in parts}


def check(book: Playbook, file: str) -> tuple[Finding, ...]:
    """What is wrong with how the steps of *book* hang together."""
    return _Graph(book, file).check()


def _check_calls(books: Books, known: Iterable[Playbook]) -> Iterator[Finding]:
    """Playbooks that call one that is not there, or in the end themselves."""
    by_id = {book.id: book for book in known}
    first: dict[PlaybookId, str] = {}
    for name, book in books.items():
        reader = Reader(book.source, name)
        if first.setdefault(book.id, name) != name:
            reader.report("same-id", "id", f"another playbook has the id `{book.id}` too")
        by_id[book.id] = book
        yield from reader.findings
    for name, book in books.items():
        reader = Reader(book.source, name)
        for step in book.steps.values():
            if step.playbook and step.playbook not in by_id:
                reader.report("unknown-playbook", step.id, f"step `{step.id}` calls a playbook that is not here")
            elif step.playbook and book.id in _called(by_id, step.playbook):
                reader.report("endless", step.id, f"step `{step.id}` calls a playbook that calls this one")
        yield from reader.findings


def _called(by_id: Mapping[PlaybookId, Playbook], first: PlaybookId) -> set[PlaybookId]:
    """*first* and every playbook that it calls, directly or not."""
    reached: set[PlaybookId] = set()
    todo = [first]
    while todo:
        book = by_id.get(todo.pop())
        if book is not None and book.id not in reached:
            reached.add(book.id)
            todo += [step.playbook for step in book.steps.values() if step.playbook]
    return reached


class _Graph:
    """The checks of one playbook."""

    def __init__(self, book: Playbook, file: str) -> None:
        self._book = book
        self._reader = Reader(book.source, file)

    def check(self) -> tuple[Finding, ...]:
        """All findings; the later checks only run where every step that is named exists."""
        self._check_references()
        for step in self._book.steps.values():
            self._check_step(step)
            self._check_variables(step)
        for at, what in secrets_in(self._book):
            self._reader.report("secret", at, f"{what} is a secret in clear: let a variable or a key store hold it")
        if not self._reader.findings:
            self._check_paths()
        return self._reader.findings

    def _report(self, code: str, step: Step, message: str) -> None:
        self._reader.report(code, step.id, f"step `{step.id}` {message}")

    def _check_references(self) -> None:
        book = self._book
        for step in book.steps.values():
            for target in (*step.follows, *step.branches):
                if target not in book.steps:
                    self._report("no-such-step", step, f"names the step `{target}`, which is not there")
            if step.agent and step.agent not in book.agents:
                self._report("no-such-agent", step, f"names the agent `{step.agent}`, which is not there")
            for name in step.targets:
                if name not in book.targets:
                    self._report("no-such-agent", step, f"names the target `{name}`, which is not there")
        if book.exception and book.exception not in book.steps:
            self._reader.report("no-such-step", "workflow_exception", "`workflow_exception` names no step")
        starts = [step.id for step in book.steps.values() if step.kind is StepKind.START]
        if starts != [book.start]:
            self._reader.report(
                "no-start", "workflow_start", "`workflow_start` must name the start step, and there is one only"
            )

    def _check_step(self, step: Step) -> None:
        if step.on_completion and (step.on_success or step.on_failure):
            self._report("two-ways", step, "has `on_completion`, so it cannot have `on_success` or `on_failure`")
        if step.kind is StepKind.END and step.follows:
            self._report("after-the-end", step, "is an end, so nothing follows it")
        elif step.kind is StepKind.START and not step.on_completion:
            self._report("no-way-on", step, "is a start, so it needs `on_completion`")
        elif step.kind in _LEADING_ON and not (step.on_completion or step.on_success):
            self._report("no-way-on", step, "leads nowhere: it needs `on_completion` or `on_success`")
        if step.kind is StepKind.PARALLEL and len(set(step.next_steps)) < len(step.next_steps):
            self._report("no-branches", step, "has the same branch twice")
        if step.timeout is not None and step.kind not in (StepKind.ACTION, StepKind.WHILE):
            self._report("timeout", step, "has a timeout, which is kept for actions and loops only")
        if step.due is not None and step.kind is not StepKind.ACTION:
            self._report("due-time", step, "has a due time, which is kept for actions only")
        if step.delay is not None and step.kind in (StepKind.START, StepKind.END):
            self._report("delay", step, "has a delay, which a start or an end does not wait for")
        if step.kind is StepKind.SWITCH and not SWITCH.fullmatch(step.switch):
            self._report("bad-condition", step, "has a `switch` that is no variable, such as `__name__:value`")
        if step.kind in (StepKind.IF, StepKind.WHILE):
            try:
                Expression(step.condition)
            except ValueError as error:
                self._report("bad-condition", step, f"has a condition that cannot be read: {error}")
        if step.agent == OWN_AGENT:
            for command in step.commands:
                try:
                    read_call(command)
                except ValueError as error:
                    self._report("bad-call", step, f"has a call that the gateway does not take: {error}")

    def _check_variables(self, step: Step) -> None:
        declared = self._book.variables.keys() | step.variables.keys()
        texts = [step.condition, step.switch]
        for command in step.commands:
            texts += [
                command.text,
                command.content,
                *(value for values in command.headers.values() for value in values),
            ]
        for name in (step.agent, *step.targets):
            found = self._book.agents.get(name) or self._book.targets.get(name)
            texts.append(found.text if found else "")
        used = {name for text in texts for name in variables_in(text)} | {*step.in_args, *step.out_args}
        for name in sorted(used - declared):
            self._report("undeclared", step, f"uses the variable `{name}`, which is not declared")
        for name in step.out_args:
            if name in self._book.variables and self._book.variables[name].constant:
                self._report("constant", step, f"would change the variable `{name}`, which is constant")

    def _check_paths(self) -> None:
        """Every way comes to an end, since no step comes back to itself, and loops change what they go on by."""
        book = self._book
        reached = self._reach(book.start) | (self._reach(book.exception) if book.exception else set())
        for step in book.steps.values():
            if step.id not in reached:
                self._report("unreachable", step, "is never reached")
            elif step.id in self._below(step):
                self._report("endless", step, "comes back to itself: a loop without a bound")
            elif step.kind is StepKind.WHILE and not self._changes(step):
                self._report("endless", step, "goes on by variables that nothing within it changes")
            self._check_branches(step)

    def _check_branches(self, step: Step) -> None:
        """A branch has steps of its own: what is done in two would be done twice."""
        taken: dict[StepId, StepId] = {}
        after = set[StepId]().union(*(self._reach(first) for first in step.follows))
        for branch in step.branches:
            for inner in self._reach(branch):
                if self._book.steps[inner].kind is StepKind.END:
                    continue  # an end is where a way is over: it may be that of several
                if inner in after or taken.setdefault(inner, branch) != branch:
                    self._report("shared-branch", step, f"has a branch that shares the step `{inner}` with another way")

    def _changes(self, loop: Step) -> bool:
        """Whether a round of *loop* can change what its condition asks for."""
        assert loop.on_true is not None
        outputs = {name for inner in self._reach(loop.on_true) for name in self._book.steps[inner].out_args}
        return not outputs.isdisjoint(Expression(loop.condition).variables)

    def _reach(self, first: StepId) -> set[StepId]:
        reached: set[StepId] = set()
        todo = [first]
        while todo:
            here = todo.pop()
            if here not in reached:
                reached.add(here)
                todo += [*self._book.steps[here].follows, *self._book.steps[here].branches]
        return reached

    def _below(self, step: Step) -> set[StepId]:
        return set[StepId]().union(*(self._reach(first) for first in (*step.follows, *step.branches)))
