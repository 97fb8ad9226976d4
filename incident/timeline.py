"""What an entry of the journal says to a reader, in one line. The console shows these under a case."""

from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from incident.by_hand import step_line
from incident.command import (
    AskPerson,
)
from incident.command_words import command_words, done_words
from incident.duty.clocks import URGENCY_NAMES
from incident.duty.duties import GRADE_NAMES, Occurrence
from incident.duty.stating import ITEMS
from incident.facts.by_hand import StepGivenBack, StepTaken, StepWarned
from incident.facts.case import (
    AlertJoined,
    AlertSplitOff,
    CaseLinked,
    CaseMerged,
    CaseTakenIn,
    CaseUnlinked,
    Move,
    Noted,
    Opened,
    StateMoved,
)
from incident.facts.duty import (
    ClockSet,
    ClueDisputed,
    ClueWithdrawn,
    DutyFulfilled,
    DutyJudged,
    DutyLate,
    DutyWarned,
    Graded,
    Happened,
    ItemStated,
    ScopeAssessed,
)
from incident.facts.handling import (
    AccessSet,
    EvidenceAdded,
    EvidenceMoved,
    EvidenceOpened,
    Marked,
    RestrictedRead,
    Reviewed,
    RoleGiven,
    TaskDone,
    TaskSet,
)
from incident.facts.notice import (
    NoticeHeld,
    NoticeReleased,
    NoticeTimed,
)
from incident.facts.persons import PersonsAgreed, PersonsAsked, PersonsListed, PersonsStopped
from incident.facts.run import CommandEnded, CommandIssued, Ending, LiftAsked, RunEnded, StepEnded, StepStarted
from incident.handling import handling_line
from incident.ids import Bilingual
from incident.incident import Case
from incident.journal import Fact
from incident.lines import line, named, split
from incident.notice_lines import notice_line, notice_time_line
from incident.person_lists import told_of
from incident.taken import LINK_NAMES

_MOVES = {
    Move.CONTAIN: Bilingual(zh="已控制", en="contained"),
    Move.RELAPSE: Bilingual(zh="控制失效", en="no longer contained"),
    Move.RESOLVE: Bilingual(zh="处置完毕", en="resolved"),
    Move.CLOSE: Bilingual(zh="结案", en="closed"),
    Move.DISMISS: Bilingual(zh="认定为误报", en="dismissed as a false alarm"),
    Move.REOPEN: Bilingual(zh="重新打开", en="reopened"),
}
_OCCURRENCES = {
    Occurrence.ALERT: Bilingual(zh="告警产生", en="an alert was raised"),
    Occurrence.REPORT: Bilingual(zh="收到外部报告", en="a report was received"),
    Occurrence.CONFIRMATION: Bilingual(zh="人工确认", en="a person confirmed it"),
    Occurrence.CRIME_CLUE: Bilingual(zh="发现涉嫌违法犯罪线索", en="a clue to a crime was found"),
    Occurrence.HANDLED: Bilingual(zh="处置结束", en="the handling ended"),
}
_ENDINGS = {
    Ending.SUCCEEDED: Bilingual(zh="完成", en="done"),
    Ending.FAILED: Bilingual(zh="失败", en="failed"),
}


def describe(fact: Fact, case: Case, told: Callable[[datetime], Bilingual]) -> Bilingual:
    """What *fact*, of the journal of *case*, says: one line in each language, without the time it was recorded.

    *told* writes a time as readers of the installation know it.
    """
    match fact:
        case Opened(title=title, drill=drill):
            return named("演练开始", "Drill begun", title) if drill else named("立案", "Case opened", title)
        case AlertJoined(alert=alert):
            return named("告警并入", "Alert joined", alert.title, f" ({alert.event_count})")
        case Happened(what=what, note=note):
            return line(_OCCURRENCES[what].zh, _OCCURRENCES[what].en.capitalize(), note)
        case ClueDisputed(reason=reason):
            return line("请求撤回犯罪线索", "Asked to take the clue to a crime back", reason)
        case ClueWithdrawn(reason=reason):
            return line("两人决定撤回犯罪线索", "The clue to a crime was taken back by two people", reason)
        case StepStarted(name=name):
            return named("步骤开始", "Step started", name)
        case StepEnded(number=number, ending=ending, said=said):
            zh, en = f"步骤{_ENDINGS[ending].zh}", f"Step {_ENDINGS[ending].en}"
            step = split(case.steps[number].name)
            return named(f"{zh}：{step.zh}", f"{en}: {step.en or step.zh}", said)
        case CommandIssued(command=command):
            return command_words(command)
        case StepTaken(key=key) | StepGivenBack(key=key) | StepWarned(key=key):
            asked = case.commands[key].command
            return step_line(fact, split(asked.title if isinstance(asked, AskPerson) else ""))
        case CommandEnded(key=key, ending=ending, said=said):
            command = case.commands[key].command
            about, ended = command_words(command), _ENDINGS[ending]
            zh, en = f"{ended.zh}（{about.zh}）", f"{ended.en.capitalize()} ({about.en})"
            if ending is Ending.FAILED or isinstance(command, AskPerson):
                return named(zh, en, said)
            return done_words(zh, en, command, told)
        case LiftAsked(tightening=key, reason=reason):
            about = command_words(case.commands[key].command)
            return line(f"请求解除（{about.zh}）", f"Asked to take back ({about.en})", reason)
        case RunEnded(ending=ending):
            return line(f"预案执行{_ENDINGS[ending].zh}", f"Playbook {_ENDINGS[ending].en}")
        case ScopeAssessed(scope=scope):
            zh = f"明文 {scope.persons} 人，仅脱敏 {scope.persons_masked} 人，记录 {scope.events} 条"
            en = f"{scope.persons} persons in clear, {scope.persons_masked} masked only, {scope.events} records"
            if scope.unattributed:
                zh += f"；另有没有标明属于谁的，至多 {scope.unattributed} 人"
                en += f"; values that name nobody, of {scope.unattributed} more at most"
            return Bilingual(zh=f"影响范围：{zh}", en=f"Scope: {en}")
        case Graded(grade=grade, why=why):
            return named(f"定级：{GRADE_NAMES[grade].zh}", f"Graded: {GRADE_NAMES[grade].en}", why)
        case StateMoved(move=move, reason=reason):
            return named(_MOVES[move].zh, _MOVES[move].en.capitalize(), reason)
        case Noted(text=text):
            return named("备注", "Note", text)
        case RoleGiven() | TaskSet() | TaskDone() | Marked() | AccessSet() | RestrictedRead() | Reviewed():
            return handling_line(fact, case.handling)
        case ItemStated(item=item, text=text):
            about = ITEMS.get(item, Bilingual(zh=item, en=item))
            return line(f"报送事项“{about.zh}”", f"Stated: {about.en}", " ".join(text.split()))
        case EvidenceAdded() | EvidenceMoved() | EvidenceOpened():
            return handling_line(fact, case.handling)
        case CaseLinked() | CaseUnlinked() | CaseTakenIn() | CaseMerged() | AlertSplitOff():
            return _other_case(fact)
        case ClockSet() | DutyJudged() | DutyFulfilled() | DutyWarned() | DutyLate():
            return _duty(fact, case)
        case PersonsAsked() | PersonsAgreed() | PersonsListed() | PersonsStopped():
            return told_of(fact)
        case NoticeTimed() | NoticeReleased() | NoticeHeld():
            return notice_time_line(fact, told)
        case _:
            return notice_line(fact)


def _other_case(fact: CaseLinked | CaseUnlinked | CaseTakenIn | CaseMerged | AlertSplitOff) -> Bilingual:
    match fact:
        case CaseLinked(kind=kind, other=other, reason=reason):
            name = LINK_NAMES[kind]
            return line(f"登记关联（{name.zh} {other}）", f"Linked ({name.en} {other})", reason)
        case CaseUnlinked(kind=kind, other=other, reason=reason):
            name = LINK_NAMES[kind]
            return line(f"取消关联（{name.zh} {other}）", f"Link taken back ({name.en} {other})", reason)
        case CaseTakenIn(other=other, reason=reason):
            return line(f"案件 {other} 并入", f"Case {other} was taken in", reason)
        case CaseMerged(into=into, reason=reason):
            return line(f"并入案件 {into}", f"Went into case {into}", reason)
        case AlertSplitOff(alert=alert, into=into, reason=reason):
            return line(f"告警 {alert} 拆分为案件 {into}", f"Alert {alert} became case {into}", reason)
        case _:
            assert_never(fact)


def _duty(fact: ClockSet | DutyJudged | DutyFulfilled | DutyWarned | DutyLate, case: Case) -> Bilingual:
    duty = fact.duty if isinstance(fact, ClockSet) else case.clocks[fact.duty].duty
    name = duty.name
    match fact:
        case ClockSet(reason=reason):
            zh, en = ("时限移动", "Clock moved") if reason else ("时限起算", "Clock started")
            return named(f"{zh}（{name.zh}）", f"{en} ({name.en})", reason)
        case DutyJudged(applies=applies, why=why):
            zh, en = ("须履行", "owed") if applies else ("不适用", "not owed")
            return named(f"职责{zh}（{name.zh}）", f"Duty {en} ({name.en})", why)
        case DutyFulfilled(reference=reference, file=file):
            said = f"{reference}；{file.name} SHA-256 {file.sha256}" if file else reference
            return line(f"职责已履行（{name.zh}）", f"Duty fulfilled ({name.en})", said)
        case DutyWarned(urgency=urgency):
            gone = URGENCY_NAMES[urgency]
            return Bilingual(zh=f"{gone.zh}（{name.zh}）", en=f"{gone.en.capitalize()} ({name.en})")
        case DutyLate():
            return Bilingual(zh=f"超过时限（{name.zh}）", en=f"Time limit passed ({name.en})")
        case _:
            assert_never(fact)
