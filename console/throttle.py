"""How long to wait after failed attempts: arithmetic on (count, last, now), no clock and no database."""

from dataclasses import dataclass
from datetime import datetime, timedelta

REMEMBERED = timedelta(hours=24)
"""So long after the last one, failures count no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How many attempts are free, and the wait afterwards: it doubles with each, up to the longest."""

    free: int
    first: timedelta
    longest: timedelta


BY_NAME_AND_SOURCE = Limit(free=5, first=timedelta(seconds=30), longest=timedelta(minutes=15))
BY_NAME = Limit(free=20, first=timedelta(seconds=30), longest=timedelta(minutes=1))
"""From anywhere. The wait stays short: whoever can reach the console must not be able to keep the staff out of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """Attempts that have failed so far, in a row."""

    count: int
    last_at: datetime

    def at(self, now: datetime) -> int:
        """How many count at *now*."""
        return self.count if now - self.last_at < REMEMBERED else 0

    def next_at(self, limit: Limit, now: datetime) -> datetime:
        """From when on another attempt is looked at; *now* or earlier where one is."""
        over = self.at(now) - limit.free
        if over < 0:
            return now
        wait: timedelta = min(limit.first * 2 ** min(over, 20), limit.longest)
        # A clock that was set back must not turn minutes into hours.
        return min(self.last_at, now) + wait
