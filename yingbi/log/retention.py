"""How long the index keeps events: whole days are deleted once they are older than declared, and no evidence."""

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from siem.index.store import Keeper, StoreUnavailable
from siem.record.keep import Spans

TIMEOUT = timedelta(seconds=30)
AGAIN = timedelta(minutes=10)

log = logging.getLogger("yingbi.siem")


class Retention:
    """Has *keeper* delete what is older than *days*, once a day; what failed is tried again after a while.

    *preserved* tells what is evidence now, and raises OSError where that cannot be known: then nothing is deleted.
    """

    def __init__(self, keeper: Keeper, days: int, preserved: Callable[[], Spans] = tuple) -> None:
        self._keeper = keeper
        self._preserved = preserved
        self._days = timedelta(days=days)
        self._done: date | None = None
        self._not_before: datetime | None = None

    def step(self, now: datetime) -> list[str]:
        """The names of what was deleted now, when it is time and it can be done."""
        today = now.astimezone(UTC).date()
        if self._done == today:
            return []
        # A clock that was set back must not put it off for longer than was meant.
        if self._not_before is not None and now < self._not_before <= now + AGAIN:
            return []
        try:
            spans = [(_day(since), _day(until)) for since, until in self._preserved()]
            dropped = self._keeper.drop_before(
                today - self._days, TIMEOUT, lambda day: any(first <= day <= last for first, last in spans)
            )
        except (StoreUnavailable, OSError) as unavailable:
            log.warning("retention_unavailable %s", unavailable)
            self._not_before = now + AGAIN
            return []
        for name in dropped:
            log.info("day_dropped name=%s", name)
        self._done = today
        return dropped


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
