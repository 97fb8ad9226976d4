"""Exact sliding windows: whether the events up to one of them reach a threshold."""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

from siem.detect.definition import Measure, Threshold
from siem.index.condition import values_of
from siem.record.ecs import Document
from siem.record.event import EventId

type Key = tuple[datetime, EventId]
"""The order of events: by `@timestamp`, then by id."""


def key_of(document: Document) -> Key:
    """Where the event stands in the order of all events."""
    return datetime.fromisoformat(document["@timestamp"]), EventId(document["event"]["id"])


class Window:
    """The last events of one group, as far as a threshold needs them.

    It holds what was seen last, each element with the time it was last seen, and no more than makes up `at_least`: the
    threshold is reached within the span if and only if the oldest of these lies in it. So memory is bounded by the
    threshold, however much a caller reads, and the answer is exact.
    """

    def __init__(self, threshold: Threshold) -> None:
        self.threshold = threshold
        self.last: Key | None = None
        """The event that was added last."""
        self._seen: OrderedDict[object, tuple[datetime, int]] = OrderedDict()
        """When each element was seen last, and how much it counts."""
        self._sum = 0

    def add(self, document: Document) -> bool:
        """Whether the threshold is reached by the window that ends with this event, which is later than `last`."""
        key = key_of(document)
        if self.last is not None and key <= self.last:
            raise ValueError("a window takes events in their order")
        self.last = key
        at = key[0]
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
        match self.threshold.measure:
            case Measure.EVENT_COUNT:
                return ((event, 1),)
            case Measure.VALUE_COUNT:
                return ((value, 1) for value in values_of(document, self.threshold.field))
            case Measure.VALUE_SUM:
                values = values_of(document, self.threshold.field)
                return ((event, value) for value in values if isinstance(value, int) and value > 0)
            case measure:
                assert_never(measure)
