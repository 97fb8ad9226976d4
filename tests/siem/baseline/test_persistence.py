"""How much days that hang together say less."""

from collections import deque
from random import Random

import pytest

from siem.baseline.persistence import wider_by
from siem.baseline.profile import Profile
from tests.siem.baseline.office import FIRST


def staff(correlation: float, days: int, callers: int = 40) -> list[Profile]:
    """Profiles whose days are a first-order autoregression of a fixed seed."""
    random, profiles = Random(5), []
    for number in range(callers):
        apart, last = deque[float](), random.gauss(0, 1) / (1 - correlation**2) ** 0.5
        for _ in range(days):
            last = correlation * last + random.gauss(0, 1)
            apart.append(last)
        profiles.append(Profile(f"c{number}", "staff", "staff", FIRST, apart=apart))
    return profiles


@pytest.mark.parametrize(
    ("correlation", "least", "most"), [(0.0, 1.0, 1.2), (0.3, 1.15, 1.6), (0.7, 1.8, 3.0), (0.95, 1.6, 3.1)]
)
def test_sums_of_days_that_hang_together_are_wider(correlation: float, least: float, most: float) -> None:
    assert least <= wider_by(staff(correlation, 20)) <= most


def test_a_few_who_do_more_each_day_are_no_measure() -> None:
    rising = [Profile(f"r{n}", "staff", "staff", FIRST, apart=deque(map(float, range(20)))) for n in range(12)]
    assert wider_by(rising) > 2
    assert wider_by([*staff(0.0, 20), *rising]) < 1.4


@pytest.mark.parametrize("profiles", [[], staff(0.7, 5), staff(0.7, 20, 4)])
def test_too_little_says_nothing(profiles: list[Profile]) -> None:
    assert wider_by(profiles) == 1.0
