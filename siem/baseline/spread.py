"""Robust statistics of counts: what is usual, and how far from it a count lies.

Counts of people are compared on a logarithmic scale, on which twice as much is as far from usual for somebody who sees
ten a day as for somebody who sees a thousand. Median and MAD do not move for a few odd days, nor for a few odd callers.
"""

import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

TO_SIGMA = 1.4826
"""What the MAD of a normal distribution is multiplied by to be its standard deviation."""
_TOP, _TOP_SIGMAS, _GREATEST = 0.95, 1.645, 0.99
"""Where the greatest begin, and where they would were counts spread normally: some groups have a few who do more."""
_STEP = 0.1
_MOST = 200


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the middle of counts lies and how wide they are spread, both of `log(1 + count)`."""

    middle: float
    width: float
    low: int
    """The least and the most that were usual, in plain counts."""
    high: int
    top: int
    """What is next to never exceeded: the most of one caller, and of a group what one day in a hundred has."""

    def distance(self, count: float) -> float:
        """How many widths *count* lies above the middle; below 0 where it lies under it."""
        return (math.log1p(count) - self.middle) / self.width

    def reached_at(self, distance: float) -> float:
        """The count that lies so many widths above the middle."""
        return math.expm1(min(self.middle + distance * self.width, 50.0))


def spread_of(counts: Sequence[int], floor: float) -> Spread:
    """The spread of *counts*, of which there is at least one; its width is at least *floor*."""
    logs = sorted(map(math.log1p, counts))
    middle = _median(logs)
    mad = _median(sorted(abs(log - middle) for log in logs))
    return Spread(middle, max(TO_SIGMA * mad, floor), min(counts), max(counts), max(counts))


class Peers:
    """The counts of a whole group over the last days, as a histogram for each day: small however large the group."""

    def __init__(self, days: int) -> None:
        self._days: deque[dict[int, int]] = deque(maxlen=days)

    def add_day(self, counts: Iterable[int]) -> None:
        """Take the counts of one more day, one of each caller of the group."""
        histogram: dict[int, int] = {}
        for count in counts:
            place = min(round(math.log1p(count) / _STEP), _MOST)
            histogram[place] = histogram.get(place, 0) + 1
        self._days.append(histogram)

    def spread(self, floor: float, least: int) -> Spread | None:
        """The spread of all of it, or None where there are fewer than *least* counts.

        It is as wide as the wider of the MAD and of what the upper twentieth would have it.
        """
        total = [0] * (_MOST + 1)
        for histogram in self._days:
            for place, often in histogram.items():
                total[place] += often
        size = sum(total)
        if size < least:
            return None
        middle, top = _quantile(total, size, 0.5), _quantile(total, size, _TOP)
        distances = [0] * (_MOST + 1)
        for place, often in enumerate(total):
            distances[abs(place - middle)] += often
        mad = TO_SIGMA * _quantile(distances, size, 0.5)
        width = max(_STEP * max(mad, (top - middle) / _TOP_SIGMAS), floor)
        low, high, greatest = (
            round(math.expm1(_STEP * place))
            for place in (_quantile(total, size, 1 - _TOP), top, _quantile(total, size, _GREATEST))
        )
        return Spread(_STEP * middle, width, low, high, greatest)


def _median(ordered: Sequence[float]) -> float:
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _quantile(histogram: Sequence[int], size: int, share: float) -> int:
    below = 0
    for place, often in enumerate(histogram):
        below += often
        if below >= share * size:
            return place
    return len(histogram) - 1
