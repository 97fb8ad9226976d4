"""The life of an alert: its states, what can become of it, and when nobody having seen to it is told. No I/O.

Whoever keeps what was done about alerts writes acts down; here stands which act is possible when. What an alert turned
out to be is its *disposition*; a verdict is about an exchange.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from siem.detect.alert import Alert, AlertId
from siem.detect.definition import Level, RuleId

GROWTH = 200
"""In percent of what was told last: an alert that has grown so far is told of again."""
GROWTHS = (150, 200, 300)
"""By how much an alert may have to grow to return before its snooze ends."""
LONGEST_SNOOZE = timedelta(days=7)
TOLD_APART = timedelta(minutes=5)
"""Growth is told no sooner than so long after what was told last: an alert grows while its evidence is gathered."""
BEFORE = timedelta(days=1)
"""Alerts that were raised so long before the first entry of the journal are not told of: they are of the past."""

_LEVELS = list(Level)


class AlertState(StrEnum):
    """Where an alert stands."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    CLOSED = "closed"
    QUIET = "quiet"
    """Silenced, or of a time before anybody could acknowledge: nobody has to see to it, and anybody may."""


class AlertAct(StrEnum):
    """What is done about an alert; the last four by the installation itself."""

    ACKNOWLEDGE = "acknowledge"
    ASSIGN = "assign"
    SNOOZE = "snooze"
    CLOSE = "close"
    REOPEN = "reopen"
    ESCALATE = "escalate"
    GROW = "grow"
    RETURN = "return"


TRANSITIONS: Mapping[tuple[AlertState, AlertAct], AlertState] = {
    (AlertState.NEW, AlertAct.ACKNOWLEDGE): AlertState.ACKNOWLEDGED,
    (AlertState.NEW, AlertAct.ASSIGN): AlertState.NEW,
    (AlertState.NEW, AlertAct.CLOSE): AlertState.CLOSED,
    (AlertState.NEW, AlertAct.ESCALATE): AlertState.NEW,
    (AlertState.NEW, AlertAct.GROW): AlertState.NEW,
    (AlertState.ACKNOWLEDGED, AlertAct.ASSIGN): AlertState.ACKNOWLEDGED,
    (AlertState.ACKNOWLEDGED, AlertAct.SNOOZE): AlertState.SNOOZED,
    (AlertState.ACKNOWLEDGED, AlertAct.CLOSE): AlertState.CLOSED,
    (AlertState.ACKNOWLEDGED, AlertAct.GROW): AlertState.ACKNOWLEDGED,
    (AlertState.SNOOZED, AlertAct.ACKNOWLEDGE): AlertState.ACKNOWLEDGED,
    (AlertState.SNOOZED, AlertAct.ASSIGN): AlertState.SNOOZED,
    (AlertState.SNOOZED, AlertAct.SNOOZE): AlertState.SNOOZED,
    (AlertState.SNOOZED, AlertAct.CLOSE): AlertState.CLOSED,
    (AlertState.SNOOZED, AlertAct.RETURN): AlertState.NEW,
    (AlertState.CLOSED, AlertAct.REOPEN): AlertState.NEW,
    (AlertState.QUIET, AlertAct.ACKNOWLEDGE): AlertState.ACKNOWLEDGED,
    (AlertState.QUIET, AlertAct.CLOSE): AlertState.CLOSED,
}
"""What can become of an alert. What is not in the table cannot."""


class Disposition(StrEnum):
    """What an alert turned out to be."""

    LEAK = "leak"
    """True: personal data reached somebody it should not have reached."""
    VIOLATION = "violation"
    """True: a policy was broken, and nothing leaked."""
    BENIGN = "benign"
    """What the rule describes did happen, and there is a good reason for it."""
    FALSE_ALARM = "false_alarm"
    """What the rule describes did not happen."""
    DRILL = "drill"
    """A test or an exercise: it says nothing of the rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How grave and how large an alert is."""

    level: Level
    events: int
    persons: int

    def has_grown(self, before: "Size", percent: int) -> bool:
        """Whether it is *percent* of *before* in events or in persons, or of a higher level."""
        return (
            _LEVELS.index(self.level) > _LEVELS.index(before.level)
            or (self.events > before.events and self.events * 100 >= before.events * percent)
            or (self.persons > before.persons and self.persons * 100 >= before.persons * percent)
        )


def size_of(alert: Alert) -> Size:
    """That of *alert* as it is now."""
    return Size(level=alert.level, events=alert.event_count, persons=alert.subject_count)


class Change(StrEnum):
    """Why somebody is told of an alert that they may have been told of before.

    That it is new, has grown or has risen is no change of these: an alert shows that itself, also without a journal.
    """

    ESCALATED = "escalated"
    """Nobody acknowledged it in time."""
    RETURNED = "returned"
    """Its snooze ended, or it grew too much for that."""
    REOPENED = "reopened"
    """It was closed, and what it is about went on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChange:
    """One thing that is due to be told. No value of anybody's, and no digest."""

    sequence: int
    """Grows; every change has its own, and none is given twice."""
    change: Change
    alert: AlertId
    rule: RuleId
    title: str
    """Chinese, then ` / `, then English."""
    level: Level
    at: datetime
    assignee: str
    """The person whose alert it is; empty where it is nobody's."""
    due_at: datetime | None
    """Until when somebody has or had to acknowledge it; None for never."""
