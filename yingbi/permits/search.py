"""Looks up the exchange that somebody asks to see more of: in the index, or in the log where that does not answer."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from siem.index.condition import Is
from siem.index.store import EventStore, StoreUnavailable
from siem.record.ecs import Document
from siem.record.event import EventId
from siem.record.log import BrokenChain, StartId
from siem.record.own_id import start_in
from siem.record.reader import beginning_of, follow
from yingbi.permits.judge import Seen, seen_in

TIMEOUT = timedelta(seconds=2)
_REACH = timedelta(hours=12)
"""How far from one event the others of its exchange lie at most."""


class PermitSearch:
    """Finds exchanges. Writes nothing."""

    def __init__(self, events: EventStore, log: Path, indexed_until: Callable[[], datetime]) -> None:
        self._events = events
        self._log = log
        self._indexed_until = indexed_until

    def find(self, event: str, asked_at: datetime, *, last_try: bool) -> tuple[Seen | None, bool]:
        """What was recorded of the exchange of *event*, and whether that is known yet.

        The index is believed once it holds all that was logged before *asked_at*; on the *last_try* also before, and
        where it has nothing, the log itself is read. Raises OSError.
        """
        if self._indexed_until() < asked_at and not last_try:
            return None, False
        try:
            seen = self._indexed(EventId(event))
        except StoreUnavailable:
            if not last_try:
                return None, False
            seen = None
        if seen is None and last_try:
            seen = self._logged(event)
        return seen, True

    def _indexed(self, event: EventId) -> Seen | None:
        named = self._events.get(event, TIMEOUT)
        if named is None:
            return None
        at = datetime.fromisoformat(named["@timestamp"])
        condition = Is("yingbi.exchange", named["yingbi"]["exchange"])
        return seen_in(named, self._events.search(condition, at - _REACH, at + _REACH, TIMEOUT))

    def _logged(self, event: str) -> Seen | None:
        """The same by the log of the worker start that the event's id names."""
        start = start_in(event)
        if start is None or not (folder := self._log / start).is_dir():
            return None
        named = next((each for each in _documents(folder) if each["event"]["id"] == event), None)
        if named is None:
            return None
        exchange = named["yingbi"]["exchange"]
        return seen_in(named, (each for each in _documents(folder) if each["yingbi"]["exchange"] == exchange))


def _documents(folder: Path) -> Iterator[Document]:
    """What is in the log of one start, up to where its chain breaks."""
    try:
        for document, _ in follow(folder, beginning_of(StartId(folder.name))):
            yield document
    except BrokenChain:
        return
