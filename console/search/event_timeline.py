"""The events of a search over time: how many there were in each hour or day, and what the most was that they showed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.dashboard_charts import Rectangle, upright
from siem.index.condition import Condition
from siem.index.counts import Breakdown, Count
from siem.index.store import EventStore
from siem.record.event import Disclosure

MOST_BARS = 62
DAY = timedelta(days=1)
LENGTHS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=1), DAY, 7 * DAY)
CLEAR, HIDDEN, NONE = "clear", "hidden", "none"
KINDS = (CLEAR, HIDDEN, NONE)
KIND_OF: Mapping[str, str] = {
    Disclosure.CLEAR: CLEAR,
    Disclosure.MASKED: HIDDEN,
    Disclosure.PSEUDONYMOUS: HIDDEN,
    Disclosure.NONE: NONE,
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One interval."""

    start: datetime
    end: datetime
    numbers: Mapping[str, int]
    """By kind."""

    @property
    def total(self) -> int:
        """All events of the interval."""
        return sum(self.numbers.values())


@dataclass(frozen=True, slots=True)
class Timeline:
    """All intervals of a span, those without an event included."""

    bars: Sequence[Bar]
    length: timedelta

    @property
    def total(self) -> int:
        """All events of the span."""
        return sum(bar.total for bar in self.bars)

    @property
    def most(self) -> int:
        """What the highest bar stands for."""
        return max((bar.total for bar in self.bars), default=0)

    @property
    def picture(self) -> Sequence[Rectangle]:
        """The bars, drawn."""
        return upright([bar.numbers for bar in self.bars], KINDS)


def timeline(events: EventStore, condition: Condition, start: datetime, end: datetime, timeout: timedelta) -> Timeline:
    """The timeline of a span. Raises StoreUnavailable."""
    length = next((each for each in LENGTHS if (end - start) <= each * MOST_BARS), LENGTHS[-1])
    counts = events.count_by(Breakdown(condition, ("yingbi.disclosure",)), start, end, timeout, length)
    return Timeline(_bars(counts, start, end, length), length)


def _bars(counts: Sequence[Count], start: datetime, end: datetime, length: timedelta) -> list[Bar]:
    numbers: dict[datetime, dict[str, int]] = {}
    for count in counts:
        kind, found = KIND_OF.get(count.values[0], NONE), numbers.setdefault(count.at, {})
        found[kind] = found.get(kind, 0) + count.events
    return [
        Bar(at, min(at + length, end), numbers.get(at, {}))
        for at in (start + place * length for place in range(-((start - end) // length)))
    ]
