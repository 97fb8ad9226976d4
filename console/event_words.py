"""What the console calls who asked, what was shown to whom, and by which permit."""

from collections.abc import Mapping

from console.permits.journal import Judgement
from incident.ids import Bilingual, in_both
from policies.permits import Kind as PermitKind
from policies.policy_kinds import Level
from siem.record.event import CallerKind, Disclosure, PermitState, Phase, Verdict

CALLER_KINDS: Mapping[str, Bilingual] = {
    CallerKind.ANONYMOUS: in_both("未登录", "nobody"),
    CallerKind.CITIZEN: in_both("公民", "citizen"),
    CallerKind.STAFF: in_both("工作人员", "staff"),
    CallerKind.SYSTEM: in_both("系统", "system"),
    CallerKind.TERMINAL: in_both("自助终端", "terminal"),
}
PHASES: Mapping[str, Bilingual] = {
    Phase.WHOLE: in_both("整次访问", "the whole exchange"),
    Phase.INTENT: in_both("写入之前的记录", "before a write was sent on"),
    Phase.OPEN: in_both("流式答复开始（可能显示的上限）", "a streamed answer begins (the most it may show)"),
    Phase.SHOWN: in_both("流式答复的一段", "a part of a streamed answer"),
    Phase.CLOSE: in_both("流式答复结束", "a streamed answer ended"),
    Phase.PERMIT: in_both("查看许可的开启、拒绝或终止", "a permit was opened, refused or ended"),
}
VERDICTS: Mapping[str, Bilingual] = {
    Verdict.FORWARD: in_both("已放行", "forwarded"),
    Verdict.WITHHOLD: in_both("已拦截", "withheld"),
}
DISCLOSURES: Mapping[str, Bilingual] = {
    Disclosure.NONE: in_both("不显示", "not shown"),
    Disclosure.MASKED: in_both("脱敏", "masked"),
    Disclosure.PSEUDONYMOUS: in_both("假名", "pseudonym"),
    Disclosure.CLEAR: in_both("明文", "in clear"),
}
PERMIT_KINDS: Mapping[str, Bilingual] = {
    PermitKind.REVEAL: in_both("查看原文", "one record seen whole"),
    PermitKind.BREAK_GLASS: in_both("紧急查看", "a whole system in an emergency"),
}
JUDGEMENTS: Mapping[str, Bilingual] = {
    Judgement.PROPER: in_both("属实", "proper"),
    Judgement.IMPROPER: in_both("不当", "improper"),
}
PERMIT_STATES: Mapping[str, Bilingual] = {
    PermitState.ASKED: in_both("已申请", "asked for"),
    PermitState.OPEN: in_both("已开启", "opened"),
    PermitState.REFUSED: in_both("已拒绝", "refused"),
    PermitState.ENDED: in_both("已提前终止", "ended early"),
}
DATA_LEVELS: Mapping[str, Bilingual] = {
    Level.CORE: in_both("核心", "core"),
    Level.IMPORTANT: in_both("重要", "important"),
    Level.GENERAL: in_both("一般", "general"),
}
SYSTEM_STATES: Mapping[str, Bilingual] = {
    "learning": in_both("登记中", "learning"),
    "enforcing": in_both("按策略执行", "enforcing"),
}
