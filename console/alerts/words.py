"""What the console calls the states of alerts, what is done about them, and what they turned out to be."""

from collections.abc import Mapping

from console.alerts.journal import (
    Acknowledged,
    Assigned,
    Closed,
    Escalated,
    Grew,
    Raised,
    Reopened,
    Returned,
    Snoozed,
)
from incident.ids import Bilingual, in_both
from siem.detect.lifecycle import AlertState, Disposition

ALERT_STATES: Mapping[str, Bilingual] = {
    AlertState.NEW: in_both("待确认", "new"),
    AlertState.ACKNOWLEDGED: in_both("处理中", "acknowledged"),
    AlertState.SNOOZED: in_both("已暂缓", "snoozed"),
    AlertState.CLOSED: in_both("已关闭", "closed"),
    AlertState.QUIET: in_both("不须处理", "quiet"),
}
DISPOSITIONS: Mapping[str, Bilingual] = {
    Disposition.LEAK: in_both("属实：泄露", "true: a leak"),
    Disposition.VIOLATION: in_both("属实：违规，没有泄露", "true: a policy was broken, no leak"),
    Disposition.BENIGN: in_both("有正当理由", "benign, explained"),
    Disposition.FALSE_ALARM: in_both("误报", "false alarm"),
    Disposition.DRILL: in_both("测试或演练", "test or drill"),
}
ACTS: Mapping[type, Bilingual] = {
    Raised: in_both("产生", "raised"),
    Grew: in_both("增长", "grown"),
    Escalated: in_both("超时没有人确认，已升级", "escalated: nobody acknowledged it in time"),
    Returned: in_both("暂缓结束，重新待确认", "back from its snooze"),
    Reopened: in_both("重新打开", "opened again"),
    Acknowledged: in_both("确认", "acknowledged"),
    Assigned: in_both("指派", "assigned"),
    Snoozed: in_both("暂缓", "snoozed"),
    Closed: in_both("关闭", "closed"),
}
"""What an entry of the journal of alerts did, by the type of its fact."""
