"""How several deviations together make an alert."""

import math
from collections.abc import Iterator, Mapping, Set

from siem.baseline.words import Deviation

ALERT = 4.0
"""So many points in one day are worth a person's look."""
_SAME = frozenset({"people", "seen", "hour", "values", "kib", "absolute", "peers", "drift", "meanwhile", "first_days"})
"""What tells of one thing, that many people were seen. It is no news of a caller of whom another of them was told."""
_AMOUNT = ("people", "seen", "hour", "values", "kib")
_TIME = ("hours", "rest_day")
"""Kinds of the same: only the most telling one has its points."""
_NEWS = 3.0
_ODD_FROM = 5.0
_DAYS_WORK = 0.5
_OWN_WORK = frozenset({"silence", "rest_day"})
"""What is odd about the time, and not about where from or by which way somebody comes."""
_ODD_MOST = 2.5


def score_of(found: Mapping[str, Deviation]) -> float:
    """The points of all that was found on one day."""
    alike = (max((found[kind].points for kind in kinds if kind in found), default=0.0) for kinds in (_AMOUNT, _TIME))
    rest = sum(deviation.points for kind, deviation in found.items() if kind not in (*_AMOUNT, *_TIME))
    return sum(alike) + rest


def is_news(deviation: Deviation, told: Set[str]) -> bool:
    """Whether *deviation* has to be told of a caller of whom those of the kinds *told* were told a few days ago."""
    if deviation.kind in told or (deviation.kind in _SAME and told & _SAME):
        return False
    return deviation.points >= _NEWS


def tells_amount(found: Mapping[str, Deviation]) -> bool:
    """Whether any of what was found on a day is that many people were seen."""
    return bool(found.keys() & (_SAME - {"meanwhile"}))


def by_weight(found: Mapping[str, Deviation]) -> list[Deviation]:
    """All that was found, the most telling first; of those alike, what a whole day shows before what an hour does."""
    place = {kind: number for number, kind in enumerate(_AMOUNT)}
    return sorted(found.values(), key=lambda each: (-each.points, place.get(each.kind, len(place)), each.kind))


def odd_from(usual: float, kinds: Set[str]) -> float:
    """From how many people on it adds something that they were shown, where the deviations of *kinds* are odd.

    Who is back from leave, or comes in on a day of rest, has work to do: *usual* people, and half of them say nothing.
    """
    return max(_ODD_FROM, _DAYS_WORK * usual) if kinds <= _OWN_WORK else _ODD_FROM


def odd_people(count: int, least: float) -> Iterator[Deviation]:
    """What it adds that *count* people were shown in clear while something was unusual; *least*: as `odd_from` says."""
    if count > least:
        yield Deviation(
            kind="meanwhile",
            points=min(_ODD_MOST, math.log2(count / least)),
            zh=f"其间明文看到 {count} 人",
            en=f"{count} residents in clear meanwhile",
        )
