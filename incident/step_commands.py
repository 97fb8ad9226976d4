"""The commands of an action in a running playbook, one after the other, and whom it asks before or instead."""

from dataclasses import replace
from datetime import timedelta

from incident.action import MOST_HOURS, OWN_AGENT, Act, Call, for_reader, read_call, simple_command
from incident.activation import Activation, Issued, Progress
from incident.command import ASSIGNEES, CONTAINING, UNASKED, AskPerson, Command, PublishNotice, Question
from incident.commanding import LOOK_BACK_HOURS, first_at, scope_command, with_draft
from incident.facts.run import CommandEnded, CommandIssued, Ending, StepEnded
from incident.ids import ENGINE, Actor, CommandKey
from incident.journal import Fact
from incident.measures import measures_for
from incident.playbook import CommandText
from incident.step_order import StepOrder

_NO_MEASURE = (
    "告警没有指明账号，也没有指明系统。请查明后人工控制。"
    " The alert names neither an account nor a system: find out, and contain by hand."
)
RETRY = "retry"
"""The output of an answered rescue question that asks for another attempt."""


class StepCommands:
    """What follows for actions, in a given order of steps."""

    def __init__(self, order: StepOrder) -> None:
        self._order = order

    def act(self, step: Activation) -> tuple[Fact, ...]:
        """What follows for *step*: its next command, what a command's failure leads to, or its end."""
        text = self._order.text(step)
        outputs: dict[str, str] = {}
        for place, command in enumerate(text.commands, 1):
            key = CommandKey(f"{self._order.case.id}.{step.number}.{place}")
            issued = self._order.case.commands.get(key)
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
        if step.timeout_at is not None and self._order.now >= issued.issued_at + (step.timeout_at - step.start_at):
            return (CommandEnded(key=command.key, ending=Ending.FAILED, said="超过时限 / timed out"),)
        if not isinstance(command, AskPerson):
            return ()
        rule = self._order.case.automatic
        if command.question is Question.CONTAIN and rule and not command.measures:
            said = f"规则 {rule.rule} 可不经询问控制 / the rule `{rule.rule}` contains without asking"
            return (CommandEnded(key=command.key, ending=Ending.SUCCEEDED, said=said),)
        if command.question is Question.APPROVE_NOTICE and self._order.case.notice_approved:
            return (CommandEnded(key=command.key, ending=Ending.SUCCEEDED),)
        return ()

    def _failed(
        self, step: Activation, command: CommandText, key: CommandKey, issued: Issued
    ) -> tuple[Fact, ...] | None:
        """Take the way that the playbook has for a failure, or ask a person; None where a person did it by hand."""
        if self._order.caught(step):
            return (StepEnded(number=step.number, ending=Ending.FAILED, said=issued.said),)
        rescue = CommandKey(f"{key}.rescue{issued.attempts}")
        asked = self._order.case.commands.get(rescue)
        if asked is None:
            return (CommandIssued(step=step.number, command=self._ask(step, rescue, Question.RESCUE, issued.said)),)
        if asked.progress is Progress.PENDING:
            return ()
        return self._issue(step, command, key) if asked.outputs.get(RETRY) else None

    def _ask(self, step: Activation, key: CommandKey, question: Question, text: str) -> AskPerson:
        agent = self._order.library[step.playbook].agents[self._order.text(step).agent]
        assignee = ASSIGNEES.get(question, agent.name)
        span = self._order.text(step).due if question is Question.STEP else None
        return AskPerson(
            key=key,
            case=self._order.case.id,
            question=question,
            title=step.name,
            text=text,
            assignee=assignee,
            due=self._order.now + span if span else None,
        )

    def _issue(self, step: Activation, command: CommandText, key: CommandKey) -> tuple[Fact, ...]:
        try:
            if self._order.text(step).agent == OWN_AGENT:
                call = read_call(command)
                if (gate := self._gate(step, call, key)) is not None:
                    return gate
                typed = self._typed(step, call, key)
            else:
                typed = self._by_hand(step, command, key)
        except ValueError as error:
            if self._order.caught(step):
                return (StepEnded(number=step.number, ending=Ending.FAILED, said=str(error)),)
            typed = self._ask(step, key, Question.STEP, f"{error}\n{command.text}")
        return (CommandIssued(step=step.number, command=typed),)

    def _by_hand(self, step: Activation, command: CommandText, key: CommandKey) -> AskPerson:
        """A manual command, or one of a kind that this engine does not run: a person carries it out."""
        variables = self._order.variables(step)
        said = for_reader(command.text, variables)
        if command.content:
            said += "\n" + for_reader(command.content, variables)
        return replace(self._ask(step, key, Question.STEP, said), answers=self._order.text(step).out_args)

    def _gate(self, step: Activation, call: Call, key: CommandKey) -> tuple[Fact, ...] | None:
        """What stands before a command that needs somebody's yes, whatever the playbook says; None where nothing does.

        Containing needs the rule's or a person's; publishing needs the approved notice. Raises ValueError where a
        person said no.
        """
        match call.route.act:
            case Act.TIGHTEN if call.kind in UNASKED:
                return None
            case Act.TIGHTEN:
                open_, question = self._order.case.containment_by is not None, Question.CONTAIN
            case Act.PUBLISH_NOTICE:
                open_, question = self._order.case.notice_approved, Question.APPROVE_NOTICE
            case _:
                return None
        asked = self._approvals(key)
        if asked and asked[-1].progress is Progress.PENDING:
            return self._wait(step, asked[-1])
        contains = call.kind is None or call.kind in CONTAINING
        if open_ or (not contains and asked and asked[-1].progress is Progress.SUCCEEDED):
            return None
        tried = self._order.case.commands.get(key)
        refused = sum(1 for issued in asked if issued.progress is Progress.FAILED)
        if asked and asked[-1].progress is Progress.FAILED and refused > (tried.attempts if tried else 0):
            raise ValueError(asked[-1].said or "有人回答“不” / a person said no")
        name = CommandKey(f"{key}.approval{len(asked) + 1}")
        ask = replace(self._ask(step, name, question, self._order.text(step).description), contains=contains)
        return (CommandIssued(step=step.number, command=ask),)

    def _approvals(self, key: CommandKey) -> list[Issued]:
        """What persons were asked before the command *key*."""
        return [issued for name, issued in self._order.case.commands.items() if name.startswith(f"{key}.approval")]

    def _said_yes(self, key: CommandKey) -> Actor | None:
        """Who said yes to the command *key* itself, if it was asked for."""
        asked = self._approvals(key)
        return asked[-1].ended_by if asked and asked[-1].progress is Progress.SUCCEEDED else None

    def _typed(self, step: Activation, call: Call, key: CommandKey) -> Command:
        case = self._order.case
        match call.route.act:
            case Act.PUBLISH_NOTICE:
                return PublishNotice(key=key, case=case.id, notice=with_draft(case, self._order.now))
            case Act.ASSESS_SCOPE:
                return scope_command(case, key, self._order.now, call.look_back(LOOK_BACK_HOURS))
            case Act.OFFER_CONTAINMENT:
                measures = measures_for(case, call.hours("hours", MOST_HOURS) // timedelta(hours=1))
                if not measures:
                    return self._ask(step, key, Question.STEP, _NO_MEASURE)
                asked = self._ask(step, key, Question.CONTAIN, self._order.text(step).description)
                return replace(asked, measures=measures)
            case _:
                return simple_command(
                    call,
                    self._order.text(step),
                    self._order.variables(step),
                    key=key,
                    case=case.id,
                    by=self._said_yes(key) or case.containment_by or ENGINE,
                    now=self._order.now,
                    first=first_at(case),
                )
