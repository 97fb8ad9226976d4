"""What a command does, and what carrying it out has done, in one line."""

from collections.abc import Callable
from datetime import datetime
from typing import assert_never

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
from incident.ids import Bilingual
from incident.lines import line, named

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
_QUESTIONS = {
    Question.STEP: Bilingual(zh="等待人工完成", en="a person has to do it"),
    Question.CONTAIN: Bilingual(zh="等待确认控制措施", en="a person has to confirm the containment"),
    Question.APPROVE_NOTICE: Bilingual(zh="等待通告提交与批准", en="the notice has to be submitted and approved"),
    Question.RESCUE: Bilingual(zh="步骤失败，等待人工决定", en="a step failed, a person has to decide"),
}


def done_words(zh: str, en: str, command: MachineCommand, told: Callable[[datetime], Bilingual]) -> Bilingual:
    """What a machine has carried out, told from what it was asked to do: *zh* and *en* say that it is done."""
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


def command_words(command: Command) -> Bilingual:
    """What *command* does, in one line."""
    match command:
        case Tighten(kind=kind, system=system, target=target):
            return line(CONTAINMENT_NAMES[kind].zh, CONTAINMENT_NAMES[kind].en.capitalize(), target or system)
        case Lift(tightening=tightening):
            about = command_words(tightening)
            return Bilingual(zh=f"两人决定解除（{about.zh}）", en=f"Taken back by two people ({about.en})")
        case AssessScope():
            return line("核定影响范围", "Assess the scope")
        case StartDuties():
            return line("定级和起算时限", "Grade it and start the clocks")
        case DraftNotice(template=template):
            return line("起草通告", "Draft the notice", template)
        case PublishNotice(notice=notice):
            zh, en = ("撤回", "Withdraw") if notice.current.withdrawn else ("发布", "Publish")
            return line(f"{zh}通告", f"{en} the notice", notice.id)
        case Rehearsal(about=about):
            return Bilingual(zh=f"演练，不执行：{about.zh}", en=f"Drill, not carried out: {about.en}")
        case AskPerson(question=question, title=title):
            return named(_QUESTIONS[question].zh, _QUESTIONS[question].en.capitalize(), title)
        case _:
            assert_never(command)
