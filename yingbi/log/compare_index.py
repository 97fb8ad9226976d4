"""Compares the index with the log: what is missing in it, what it has besides, and what is another.

The log is the truth. It is read start by start in its order, so memory holds a batch, and one bit for each event.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched
from pathlib import Path

from deploy.elasticsearch.connection import NodeUnavailable
from siem.index.condition import EVERYTHING, In
from siem.index.positions import Bookmark, Positions
from siem.index.store import EventStore, StoreUnavailable
from siem.index.strict import FIRST, LAST
from siem.record.ecs import Document, is_ours
from siem.record.log import BrokenChain, StartId
from siem.record.reader import beginning_of, follow, starts_in
from yingbi.home import Home
from yingbi.index import open_index
from yingbi.settings import Settings

AT_ONCE = 400
"""As many events as any index finds in one page."""
TIMEOUT = timedelta(seconds=60)
MOST_NAMED = 100
"""Event ids that are named of each kind; all are counted."""
_INSTANT = timedelta(microseconds=1)


class CannotCompare(Exception):
    """Log or index cannot be read now. The message says which."""


@dataclass(slots=True)
class Named:
    """Some events: how many, and which, as far as they are named."""

    count: int = 0
    events: list[str] = field(default_factory=list)

    def add(self, event: str) -> None:
        """One more."""
        self.count += 1
        if len(self.events) < MOST_NAMED:
            self.events.append(event)


@dataclass(slots=True)
class IndexReport:
    """How the index compares with the log."""

    compared: int = 0
    waiting: int = 0
    """Events that are still to be shipped, and are no finding."""
    refused: int = 0
    """Events of another version, which no index takes."""
    missing: Named = field(default_factory=Named)
    altered: Named = field(default_factory=Named)
    additional: Named = field(default_factory=Named)

    @property
    def is_same(self) -> bool:
        """Whether the index holds what the log does, as far as it was shipped."""
        return not (self.missing.count or self.altered.count or self.additional.count)


def compared(settings: Settings, folder: Path, since: datetime | None) -> IndexReport:
    """How the index of the installation compares with the log in *folder*. Raises CannotCompare."""
    positions = Positions(Home(settings.home).positions(settings.index.value), read_only=True)
    try:
        store = open_index(settings, writing=False)
        try:
            return compare(folder, store, positions.load(), since or FIRST)
        finally:
            store.close()
    except BrokenChain as problem:
        raise CannotCompare(f"访问日志的链断裂 / a chain of the log breaks: {problem}") from None
    except (StoreUnavailable, NodeUnavailable) as problem:
        raise CannotCompare(f"索引不可用 / the index is not available: {problem}") from None


def compare(
    folder: Path, store: EventStore, bookmarks: Mapping[StartId, Bookmark] | None, since: datetime = FIRST
) -> IndexReport:
    """Compare *store* with the log in *folder*, from *since* on.

    *bookmarks* say how far each start was shipped; None: all of it should be there. Raises BrokenChain where the log
    itself does not hold, StoreUnavailable, OSError.
    """
    report = IndexReport()
    known = _Known()
    for start in starts_in(folder):
        for batch in batched(_shipped(report, folder / start, start, bookmarks, since), AT_ONCE):
            _compare_batch(report, store, batch)
            known.add(document["event"]["id"] for document in batch)
    held = report.compared - report.missing.count
    if store.count(EVERYTHING, since, LAST, TIMEOUT) != held:
        events = (document["event"]["id"] for document in store.search(EVERYTHING, since, LAST, TIMEOUT))
        strange = {event for event in events if event not in known}
        for event in sorted(strange - _written_since(folder, strange)):
            report.additional.add(event)
    return report


def _written_since(folder: Path, events: set[str]) -> set[str]:
    """Those of *events* that the log has all the same: they were written and shipped while it was compared."""
    if not events:
        return set()
    return {
        document["event"]["id"]
        for start in starts_in(folder)
        for document, _ in follow(folder / start, beginning_of(start))
        if document["event"]["id"] in events
    }


def _shipped(
    report: IndexReport,
    folder: Path,
    start: StartId,
    bookmarks: Mapping[StartId, Bookmark] | None,
    since: datetime,
) -> Iterator[Document]:
    mark = None if bookmarks is None else bookmarks.get(start) or Bookmark(position=beginning_of(start))
    for document, place in follow(folder, beginning_of(start)):
        if mark is not None and (place.segment, place.offset) > (mark.position.segment, mark.position.offset):
            report.waiting += 1
        elif not is_ours(document):
            report.refused += 1
        elif _time_of(document) >= since:
            yield document


def _compare_batch(report: IndexReport, store: EventStore, batch: tuple[Document, ...]) -> None:
    times = [_time_of(document) for document in batch]
    wanted = In("event.id", frozenset(document["event"]["id"] for document in batch))
    found = {
        document["event"]["id"]: document
        for document in store.search(wanted, min(times), max(times) + _INSTANT, TIMEOUT)
    }
    report.compared += len(batch)
    for document in batch:
        event = document["event"]["id"]
        if event not in found:
            # One whose time was altered lies elsewhere in the index.
            (report.missing if store.get(event, TIMEOUT) is None else report.altered).add(event)
        elif found[event] != document:
            report.altered.add(event)


def _time_of(document: Document) -> datetime:
    return datetime.fromisoformat(document["@timestamp"])


class _Known:
    """Ids of events, a bit for each whose number follows its start's closely."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, bytearray] = defaultdict(bytearray)
        self._others: set[str] = set()

    def add(self, events: Iterator[str]) -> None:
        for event in events:
            start, _, text = event.rpartition("-")
            bits = self._numbers[start]
            number = int(text) if text.isascii() and text.isdigit() and text[0] != "0" else -1
            if not 0 <= number < len(bits) * 8 + 1_000_000:
                self._others.add(event)
                continue
            if number >= len(bits) * 8:
                bits.extend(bytes(number // 8 + 1 - len(bits)))
            bits[number // 8] |= 1 << number % 8

    def __contains__(self, event: str) -> bool:
        start, _, text = event.rpartition("-")
        bits = self._numbers.get(start, b"")
        if text.isascii() and text.isdigit() and text[0] != "0" and int(text) < len(bits) * 8:
            return bool(bits[int(text) // 8] >> int(text) % 8 & 1) or event in self._others
        return event in self._others
