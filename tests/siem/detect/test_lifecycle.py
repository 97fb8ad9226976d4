"""What can become of an alert, how far it has grown, and until when somebody has to have seen to it."""

from datetime import datetime, timedelta

import pytest

from siem.baseline.calendar import LOCAL, read_calendar
from siem.detect.definition import Level
from siem.detect.escalation import Escalation, working_time_over
from siem.detect.lifecycle import TRANSITIONS, AlertAct, AlertState, Size

TABLE = """
              acknowledge   assign        snooze   close   reopen  escalate  grow          return
new           acknowledged  new           -        closed  -       new       new           -
acknowledged  -             acknowledged  snoozed  closed  -       -         acknowledged  -
snoozed       acknowledged  snoozed       snoozed  closed  -       -         -             new
closed        -             -             -        -       new     -         -             -
quiet         acknowledged  -             -        closed  -       -         -             -
"""
"""As the manual has it: what becomes of an alert in the state on the left; `-` where it cannot be done."""


def test_the_table_is_as_it_is_drawn() -> None:
    heading, *rows = (line.split() for line in TABLE.strip().splitlines())
    assert heading == [act.value for act in AlertAct]
    assert [row[0] for row in rows] == [state.value for state in AlertState]
    drawn = {
        (AlertState(state), AlertAct(act)): AlertState(to)
        for state, *cells in rows
        for act, to in zip(heading, cells, strict=True)
        if to != "-"
    }
    assert drawn == TRANSITIONS


BEFORE = Size(level=Level.MEDIUM, events=100, persons=40)


@pytest.mark.parametrize(
    ("level", "events", "persons", "percent", "has_grown"),
    [
        ("medium", 100, 40, 200, False),
        ("medium", 199, 79, 200, False),
        ("medium", 200, 40, 200, True),
        ("medium", 101, 80, 200, True),
        ("medium", 150, 40, 150, True),
        ("medium", 299, 119, 300, False),
        ("high", 100, 40, 300, True),
        ("low", 100, 40, 200, False),
    ],
)
def test_growth(level: str, events: int, persons: int, percent: int, has_grown: bool) -> None:
    assert Size(level=Level(level), events=events, persons=persons).has_grown(BEFORE, percent) is has_grown


def test_an_alert_without_persons_has_not_doubled_them() -> None:
    nobody = Size(level=Level.MEDIUM, events=100, persons=0)
    assert not nobody.has_grown(nobody, 200)
    assert Size(level=Level.MEDIUM, events=101, persons=1).has_grown(nobody, 200)


CALENDAR = read_calendar()


def here(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("level", "since", "due"),
    [
        ("critical", "2026-11-22 03:00", "2026-11-22 03:15"),
        ("high", "2026-11-22 03:00", "2026-11-22 04:00"),
        ("medium", "2026-11-23 09:00", "2026-11-23 17:00"),
        ("medium", "2026-11-23 16:00", "2026-11-24 16:00"),
        ("medium", "2026-11-20 16:30", "2026-11-23 16:30"),
        ("medium", "2026-11-21 12:00", "2026-11-23 17:00"),
        ("medium", "2026-11-23 20:00", "2026-11-24 17:00"),
        ("medium", "2026-09-30 16:00", "2026-10-08 16:00"),
        ("low", "2026-11-23 09:00", None),
        ("informational", "2026-11-23 09:00", None),
    ],
)
def test_until_when_it_has_to_be_acknowledged(level: str, since: str, due: str | None) -> None:
    found = Escalation().due(Level(level), here(since), CALENDAR)
    assert found == (here(due) if due else None)


def test_a_limit_of_nothing_is_none() -> None:
    never = Escalation(critical=timedelta(0), high=timedelta(0), medium=timedelta(0))
    assert all(never.due(level, here("2026-11-23 09:00"), CALENDAR) is None for level in Level)


def test_working_time_of_some_days() -> None:
    over = working_time_over(here("2026-11-20 09:00"), timedelta(hours=20), CALENDAR)
    assert over == here("2026-11-24 13:00")
