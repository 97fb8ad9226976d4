"""Days that stay just below an alert."""

from datetime import timedelta

import pytest

from siem.baseline.nearly import is_nearly
from siem.baseline.profile import Today
from siem.baseline.words import Deviation
from tests.siem.baseline.office import CLERKS, LEARNED, Office, found_in, moment


def day_of(**points: float) -> Today:
    return Today(
        LEARNED, True, found={kind: Deviation(kind=kind, points=p, zh="", en="") for kind, p in points.items()}
    )


@pytest.mark.parametrize(
    ("found", "nearly"),
    [({}, False), ({"people": 3.0}, True), ({"people": 2.0}, False), ({"network": 3.0}, False), ({"hour": 4.0}, True)],
)
def test_only_how_much_was_taken_is_nearly_too_much(found: dict[str, float], nearly: bool) -> None:
    assert is_nearly(day_of(**found)) is nearly


@pytest.mark.parametrize(("days", "told"), [((0,), False), ((0, 2), True), ((0, 9), False)])
def test_twice_within_a_week_just_less_than_is_told_is_told(days: tuple[int, ...], told: bool) -> None:
    """About fifty people in a day are worth three points here; learned, the first would make twice as much usual."""
    office = Office()
    more = [
        office.look(CLERKS[0], moment(LEARNED + timedelta(days=day), 9 + number / 5))
        for day in days
        for number in range(38)
    ]
    found = found_in([*office.weeks(LEARNED + timedelta(days=max(days) + 1)), *more])
    assert [(anomaly.caller, anomaly.points) for anomaly in found] == [(CLERKS[0], 4.0)] * told
    assert all("again" in anomaly.kinds and "11-23" in anomaly.en for anomaly in found)
