"""One look at one step of a running playbook: what follows for it now. `incident.run` puts the looks together.

How failure travels. A step that fails goes on by its own `on_failure` or `on_completion`; else its branch fails, and
with it the step that the branch belongs to, and so on up to the playbook's `workflow_exception`. An action that fails
where none of these is left asks a person instead: to try again, or to do it by hand.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from incident.action import MOST_HOURS, OWN_AGENT, Act, Call, for_reader, read_call, simple_command
from incident.command import ASSIGNEES, CONTAINING, UNASKED, AskPerson, Command, PublishNotice, Question
from incident.commanding import LOOK_BACK_HOURS, first_at, scope_command, with_draft
from incident.expression import Expression
from incident.facts.run import CommandEnded, CommandIssued, Ending, StepEnded, StepStarted
from incident.ids import ENGINE, Actor, CommandKey, PlaybookId, StepId
from incident.incident import Activation, Case, Issued, Progress
from incident.journal import Fact
from incident.measures import measures_for
from incident.playbook import CommandText, Playbook, Step, StepKind

type Library = Mapping[PlaybookId, Playbook]
"""The playbooks of one case, as they were when it was opened."""

_NO_MEASURE = (
    "告警没有指明账号，也没有指明系统。请查明后人工控制。"
    " The alert names neither an account nor a system: find out, and contain by hand."
)

MOST_ROUNDS = 100
MOST_STEPS = 2_000
"""Of a loop, and in a case: what goes on for longer is given up, and a person is asked."""
DEFAULT = "default"
"""The case of a switch for every value that has none of its own. Source: CACAO 2.0, 4.10."""

RETRY = "retry"
"""The output of an answered rescue question that asks for another attempt."""


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


class Walk:
    """Looks at steps of one case at one time."""

    def __init__(self, case: Case, library: Library, now: datetime) -> None:
        self._case, self._library, self._now = case, library, now
        self._followed = {step.after for step in case.steps.values()}

    def facts_for(self, step: Activation) -> tuple[Fact, ...]:
        """What follows for *step* now; empty where nothing does."""
        if step.progress is not Progress.PENDING:
            return self._after(step)
        if self._now < step.start_at:
            return ()
        match step.kind:
            case StepKind.ACTION:
                return self._act(step)
            case StepKind.IF:
                return self._choose(step)
            case StepKind.WHILE:
                return self._go_round(step)
            case StepKind.SWITCH:
                return self._switch(step)
            case StepKind.PARALLEL:
                return self._branch_out(step, self._text(step).next_steps)
            case StepKind.PLAYBOOK:
                return self._call(step)
            case StepKind.START | StepKind.END:
                return ()

    def _text(self, step: Activation) -> Step:
        return self._library[step.playbook].steps[step.step]

    def _variables(self, step: Activation) -> dict[str, str]:
        own = self._text(step).variables.items()
        local = {name: variable.value for name, variable in own if variable.value is not None}
        return {**self._case.variables.get(step.frame, {}), **local}

    # -- from step to step

    def _after(self, step: Activation) -> tuple[Fact, ...]:
        if step.kind is StepKind.END or step.number in self._followed:
            return ()
        text = self._text(step)
        on_ending = text.on_success if step.progress is Progress.SUCCEEDED else text.on_failure
        if target := text.on_completion or on_ending:
            return (self._start(target, like=step, parent=step.parent, after=step.number),)
        if step.progress is Progress.FAILED and not self._caught_above(step) and (target := self._exception(step)):
            return (self._start(target, like=step, parent=step.frame, after=step.number),)
        return ()

    def _start(self, target: StepId, *, like: Activation, parent: int, after: int = 0) -> StepStarted:
        text = self._library[like.playbook].steps[target]
        start_at = self._now + (text.delay or timedelta())
        return StepStarted(
            number=len(self._case.steps) + 1,
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
            step = self._case.steps[step.parent]
            text = self._text(step)
            if text.on_completion or text.on_failure:
                return True
        return False

    def _exception(self, step: Activation) -> StepId | None:
        """The exception step of *step*'s playbook, where it is there and has not been used."""
        exception = self._library[step.playbook].exception
        used = any(other.frame == step.frame and other.step == exception for other in self._case.steps.values())
        return None if used else exception

    def _caught(self, step: Activation) -> bool:
        """Whether the playbooks know a way on where *step* fails."""
        text = self._text(step)
        if text.on_completion or text.on_failure or self._caught_above(step) or self._exception(step):
            return True
        return step.frame != 0 and self._caught(self._case.steps[step.frame])

    # -- steps with branches

    def _ending_of(self, first: Activation) -> Ending | None:
        """How the branch that *first* begins ended, or None where it has not."""
        last = first
        while (after := follower(self._case, last)) and after.parent == first.parent:
            last = after
        if last.progress is Progress.PENDING or self._after(last):
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
        return [other for other in self._case.steps.values() if other.parent == step.number and other.after == 0]

    def _begun(self, step: Activation) -> dict[StepId, Activation]:
        return {first.step: first for first in self._firsts(step)}

    def _branch_out(self, step: Activation, targets: tuple[StepId, ...]) -> tuple[Fact, ...]:
        begun = self._begun(step)
        for target in targets:
            if target not in begun:
                return (self._start(target, like=step, parent=step.number),)
        return self._wait_for(step, list(begun.values()))

    def _choose(self, step: Activation) -> tuple[Fact, ...]:
        text, begun = self._text(step), self._begun(step)
        if begun:
            return self._wait_for(step, list(begun.values()))
        try:
            holds = Expression(text.condition).holds(self._variables(step))
        except ValueError as error:
            return (StepEnded(number=step.number, ending=Ending.FAILED, said=str(error)),)
        target = text.on_true if holds else text.on_false
        if target is None:
            return (StepEnded(number=step.number, ending=Ending.SUCCEEDED),)
        return self._branch_out(step, (target,))

    def _go_round(self, step: Activation) -> tuple[Fact, ...]:
        """Another round of a loop while its condition holds: a round that fails ends it, and so does its time limit."""
        rounds = self._firsts(step)
        if rounds and (ending := self._ending_of(rounds[-1])) is not Ending.SUCCEEDED:
            return () if ending is None else (StepEnded(number=step.number, ending=ending),)
        text, said = self._text(step), ""
        try:
            if not Expression(text.condition).holds(self._variables(step)):
                return (StepEnded(number=step.number, ending=Ending.SUCCEEDED),)
        except ValueError as error:
            said = str(error)
        if step.timeout_at is not None and self._now >= step.timeout_at:
            said = "超过时限 / timed out"
        elif len(rounds) >= MOST_ROUNDS or len(self._case.steps) >= MOST_STEPS:
            said = f"循环了 {len(rounds)} 次仍未结束 / the loop has not come to an end after {len(rounds)} rounds"
        if said:
            return (StepEnded(number=step.number, ending=Ending.FAILED, said=said),)
        assert text.on_true is not None
        return (self._start(text.on_true, like=step, parent=step.number),)

    def _switch(self, step: Activation) -> tuple[Fact, ...]:
        text, begun = self._text(step), self._begun(step)
        if begun:
            return self._wait_for(step, list(begun.values()))
        value = self._variables(step).get(text.switch.removesuffix(":value"))
        if value is None:
            said = f"变量 {text.switch} 没有值 / the variable `{text.switch}` has no value"
            return (StepEnded(number=step.number, ending=Ending.FAILED, said=said),)
        target = text.cases.get(value) or text.cases.get(DEFAULT)
        if target is None:
            return (StepEnded(number=step.number, ending=Ending.SUCCEEDED),)
        return self._branch_out(step, (target,))

    def _call(self, step: Activation) -> tuple[Fact, ...]:
        text = self._text(step)
        assert text.playbook is not None
        book = self._library[text.playbook]
        top = [other for other in self._case.steps.values() if other.parent == step.number]
        if not top:
            known = self._variables(step)
            handed = {name: known[name] for name in text.in_args if name in known}
            number = len(self._case.steps) + 1
            return (begin(book, number=number, at=self._now, given=handed, frame=step.number),)
        results = self._case.variables.get(step.number, {})
        outputs = {name: results[name] for name in text.out_args if name in results}
        helped = [other for other in top if other.step == book.exception]
        facts = self._wait_for(step, [other for other in top if other.after == 0] + helped, outputs)
        if facts and helped:  # a playbook whose exception step had to help has not succeeded
            return (StepEnded(number=step.number, ending=Ending.FAILED, outputs=outputs),)
        return facts

    # -- actions

    def _act(self, step: Activation) -> tuple[Fact, ...]:
        text = self._text(step)
        outputs: dict[str, str] = {}
        for place, command in enumerate(text.commands, 1):
            key = CommandKey(f"{self._case.id}.{step.number}.{place}")
            issued = self._case.commands.get(key)
            if issued is None:
                return self._issue(step, command, key)
            match issued.progress:
                case Progress.PENDING:
                    return self._wait(step, issued)
                case Progress.FAILED:
                    facts = self._failed(step, command, key, issued)
                    if facts is not None:
                        return facts
                case Progress.SUCCEEDED:
                    outputs |= {name: value for name, value in issued.outputs.items() if name in text.out_args}
        return (StepEnded(number=step.number, ending=Ending.SUCCEEDED, outputs=outputs),)

    def _wait(self, step: Activation, issued: Issued) -> tuple[Fact, ...]:
        """The end of a pending command that needs no answer any more."""
        command = issued.command
        if step.timeout_at is not None and self._now >= issued.issued_at + (step.timeout_at - step.start_at):
            return (CommandEnded(key=command.key, ending=Ending.FAILED, said="超过时限 / timed out"),)
        if not isinstance(command, AskPerson):
            return ()
        rule = self._case.automatic
        if command.question is Question.CONTAIN and rule and not command.measures:
            said = f"规则 {rule.rule} 可不经询问控制 / the rule `{rule.rule}` contains without asking"
            return (CommandEnded(key=command.key, ending=Ending.SUCCEEDED, said=said),)
        if command.question is Question.APPROVE_NOTICE and self._case.notice_approved:
            return (CommandEnded(key=command.key, ending=Ending.SUCCEEDED),)
        return ()

    def _failed(
        self, step: Activation, command: CommandText, key: CommandKey, issued: Issued
    ) -> tuple[Fact, ...] | None:
        """Take the way that the playbook has for a failure, or ask a person; None where a person did it by hand."""
        if self._caught(step):
            return (StepEnded(number=step.number, ending=Ending.FAILED, said=issued.said),)
        rescue = CommandKey(f"{key}.rescue{issued.attempts}")
        asked = self._case.commands.get(rescue)
        if asked is None:
            return (CommandIssued(step=step.number, command=self._ask(step, rescue, Question.RESCUE, issued.said)),)
        if asked.progress is Progress.PENDING:
            return ()
        return self._issue(step, command, key) if asked.outputs.get(RETRY) else None

    def _ask(self, step: Activation, key: CommandKey, question: Question, text: str) -> AskPerson:
        agent = self._library[step.playbook].agents[self._text(step).agent]
        assignee = ASSIGNEES.get(question, agent.name)
        span = self._text(step).due if question is Question.STEP else None
        return AskPerson(
            key=key,
            case=self._case.id,
            question=question,
            title=step.name,
            text=text,
            assignee=assignee,
            due=self._now + span if span else None,
        )

    def _issue(self, step: Activation, command: CommandText, key: CommandKey) -> tuple[Fact, ...]:
        try:
            if self._text(step).agent == OWN_AGENT:
                call = read_call(command)
                if (gate := self._gate(step, call, key)) is not None:
                    return gate
                typed = self._typed(step, call, key)
            else:
                typed = self._by_hand(step, command, key)
        except ValueError as error:
            if self._caught(step):
                return (StepEnded(number=step.number, ending=Ending.FAILED, said=str(error)),)
            typed = self._ask(step, key, Question.STEP, f"{error}\n{command.text}")
        return (CommandIssued(step=step.number, command=typed),)

    def _by_hand(self, step: Activation, command: CommandText, key: CommandKey) -> AskPerson:
        """A manual command, or one of a kind that this engine does not run: a person carries it out."""
        variables = self._variables(step)
        said = for_reader(command.text, variables)
        if command.content:
            said += "\n" + for_reader(command.content, variables)
        return replace(self._ask(step, key, Question.STEP, said), answers=self._text(step).out_args)

    def _gate(self, step: Activation, call: Call, key: CommandKey) -> tuple[Fact, ...] | None:
        """What stands before a command that needs somebody's yes, whatever the playbook says; None where nothing does.

        Containing needs the rule's or a person's; publishing needs the approved notice. Raises ValueError where a
        person said no.
        """
        match call.route.act:
            case Act.TIGHTEN if call.kind in UNASKED:
                return None
            case Act.TIGHTEN:
                open_, question = self._case.containment_by is not None, Question.CONTAIN
            case Act.PUBLISH_NOTICE:
                open_, question = self._case.notice_approved, Question.APPROVE_NOTICE
            case _:
                return None
        asked = self._approvals(key)
        if asked and asked[-1].progress is Progress.PENDING:
            return self._wait(step, asked[-1])
        contains = call.kind is None or call.kind in CONTAINING
        if open_ or (not contains and asked and asked[-1].progress is Progress.SUCCEEDED):
            return None
        tried = self._case.commands.get(key)
        refused = sum(1 for issued in asked if issued.progress is Progress.FAILED)
        if asked and asked[-1].progress is Progress.FAILED and refused > (tried.attempts if tried else 0):
            raise ValueError(asked[-1].said or "有人回答“不” / a person said no")
        name = CommandKey(f"{key}.approval{len(asked) + 1}")
        ask = replace(self._ask(step, name, question, self._text(step).description), contains=contains)
        return (CommandIssued(step=step.number, command=ask),)

    def _approvals(self, key: CommandKey) -> list[Issued]:
        """What persons were asked before the command *key*."""
        return [issued for name, issued in self._case.commands.items() if name.startswith(f"{key}.approval")]

    def _said_yes(self, key: CommandKey) -> Actor | None:
        """Who said yes to the command *key* itself, if it was asked for."""
        asked = self._approvals(key)
        return asked[-1].ended_by if asked and asked[-1].progress is Progress.SUCCEEDED else None

    def _typed(self, step: Activation, call: Call, key: CommandKey) -> Command:
        case = self._case
        match call.route.act:
            case Act.PUBLISH_NOTICE:
                return PublishNotice(key=key, case=case.id, notice=with_draft(case, self._now))
            case Act.ASSESS_SCOPE:
                return scope_command(case, key, self._now, call.look_back(LOOK_BACK_HOURS))
            case Act.OFFER_CONTAINMENT:
                measures = measures_for(case, call.hours("hours", MOST_HOURS) // timedelta(hours=1))
                if not measures:
                    return self._ask(step, key, Question.STEP, _NO_MEASURE)
                asked = self._ask(step, key, Question.CONTAIN, self._text(step).description)
                return replace(asked, measures=measures)
            case _:
                return simple_command(
                    call,
                    self._text(step),
                    self._variables(step),
                    key=key,
                    case=case.id,
                    by=self._said_yes(key) or case.containment_by or ENGINE,
                    now=self._now,
                    first=first_at(case),
                )
