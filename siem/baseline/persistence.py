"""How much a busy day is followed by another: where work lasts, many days above what is usual are less of a sign.

A CUSUM adds up days as if each were drawn anew. Where they are not, as with cases that keep somebody busy for a week,
the sum of some days differs by more than by chance: by the square root of (1 + r) / (1 - r) with a correlation r of one
day with the next, as the sum of a first-order autoregression does (Box, Jenkins, Time Series Analysis, 1970).
"""

from collections.abc import Iterable, Sequence
from math import sqrt
from operator import mul
from statistics import fmean, median

from siem.baseline.profile import Profile

_LEAST_OF_ONE, _LEAST = 6, 100
"""So many workdays of a caller, and of all of the staff, tell something of it."""
_MOST = 0.8


def wider_by(profiles: Iterable[Profile]) -> float:
    """How many times as wide sums of days are of the staff among *profiles*; 1 where too little is known.

    It is that of most of them: a few who do more and more are no measure.
    """
    known = [each.apart for each in profiles if each.kind == "staff" and len(each.apart) >= _LEAST_OF_ONE]
    if sum(map(len, known)) < _LEAST:
        return 1.0
    correlation = min(max(median(map(_correlation, known)), 0.0), _MOST)
    return sqrt((1 + correlation) / (1 - correlation))


def _correlation(days: Sequence[float]) -> float:
    """Of one day with the next. Few days hide a part of it, as their middle moves with them: (1 + 3 r) / n of n."""
    middle = fmean(days)
    apart = [each - middle for each in days]
    square = sum(each * each for each in apart)
    return (sum(map(mul, apart[1:], apart)) / square + 1 / len(days)) / (1 - 3 / len(days)) if square else 0.0
