"""Workdays, as the notices of the State Council have them."""

from datetime import date, timedelta

import pytest

from siem.baseline.calendar import read_calendar

CALENDAR = read_calendar()


@pytest.mark.parametrize(
    ("day", "workday"),
    [
        ("2025-01-26", True),  # a Sunday that makes up for the Spring Festival
        ("2025-01-28", False),
        ("2025-02-04", False),
        ("2025-02-05", True),
        ("2025-09-28", True),
        ("2025-10-08", False),
        ("2026-01-04", True),
        ("2026-02-16", False),
        ("2026-02-23", False),
        ("2026-02-28", True),
        ("2026-06-19", False),
        ("2026-10-08", True),
        ("2026-11-26", True),
        ("2026-11-28", False),
        ("2027-02-08", False),
        ("2027-04-05", False),
        ("2031-01-01", True),  # a year that nobody has announced has weekends only
    ],
)
def test_a_day_is_worked_or_not(day: str, workday: bool) -> None:
    assert CALENDAR.is_workday(date.fromisoformat(day)) is workday


@pytest.mark.parametrize(("year", "workdays"), [(2025, 248), (2026, 248)])
def test_the_year_has_as_many_workdays_as_announced(year: int, workdays: int) -> None:
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(365))
    assert sum(map(CALENDAR.is_workday, days)) == workdays


def test_only_weekends_make_up() -> None:
    assert all(day.weekday() >= 5 for day in CALENDAR.make_up)
    assert not CALENDAR.make_up & CALENDAR.off


@pytest.mark.parametrize(
    ("day", "turns"),
    [
        pytest.param(date(2026, 11, 26), False, id="two workdays follow"),
        pytest.param(date(2026, 11, 27), True, id="the last Friday"),
        pytest.param(date(2026, 11, 29), True, id="the Sunday after it"),
        pytest.param(date(2026, 12, 2), True, id="the second workday"),
        pytest.param(date(2026, 12, 3), False, id="the third"),
        pytest.param(date(2026, 2, 26), False, id="made up for on a Saturday"),
        pytest.param(date(2026, 10, 8), True, id="the first workday after a week of holidays"),
        pytest.param(date(2026, 12, 31), True, id="the last of the year"),
    ],
)
def test_figures_of_a_month_are_made_on_its_last_workdays_and_the_first_after(day: date, turns: bool) -> None:
    assert CALENDAR.is_turn_of_month(day) is turns
