"""How many are too many: from which count on a caller's day deviates, and how much."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from statistics import median
from typing import NamedTuple

from siem.baseline.group import Group
from siem.baseline.profile import Measure, Profile, month_of
from siem.baseline.spread import Spread, spread_of
from siem.baseline.words import Deviation, counted

POINTS = (1.0, 2.0, 3.0, 4.0)
"""What a count is worth at each of four steps away from what is usual."""
LEAST_OWN = 4
"""From how many own days of the same kind on a caller is compared with itself."""
MOST_PEOPLE = 3_000
"""So many people in clear on one day are an alert whatever was learned. Not for systems, which are made for it."""

_LEAST = {
    Measure.PEOPLE: 15,
    Measure.PAGES: 15,
    Measure.SEEN: 80,
    Measure.HOUR: 12,
    Measure.VALUES: 25,
    Measure.KIB: 4_096,
    Measure.REFUSED: 8,
    Measure.REVEALS: 5,
    Measure.SWITCHES: 3,
}
"""Below these counts nothing is unusual: they are anybody's bad day."""
_FLOOR = {
    Measure.PEOPLE: 0.3,
    Measure.PAGES: 0.3,
    Measure.SEEN: 0.4,
    Measure.HOUR: 0.35,
    Measure.VALUES: 0.35,
    Measure.KIB: 0.5,
    Measure.REFUSED: 0.35,
    Measure.REVEALS: 0.5,
    Measure.SWITCHES: 0.5,
}
_STEPS = (3.5, 4.5, 6.0, 8.0)
"""So many widths above what is usual each step begins."""
_MACHINE_STEPS = (3.5, 4.5, 5.5, 6.5)
"""The same for programs, whose days are alike."""
_STEPS_OF_FEW = (2.2, 2.7, 3.2, 3.6)
"""The same for what hardly ever happens, so that a handful is much."""
_PASSING_STEPS = (2.8, 3.1, 3.4, 3.7)
"""The same for callers of a day, who have nothing else against them."""
MEASURES: tuple[Measure, ...] = tuple(Measure)
"""What a day is judged by."""
_PASSING = (Measure.PEOPLE, Measure.SEEN, Measure.VALUES, Measure.REFUSED)
"""What they are judged by."""
_TAIL = (2.0, 2.5, 3.0, 4.0)
"""So many times the most that was usual each step begins at the latest. Widths alone would let a caller whose days
differ much take what nobody in the post ever took: counts have longer tails than a normal distribution, and ends."""
_BEYOND = 1.3
"""Nothing is unusual that is not so many times what the caller, or the greatest of its peers, had on some other day."""
_BEYOND_ALL = (_BEYOND,) * 4
_AS_OTHERS = 2
"""So many of the steps are reached at most by a first file that is no greater than those of others who do as much."""
_BEYOND_FILES = (1.3, 1.6, 2.0, 2.5)
"""The same for each step where what was usual has some that lie outside of it: files among look-ups differ by more."""
_MACHINE_FLOOR = 0.12
"""Programs are steadier than people."""
_UNSEEN = 2.0
"""So many times as much as on other days a program may do on a weekday that was never seen."""
_FIRST_DAYS = 5
"""How many days are the first reference for a drift."""
_GROWTH_FLOOR, _GROWTH_SIGMAS = 0.2, 2.0
_OF_MEDIANS = 1.25
"""So many times as far as a mean a median lies from the truth."""
_TOP = 0.8
_ABOVE_PEERS = 1.5
"""Who is far above what is usual for them and not even so far above their peers does what the work asks for."""
_ALONE = 0.5
"""How much farther a caller has to be from peers who cannot be compared with itself."""


class Compared(NamedTuple):
    """What a caller's count is compared with."""

    own: Spread | None
    peers: Spread | None
    workday: bool
    """Whether these are counts of workdays."""


class Reference(NamedTuple):
    """What a caller's people a day are compared with over many days."""

    usual: Spread
    top: int
    """Reached on one day in five: who exports twice a week does not drift by exporting."""


def amount_of(profile: Profile) -> Measure:
    """What tells how much the caller sees day by day.

    People page by page, as exports are work of another kind, and found by the day; people of any answer for programs
    and for those who only export; records where events have never said whose they are.
    """
    days = [*profile.workdays, *profile.restdays, *([profile.today.counts] if profile.today else ())]
    by_page = (Measure.PAGES,) if profile.kind == "staff" else ()
    known = (measure for measure in (*by_page, Measure.PEOPLE) if any(day[measure] for day in days))
    return next(known, Measure.VALUES)


def a_day_of(profile: Profile) -> float:
    """How many people, or records that name nobody, are usual on a workday of the caller; 0 where none is known."""
    measure = amount_of(profile)
    return float(median(day[measure] for day in profile.workdays)) if profile.workdays else 0.0


def floor_of(profile: Profile, measure: Measure) -> float:
    """The least width that is assumed of the counts of *profile*."""
    return _MACHINE_FLOOR if profile.kind == "system" and measure is not Measure.HOUR else _FLOOR[measure]


def usual_of(profile: Profile, measure: Measure, *, workday: bool) -> Spread | None:
    """What is usual for the caller on such days, or None where there were too few."""
    days = profile.days(workday=workday)
    if len(days) < LEAST_OWN:
        return None
    return spread_of([day[measure] for day in days], floor_of(profile, measure))


def compared(profile: Profile, group: Group, measure: Measure, *, workday: bool) -> Compared:
    """What a count of such a day is compared with. A day of rest on which few ever come is compared with workdays."""
    own = usual_of(profile, measure, workday=workday)
    peers = None if profile.kind == "system" else group.spread(measure, _FLOOR[measure], workday=workday)
    if own or peers or workday:
        return Compared(own, peers, workday)
    return compared(profile, group, measure, workday=True)


def caps_of(profile: Profile, group: Group, measure: Measure, *, workday: bool) -> tuple[float, ...]:
    """The counts from which on each step is reached; empty where nothing is known to compare with."""
    own, peers, _ = compared(profile, group, measure, workday=workday)
    if not own and not peers:
        return ()
    top = max(_LEAST[measure], *(spread.top for spread in (own, peers) if spread))
    high = max(spread.high for spread in (own, peers) if spread)
    files = own is not None and own.distance(own.high) > _STEPS[0]
    caps = []
    for distance, tail, beyond in zip(
        _steps_of(profile, measure), _TAIL, _BEYOND_FILES if files else _BEYOND_ALL, strict=True
    ):
        reached = max(_LEAST[measure], beyond * high)
        if own:
            reached = max(reached, own.reached_at(distance))
        if peers:
            reached = max(reached, peers.reached_at(distance + (-_ABOVE_PEERS if own else _ALONE)))
        caps.append(min(reached, tail * top))
    fetched = group.files.get(measure, 0)
    return (*caps[:_AS_OTHERS], *(max(cap, _BEYOND * fetched) for cap in caps[_AS_OTHERS:]))


def _steps_of(profile: Profile, measure: Measure) -> tuple[float, ...]:
    if measure is Measure.SWITCHES:
        return _STEPS_OF_FEW
    return _MACHINE_STEPS if profile.kind == "system" and measure is not Measure.HOUR else _STEPS


def by_schedule(
    profile: Profile, measure: Measure, caps: Sequence[float], day: date, *, workday: bool, turn_of_month: bool = False
) -> tuple[float, ...]:
    """The *caps* of a program, with work by the week and the month: as much as a week, or a month, ago is usual.

    Of a weekday that was never seen, while little is known of such days, twice as much as on others may be its work.
    """
    if turn_of_month:
        most = max((turn[measure] for turn_of, turn in profile.turns.items() if turn_of != month_of(day)), default=0)
        caps = [max(cap, _BEYOND * most) for cap in caps]
    if before := profile.weekdays.get((day.weekday(), workday)):
        return _caps_of_batch(profile, measure, caps, before[measure])
    return tuple(caps) if len(profile.days(workday=workday)) >= LEAST_OWN else tuple(_UNSEEN * cap for cap in caps)


def _caps_of_batch(profile: Profile, measure: Measure, caps: Sequence[float], before: int) -> tuple[float, ...]:
    """The *caps* of a weekday on which the program did *before* the last time.

    Where that was a batch, unusual on other days, it is all that is known of such batches: two of them differ by the
    square root of two as much as each does from the middle of all.
    """
    if before < caps[0]:
        return tuple(max(cap, _BEYOND * before) for cap in caps)
    width = floor_of(profile, measure)
    steps = _steps_of(profile, measure)
    return tuple(
        max(cap, before * math.exp(math.sqrt(2) * width * step)) for cap, step in zip(caps, steps, strict=True)
    )


def program_caps(
    profile: Profile, group: Group, measure: Measure, day: date | None, *, workday: bool, turn_of_month: bool
) -> tuple[float, ...]:
    """The caps of a program on *day*, by its schedule where the day is known."""
    caps = caps_of(profile, group, measure, workday=workday)
    if not caps or day is None:
        return caps
    return by_schedule(profile, measure, caps, day, workday=workday, turn_of_month=turn_of_month)


def durable_caps(
    profile: Profile, group: Group, day: date, *, workday: bool, turn_of_month: bool
) -> dict[Measure, tuple[float, ...]]:
    """The caps on *day* of a caller who is known for longer than a day, for each measure that is judged by the day."""
    return {
        each: program_caps(profile, group, each, day, workday=workday, turn_of_month=turn_of_month)
        if profile.kind == "system"
        else caps_of(profile, group, each, workday=workday)
        for each in MEASURES
    }


def passing_caps(group: Group, *, workday: bool) -> dict[Measure, tuple[float, ...]]:
    """The same for callers who are known for a day only, and compared with all others of that kind."""
    return {each: _passing_caps(group, each, workday=workday) for each in _PASSING}


def _passing_caps(group: Group, measure: Measure, *, workday: bool) -> tuple[float, ...]:
    peers = group.spread(measure, _FLOOR[measure], workday=workday)
    if peers is None:
        return ()
    least = max(_LEAST[measure], _BEYOND * peers.high)
    return tuple(max(least, peers.reached_at(distance)) for distance in _PASSING_STEPS)


def deviation_of(
    profile: Profile, group: Group, measure: Measure, caps: Sequence[float], at: datetime, *, workday: bool
) -> Deviation | None:
    """How the count of today deviates, or None where it reached none of *caps*."""
    today = profile.today
    assert today is not None, "only who came today is weighed"
    count = today.counts[measure]
    reached = sum(count >= cap for cap in caps)
    if not reached:
        return None
    own, peers, on_workdays = compared(profile, group, measure, workday=workday)
    usual = own or peers
    assert usual is not None, "there are no caps where nothing is known"
    alert, until = today.excuse
    told = (
        (f"，关闭 {alert} 时放宽到 {until}", f", wider until {until} since {alert} was closed") if alert else ("", "")
    )
    return counted(
        measure, POINTS[reached - 1], count, at, f"{usual.low}-{usual.high}", workday=on_workdays, excuse=told
    )


def growth_of(days: Sequence[Mapping[Measure, int]], recent: int = 5) -> float:
    """How many times as many people the *recent* days had as those before them; 0 where there are too few.

    0 as well where it may be chance: of days that differ much, a few are easily greater than the others.
    """
    counts = [day[Measure.PEOPLE] for day in days]
    if len(counts) < recent + LEAST_OWN:
        return 0.0
    last, before = spread_of(counts[-recent:], _GROWTH_FLOOR), spread_of(counts[:-recent], _GROWTH_FLOOR)
    grown = last.middle - before.middle
    by_chance = _OF_MEDIANS * before.width * math.sqrt(1 / recent + 1 / (len(counts) - recent))
    return math.exp(grown) if grown >= _GROWTH_SIGMAS * by_chance else 0.0


def reference_of(profile: Profile) -> Reference | None:
    """What was usual on workdays before the last few, which may be those on which it changed; None where unknown."""
    measure = amount_of(profile)
    counts = [day[measure] for day in profile.workdays]
    if len(counts) < _FIRST_DAYS:
        return None
    before = counts[: max(_FIRST_DAYS, len(counts) - max(_FIRST_DAYS, profile.rising))]
    top = sorted(before)[int(_TOP * (len(before) - 1))]
    usual = spread_of(before, floor_of(profile, measure))
    if profile.kind != "system":  # chance alone makes eight of four some day: as much as of a Poisson count
        usual = replace(usual, width=max(usual.width, math.exp(-usual.middle / 2)))
    return Reference(usual, top)
