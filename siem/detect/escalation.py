"""When nobody having seen to an alert is told."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from siem.baseline.calendar import LOCAL, Calendar
from siem.detect.definition import Level

WORK = (time(9), time(17))
"""Hours that count as working time, on workdays: eight of them are one such day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """How long an alert of each level waits for somebody to acknowledge it. Zero: for ever."""

    critical: timedelta = timedelta(minutes=15)
    high: timedelta = timedelta(minutes=60)
    medium: timedelta = timedelta(hours=8)
    """Working time; the two above count at night and on holidays."""
    low: timedelta = timedelta(0)
    """Working time."""

    def due(self, level: Level, since: datetime, calendar: Calendar) -> datetime | None:
        """When an alert of *level* that waits since *since* is escalated; None for never."""
        match level:
            case Level.CRITICAL | Level.HIGH:
                limit = self.critical if level is Level.CRITICAL else self.high
                return since + limit if limit else None
            case Level.MEDIUM | Level.LOW:
                limit = self.medium if level is Level.MEDIUM else self.low
                return working_time_over(since, limit, calendar) if limit else None
            case Level.INFORMATIONAL:
                return None


def working_time_over(since: datetime, span: timedelta, calendar: Calendar) -> datetime:
    """When *span* of working time has passed since *since*."""
    at, left = since.astimezone(LOCAL), span
    while True:
        opens, closes = (datetime.combine(at.date(), hour, LOCAL) for hour in WORK)
        if calendar.is_workday(at.date()) and at < closes:
            begun = max(at, opens)
            if begun + left <= closes:
                return (begun + left).astimezone(UTC)
            left -= closes - begun
        at = datetime.combine(at.date() + timedelta(days=1), time(0), LOCAL)
