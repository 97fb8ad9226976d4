"""Whether several things came together, or one behind the other, within a span."""

from collections.abc import Sequence
from datetime import datetime

from siem.detect.definition import Threshold
from siem.record.ecs import Document


class Seen:
    """When each part was seen last."""

    def __init__(self, threshold: Threshold, parts: int) -> None:
        self.threshold = threshold
        self._last: list[datetime | None] = [None] * parts

    def add(self, document: Document, at: datetime, parts: Sequence[int]) -> bool:
        """Whether the threshold is reached, now that the event has come at that time as one of *parts*."""
        for part in parts:
            self._last[part] = at
        since = at - self.threshold.within
        return sum(last is not None and last >= since for last in self._last) >= self.threshold.at_least


class InOrder:
    """For each part, how late the first one was seen of the latest that, with all between, came in order up to it.

    Events of one time are in any order, so what was so before them is kept until time goes on.
    """

    def __init__(self, threshold: Threshold, parts: int) -> None:
        self.threshold = threshold
        self._at: datetime | None = None
        self._before: list[datetime | None] = [None] * parts
        self._began = self._before
        self._now: set[int] = set()

    def add(self, document: Document, at: datetime, parts: Sequence[int]) -> bool:
        """Whether the threshold is reached, now that the event has come at that time as one of *parts*."""
        if at != self._at:
            self._at, self._before, self._now = at, self._began, set()
        self._now.update(parts)
        self._began = list(self._before)
        for part in sorted(self._now):
            began = at if part == 0 else self._began[part - 1]
            if began is not None:
                self._began[part] = began
        whole = self._began[-1]
        return whole is not None and whole >= at - self.threshold.within
