from datetime import UTC, datetime
from typing import Any

import pytest

from siem.baseline.calendar import LOCAL, read_calendar
from siem.detect.definition import Level
from siem.notify.channel import Channel, Days, wrong_with
from tests.siem.notify.alerts import message

CALENDAR = read_calendar()


def channel(**changes: Any) -> Channel:
    return Channel(**{"name": "oncall", "url_env": "ONCALL", **changes})


@pytest.mark.parametrize(
    ("declared", "told", "takes"),
    [
        ({}, {}, True),
        ({}, {"level": Level.MEDIUM}, False),
        ({}, {"level": Level.CRITICAL}, True),
        ({"level": Level.LOW}, {"level": Level.MEDIUM}, True),
        ({"systems": ("hall",)}, {"systems": ("register",)}, False),
        ({"systems": ("hall",)}, {"systems": ("register", "hall")}, True),
        ({"systems": ("hall",)}, {"systems": ()}, True),
        ({"only_fallback": True}, {"level": Level.CRITICAL}, False),
    ],
    ids=["high", "too low", "higher", "lower wanted", "other system", "one of them", "nobody knows", "fallback"],
)
def test_which_messages_are_for_a_channel(declared: dict[str, Any], told: dict[str, Any], takes: bool) -> None:
    assert channel(**declared).takes(message(**told)) is takes


MONDAY, FRIDAY, SATURDAY = "2026-11-23", "2026-11-27", "2026-11-28"
BEFORE_NATIONAL_DAY = "2026-09-30"


@pytest.mark.parametrize(
    ("declared", "at", "opens"),
    [
        ({}, f"{SATURDAY} 03:00", f"{SATURDAY} 03:00"),
        ({"hours": "08:30-18:00"}, f"{MONDAY} 07:00", f"{MONDAY} 08:30"),
        ({"hours": "08:30-18:00"}, f"{MONDAY} 09:00", f"{MONDAY} 09:00"),
        ({"hours": "08:30-18:00"}, f"{FRIDAY} 18:00", f"{SATURDAY} 08:30"),
        ({"hours": "08:30-18:00", "days": Days.WORK}, f"{FRIDAY} 18:00", "2026-11-30 08:30"),
        ({"hours": "08:30-18:00", "days": Days.WORK}, f"{BEFORE_NATIONAL_DAY} 18:00", "2026-10-08 08:30"),
        ({"hours": "18:00-08:30"}, f"{MONDAY} 02:00", f"{MONDAY} 02:00"),
        ({"hours": "18:00-08:30"}, f"{MONDAY} 12:00", f"{MONDAY} 18:00"),
        ({"days": Days.REST}, f"{MONDAY} 12:00", f"{SATURDAY} 00:00"),
    ],
)
def test_what_comes_outside_of_its_hours_waits_for_them(declared: dict[str, Any], at: str, opens: str) -> None:
    here, expected = (datetime.fromisoformat(text).replace(tzinfo=LOCAL) for text in (at, opens))
    made = Channel(name="oncall", url_env="ONCALL", **declared)
    found = made.opens_at(here.astimezone(UTC), CALENDAR)
    assert (found, found.tzinfo) == (expected, UTC)


@pytest.mark.parametrize(
    "declared",
    [
        {"name": "On call"},
        {"url_file": "keys/oncall.url"},
        {"url_env": ""},
        {"url_env": "", "url_file": "/etc/passwd"},
        {"url_env": "", "url_file": "keys/../../x"},
        {"hours": "8-18"},
        {"hours": "08:30-25:00"},
        {"per_minute": 0},
    ],
    ids=str,
)
def test_what_a_channel_cannot_be(declared: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"notify\.channels"):
        channel(**declared)


def test_channels_have_names_of_their_own_and_fallbacks_that_are_there() -> None:
    other = channel(name="mail")
    assert wrong_with([channel(fallback="mail"), other]) == ""
    assert "same name" in wrong_with([other, other])
    assert "another channel" in wrong_with([channel(fallback="phone"), other])
    assert "another channel" in wrong_with([channel(fallback="oncall")])
