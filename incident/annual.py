"""The incidents of a year, counted: by level, grade, system and category, with times and duties, and drills apart."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from incident.duty.clocks import Reading
from incident.goals import Goals, Milestone
from incident.incident import Case
from incident.review import measured
from incident.scope import SYSTEM_FIELD
from incident.state import ENDED, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long a milestone took over the cases in which it was reached."""

    number: int
    median: timedelta
    worst: timedelta
    missed: int
    """In how many of them the goal was not met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyCount:
    """What became of the duties of one kind."""

    name_zh: str
    name_en: str
    in_time: int
    late: int
    """Fulfilled late, or late and not fulfilled yet."""
    running: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Cases that were opened in one year: the real ones, or the drills."""

    cases: int
    going_on: int
    """Of them, those that have not ended."""
    false_alarms: int
    """Of them, those that were dismissed: they are in no other number but these two."""
    persons: int
    """Shown in clear, over all cases; a person who was in two counts twice."""
    published: int
    """Cases with a notice to the public."""
    reviewed: int
    levels: Mapping[str, int]
    grades: Mapping[str, int]
    """By grade; `none` where no grade was given."""
    systems: Mapping[str, int]
    categories: Mapping[str, int]
    """Of data shown in clear: in how many cases."""
    times: Mapping[Milestone, Times]
    duties: Mapping[str, DutyCount]
    """By the duty's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annual:
    """One year."""

    year: int
    real: Figures
    drills: Figures


def annual(cases: Iterable[Case], year: int, zone: tzinfo, goals: Goals, now: datetime) -> Annual:
    """What there was in *year*, by the day on which each case was opened, in *zone*."""
    within = [case for case in cases if case.opened_at.astimezone(zone).year == year]
    return Annual(
        year=year,
        real=_figures([case for case in within if not case.drill], goals, now),
        drills=_figures([case for case in within if case.drill], goals, now),
    )


def years_of(cases: Iterable[Case], zone: tzinfo, now: datetime) -> tuple[int, ...]:
    """The years that there is something to say about, the newest first; the present one among them."""
    found = {case.opened_at.astimezone(zone).year for case in cases} | {now.astimezone(zone).year}
    return tuple(sorted(found, reverse=True))


def _figures(cases: list[Case], goals: Goals, now: datetime) -> Figures:
    real = [case for case in cases if case.state is not State.DISMISSED]
    return Figures(
        cases=len(cases),
        going_on=sum(1 for case in cases if case.state not in ENDED),
        false_alarms=len(cases) - len(real),
        persons=sum(case.scope.persons for case in real if case.scope),
        published=sum(1 for case in real if case.notice.versions),
        reviewed=sum(1 for case in real if case.handling.review),
        levels=_most_first(Counter(case.level for case in real)),
        grades=_most_first(Counter(case.graded.grade.value if case.graded else "none" for case in real)),
        systems=_most_first(Counter(name for case in real for name in _systems(case))),
        categories=_most_first(Counter(name for case in real for name in _categories(case))),
        times=_times(real, goals),
        duties=_duties(real, now),
    )


def _most_first(counted: Counter[str]) -> dict[str, int]:
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _systems(case: Case) -> set[str]:
    named = {alert.group.get(SYSTEM_FIELD, "") for alert in case.alerts.values()} if not case.drill else set()
    return (named | set(case.scope.systems if case.scope else ())) - {""}


def _categories(case: Case) -> set[str]:
    return {name for name, count in case.scope.categories.items() if count.clear_values} if case.scope else set()


def _times(cases: list[Case], goals: Goals) -> dict[Milestone, Times]:
    taken: dict[Milestone, list[timedelta]] = {}
    missed: Counter[Milestone] = Counter()
    for case in cases:
        for each in measured(case, goals):
            if each.took is not None:
                taken.setdefault(each.milestone, []).append(each.took)
                missed[each.milestone] += each.is_met is False
    return {
        milestone: Times(number=len(spans), median=median_of(spans), worst=max(spans), missed=missed[milestone])
        for milestone, spans in taken.items()
    }


def median_of(spans: list[timedelta]) -> timedelta:
    """The one in the middle, or half-way between the two there; *spans* holds one at least."""
    ordered, half = sorted(spans), len(spans) // 2
    return ordered[half] if len(spans) % 2 else (ordered[half - 1] + ordered[half]) / 2


_IN_TIME = frozenset({Reading.DONE})
_LATE = frozenset({Reading.LATE, Reading.DONE_LATE})


def _duties(cases: list[Case], now: datetime) -> dict[str, DutyCount]:
    readings: dict[str, Counter[Reading]] = {}
    names: dict[str, tuple[str, str]] = {}
    for case in cases:
        for record in case.clocks.values():
            if (reading := record.reading(now)) is not Reading.NOT_OWED:
                readings.setdefault(record.duty.id, Counter())[reading] += 1
                names[record.duty.id] = (record.duty.name.zh, record.duty.name.en)
    return {
        duty: DutyCount(
            name_zh=names[duty][0],
            name_en=names[duty][1],
            in_time=sum(counted[each] for each in _IN_TIME),
            late=sum(counted[each] for each in _LATE),
            running=counted.total() - sum(counted[each] for each in _IN_TIME | _LATE),
        )
        for duty, counted in readings.items()
    }
