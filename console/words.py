"""What the console calls things: words for every member of the closed sets that pages show, Chinese and English."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from console.alert_words import ALERT_STATES, DISPOSITIONS
from console.permit_journal import Judgement
from console.playbook_journal import Standing as PlaybookStanding
from console.rule_journal import Standing as RuleStanding
from incident.clocks import URGENCY_NAMES, Reading
from incident.command import Question
from incident.duties import GRADE_NAMES, Occurrence, SetBy, Standing
from incident.evidence import CUSTODY_NAMES
from incident.facts.case import Move
from incident.goals import MILESTONE_NAMES
from incident.ids import Actor, ActorKind, Bilingual
from incident.incident import Case, Progress, State
from incident.marking import CASE_ROLE_NAMES, TLP_NAMES
from incident.notice import STAGE_NAMES, WITHDRAWAL_NAMES
from incident.person_lists import ListStanding
from incident.scope import Caution
from incident.timeline import CONTAINMENT_NAMES, split
from policies.permits import Kind as PermitKind
from policies.policy_kinds import Level
from siem.detect.definition import Measure
from siem.notify.message import KINDS
from siem.record.event import CallerKind, Disclosure, PermitState, Phase, Verdict

_CHINESE = re.compile("[\u3400-\u9fff]")

type Table = Mapping[str, Bilingual]


def _w(zh: str, en: str) -> Bilingual:
    return Bilingual(zh=zh, en=en)


STATES: Table = {
    State.OPEN: _w("未控制", "open"),
    State.CONTAINED: _w("已控制", "contained"),
    State.RESOLVED: _w("处置完毕", "resolved"),
    State.CLOSED: _w("已结案", "closed"),
    State.DISMISSED: _w("误报", "dismissed"),
    State.MERGED: _w("已并案", "merged"),
}
LEVELS: Table = {
    "informational": _w("提示", "informational"),
    "low": _w("低", "low"),
    "medium": _w("中", "medium"),
    "high": _w("高", "high"),
    "critical": _w("严重", "critical"),
}
MOVES: Table = {
    Move.CONTAIN: _w("已经控制住", "it is contained"),
    Move.RELAPSE: _w("控制失效，重新处置", "it is no longer contained"),
    Move.RESOLVE: _w("处置完毕", "the handling has ended"),
    Move.CLOSE: _w("结案", "close the case"),
    Move.DISMISS: _w("认定为误报", "dismiss it as a false alarm"),
    Move.REOPEN: _w("重新打开", "open it again"),
}
OCCURRENCES: Table = {
    Occurrence.ALERT: _w("告警产生", "an alert was raised"),
    Occurrence.REPORT: _w("收到外部报告", "a report was received"),
    Occurrence.CONFIRMATION: _w("人工确认属实", "a person confirmed it"),
    Occurrence.CRIME_CLUE: _w("发现涉嫌违法犯罪线索", "a clue to a crime was found"),
    Occurrence.HANDLED: _w("处置结束", "the handling ended"),
}
BY_HAND = (Occurrence.CONFIRMATION, Occurrence.REPORT, Occurrence.CRIME_CLUE)
"""Those that a person records."""
READINGS: Table = {
    Reading.POSSIBLE: _w("是否须履行待定", "it is open whether it is owed"),
    Reading.RUNNING: _w("须履行", "owed"),
    Reading.LATE: _w("已超时", "late"),
    Reading.DONE: _w("已按时履行", "fulfilled in time"),
    Reading.DONE_LATE: _w("已履行，但超时", "fulfilled, but late"),
    Reading.NOT_OWED: _w("不适用", "not owed"),
}
LIMITS: Table = {
    SetBy.LAW: _w("法定时限", "limit set by law"),
    SetBy.US: _w("本单位目标，请与法务核对", "our own target: check with counsel"),
}
STANDINGS: Table = {
    Standing.CONFIRMED: _w("原文已核", "read in the text"),
    Standing.CHECK: _w("请与法务核对", "check with counsel"),
}
CAUTIONS: Table = {
    Caution.AROUND_THE_GATEWAY: _w(
        "在网关之外读取、拍照或转发的，日志中没有记录",
        "what was read elsewhere, photographed or passed on is in no log of ours",
    ),
    Caution.VALUES_WITHOUT_SUBJECT: _w(
        "有的信息没有标明属于谁，实际人数可能更多",
        "some values name no subject: more persons may be affected",
    ),
    Caution.OTHER_NUMBERS: _w(
        "有的记录不是按身份证号登记的：按身份证号查“我受影响了吗”的人可能查不到，会看到相应说明",
        "some records are kept by other numbers than a resident ID: who asks by that may not be found, and is told so",
    ),
    Caution.STREAM_UNFINISHED: _w(
        "有导出没有结束记录：已显示的都已计入，但字节数不全",
        "an export has no end in the log: what it showed is counted, its bytes are not all known",
    ),
    Caution.INDEX_BEHIND: _w(
        "统计时日志索引尚未完整，人数可能偏少", "the index was behind: the numbers may be too low"
    ),
    Caution.EPOCHS_MIXED: _w(
        "统计时段内更换过摘要密钥，同一人可能被计两次", "the digest key changed: one person may count twice"
    ),
    Caution.SOURCE_UNKNOWN: _w(
        "告警没有指明来源，只统计了告警列出的记录，同一来源可能还看了别的",
        "the alert names no source: only the events it lists were counted, and the same source may have read more",
    ),
    Caution.NOTHING_FOUND: _w("有告警，但日志中没有找到相应记录", "there was an alert, but no event fits"),
}
QUESTIONS: Table = {
    Question.STEP: _w("请人工完成", "to be done by a person"),
    Question.CONTAIN: _w("是否控制", "whether to contain"),
    Question.APPROVE_NOTICE: _w("通告待提交与批准", "the notice is to be submitted and approved"),
    Question.RESCUE: _w("步骤失败，请决定", "a step failed: decide"),
}
PROGRESS: Table = {
    Progress.PENDING: _w("进行中", "under way"),
    Progress.SUCCEEDED: _w("完成", "done"),
    Progress.FAILED: _w("失败", "failed"),
}
CALLER_KINDS: Table = {
    CallerKind.ANONYMOUS: _w("未登录", "nobody"),
    CallerKind.CITIZEN: _w("公民", "citizen"),
    CallerKind.STAFF: _w("工作人员", "staff"),
    CallerKind.SYSTEM: _w("系统", "system"),
    CallerKind.TERMINAL: _w("自助终端", "terminal"),
}
PHASES: Table = {
    Phase.WHOLE: _w("整次访问", "the whole exchange"),
    Phase.INTENT: _w("写入之前的记录", "before a write was sent on"),
    Phase.OPEN: _w("流式答复开始（可能显示的上限）", "a streamed answer begins (the most it may show)"),
    Phase.SHOWN: _w("流式答复的一段", "a part of a streamed answer"),
    Phase.CLOSE: _w("流式答复结束", "a streamed answer ended"),
    Phase.PERMIT: _w("查看许可的开启、拒绝或终止", "a permit was opened, refused or ended"),
}
VERDICTS: Table = {
    Verdict.FORWARD: _w("已放行", "forwarded"),
    Verdict.WITHHOLD: _w("已拦截", "withheld"),
}
DISCLOSURES: Table = {
    Disclosure.NONE: _w("不显示", "not shown"),
    Disclosure.MASKED: _w("脱敏", "masked"),
    Disclosure.PSEUDONYMOUS: _w("假名", "pseudonym"),
    Disclosure.CLEAR: _w("明文", "in clear"),
}
PERMIT_KINDS: Table = {
    PermitKind.REVEAL: _w("查看原文", "one record seen whole"),
    PermitKind.BREAK_GLASS: _w("紧急查看", "a whole system in an emergency"),
}
JUDGEMENTS: Table = {
    Judgement.PROPER: _w("属实", "proper"),
    Judgement.IMPROPER: _w("不当", "improper"),
}
PERMIT_STATES: Table = {
    PermitState.ASKED: _w("已申请", "asked for"),
    PermitState.OPEN: _w("已开启", "opened"),
    PermitState.REFUSED: _w("已拒绝", "refused"),
    PermitState.ENDED: _w("已提前终止", "ended early"),
}
DATA_LEVELS: Table = {
    Level.CORE: _w("核心", "core"),
    Level.IMPORTANT: _w("重要", "important"),
    Level.GENERAL: _w("一般", "general"),
}
SYSTEM_STATES: Table = {
    "learning": _w("登记中", "learning"),
    "enforcing": _w("按策略执行", "enforcing"),
}
GROUP_FIELDS: Table = {
    "user.id": _w("账号", "account"),
    "service.name": _w("系统", "system"),
    "yingbi.credential": _w("凭证", "credential"),
    "source.ip": _w("网络地址", "address"),
    "yingbi.operation": _w("操作", "operation"),
}
MEASURES: Table = {
    Measure.EVENT_COUNT: _w("访问次数", "events"),
    Measure.VALUE_COUNT: _w("不同的", "different values of"),
    Measure.VALUE_SUM: _w("合计", "the sum of"),
    Measure.TEMPORAL: _w("同时出现的迹象", "signs at once"),
    Measure.TEMPORAL_ORDERED: _w("先后出现的迹象", "signs in order"),
}
COUNTED_FIELDS: Table = {
    "yingbi.subjects": _w("人", "persons"),
    "yingbi.exchange": _w("访问", "exchanges"),
    "yingbi.on_behalf_of": _w("被代办人", "persons acted for"),
    "yingbi.unattributed": _w("没有标明属于谁的信息", "values without a subject"),
    "source.ip": _w("网络地址", "addresses"),
    "service.name": _w("系统", "systems"),
}
"""What rules count different ones of, or add up."""
PLAYBOOK_STANDINGS: Table = {
    PlaybookStanding.WAITING: _w("等待同意", "waiting for a second person"),
    PlaybookStanding.AGREED: _w("两人已同意", "agreed to by two"),
    PlaybookStanding.REPLACED: _w("已被取代", "replaced"),
    PlaybookStanding.WITHDRAWN: _w("已撤回", "withdrawn"),
}
RULE_STANDINGS: Table = {
    RuleStanding.WAITING: _w("等待生效", "proposed"),
    RuleStanding.LIVE: _w("生效中", "in force"),
    RuleStanding.REPLACED: _w("已被取代", "replaced"),
    RuleStanding.WITHDRAWN: _w("已撤回", "withdrawn"),
}
CHART_KINDS: Table = {
    "clear": _w("明文", "in clear"),
    "hidden": _w("脱敏或假名", "masked or pseudonymous"),
    "none": _w("没有显示", "nothing shown"),
    "withheld": _w("拦截", "withheld"),
    "alerts": _w("告警", "alerts"),
}
"""The parts of pictures."""
ADDRESSES: Table = {
    "gateway": _w("网关", "gateway"),
    "console": _w("控制台", "console"),
    "bulletin": _w("公开通告站", "public notices"),
    "metrics": _w("监控指标", "figures for Prometheus"),
    "elasticsearch": _w("索引节点", "node of the index"),
}
WRITTEN: Table = {
    "title": _w("标题", "title"),
    "text": _w("备注", "note"),
    "note": _w("说明", "note"),
    "reason": _w("理由", "reason"),
    "remark": _w("说明", "remark"),
    "cause": _w("原因", "cause"),
    "lessons": _w("教训", "lessons"),
    "origin": _w("来源", "origin"),
    "party": _w("交给谁", "to or by whom"),
    "basis": _w("依据", "ground"),
    "reference": _w("回执编号等证明", "reference"),
    "zh": _w("中文", "Chinese"),
    "en": _w("英文", "English"),
    "title_zh": _w("标题", "title"),
    "body_zh": _w("正文", "text"),
    "title_en": _w("英文标题", "English title"),
    "body_en": _w("英文摘要", "English summary"),
    "change_zh": _w("更正说明", "what was corrected"),
    "change_en": _w("英文更正说明", "the same in English"),
    "name": _w("文件名", "name of the file"),
    "file": _w("回执文件名", "name of the file that proves it"),
    "recipient": _w("收件人的公钥", "public key of who receives it"),
    "yaml": _w("文件内容", "text of the file"),
}
"""The fields of forms in which people write, by name: what they are given back where it could not be sent."""
PERSON_STANDINGS: Table = {
    ListStanding.ASKED: _w("待另一人同意", "another person has to agree"),
    ListStanding.AGREED: _w("正在编制", "being made"),
    ListStanding.PARTIAL: _w("不完整，还在试", "partial, tried again"),
    ListStanding.COMPLETE: _w("已编完", "complete"),
    ListStanding.STOPPED: _w("已停止", "stopped"),
}
DONE: Table = {
    "persons-asked": _w("申请已登记，须另一人同意", "it is recorded; another person has to agree"),
    "persons-agreed": _w("已同意，正在编制名单", "agreed: the list is being made"),
    "persons-stopped": _w("已停止，已有的部分仍可取用", "stopped; the parts that there are stay"),
    "signed-out": _w("已退出登录", "you are signed out"),
    "password": _w("密码已修改，其他登录已全部失效", "the password is changed, all other sessions have ended"),
    "merged": _w("已并案，本案由此继续", "the cases are one, which goes on here"),
    "split": _w("已拆分为新案件，见时间线", "the alert is a case of its own, see the timeline"),
    "linked": _w("关联已登记", "the link is recorded"),
    "unlinked": _w("关联已取消", "the link is taken back"),
    "webhook-ended": _w("已停止推送", "it is no longer told"),
    "token-revoked": _w("令牌已撤销，立即失效", "the token is revoked, from now on"),
    "opened": _w("已立案", "the case is open"),
    "answered": _w("已登记您的答复", "your answer is recorded"),
    "retried": _w("正在重试", "it is tried again"),
    "contained": _w("控制指令已下达，结果见时间线", "the containment is under way, see the timeline for its outcome"),
    "lift-asked": _w("请求已登记，须另一人同意", "it is recorded; another person has to agree"),
    "lifted": _w("已同意，正在解除，结果见时间线", "agreed: it is being taken back, see the timeline"),
    "clue-withdrawn": _w("已同意，线索已撤回", "agreed: the clue is taken back"),
    "reassessed": _w("正在重新统计影响范围", "it is counted again who is affected"),
    "graded": _w("级别已登记", "the grade is recorded"),
    "judged": _w("职责认定已登记", "it is recorded whether the duty is owed"),
    "clock": _w("起算时间已移动，原时间仍保留在记录中", "the clock is moved; what it was stays on record"),
    "fulfilled": _w("履行情况已登记", "the fulfilment is recorded"),
    "happened": _w("情况已登记", "it is recorded"),
    "moved": _w("案件状态已更新", "the state of the case is changed"),
    "noted": _w("备注已登记", "the note is recorded"),
    "evidence-added": _w("证据已加入，已加密保存", "the evidence is kept, encrypted"),
    "evidence-moved": _w("已登记", "it is recorded"),
    "role-given": _w("角色已登记", "the role is recorded"),
    "playbook-proposed": _w("已提议，等待另一人同意", "proposed: another person has to agree"),
    "playbook-agreed": _w("已同意，新的案件可以由它引导", "agreed: new cases can be led by it"),
    "playbook-withdrawn": _w("已撤回", "withdrawn"),
    "step-taken": _w("承办人已登记", "who does the step is recorded"),
    "step-given-back": _w("已退回，等待该岗位的人承办", "the step waits for its role again"),
    "task-given": _w("任务已登记", "the task is recorded"),
    "task-done": _w("已登记完成", "it is recorded as done"),
    "marked": _w("标记已登记", "the mark is recorded"),
    "restricted": _w("查看范围已登记", "it is recorded who may open the case"),
    "reviewed": _w("复盘已登记", "the review is recorded"),
    "drill-begun": _w("演练已开始", "the drill has begun"),
    "stated": _w("报送事项已登记", "the item is recorded"),
    "settled": _w("事实已核定", "the fact is settled"),
    "called-off": _w("定时发布已取消，须重新提交", "it is not published at its time, and is to be submitted anew"),
    "redrafted": _w("已按现有事实重新起草", "the notice is filled in anew"),
    "edited": _w("草稿已保存，原有的提交和批准作废", "the draft is saved; it has to be submitted and approved anew"),
    "submitted": _w("已提交，请另一人批准", "submitted: another person has to approve it"),
    "approved": _w("已批准，正在发布", "approved: it is being published"),
    "withdrawn": _w("正在撤回", "it is being withdrawn"),
    "silenced": _w(
        "已静音：在此期间的发现仍列为告警，不立案", "silenced: its findings are still listed, and open no case"
    ),
    "silence-ended": _w("静音已结束", "the silence is ended"),
    "alert-acknowledged": _w("已确认，由您处理", "acknowledged: you see to it"),
    "alert-assigned": _w("已指派", "it is assigned"),
    "alert-snoozed": _w(
        "已暂缓，到期或增长过多时自动返回", "snoozed: it comes back by itself, at once if it grows too much"
    ),
    "alert-closed": _w("已关闭，定性已计入这条规则的精确率", "closed; it counts in the precision of its rule"),
    "alert-reopened": _w("已重新打开", "it is open again"),
    "rule-proposed": _w("已提议，看过试的结果再生效", "it is proposed: look at what it would have raised"),
    "rule-live": _w("已生效，几秒内开始检测", "it is in force, within seconds"),
    "rule-withdrawn": _w("提议已撤回", "the proposal is withdrawn"),
    "search-saved": _w("查询已保存", "the search is kept"),
    "search-renamed": _w("查询已更改", "the search is changed"),
    "search-deleted": _w("查询已删除", "the search is kept no longer"),
    "permit-ended": _w("许可已终止，一秒内生效", "the permit is ended, within a second"),
    "permit-reviewed": _w("复核结论已登记", "the review is recorded"),
    "policy-drafted": _w("草稿已建立", "the draft is made"),
    "policy-edited": _w("草稿已保存，须重新提交和批准", "the draft is saved; it has to be submitted and approved anew"),
    "policy-submitted": _w("已提交，请另一位安全管理员批准", "submitted: another officer has to approve it"),
    "policy-approved": _w("已批准，可以发布", "approved: it can be published"),
    "policy-published": _w("已发布，一秒内生效", "published: it is in force within a second"),
    "policy-rebased": _w("已合并到现行版本，须重新提交和批准", "brought onto the version in force: submit it anew"),
    "policy-withdrawn": _w("草稿已撤回", "the draft is withdrawn"),
    "policy-rolled-back": _w("已退回，一秒内生效", "rolled back: it is in force within a second"),
}
"""What a page confirms after a form, by the code that the redirect leaves."""

NOTIFIED: Table = {kind: _w(words.zh, words.en) for kind, words in KINDS.items()}
TABLES: Mapping[str, Mapping[Any, Bilingual]] = {
    "states": STATES,
    "levels": LEVELS,
    "alert_states": ALERT_STATES,
    "dispositions": DISPOSITIONS,
    "notified": NOTIFIED,
    "occurrences": OCCURRENCES,
    "readings": READINGS,
    "urgencies": URGENCY_NAMES,
    "limits": LIMITS,
    "standings": STANDINGS,
    "cautions": CAUTIONS,
    "questions": QUESTIONS,
    "progress": PROGRESS,
    "caller_kinds": CALLER_KINDS,
    "phases": PHASES,
    "verdicts": VERDICTS,
    "disclosures": DISCLOSURES,
    "data_levels": DATA_LEVELS,
    "permit_kinds": PERMIT_KINDS,
    "permit_states": PERMIT_STATES,
    "judgements": JUDGEMENTS,
    "system_states": SYSTEM_STATES,
    "group_fields": GROUP_FIELDS,
    "measures": MEASURES,
    "counted_fields": COUNTED_FIELDS,
    "playbook_standings": PLAYBOOK_STANDINGS,
    "rule_standings": RULE_STANDINGS,
    "addresses": ADDRESSES,
    "chart_kinds": CHART_KINDS,
    "person_standings": PERSON_STANDINGS,
    "grades": GRADE_NAMES,
    "tlp": TLP_NAMES,
    "custody": CUSTODY_NAMES,
    "case_roles": CASE_ROLE_NAMES,
    "milestones": MILESTONE_NAMES,
    "stages": STAGE_NAMES,
    "withdrawals": WITHDRAWAL_NAMES,
    "containments": CONTAINMENT_NAMES,
}
"""For the templates, by name."""


def word(table: Table, key: str) -> Bilingual:
    """The word for *key*, or the key itself where there is none: something unknown is shown, never hidden."""
    return table.get(key) or _w(key, key)


_BOTH = re.compile("(.*[。！？）”])\\s+([A-Z`][^\u3400-\u9fff]*)|(.*[\u3400-\u9fff].*) / ([^\u3400-\u9fff]+)")


def languages(text: str) -> list[tuple[Bilingual, bool]]:
    """The lines of a *text* for persons: of each its Chinese and its English part, and whether it is English alone."""
    found = []
    for line in text.splitlines():
        both = _BOTH.fullmatch(line)
        english = both is None and bool(line) and not _CHINESE.search(line)
        found.append((_w(both[1] or both[3], both[2] or both[4]) if both else _w(line, ""), english))
    return found


def who(actor: Actor, case: Case | None = None) -> Bilingual:
    """Who did something, for a reader; a rule by the title that its alert in *case* bears."""
    match actor.kind:
        case ActorKind.PERSON:
            return _w(actor.id, "")
        case ActorKind.ENGINE:
            return _w("系统", "the engine")
        case ActorKind.RULE:
            titles = (split(alert.title) for alert in case.alerts.values() if alert.rule == actor.id) if case else ()
            title = next(iter(titles), None)
            return _w(f"规则“{title.zh}”", f"the rule `{title.en}`") if title else _w("规则", "a rule")


def whose(spelled: str) -> Bilingual:
    """Who stands behind *spelled*, an actor as `str` writes it: `person:p-chen`, `rule:…`, `engine`."""
    kind, _, name = spelled.partition(":")
    return who(Actor(kind=ActorKind(kind), id=name)) if kind in {*ActorKind} else _w(spelled, "")


def options(table: Mapping[Any, Bilingual], keys: Iterable[Any] | None = None) -> list[tuple[str, str]]:
    """The members of *table*, or those of them in *keys*, as the choices of a form."""
    return [(str(key), f"{table[key].zh} / {table[key].en}") for key in (table if keys is None else keys)]
