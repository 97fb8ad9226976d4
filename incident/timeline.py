"""What an entry of the journal says to a reader, in one line. The console shows these under a case."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from incident.by_hand import step_line
from incident.clocks import URGENCY_NAMES
from incident.command import (
    AskPerson,
    AssessScope,
    Command,
    Containment,
    DraftNotice,
    Lift,
    MachineCommand,
    PublishNotice,
    Question,
    Rehearsal,
    StartDuties,
    Tighten,
)
from incident.duties import GRADE_NAMES, Occurrence
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
    FactSettled,
    NoticeApproved,
    NoticeDrafted,
    NoticeHeld,
    NoticePublished,
    NoticeReleased,
    NoticeSubmitted,
    NoticeTimed,
    NoticeWithdrawn,
)
from incident.facts.persons import PersonsAgreed, PersonsAsked, PersonsListed, PersonsStopped
from incident.facts.run import CommandEnded, CommandIssued, Ending, LiftAsked, RunEnded, StepEnded, StepStarted
from incident.handling import handling_line
from incident.ids import Bilingual
from incident.incident import Case
from incident.journal import Fact
from incident.notice import WITHDRAWAL_NAMES
from incident.person_lists import told_of
from incident.stating import ITEMS
from incident.taken import LINK_NAMES

_CHINESE = re.compile("[\u3400-\u9fff]")

CONTAINMENT_NAMES = {
    Containment.BLOCK_CALLER: Bilingual(zh="停用账号", en="block the caller"),
    Containment.BLOCK_CREDENTIAL: Bilingual(zh="停用凭证", en="block the credential"),
    Containment.STOP_OPERATION: Bilingual(zh="停用操作", en="stop the operation"),
    Containment.STOP_SYSTEM: Bilingual(zh="停用系统", en="stop the system"),
    Containment.MASK_HARDER: Bilingual(zh="加强脱敏", en="mask harder"),
    Containment.QUARANTINE_EXPORTS: Bilingual(zh="封存导出", en="quarantine exports"),
    Containment.REVOKE_SESSIONS: Bilingual(zh="注销会话", en="revoke sessions"),
    Containment.RAISE_LOGGING: Bilingual(zh="加强记录", en="record more"),
    Containment.PLANT_CANARIES: Bilingual(zh="布设诱饵", en="plant canaries"),
    Containment.PRESERVE_EVIDENCE: Bilingual(zh="保全日志", en="preserve the log"),
}
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
_QUESTIONS = {
    Question.STEP: Bilingual(zh="等待人工完成", en="a person has to do it"),
    Question.CONTAIN: Bilingual(zh="等待确认控制措施", en="a person has to confirm the containment"),
    Question.APPROVE_NOTICE: Bilingual(zh="等待通告提交与批准", en="the notice has to be submitted and approved"),
    Question.RESCUE: Bilingual(zh="步骤失败，等待人工决定", en="a step failed, a person has to decide"),
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
            return _named("演练开始", "Drill begun", title) if drill else _named("立案", "Case opened", title)
        case AlertJoined(alert=alert):
            return _named("告警并入", "Alert joined", alert.title, f" ({alert.event_count})")
        case Happened(what=what, note=note):
            return _line(_OCCURRENCES[what].zh, _OCCURRENCES[what].en.capitalize(), note)
        case ClueDisputed(reason=reason):
            return _line("请求撤回犯罪线索", "Asked to take the clue to a crime back", reason)
        case ClueWithdrawn(reason=reason):
            return _line("两人决定撤回犯罪线索", "The clue to a crime was taken back by two people", reason)
        case StepStarted(name=name):
            return _named("步骤开始", "Step started", name)
        case StepEnded(number=number, ending=ending, said=said):
            zh, en = f"步骤{_ENDINGS[ending].zh}", f"Step {_ENDINGS[ending].en}"
            step = split(case.steps[number].name)
            return _named(f"{zh}：{step.zh}", f"{en}: {step.en or step.zh}", said)
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
                return _named(zh, en, said)
            return _done(zh, en, command, told)
        case LiftAsked(tightening=key, reason=reason):
            about = command_words(case.commands[key].command)
            return _line(f"请求解除（{about.zh}）", f"Asked to take back ({about.en})", reason)
        case RunEnded(ending=ending):
            return _line(f"预案执行{_ENDINGS[ending].zh}", f"Playbook {_ENDINGS[ending].en}")
        case ScopeAssessed(scope=scope):
            zh = f"明文 {scope.persons} 人，仅脱敏 {scope.persons_masked} 人，记录 {scope.events} 条"
            en = f"{scope.persons} persons in clear, {scope.persons_masked} masked only, {scope.events} records"
            if scope.unattributed:
                zh += f"；另有没有标明属于谁的，至多 {scope.unattributed} 人"
                en += f"; values that name nobody, of {scope.unattributed} more at most"
            return Bilingual(zh=f"影响范围：{zh}", en=f"Scope: {en}")
        case Graded(grade=grade, why=why):
            return _named(f"定级：{GRADE_NAMES[grade].zh}", f"Graded: {GRADE_NAMES[grade].en}", why)
        case StateMoved(move=move, reason=reason):
            return _named(_MOVES[move].zh, _MOVES[move].en.capitalize(), reason)
        case Noted(text=text):
            return _named("备注", "Note", text)
        case RoleGiven() | TaskSet() | TaskDone() | Marked() | AccessSet() | RestrictedRead() | Reviewed():
            return handling_line(fact, case.handling)
        case ItemStated(item=item, text=text):
            about = ITEMS.get(item, Bilingual(zh=item, en=item))
            return _line(f"报送事项“{about.zh}”", f"Stated: {about.en}", " ".join(text.split()))
        case EvidenceAdded() | EvidenceMoved() | EvidenceOpened():
            return handling_line(fact, case.handling)
        case CaseLinked() | CaseUnlinked() | CaseTakenIn() | CaseMerged() | AlertSplitOff():
            return _other_case(fact)
        case ClockSet() | DutyJudged() | DutyFulfilled() | DutyWarned() | DutyLate():
            return _duty(fact, case)
        case PersonsAsked() | PersonsAgreed() | PersonsListed() | PersonsStopped():
            return told_of(fact)
        case NoticeTimed() | NoticeReleased() | NoticeHeld():
            return _time_of_notice(fact, told)
        case _:
            return _notice(fact)


def _other_case(fact: CaseLinked | CaseUnlinked | CaseTakenIn | CaseMerged | AlertSplitOff) -> Bilingual:
    match fact:
        case CaseLinked(kind=kind, other=other, reason=reason):
            name = LINK_NAMES[kind]
            return _line(f"登记关联（{name.zh} {other}）", f"Linked ({name.en} {other})", reason)
        case CaseUnlinked(kind=kind, other=other, reason=reason):
            name = LINK_NAMES[kind]
            return _line(f"取消关联（{name.zh} {other}）", f"Link taken back ({name.en} {other})", reason)
        case CaseTakenIn(other=other, reason=reason):
            return _line(f"案件 {other} 并入", f"Case {other} was taken in", reason)
        case CaseMerged(into=into, reason=reason):
            return _line(f"并入案件 {into}", f"Went into case {into}", reason)
        case AlertSplitOff(alert=alert, into=into, reason=reason):
            return _line(f"告警 {alert} 拆分为案件 {into}", f"Alert {alert} became case {into}", reason)
        case _:
            assert_never(fact)


def _line(zh: str, en: str, more: str = "") -> Bilingual:
    return Bilingual(zh=f"{zh}：{more}" if more else zh, en=f"{en}: {more}" if more else en)


def _named(zh: str, en: str, text: str, more: str = "") -> Bilingual:
    """Each line with its own half of a *text* that is `中文 / English`, as titles, steps and our own reasons are."""
    if not text:
        return Bilingual(zh=zh, en=en)
    halves = split(text)
    return Bilingual(zh=f"{zh}：{halves.zh}{more}", en=f"{en}: {halves.en or halves.zh}{more}")


def split(text: str) -> Bilingual:
    """The halves of a text that is `中文 / English`. One with Chinese behind the stroke too, or none before it, is no
    such text: all of it is the first half.
    """
    zh, _, en = text.partition(" / ")
    return Bilingual(zh=zh, en=en) if _CHINESE.search(zh) and not _CHINESE.search(en) else Bilingual(zh=text, en="")


def _done(zh: str, en: str, command: MachineCommand, told: Callable[[datetime], Bilingual]) -> Bilingual:
    """What a machine has carried out, told from what it was asked to do."""
    match command:
        case Tighten(kind=Containment.PRESERVE_EVIDENCE, since=since, until=until) if since is not None:
            first, last = told(since), told(until)
            return Bilingual(
                zh=f"{zh}：{first.zh}至{last.zh}，两人解除以前不删",
                en=f"{en}: from {first.en} to {last.en}, until two people take it back",
            )
        case Tighten(until=until):
            end = told(until)
            return Bilingual(zh=f"{zh}：有效至{end.zh}", en=f"{en}: in force until {end.en}")
        case PublishNotice(notice=notice):
            number = notice.current.number
            return Bilingual(zh=f"{zh}：第 {number} 版", en=f"{en}: version {number}")
        case _:
            return Bilingual(zh=zh, en=en)


def _duty(fact: ClockSet | DutyJudged | DutyFulfilled | DutyWarned | DutyLate, case: Case) -> Bilingual:
    duty = fact.duty if isinstance(fact, ClockSet) else case.clocks[fact.duty].duty
    name = duty.name
    match fact:
        case ClockSet(reason=reason):
            zh, en = ("时限移动", "Clock moved") if reason else ("时限起算", "Clock started")
            return _named(f"{zh}（{name.zh}）", f"{en} ({name.en})", reason)
        case DutyJudged(applies=applies, why=why):
            zh, en = ("须履行", "owed") if applies else ("不适用", "not owed")
            return _named(f"职责{zh}（{name.zh}）", f"Duty {en} ({name.en})", why)
        case DutyFulfilled(reference=reference, file=file):
            said = f"{reference}；{file.name} SHA-256 {file.sha256}" if file else reference
            return _line(f"职责已履行（{name.zh}）", f"Duty fulfilled ({name.en})", said)
        case DutyWarned(urgency=urgency):
            gone = URGENCY_NAMES[urgency]
            return Bilingual(zh=f"{gone.zh}（{name.zh}）", en=f"{gone.en.capitalize()} ({name.en})")
        case DutyLate():
            return Bilingual(zh=f"超过时限（{name.zh}）", en=f"Time limit passed ({name.en})")
        case _:
            assert_never(fact)


def _notice(
    fact: FactSettled | NoticeDrafted | NoticeSubmitted | NoticeApproved | NoticePublished | NoticeWithdrawn,
) -> Bilingual:
    match fact:
        case FactSettled(name=name, reason=reason):
            return _line(f"核定事实 {name}", f"Fact settled: {name}", reason)
        case NoticeDrafted(draft=draft):
            return _line("通告草稿", "Notice drafted", draft.content.title_zh)
        case NoticeSubmitted(digest=digest):
            return _line("通告提交", "Notice submitted", digest[:12])
        case NoticeApproved(digest=digest):
            return _line("通告批准", "Notice approved", digest[:12])
        case NoticePublished(version=version):
            return Bilingual(zh=f"通告第 {version.number} 版已发布", en=f"Version {version.number} published")
        case NoticeWithdrawn(reason=reason):
            why = WITHDRAWAL_NAMES[reason]
            return Bilingual(zh=f"通告撤回：{why.zh}", en=f"Notice withdrawn: {why.en}")
        case _:
            assert_never(fact)


def _time_of_notice(
    fact: NoticeTimed | NoticeReleased | NoticeHeld, told: Callable[[datetime], Bilingual]
) -> Bilingual:
    match fact:
        case NoticeTimed(due=due):
            at = told(due)
            return Bilingual(zh=f"通告定于{at.zh}发布", en=f"Notice to be published at {at.en}")
        case NoticeReleased(digest=digest):
            return _line("到时复核无误，准予发布", "Checked again when due, and released", digest[:12])
        case NoticeHeld(why=why):
            return _line("不按时发布，须重新提交", "Not published at its time, to be submitted anew", ", ".join(why))
        case _:
            assert_never(fact)


def command_words(command: Command) -> Bilingual:
    """What *command* does, in one line."""
    match command:
        case Tighten(kind=kind, system=system, target=target):
            return _line(CONTAINMENT_NAMES[kind].zh, CONTAINMENT_NAMES[kind].en.capitalize(), target or system)
        case Lift(tightening=tightening):
            about = command_words(tightening)
            return Bilingual(zh=f"两人决定解除（{about.zh}）", en=f"Taken back by two people ({about.en})")
        case AssessScope():
            return _line("核定影响范围", "Assess the scope")
        case StartDuties():
            return _line("定级和起算时限", "Grade it and start the clocks")
        case DraftNotice(template=template):
            return _line("起草通告", "Draft the notice", template)
        case PublishNotice(notice=notice):
            zh, en = ("撤回", "Withdraw") if notice.current.withdrawn else ("发布", "Publish")
            return _line(f"{zh}通告", f"{en} the notice", notice.id)
        case Rehearsal(about=about):
            return Bilingual(zh=f"演练，不执行：{about.zh}", en=f"Drill, not carried out: {about.en}")
        case AskPerson(question=question, title=title):
            return _named(_QUESTIONS[question].zh, _QUESTIONS[question].en.capitalize(), title)
        case _:
            assert_never(command)
