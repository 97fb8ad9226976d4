"""What the console calls how much an alert weighs, and what rules look at and count."""

from collections.abc import Mapping

from console.rules.journal import Standing as RuleStanding
from incident.ids import Bilingual, in_both
from siem.detect.definition import Measure

LEVELS: Mapping[str, Bilingual] = {
    "informational": in_both("提示", "informational"),
    "low": in_both("低", "low"),
    "medium": in_both("中", "medium"),
    "high": in_both("高", "high"),
    "critical": in_both("严重", "critical"),
}
GROUP_FIELDS: Mapping[str, Bilingual] = {
    "user.id": in_both("账号", "account"),
    "service.name": in_both("系统", "system"),
    "yingbi.credential": in_both("凭证", "credential"),
    "source.ip": in_both("网络地址", "address"),
    "yingbi.operation": in_both("操作", "operation"),
}
MEASURES: Mapping[str, Bilingual] = {
    Measure.EVENT_COUNT: in_both("访问次数", "events"),
    Measure.VALUE_COUNT: in_both("不同的", "different values of"),
    Measure.VALUE_SUM: in_both("合计", "the sum of"),
    Measure.TEMPORAL: in_both("同时出现的迹象", "signs at once"),
    Measure.TEMPORAL_ORDERED: in_both("先后出现的迹象", "signs in order"),
}
COUNTED_FIELDS: Mapping[str, Bilingual] = {
    "yingbi.subjects": in_both("人", "persons"),
    "yingbi.exchange": in_both("访问", "exchanges"),
    "yingbi.on_behalf_of": in_both("被代办人", "persons acted for"),
    "yingbi.unattributed": in_both("没有标明属于谁的信息", "values without a subject"),
    "source.ip": in_both("网络地址", "addresses"),
    "service.name": in_both("系统", "systems"),
}
"""What rules count different ones of, or add up."""
RULE_STANDINGS: Mapping[str, Bilingual] = {
    RuleStanding.WAITING: in_both("等待生效", "proposed"),
    RuleStanding.LIVE: in_both("生效中", "in force"),
    RuleStanding.REPLACED: in_both("已被取代", "replaced"),
    RuleStanding.WITHDRAWN: in_both("已撤回", "withdrawn"),
}
