"""What an index of the log promises. Indexes are disposable: each can be dropped and rebuilt from the log."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from siem.index.condition import Condition
from siem.record.ecs import Document
from siem.record.event import EventId


class StoreUnavailable(Exception):
    """The index cannot answer now. Nothing is lost: the log has it, and the same call may succeed later."""


class EventStore(Protocol):
    """Where events can be searched. Any failure is StoreUnavailable; every call ends within its `timeout`.

    Documents are those that `to_ecs` makes. A condition that `siem.index.fields.check` refuses is a ValueError, at the
    call and not when its result is read.
    """

    def append(self, documents: Sequence[Document], timeout: timedelta) -> int:
        """How many were new: an event already indexed is not indexed twice, in whatever batch it comes again.

        Either every document is indexed when the call returns, or it raises; then any of them may be.
        """

    def search(self, condition: Condition, start: datetime, end: datetime, timeout: timedelta) -> Iterator[Document]:
        """The events with start <= `@timestamp` < end that satisfy *condition*, by (`@timestamp`, `event.id`).

        Sees every append that returned before the call, and reads in bounded memory. *timeout* bounds each step of
        the iteration.
        """

    def get(self, event: EventId, timeout: timedelta) -> Document | None:
        """The event with that id, or None where the index has none."""

    def count(self, condition: Condition, start: datetime, end: datetime, timeout: timedelta) -> int:
        """How many events `search` would yield."""

    def newest(self, timeout: timedelta) -> datetime | None:
        """The latest `@timestamp` indexed, or None where the index is empty."""

    def close(self) -> None:
        """Let go of connections and files. The store answers nothing afterwards."""
