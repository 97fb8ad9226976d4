"""Exact sliding windows: whether the events up to one of them reach a threshold."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, assert_never

from siem.detect.definition import Correlation, Group, Measure, Part, Threshold
from siem.detect.sequences import InOrder, Seen
from siem.index.condition import matches, values_of
from siem.record.ecs import Document
from siem.record.event import EventId

type Key = tuple[datetime, EventId]
"""The order of events: by `@timestamp`, then by id."""


def key_of(document: Document) -> Key:
    """Where the event stands in the order of all events."""
    return datetime.fromisoformat(document["@timestamp"]), EventId(document["event"]["id"])


class Window:
    """The last events of one group, as far as a correlation needs them.

    An event counts if it satisfies a part, or if a correlation that is a part is reached at it; for that the window
    holds those of the inner correlation's groups. The answer is exact if all events were added that lie no further
    before one than the correlation reaches.
    """

    def __init__(self, counted: Correlation, group: Group) -> None:
        self.counted = counted
        self.group = group
        self.last: Key | None = None
        """The event that was added last."""
        self._kept = _kept_for(counted)
        self._inner: Windows[tuple[int, Group]] = Windows()
        layouts = {part.group for part in counted.parts}
        plain = not any(isinstance(part.of, Correlation) for part in counted.parts)
        self._takes_all = plain and len(layouts) == 1 and isinstance(self._kept, Counted)

    def add(self, document: Document) -> bool:
        """Whether the threshold is reached by the window that ends with this event, which is later than `last`.

        The event is of the group and satisfies a leaf of the correlation.
        """
        key = key_of(document)
        if self.last is not None and key <= self.last:
            raise ValueError("a window takes events in their order")
        self.last = key
        parts = (0,) if self._takes_all else self._parts_of(document)
        return bool(parts) and self._kept.add(document, key[0], parts)

    def _parts_of(self, document: Document) -> Sequence[int]:
        """The parts that the event is one of."""
        return [number for number, part in enumerate(self.counted.parts) if self._is_one_of(number, part, document)]

    def _is_one_of(self, number: int, part: Part, document: Document) -> bool:
        if not isinstance(part.of, Correlation):
            return self.counted.group_in(document, part.group) == self.group and matches(part.of, document)
        reached = False
        for group in part.of.groups_of(document):
            present = dict(group)
            ours = zip(self.counted.group_by, part.group, strict=True)
            if tuple((name, present[own]) for name, own in ours) == self.group:
                window = self._inner.of((number, group), part.of, group, key_of(document)[0])
                reached |= window.add(document)
        return reached


class Windows[Place]:
    """The windows of many groups. Those that can no longer matter are let go."""

    def __init__(self) -> None:
        self._held: OrderedDict[Place, Window] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def of(self, place: Place, counted: Correlation, group: Group, at: datetime) -> Window:
        """The window at *place*, to which an event of the time *at* comes; none comes later that is older."""
        window = self._held.get(place)
        if window is None:
            window = self._held[place] = Window(counted, group)
        self._held.move_to_end(place)
        while (oldest := next(iter(self._held.values()))) is not window:
            if oldest.last is not None and oldest.last[0] >= at - oldest.counted.reach:
                break
            self._held.popitem(last=False)
        return window


class _Kept(Protocol):
    """What is kept of the events that count."""

    def add(self, document: Document, at: datetime, parts: Sequence[int]) -> bool:
        """Whether the threshold is reached, now that the event has come as one of *parts*."""


def _kept_for(counted: Correlation) -> _Kept:
    match counted.threshold.measure:
        case Measure.TEMPORAL:
            return Seen(counted.threshold, len(counted.parts))
        case Measure.TEMPORAL_ORDERED:
            return InOrder(counted.threshold, len(counted.parts))
        case Measure.EVENT_COUNT | Measure.VALUE_COUNT | Measure.VALUE_SUM:
            return Counted(counted.threshold)
        case measure:
            assert_never(measure)


class Counted:
    """What was seen last, each element with the time it was last seen, and no more than makes up `at_least`.

    The threshold is reached within the span if and only if the oldest of these lies in it. So memory is bounded by the
    threshold, however much a caller reads, and the answer is exact.
    """

    def __init__(self, threshold: Threshold) -> None:
        self.threshold = threshold
        self._seen: OrderedDict[object, tuple[datetime, int]] = OrderedDict()
        """When each element was seen last, and how much it counts."""
        self._sum = 0

    def add(self, document: Document, at: datetime, parts: Sequence[int]) -> bool:
        """Whether the threshold is reached, now that the event has come. It counts once, of however many *parts*."""
        for element, amount in self._elements(document):
            self._sum += amount - self._seen.pop(element, (at, 0))[1]
            self._seen[element] = (at, amount)
            while self._seen and self._sum - (first := next(iter(self._seen.values())))[1] >= self.threshold.at_least:
                self._seen.popitem(last=False)
                self._sum -= first[1]
        if self._sum < self.threshold.at_least:
            return False
        oldest, _ = next(iter(self._seen.values()))
        return oldest >= at - self.threshold.within

    def _elements(self, document: Document) -> Iterable[tuple[object, int]]:
        """What the event adds, and how much each counts."""
        event = document["event"]["id"]
        if self.threshold.measure is Measure.EVENT_COUNT:
            return ((event, 1),)
        values = values_of(document, self.threshold.field)
        if self.threshold.measure is Measure.VALUE_COUNT:
            return ((value, 1) for value in values)
        return ((event, value) for value in values if isinstance(value, int) and value > 0)
