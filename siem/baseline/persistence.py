"""How much a busy day is followed by another: where work lasts, many days above what is usual are less of a sign.

A CUSUM adds up days as if each were drawn anew. Where they are not, as with cases that keep somebody busy for a week,
the sum of some days differs by more than by chance: by the square root of (1 + r) / (1 - r) with a correlation r of one
day with the next, as the sum of a first-order autoregression does (Box, Jenkins, Time Series Analysis, 1970).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from operator import mul
from statistics import fmean, median

from siem.baseline.profile import Profile
from siem.baseline.spread import TO_SIGMA

_LEAST_OF_ONE, _LEAST = 6, 100
"""So many workdays of a caller, and of all of the staff, tell something of it."""
_MOST = 0.8
_LATELY, _OTHERS = 5, 20
"""Over so many workdays, and of so many callers, it is known how far from what is usual work goes by itself."""
_BEYOND_OTHERS = 3.3
"""So many times as far as others go is not work that wanders: one of two thousand by chance."""
_ALL = ""


def wider_by(profiles: Iterable[Profile]) -> float:
    """How many times as wide sums of days are of the staff among *profiles*; 1 where too little is known.

    It is that of most of them: a few who do more and more are no measure.
    """
    known = [each.apart for each in profiles if each.kind == "staff" and len(each.apart) >= _LEAST_OF_ONE]
    if sum(map(len, known)) < _LEAST:
        return 1.0
    correlation = min(max(median(map(_correlation, known)), 0.0), _MOST)
    return sqrt((1 + correlation) / (1 - correlation))


def wandering(profiles: Iterable[Profile]) -> Mapping[str, tuple[float, float]]:
    """How far the last days of the staff among *profiles* were from what is usual for each: middle and width by post.

    Those of all of the staff under the empty name, for posts of few; nothing where these are few as well.
    """
    lately: defaultdict[str, list[float]] = defaultdict(list)
    for profile in profiles:
        if profile.kind == "staff" and (far := _lately(profile)) is not None:
            lately[profile.group].append(far)
            lately[_ALL].append(far)
    found = {}
    for name, each in lately.items():
        if len(each) >= _OTHERS:
            middle = median(each)
            found[name] = middle, TO_SIGMA * median(abs(far - middle) for far in each)
    return found


def wanders(profile: Profile, others: Mapping[str, tuple[float, float]]) -> bool:
    """Whether the last days of *profile* are no farther from what is usual than work goes by itself: see `wandering`.

    The first reference is of few days, which were busy or quiet together; who was compared with quiet ones seems to do
    more and more. Others whose work lasts seem to as well, and say how much.
    """
    far, known = _lately(profile), others.get(profile.group) or others.get(_ALL)
    return far is not None and known is not None and far <= known[0] + _BEYOND_OTHERS * known[1]


def _lately(profile: Profile) -> float | None:
    return fmean([*profile.apart][-_LATELY:]) if len(profile.apart) >= _LATELY else None


def _correlation(days: Sequence[float]) -> float:
    """Of one day with the next. Few days hide a part of it, as their middle moves with them: (1 + 3 r) / n of n."""
    middle = fmean(days)
    apart = [each - middle for each in days]
    square = sum(each * each for each in apart)
    return (sum(map(mul, apart[1:], apart)) / square + 1 / len(days)) / (1 - 3 / len(days)) if square else 0.0
