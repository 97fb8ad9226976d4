"""Somebody who looks at the same few people again and again."""

from datetime import timedelta

import pytest

from tests.siem.baseline.office import CALENDAR, CLERKS, LEARNED, Office, found_in, moment

DAYS = [day for number in range(8) if CALENDAR.is_workday(day := LEARNED + timedelta(days=number))]


@pytest.mark.parametrize(
    ("people", "days", "who", "told"),
    [
        (4, 5, 1, True),
        (2, 5, 1, False),
        (4, 3, 1, False),
        (4, 5, 10, False),
    ],
    ids=["four people every day", "a hard case", "three days", "the work of all"],
)
def test_the_same_few_day_after_day_are_no_cases(people: int, days: int, who: int, told: bool) -> None:
    office = Office()
    before = [day for number in range(21) if CALENDAR.is_workday(day := LEARNED - timedelta(days=number + 1))]
    looks = [
        office.look(caller, moment(day, 11 + number / 10), [10**7 + 100 * place + number])
        for place, caller in enumerate(CLERKS[:who])
        for day in [*(before if who > 1 else ()), *DAYS[:days]]
        for number in range(people)
    ]
    found = found_in([*office.weeks(DAYS[days - 1] + timedelta(days=1)), *looks])
    assert [(anomaly.caller, anomaly.kinds) for anomaly in found] == [(CLERKS[0], ("returning",))] * told
