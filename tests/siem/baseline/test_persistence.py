"""How much days that hang together say less."""

from collections import deque
from random import Random

import pytest

from siem.baseline.persistence import wandering, wanders, wider_by
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


def lately(far: float, group: str = "staff") -> Profile:
    """Somebody whose last days were so far from what is usual, as a logarithm."""
    return Profile("x", "staff", group, FIRST, apart=deque([0.0, 0.0, *[far] * 5]))


@pytest.mark.parametrize("group", ["staff", "staff:few"])
def test_who_goes_no_farther_than_others_wanders_as_they_do(group: str) -> None:
    steady, wandering_far = wandering(staff(0.0, 20, 200)), wandering(staff(0.7, 20, 200))
    assert wanders(lately(1.0, group), steady)
    assert not wanders(lately(2.5, group), steady)
    assert wanders(lately(2.5, group), wandering_far)
    assert not wanders(lately(9.0, group), wandering_far)


def test_a_post_of_its_own_work_is_asked_before_all_of_the_staff() -> None:
    rush = [lately(3.0 + n / 100, "staff:rush") for n in range(25)]
    others = wandering([*staff(0.0, 20, 100), *rush])
    assert wanders(lately(3.1, "staff:rush"), others)
    assert not wanders(lately(3.1), others)


@pytest.mark.parametrize("profiles", [[], staff(0.0, 4), staff(0.0, 20, 19)])
def test_where_few_can_say_how_far_work_wanders_nobody_does(profiles: list[Profile]) -> None:
    assert not wanders(lately(0.1), wandering(profiles))
