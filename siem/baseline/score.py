"""How several deviations together make an alert."""

import math
from collections.abc import Iterable, Iterator, Mapping, Set

from siem.baseline.profile import Measure, Today
from siem.baseline.sighting import Sighting
from siem.baseline.words import Deviation

ALERT = 4.0
"""So many points in one day are worth a person's look."""
_SAME = frozenset({"people", "pages", "seen", "hour", "values", "kib", "peers", "drift", "meanwhile", "first_days"})
"""What tells of one thing, that many people were seen. It is no news of a caller of whom another of them was told."""
_AMOUNT = ("people", "pages", "seen", "hour", "values", "kib", "grown")
_TIME = ("hours", "rest_day")
"""Kinds of the same: only the most telling one has its points."""
_NEWS = 3.0
_FAR_MORE, _LEAST_MORE = 3, 100
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
    return bool(found.keys() & ({*_SAME, "absolute"} - {"meanwhile"}))


def far_more(today: Today, told: int) -> Deviation | None:
    """That a caller of whom *told* people were told a few days ago sees far more of them today, if it does.

    Else who takes little first, and is told of, could take as much as they like for a week.
    """
    count = amount_on(today)
    if count < max(_FAR_MORE * told, _LEAST_MORE):
        return None
    return Deviation(
        kind="grown",
        points=ALERT,
        zh=f"今天已有 {count} 人或条，是几天前告警时（{told}）的 {_FAR_MORE} 倍以上",
        en=f"{count} people or records today, more than {_FAR_MORE} times what was told a few days ago ({told})",
    )


def amount_on(today: Today) -> int:
    """How many people in clear, or records that name nobody, the caller was shown."""
    return max(today.counts[Measure.PEOPLE], today.counts[Measure.VALUES])


def by_weight(found: Mapping[str, Deviation]) -> list[Deviation]:
    """All that was found, the most telling first; of those alike, what a whole day shows before what an hour does."""
    place = {kind: number for number, kind in enumerate(_AMOUNT)}
    return sorted(found.values(), key=lambda each: (-each.points, place.get(each.kind, len(place)), each.kind))


def odd_from(usual: float, kinds: Set[str]) -> float:
    """From how many people on it adds something that they were shown, where the deviations of *kinds* are odd.

    Who is back from leave, or comes in on a day of rest, has work to do: *usual* people, and half of them say nothing.
    """
    return max(_ODD_FROM, _DAYS_WORK * usual) if kinds <= _OWN_WORK else _ODD_FROM


def odd_of(sighting: Sighting, today: Today, kinds: Set[str]) -> Iterable[str]:
    """Who of those shown by *sighting* adds to what is odd. Files of ordinary work are judged by the day's count.

    Of who comes on a day of rest, or is back from leave, and does nothing else that is odd: who was read page by page.
    """
    if sighting.subjects and kinds <= _OWN_WORK:
        return (subject for subject in sighting.subjects if subject in today.paged)
    return sighting.subjects or (sighting.event,)


def odd_people(count: int, least: float) -> Iterator[Deviation]:
    """What it adds that *count* people were shown in clear while something was unusual; *least*: as `odd_from` says."""
    if count > least:
        yield Deviation(
            kind="meanwhile",
            points=min(_ODD_MOST, math.log2(count / least)),
            zh=f"其间明文看到 {count} 人",
            en=f"{count} residents in clear meanwhile",
        )
