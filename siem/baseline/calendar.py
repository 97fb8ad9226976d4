"""Which days are workdays where the gateway stands: weekends, public holidays and make-up working days.

`holidays_cn.json` beside this file has the days, with their source. A year that it does not know has weekends only.
"""

from datetime import date, timedelta, timezone
from pathlib import Path

import orjson

LOCAL = timezone(timedelta(hours=8))
"""The time that clocks in offices show. China has one time zone and no summer time."""

_TURN = 2
_WEEK, _WORKDAYS = timedelta(days=7), 5
_FILE = Path(__file__).parent / "holidays_cn.json"


class Calendar:
    """Tells workdays from days of rest."""

    def __init__(self, off: frozenset[date], make_up: frozenset[date]) -> None:
        self.off = off
        self.make_up = make_up

    def is_workday(self, day: date) -> bool:
        """Whether offices are open on *day*."""
        return day in self.make_up or (day.weekday() < 5 and day not in self.off)

    def is_turn_of_month(self, day: date) -> bool:
        """Whether the figures of a month are made about *day*: on its last two workdays, and the first two after it."""
        first = day.replace(day=1)
        after = (first + timedelta(days=31)).replace(day=1)
        return self._workdays(first, day) <= _TURN or self._workdays(day, after - timedelta(days=1)) <= _TURN

    def within_a_week(self, first: date, last: date) -> bool:
        """Whether *last* is at most a week after *first*, or five workdays: a long holiday is nobody's pause."""
        return last - first <= _WEEK or self._workdays(first + timedelta(days=1), last) <= _WORKDAYS

    def _workdays(self, first: date, last: date) -> int:
        return sum(self.is_workday(first + timedelta(days=n)) for n in range((last - first).days + 1))


def read_calendar(path: Path = _FILE) -> Calendar:
    """The calendar in the file at *path*. Raises OSError, and ValueError where it holds no dates."""
    stated = orjson.loads(path.read_bytes())
    off: set[date] = set()
    for span in stated["off"]:
        first, _, last = span.partition("/")
        day, end = date.fromisoformat(first), date.fromisoformat(last or first)
        while day <= end:
            off.add(day)
            day += timedelta(days=1)
    return Calendar(frozenset(off), frozenset(map(date.fromisoformat, stated["make_up"])))
