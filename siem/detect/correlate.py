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

    It holds the `at_least` elements that were seen last, each with the time it was last seen, and no more: `at_least`
    different elements lie within the span if and only if the oldest of these does. So memory is bounded by the
    threshold, however much a caller reads, and the answer is exact.
    """

    def __init__(self, threshold: Threshold) -> None:
        self.threshold = threshold
        self.last: Key | None = None
        """The event that was added last."""
        self._seen: OrderedDict[object, datetime] = OrderedDict()

    def add(self, document: Document) -> bool:
        """Whether the threshold is reached by the window that ends with this event, which is later than `last`."""
        key = key_of(document)
        if self.last is not None and key <= self.last:
            raise ValueError("a window takes events in their order")
        self.last = key
        at = key[0]
        for element in self._elements(document):
            self._seen[element] = at
            self._seen.move_to_end(element)
            if len(self._seen) > self.threshold.at_least:
                self._seen.popitem(last=False)
        if len(self._seen) < self.threshold.at_least:
            return False
        oldest = next(iter(self._seen.values()))
        return oldest >= at - self.threshold.within

    def _elements(self, document: Document) -> Iterable[object]:
        match self.threshold.measure:
            case Measure.EVENT_COUNT:
                return (document["event"]["id"],)
            case Measure.VALUE_COUNT:
                return values_of(document, self.threshold.field)
            case measure:
                assert_never(measure)
