"""What is usual does not move for a few odd days or a few odd callers."""

import math

from hypothesis import given
from hypothesis import strategies as st

from siem.baseline.spread import Peers, spread_of

COUNTS = st.lists(st.integers(0, 5_000), min_size=5, max_size=40)


@given(COUNTS, st.integers(0, 10**7))
def test_one_odd_day_moves_the_middle_no_farther_than_its_neighbours(counts: list[int], odd: int) -> None:
    ordered = sorted(map(math.log1p, counts))
    half = len(ordered) // 2
    moved = spread_of([*counts, odd], 0.1).middle
    assert ordered[half - 1] <= moved <= ordered[min(half + 1, len(ordered) - 1)]


@given(COUNTS, st.floats(0.1, 8))
def test_a_distance_and_the_count_that_has_it_are_inverse(counts: list[int], distance: float) -> None:
    spread = spread_of(counts, 0.3)
    assert math.isclose(spread.distance(spread.reached_at(distance)), distance, rel_tol=1e-6, abs_tol=1e-6)


def test_peers_say_nothing_before_there_are_enough() -> None:
    peers = Peers(28)
    peers.add_day([10] * 24)
    assert peers.spread(0.3, 25) is None
    peers.add_day([10])
    assert peers.spread(0.3, 25) is not None


def test_a_few_peers_who_take_much_do_not_make_it_usual() -> None:
    honest, poisoned = Peers(28), Peers(28)
    for _ in range(10):
        honest.add_day([8, 9, 10, 11, 12] * 8)
        poisoned.add_day([8, 9, 10, 11, 12] * 8 + [5_000])
    usual, still = honest.spread(0.3, 25), poisoned.spread(0.3, 25)
    assert usual is not None
    assert still is not None
    assert abs(still.middle - usual.middle) < 0.11
    assert still.reached_at(4) < 100


def test_peers_forget_days_that_are_long_past() -> None:
    peers = Peers(2)
    for counts in ([1_000] * 30, [10] * 30, [10] * 30):
        peers.add_day(counts)
    spread = peers.spread(0.3, 25)
    assert spread is not None
    assert spread.high <= 11
