"""What the console calls the states of a case, what happens in it, and what it waits for."""

from collections.abc import Mapping

from console.playbooks.journal import Standing as PlaybookStanding
from incident.activation import Progress
from incident.command import Question
from incident.duty.clocks import Reading
from incident.duty.duties import Occurrence, SetBy, Standing
from incident.facts.case import Move
from incident.ids import Bilingual, in_both
from incident.person_lists import ListStanding
from incident.scope import Caution
from incident.state import State

STATES: Mapping[str, Bilingual] = {
    State.OPEN: in_both("未控制", "open"),
    State.CONTAINED: in_both("已控制", "contained"),
    State.RESOLVED: in_both("处置完毕", "resolved"),
    State.CLOSED: in_both("已结案", "closed"),
    State.DISMISSED: in_both("误报", "dismissed"),
    State.MERGED: in_both("已并案", "merged"),
}
MOVES: Mapping[str, Bilingual] = {
    Move.CONTAIN: in_both("已经控制住", "it is contained"),
    Move.RELAPSE: in_both("控制失效，重新处置", "it is no longer contained"),
    Move.RESOLVE: in_both("处置完毕", "the handling has ended"),
    Move.CLOSE: in_both("结案", "close the case"),
    Move.DISMISS: in_both("认定为误报", "dismiss it as a false alarm"),
    Move.REOPEN: in_both("重新打开", "open it again"),
}
OCCURRENCES: Mapping[str, Bilingual] = {
    Occurrence.ALERT: in_both("告警产生", "an alert was raised"),
    Occurrence.REPORT: in_both("收到外部报告", "a report was received"),
    Occurrence.CONFIRMATION: in_both("人工确认属实", "a person confirmed it"),
    Occurrence.CRIME_CLUE: in_both("发现涉嫌违法犯罪线索", "a clue to a crime was found"),
    Occurrence.HANDLED: in_both("处置结束", "the handling ended"),
}
BY_HAND = (Occurrence.CONFIRMATION, Occurrence.REPORT, Occurrence.CRIME_CLUE)
"""Those that a person records."""
READINGS: Mapping[str, Bilingual] = {
    Reading.POSSIBLE: in_both("是否须履行待定", "it is open whether it is owed"),
    Reading.RUNNING: in_both("须履行", "owed"),
    Reading.LATE: in_both("已超时", "late"),
    Reading.DONE: in_both("已按时履行", "fulfilled in time"),
    Reading.DONE_LATE: in_both("已履行，但超时", "fulfilled, but late"),
    Reading.NOT_OWED: in_both("不适用", "not owed"),
}
LIMITS: Mapping[str, Bilingual] = {
    SetBy.LAW: in_both("法定时限", "limit set by law"),
    SetBy.US: in_both("本单位目标，请与法务核对", "our own target: check with counsel"),
}
STANDINGS: Mapping[str, Bilingual] = {
    Standing.CONFIRMED: in_both("原文已核", "read in the text"),
    Standing.CHECK: in_both("请与法务核对", "check with counsel"),
}
CAUTIONS: Mapping[str, Bilingual] = {
    Caution.AROUND_THE_GATEWAY: in_both(
        "在网关之外读取、拍照或转发的，日志中没有记录",
        "what was read elsewhere, photographed or passed on is in no log of ours",
    ),
    Caution.VALUES_WITHOUT_SUBJECT: in_both(
        "有的信息没有标明属于谁，实际人数可能更多",
        "some values name no subject: more persons may be affected",
    ),
    Caution.OTHER_NUMBERS: in_both(
        "有的记录不是按身份证号登记的：按身份证号查“我受影响了吗”的人可能查不到，会看到相应说明",
        "some records are kept by other numbers than a resident ID: who asks by that may not be found, and is told so",
    ),
    Caution.STREAM_UNFINISHED: in_both(
        "有导出没有结束记录：已显示的都已计入，但字节数不全",
        "an export has no end in the log: what it showed is counted, its bytes are not all known",
    ),
    Caution.INDEX_BEHIND: in_both(
        "统计时日志索引尚未完整，人数可能偏少", "the index was behind: the numbers may be too low"
    ),
    Caution.EPOCHS_MIXED: in_both(
        "统计时段内更换过摘要密钥，同一人可能被计两次", "the digest key changed: one person may count twice"
    ),
    Caution.SOURCE_UNKNOWN: in_both(
        "告警没有指明来源，只统计了告警列出的记录，同一来源可能还看了别的",
        "the alert names no source: only the events it lists were counted, and the same source may have read more",
    ),
    Caution.NOTHING_FOUND: in_both("有告警，但日志中没有找到相应记录", "there was an alert, but no event fits"),
}
QUESTIONS: Mapping[str, Bilingual] = {
    Question.STEP: in_both("请人工完成", "to be done by a person"),
    Question.CONTAIN: in_both("是否控制", "whether to contain"),
    Question.APPROVE_NOTICE: in_both("通告待提交与批准", "the notice is to be submitted and approved"),
    Question.RESCUE: in_both("步骤失败，请决定", "a step failed: decide"),
}
PROGRESS: Mapping[str, Bilingual] = {
    Progress.PENDING: in_both("进行中", "under way"),
    Progress.SUCCEEDED: in_both("完成", "done"),
    Progress.FAILED: in_both("失败", "failed"),
}
PLAYBOOK_STANDINGS: Mapping[str, Bilingual] = {
    PlaybookStanding.WAITING: in_both("等待同意", "waiting for a second person"),
    PlaybookStanding.AGREED: in_both("两人已同意", "agreed to by two"),
    PlaybookStanding.REPLACED: in_both("已被取代", "replaced"),
    PlaybookStanding.WITHDRAWN: in_both("已撤回", "withdrawn"),
}
PERSON_STANDINGS: Mapping[str, Bilingual] = {
    ListStanding.ASKED: in_both("待另一人同意", "another person has to agree"),
    ListStanding.AGREED: in_both("正在编制", "being made"),
    ListStanding.PARTIAL: in_both("不完整，还在试", "partial, tried again"),
    ListStanding.COMPLETE: in_both("已编完", "complete"),
    ListStanding.STOPPED: in_both("已停止", "stopped"),
}
