"""Alerts and messages for tests, and values that must be in nothing that is told."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from siem.detect.alert import Alert, AlertId
from siem.detect.definition import Advice, Level, RuleId
from siem.detect.lifecycle import AlertChange, Change
from siem.notify.message import Kind, Message, Words
from siem.record.event import EventId
from tests.siem.events import NINE

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)

RESIDENT = "11010519491231002X"
MOBILE = "13800138000"
DIGEST = "1:" + "5e" * 16
PERSONAL = (RESIDENT, MOBILE, DIGEST)


def alert(number: int = 1, **changes: Any) -> Alert:
    """The alert of that number: a clerk who saw many."""
    made = Alert(
        id=AlertId(f"A-{number:06d}"),
        sequence=number,
        rule=RuleId("many_subjects"),
        rule_name="many_subjects",
        title="短时间查看大量不同的人 / Many different people seen in a short time",
        level=Level.HIGH,
        group={"user.id": "clerk-wang"},
        raised_at=NINE,
        first_at=NINE - MINUTE,
        last_at=NINE,
        event_count=30,
        subject_count=300,
        events=(EventId("6YQ3K0M9ZT-0"),),
        respond="bulk-retrieval",
        automatic=True,
        what_to_do=Advice(zh="确认凭证是否被盗。", en="Find out whether the credential was stolen."),
    )
    return replace(made, **changes)


def change(what: Change = Change.ESCALATED, **changes: Any) -> AlertChange:
    """That alert number one waits for somebody: for five minutes too long at `NINE`."""
    made = AlertChange(
        sequence=7,
        change=what,
        alert=AlertId("A-000001"),
        rule=RuleId("many_subjects"),
        title="短时间查看大量不同的人 / Many different people seen in a short time",
        level=Level.HIGH,
        at=NINE - 5 * MINUTE,
        assignee="",
        due_at=NINE - 5 * MINUTE,
    )
    return replace(made, **changes)


def message(number: int = 1, **changes: Any) -> Message:
    """The message that alert number so and so was raised."""
    facts: dict[str, Any] = {
        "key": f"A-{number:06d}/raised",
        "kind": Kind.RAISED,
        "level": Level.HIGH,
        "at": NINE,
        "title": Words(zh="短时间查看大量不同的人", en="Many different people seen in a short time"),
        "advice": Words(zh="确认凭证是否被盗。", en="Find out whether the credential was stolen."),
        "alert": f"A-{number:06d}",
        "events": 30,
        "persons": 300,
        "staff": "clerk-wang",
    }
    return Message(**{**facts, **changes})
