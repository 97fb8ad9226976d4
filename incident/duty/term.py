"""How long a duty gives where its law counts in days: in which zone a day ends, and which days are no working days.

Sources of the ways of counting: 民法典 art. 201 to 203 and Regulation (EEC, Euratom) No 1182/71, art. 3: the day of the
event is not counted, a period ends with the last hour of its last day, and one that would end on a day of rest may be
extended to the end of the next working day.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from incident.ids import Bilingual
from siem.baseline.calendar import Calendar

MOST_DAYS = 366
WEEKENDS = "weekends"
"""The calendar that knows Saturdays and Sundays only."""
_ONE_DAY = timedelta(days=1)
_LONGEST_SPAN = 60


class Counting(StrEnum):
    """Which days count."""

    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTerm:
    """A time limit in days."""

    count: int
    counting: Counting
    zone: str
    """IANA: where a day begins and ends."""
    calendar: str = WEEKENDS
    """The name of the calendar of days of rest."""
    extend: bool = False
    """Whether a limit in calendar days that would end on a day of rest ends with the next working day."""
    rest: tuple[str, ...] = ()
    """Days off beside weekends: `2026-10-01`, or `2026-10-01/2026-10-07`. Of the calendar, copied here when the duty
    was read: a newer calendar moves no clock that runs."""
    make_up: tuple[str, ...] = ()
    """Weekend days on which people work."""

    def due(self, start: datetime) -> datetime:
        """The first moment after the last day, in UTC, where the clock started at *start*.

        A day of which no calendar knows is an ordinary one: the limit may end too early, and never too late.
        """
        zone, calendar = ZoneInfo(self.zone), calendar_of(self.rest, self.make_up)
        day, left = start.astimezone(zone).date(), self.count
        while left:
            day += _ONE_DAY
            left -= self.counting is Counting.CALENDAR_DAYS or calendar.is_workday(day)
        while self.extend and not calendar.is_workday(day):
            day += _ONE_DAY
        # Where midnight comes twice, or is left out, this is the first moment that is of the next day.
        return datetime.combine(day + _ONE_DAY, time.min, zone).astimezone(UTC)

    @property
    def words(self) -> Bilingual:
        """As it is said: `10 个工作日（Europe/Berlin）`."""
        unit = {
            Counting.CALENDAR_DAYS: Bilingual(zh="日", en="calendar days"),
            Counting.WORKING_DAYS: Bilingual(zh="个工作日", en="working days"),
        }[self.counting]
        return Bilingual(zh=f"{self.count} {unit.zh}（{self.zone}）", en=f"{self.count} {unit.en} ({self.zone})")


def problem_of(term: DayTerm) -> str:
    """What is wrong with *term*, or nothing."""
    if not 1 <= term.count <= MOST_DAYS:
        return f"`count` is not a number from 1 to {MOST_DAYS}"
    try:
        ZoneInfo(term.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"`zone`: there is no time zone `{term.zone}`"
    try:
        calendar_of(term.rest, term.make_up)
    except ValueError:
        return "`rest` or `make_up` has something that is no day, and no span of days"
    return ""


def with_calendar(term: DayTerm, rest: tuple[str, ...], make_up: tuple[str, ...]) -> DayTerm:
    """*term* with the days of its calendar."""
    return replace(term, rest=(*rest, *term.rest), make_up=(*make_up, *term.make_up))


def calendar_of(rest: tuple[str, ...], make_up: tuple[str, ...]) -> Calendar:
    """The calendar of these days. Raises ValueError where one is no day."""
    days: set[date] = set()
    for span in rest:
        first, _, last = span.partition("/")
        day, end = date.fromisoformat(first), date.fromisoformat(last or first)
        if not 0 <= (end - day).days <= _LONGEST_SPAN:
            raise ValueError("a span of days that ends before it begins, or is longer than any holiday")
        while day <= end:
            days.add(day)
            day += _ONE_DAY
    return Calendar(frozenset(days), frozenset(map(date.fromisoformat, make_up)))
