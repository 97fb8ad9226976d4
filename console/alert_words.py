"""What the console calls the states of alerts, what is done about them, and what they turned out to be."""

from collections.abc import Mapping

from console.alert_journal import (
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
from incident.ids import Bilingual
from siem.detect.lifecycle import AlertState, Disposition


def _w(zh: str, en: str) -> Bilingual:
    return Bilingual(zh=zh, en=en)


ALERT_STATES: Mapping[str, Bilingual] = {
    AlertState.NEW: _w("待确认", "new"),
    AlertState.ACKNOWLEDGED: _w("处理中", "acknowledged"),
    AlertState.SNOOZED: _w("已暂缓", "snoozed"),
    AlertState.CLOSED: _w("已关闭", "closed"),
    AlertState.QUIET: _w("不须处理", "quiet"),
}
DISPOSITIONS: Mapping[str, Bilingual] = {
    Disposition.LEAK: _w("属实：泄露", "true: a leak"),
    Disposition.VIOLATION: _w("属实：违规，没有泄露", "true: a policy was broken, no leak"),
    Disposition.BENIGN: _w("有正当理由", "benign, explained"),
    Disposition.FALSE_ALARM: _w("误报", "false alarm"),
    Disposition.DRILL: _w("测试或演练", "test or drill"),
}
ACTS: Mapping[type, Bilingual] = {
    Raised: _w("产生", "raised"),
    Grew: _w("增长", "grown"),
    Escalated: _w("超时没有人确认，已升级", "escalated: nobody acknowledged it in time"),
    Returned: _w("暂缓结束，重新待确认", "back from its snooze"),
    Reopened: _w("重新打开", "opened again"),
    Acknowledged: _w("确认", "acknowledged"),
    Assigned: _w("指派", "assigned"),
    Snoozed: _w("暂缓", "snoozed"),
    Closed: _w("关闭", "closed"),
}
"""What an entry of the journal of alerts did, by the type of its fact."""
