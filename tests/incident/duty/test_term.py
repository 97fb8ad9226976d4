"""Days as laws count them, in every zone there is, across every change of its clocks."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.duty.duties import load_duties
from incident.duty.term import Counting, DayTerm, calendar_of, problem_of

BERLIN, SHANGHAI = "Europe/Berlin", "Asia/Shanghai"
ZONES = st.sampled_from(sorted(available_timezones() - {"localtime"}))
FOLDED = ("Europe/Berlin", "America/New_York", "Africa/Cairo", "America/Havana", "Asia/Beirut", "Australia/Lord_Howe")
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))
DUTY = load_duties().duties[0]


def term(count: int, counting: Counting = Counting.CALENDAR_DAYS, zone: str = BERLIN, **changes: object) -> DayTerm:
    return replace(DayTerm(count=count, counting=counting, zone=zone), **changes)  # type: ignore[arg-type]


WORKING = Counting.WORKING_DAYS


@pytest.mark.parametrize(
    ("limit", "start", "due"),
    [
        # A Friday evening; the day itself is not counted.
        (term(3), "2026-11-27T18:00:00+01:00", "2026-12-01T00:00:00+01:00"),
        (term(3, WORKING), "2026-11-27T18:00:00+01:00", "2026-12-03T00:00:00+01:00"),
        # It is Saturday in China already.
        (term(1, WORKING, SHANGHAI), "2026-11-27T18:00:00+01:00", "2026-12-01T00:00:00+08:00"),
        # The last day is a Sunday: to the end of Monday, or not.
        (term(2, extend=True), "2026-11-27T18:00:00+01:00", "2026-12-01T00:00:00+01:00"),
        (term(2), "2026-11-27T18:00:00+01:00", "2026-11-30T00:00:00+01:00"),
        # A holiday, and a Saturday on which people work to make up for it.
        (
            term(2, WORKING, SHANGHAI, rest=("2026-10-01/2026-10-07",), make_up=("2026-10-10",)),
            "2026-09-30T09:00:00+08:00",
            "2026-10-10T00:00:00+08:00",
        ),
        (
            term(3, WORKING, SHANGHAI, rest=("2026-10-01/2026-10-07",), make_up=("2026-10-10",)),
            "2026-09-30T09:00:00+08:00",
            "2026-10-11T00:00:00+08:00",
        ),
        # The clocks are put back in the night to the last day: it has its 24 hours, and the night 25.
        (term(1), "2026-10-24T12:00:00+02:00", "2026-10-26T00:00:00+01:00"),
        # Midnight comes twice in Havana: the day ends when it comes first.
        (term(1, zone="America/Havana"), "2026-10-30T12:00:00-04:00", "2026-11-01T00:00:00-04:00"),
        # And is left out in Cairo: then one o'clock is the first moment of the next day.
        (term(1, zone="Africa/Cairo"), "2026-04-22T12:00:00+02:00", "2026-04-24T01:00:00+03:00"),
    ],
)
def test_when_a_limit_in_days_ends(limit: DayTerm, start: str, due: str) -> None:
    found = limit.due(datetime.fromisoformat(start))
    assert found == datetime.fromisoformat(due)
    assert found.tzinfo is UTC


@given(MOMENTS, ZONES, st.integers(1, 40))
def test_the_last_moment_is_of_the_last_day_and_the_next_is_not(start: datetime, zone: str, count: int) -> None:
    due, here = term(count, zone=zone).due(start), ZoneInfo(zone)
    last = start.astimezone(here).date() + timedelta(days=count)
    assert due.astimezone(here).date() > last
    # Samoa and others have left out a whole day once; midnight that comes twice belongs to the next day both times.
    assert (due - timedelta(microseconds=1)).astimezone(here).date() <= last


@given(MOMENTS, st.sampled_from(FOLDED), st.integers(1, 10), st.sets(st.integers(0, 20)))
def test_so_many_working_days_lie_between(start: datetime, zone: str, count: int, holidays: set[int]) -> None:
    here = ZoneInfo(zone)
    first = start.astimezone(here).date()
    rest = tuple((first + timedelta(days=each)).isoformat() for each in sorted(holidays))
    due = term(count, WORKING, zone, rest=rest).due(start)
    last = (due - timedelta(microseconds=1)).astimezone(here).date()
    calendar = calendar_of(rest, ())
    days = [first + timedelta(days=each) for each in range(1, (last - first).days + 1)]
    assert sum(map(calendar.is_workday, days)) == count
    assert calendar.is_workday(last)


@given(MOMENTS, ZONES)
def test_hours_pass_everywhere_alike(start: datetime, zone: str) -> None:
    """Python counts on the clock of the place where a time names one: 72 hours over a change of it were 71 or 73."""
    assert DUTY.due(start.astimezone(ZoneInfo(zone))) == DUTY.due(start) == start + timedelta(hours=4)


@given(MOMENTS, ZONES, st.integers(1, 20), st.sampled_from(Counting))
def test_who_looks_from_where_changes_nothing(start: datetime, zone: str, count: int, counting: Counting) -> None:
    limit = term(count, counting)
    assert limit.due(start.astimezone(ZoneInfo(zone))) == limit.due(start)


@given(MOMENTS, MOMENTS, st.sampled_from(FOLDED), st.integers(1, 20), st.sampled_from(Counting), st.booleans())
def test_who_starts_later_ends_no_earlier(
    one: datetime, other: datetime, zone: str, count: int, counting: Counting, extend: bool
) -> None:
    limit = term(count, counting, zone, extend=extend)
    earlier, later = sorted((one, other))
    assert limit.due(earlier) <= limit.due(later)


@pytest.mark.parametrize(
    ("limit", "says"),
    [
        (term(0), "`count`"),
        (term(367), "`count`"),
        (term(1, zone="Europe/Atlantis"), "`zone`"),
        (term(1, zone="../../etc/passwd"), "`zone`"),
        (term(1, rest=("2026-02-30",)), "`rest`"),
        (term(1, rest=("2026-02-02/2026-02-01",)), "`rest`"),
        (term(1, rest=("2026-01-01/2036-01-01",)), "`rest`"),
        (term(1, make_up=("soon",)), "`rest`"),
    ],
)
def test_what_is_no_limit_is_found(limit: DayTerm, says: str) -> None:
    assert problem_of(limit).startswith(says)
    assert problem_of(term(1)) == ""


def test_a_day_has_no_hours_of_its_own_zone_only() -> None:
    start = datetime.combine(date(2026, 3, 28), time(23, 59), ZoneInfo(BERLIN))  # the night before summer time begins
    assert term(1).due(start) - start.astimezone(UTC) == timedelta(hours=23, minutes=1)
