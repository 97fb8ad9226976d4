"""What a playbook that another engine runs asks persons for: each act is the facts that it adds, or NotPermitted.

Our own engine asks within its steps. Another one asks by a call that fails until somebody has said yes, so that it can
go on only then: what it asks is a question of the case like any other, and stands there once however often it calls.
"""

from collections.abc import Sequence

from incident.activation import Issued, Progress
from incident.acts import needs_open, new_key
from incident.command import ASSIGNEES, AskPerson, AssessScope, Measure, Question, StartDuties
from incident.facts.run import CommandIssued
from incident.ids import NotPermitted
from incident.incident import Case
from incident.journal import Fact
from incident.measures import measures_for


class NotYet(Exception):
    """It has to be waited for: a person has not answered, or something is being counted.

    `str()` is the English sentence, `zh` the Chinese one.
    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh


def ask_to_contain(case: Case, title: str, text: str) -> tuple[Fact, ...]:
    """Ask whether to contain, unless that is asked or decided."""
    needs_open(case)
    if case.containment_by is not None or _asked(case, offers=False) is not None:
        return ()
    return (_question(case, title, text),)


def offer(case: Case, title: str, hours: int) -> tuple[Fact, ...]:
    """Ask which of the measures that fit the case be taken, unless that is asked."""
    needs_open(case)
    if _asked(case, offers=True) is not None:
        return ()
    measures = measures_for(case, hours)
    if not measures:
        raise NotPermitted(
            "告警没有指明账号和系统，请人工控制", "neither an account nor a system is known: contain by hand"
        )
    return (_question(case, title, "", measures),)


def needs_yes(case: Case, *, offers: bool) -> None:
    """Return where a person said yes to what was asked. Raises NotYet, and NotPermitted where it was a no."""
    asked = _asked(case, offers=offers)
    if (not offers and case.containment_by is not None) or (asked and asked.progress is Progress.SUCCEEDED):
        return
    if asked is not None and asked.progress is Progress.FAILED:
        raise NotPermitted("值班人员回答“不”", f"a person said no: {asked.said}")
    raise NotYet("等待人工确认", "a person has not answered yet")


def start_duties(case: Case) -> tuple[Fact, ...]:
    """Grade the case and say which duties it brings. Raises NotYet while it is being counted who is affected."""
    needs_open(case)
    if any(isinstance(command, AssessScope) for command in case.machine_commands):
        raise NotYet("正在统计影响范围", "it is being counted who is affected")
    if case.scope is None:
        raise NotPermitted("请先统计影响范围", "it has to be counted first who is affected")
    return (CommandIssued(step=0, command=StartDuties(key=new_key(case), case=case.id)),)


def needs_approval(case: Case) -> None:
    """Return where two people want the notice as it stands published, or it is. Raises NotYet, and NotPermitted where
    there is none.
    """
    if case.notice.draft is None:
        raise NotPermitted("还没有通告草稿", "there is no draft yet")
    if not case.notice_approved and not case.notice.published:
        raise NotYet("通告待两人提交和批准", "two people have to submit and approve the notice")


def needs_published(case: Case) -> None:
    """Return where the notice is published, as the engine does once it is approved. Raises like `needs_approval`."""
    needs_approval(case)
    if not case.notice.published:
        raise NotYet("通告正在发布", "the notice is being published")


def _asked(case: Case, *, offers: bool) -> Issued | None:
    """The last such question that no step of a playbook here has asked."""
    alike: Sequence[Issued] = [
        issued
        for issued in case.commands.values()
        if issued.step == 0
        and isinstance(issued.command, AskPerson)
        and issued.command.question is Question.CONTAIN
        and bool(issued.command.measures) is offers
    ]
    return alike[-1] if alike else None


def _question(case: Case, title: str, text: str, measures: tuple[Measure, ...] = ()) -> CommandIssued:
    asked = AskPerson(
        key=new_key(case),
        case=case.id,
        question=Question.CONTAIN,
        title=title,
        text=text,
        assignee=ASSIGNEES[Question.CONTAIN],
        measures=measures,
    )
    return CommandIssued(step=0, command=asked)
