from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siem.notify.pace import FIRST_PAUSE, LONGEST_ASKED, LONGEST_PAUSE, full, pause_after, together
from tests.siem.events import NINE

HALVES = st.floats(0, 1)


@given(st.lists(st.tuples(st.floats(-30, 120), st.integers(0, 5)), max_size=30), st.integers(1, 60))
def test_no_more_leaves_than_fits(steps: list[tuple[float, int]], per_minute: int) -> None:
    """In whatever time passes, forwards: what was full at the beginning, and what came back since."""
    bucket, now, taken, passed = full(per_minute, NINE), NINE, 0, 0.0
    for seconds, wanted in steps:
        now += timedelta(seconds=seconds)
        passed += max(0.0, seconds)
        bucket = bucket.filled(now)
        for _ in range(wanted):
            if bucket.tokens >= 1:
                bucket, taken = bucket.taken(), taken + 1
        assert 0 <= bucket.tokens <= per_minute
    assert taken <= per_minute + passed * per_minute / 60 + 1e-6


@pytest.mark.parametrize(
    ("waiting", "tokens", "number"),
    [(0, 6, 0), (3, 0.9, 0), (1, 1, 1), (1, 6, 1), (5, 2, 1), (5, 1, 5), (5, 1.9, 5)],
)
def test_the_last_token_carries_all_the_others(waiting: int, tokens: float, number: int) -> None:
    assert together(waiting, tokens) == number


@given(st.integers(1, 10_000), HALVES)
def test_pauses_grow_to_a_bound_and_keep_at_least_half(failures: int, chance: float) -> None:
    assert FIRST_PAUSE / 2 <= pause_after(failures, chance) <= LONGEST_PAUSE
    assert pause_after(failures, 0) <= pause_after(failures + 1, 0)


def test_who_asks_for_a_pause_gets_it_within_reason() -> None:
    assert pause_after(1, 0, 30) == timedelta(seconds=30)
    assert pause_after(1, 0, 0) == FIRST_PAUSE
    assert pause_after(1, 0, 10**7) == LONGEST_ASKED
