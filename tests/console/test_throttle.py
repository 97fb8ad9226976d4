from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.throttle import BY_NAME, BY_NAME_AND_SOURCE, REMEMBERED, Failures, Limit
from tests.incident.office import TEN

LIMITS = st.sampled_from([BY_NAME, BY_NAME_AND_SOURCE])


def waits(count: int, limit: Limit) -> float:
    return (Failures(count=count, last_at=TEN).next_at(limit, TEN) - TEN).total_seconds()


@pytest.mark.parametrize(
    ("count", "seconds"),
    [(0, 0), (1, 0), (4, 0), (5, 30), (6, 60), (7, 120), (9, 480), (10, 900), (11, 900), (10_000, 900)],
)
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(count: int, seconds: float) -> None:
    assert waits(count, BY_NAME_AND_SOURCE) == seconds


@pytest.mark.parametrize(("count", "seconds"), [(19, 0), (20, 30), (21, 60), (5_000, 60)])
def test_from_everywhere_together_the_wait_stays_short(count: int, seconds: float) -> None:
    assert waits(count, BY_NAME) == seconds


@given(st.integers(0, 10**6), st.integers(0, 10**6), LIMITS)
def test_more_failures_never_wait_less(one: int, other: int, limit: Limit) -> None:
    assert waits(min(one, other), limit) <= waits(max(one, other), limit)


@given(st.integers(0, 10**6), st.timedeltas(timedelta(days=-2), timedelta(days=2)), LIMITS)
def test_nobody_waits_longer_than_the_longest_whatever_the_clock_does(
    count: int, since: timedelta, limit: Limit
) -> None:
    now = TEN + since
    assert Failures(count=count, last_at=TEN).next_at(limit, now) <= now + limit.longest


def test_after_a_day_all_is_forgotten() -> None:
    failures = Failures(count=50, last_at=TEN)
    assert failures.at(TEN + REMEMBERED - timedelta(seconds=1)) == 50
    assert failures.at(TEN + REMEMBERED) == 0
    assert failures.next_at(BY_NAME_AND_SOURCE, TEN + REMEMBERED) == TEN + REMEMBERED
