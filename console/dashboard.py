"""The figures of seven days: counted by the index, never event by event here."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.dashboard_charts import Rectangle, lying
from console.search.event_rows import is_digest
from console.search.event_timeline import CLEAR, HIDDEN, KIND_OF
from siem.detect.alert import Alert, AlertStore
from siem.index.counts import (
    BY_CALLER,
    BY_CATEGORY,
    BY_CLEAR_CATEGORY,
    BY_REASON,
    BY_SYSTEM,
    Breakdown,
    Count,
)
from siem.index.store import EventStore, StoreUnavailable

DAY = timedelta(days=1)
DAYS = 7
TOP = 10
MOST_ALERTS = 5_000
"""Of more alerts in the week it is said that there are more."""
WITHHELD, ALERTS = "withheld", "alerts"
_KINDS = (CLEAR, HIDDEN, WITHHELD, ALERTS)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table with its bar."""

    name: str
    """A system, a category, a caller or a reason; of a day, empty."""
    at: datetime | None
    numbers: Mapping[str, int]
    """By kind."""
    bar: Sequence[Rectangle]

    @property
    def total(self) -> int:
        """All kinds together."""
        return sum(self.numbers.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Seven days. What is None the index did not answer in time."""

    start: datetime
    end: datetime
    days: Sequence[Line] | None
    """Answers that showed something, by day: in clear, or in another form."""
    systems: Sequence[Line] | None
    categories: Sequence[Line] | None
    callers: Sequence[Line] | None
    """The ten that were shown most in clear; none of them a citizen."""
    withheld_days: Sequence[Line] | None
    reasons: Sequence[Line] | None
    alerts: Sequence[Line] | None
    alerts_are_more: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether everything was answered."""
        parts = (self.days, self.systems, self.categories, self.callers, self.reasons, self.alerts)
        return all(part is not None for part in parts)


def figures(
    events: EventStore,
    alerts: AlertStore,
    start: datetime,
    timeout: timedelta,
    clock: Callable[[], float] = time.monotonic,
) -> Figures:
    """The figures of the seven days from *start* on, all of them within *timeout*. *clock* is in seconds."""
    end, deadline = start + DAYS * DAY, clock() + timeout.total_seconds()

    def ask(question: Breakdown, every: timedelta | None = None) -> Sequence[Count] | None:
        left = timedelta(seconds=max(deadline - clock(), 0.001))
        try:
            return events.count_by(question, start, end, left, every)
        except StoreUnavailable:
            return None

    answers, withheld = ask(BY_SYSTEM, DAY), ask(BY_REASON, DAY)
    named, clear, categories = ask(BY_CALLER), ask(BY_CLEAR_CATEGORY), ask(BY_CATEGORY)
    raised = _raised(alerts, start, end)
    return Figures(
        start=start,
        end=end,
        days=_by_day(answers, start, _form) if answers is not None else None,
        systems=_top(_sums(answers, 0), len(answers)) if answers is not None else None,
        categories=_categories(categories, clear) if categories is not None and clear is not None else None,
        callers=_top(_without_digests(_sums(named, 0)), TOP) if named is not None else None,
        withheld_days=_by_day(withheld, start, lambda _: WITHHELD) if withheld is not None else None,
        reasons=_top(_sums(withheld, 1, WITHHELD), TOP) if withheld is not None else None,
        alerts=_alerts_by_day(raised, start) if raised is not None else None,
        alerts_are_more=raised is not None and len(raised) == MOST_ALERTS,
    )


def _form(count: Count) -> str | None:
    """What an answer showed; None where it showed nothing."""
    kind = KIND_OF.get(count.values[-1])
    return kind if kind in (CLEAR, HIDDEN) else None


def _sums(counts: Sequence[Count], place: int, kind: str = "") -> dict[str, Counter[str]]:
    """By the value at *place*, by kind."""
    found: dict[str, Counter[str]] = {}
    for count in counts:
        if of := kind or _form(count):
            found.setdefault(count.values[place], Counter())[of] += count.events
    return found


def _without_digests(sums: dict[str, Counter[str]]) -> dict[str, Counter[str]]:
    return {name: numbers for name, numbers in sums.items() if name and not is_digest(name)}


def _categories(all_of: Sequence[Count], clear: Sequence[Count]) -> list[Line]:
    found = {count.values[0]: Counter({HIDDEN: count.events}) for count in all_of if count.values[0]}
    for count in clear:
        if count.values[0] in found:
            found[count.values[0]] += Counter({CLEAR: count.events})
            found[count.values[0]] -= Counter({HIDDEN: count.events})
    return _top(found, len(found))


def _top(sums: Mapping[str, Counter[str]], most: int) -> list[Line]:
    """Those of most in clear first, then of most in all."""
    chosen = sorted(sums.items(), key=lambda each: (-each[1][CLEAR], -each[1].total(), each[0]))[:most]
    longest = max((numbers.total() for _, numbers in chosen), default=0)
    return [Line(name, None, numbers, lying(numbers, _KINDS, longest)) for name, numbers in chosen]


def _by_day(counts: Sequence[Count], start: datetime, kind_of: Callable[[Count], str | None]) -> list[Line]:
    numbers: dict[datetime, Counter[str]] = {start + day * DAY: Counter() for day in range(DAYS)}
    for count in counts:
        if (kind := kind_of(count)) and count.at in numbers:
            numbers[count.at][kind] += count.events
    return _of_days(numbers)


def _of_days(numbers: Mapping[datetime, Counter[str]]) -> list[Line]:
    longest = max(each.total() for each in numbers.values())
    return [Line("", at, each, lying(each, _KINDS, longest)) for at, each in numbers.items()]


def _raised(alerts: AlertStore, start: datetime, end: datetime) -> list[Alert] | None:
    try:
        return [alert for alert in alerts.latest(MOST_ALERTS) if start <= alert.raised_at < end]
    except StoreUnavailable:
        return None


def _alerts_by_day(raised: Sequence[Alert], start: datetime) -> list[Line]:
    numbers: dict[datetime, Counter[str]] = {start + day * DAY: Counter() for day in range(DAYS)}
    for alert in raised:
        numbers[start + (alert.raised_at - start) // DAY * DAY][ALERTS] += 1
    return _of_days(numbers)
