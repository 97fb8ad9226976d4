import itertools
import math
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siem.trace.likelihood import log10_chance, order_of


@given(st.data())
def test_the_chance_is_that_of_the_urn(data: st.DataObject) -> None:
    known = data.draw(st.integers(1, 60))
    seen, drawn = data.draw(st.integers(0, known)), data.draw(st.integers(0, known))
    least = max(0, seen + drawn - known)
    matched = data.draw(st.integers(least, min(seen, drawn)))
    ways = sum(
        math.comb(seen, number) * math.comb(known - seen, drawn - number)
        for number in range(matched, min(seen, drawn) + 1)
    )
    exact = Fraction(ways, math.comb(known, drawn))
    told = log10_chance(known=known, seen=seen, drawn=drawn, matched=matched)
    assert told == pytest.approx(math.log10(exact), abs=1e-6)


def test_chances_too_small_for_a_number_are_told() -> None:
    told = log10_chance(known=600_000, seen=1_200, drawn=1_000, matched=1_000)
    assert -3_100 < told < -2_900
    assert log10_chance(known=600_000, seen=600_000, drawn=1_000, matched=1_000) == 0


@pytest.mark.parametrize(("known", "seen", "drawn", "matched"), [(10, 5, 5, 6), (10, 11, 5, 5), (10, 8, 8, 5)])
def test_what_cannot_be_is_refused(known: int, seen: int, drawn: int, matched: int) -> None:
    with pytest.raises(ValueError, match="than there is"):
        log10_chance(known=known, seen=seen, drawn=drawn, matched=matched)


@given(st.permutations(range(9)))
def test_the_order_is_kendalls_tau(places: list[int]) -> None:
    signs = [1 if first < second else -1 for first, second in itertools.combinations(places, 2)]
    assert order_of(places) == pytest.approx(sum(signs) / len(signs))


def test_orders_at_the_ends() -> None:
    assert (order_of(range(500)), order_of(range(500)[::-1]), order_of([3]), order_of([])) == (1, -1, 0, 0)
    assert abs(order_of(Random(1).sample(range(2_000), 2_000))) < 0.1
