"""The shipper: brings what is written to the log into an index, in order, each event once, nothing lost.

It never waits. `step` does what can be done now and says when to call again; while the index is away, events rest in
the log. A chain that breaks is reported for as long as it is broken, and the other starts go on.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from siem.index.positions import Bookmark, Positions
from siem.index.store import EventStore, StoreUnavailable
from siem.record.ecs import Document, from_ecs, to_ecs
from siem.record.log import BrokenChain, StartId
from siem.record.reader import beginning_of, follow, unread_bytes

type Clock = Callable[[], datetime]

BATCH_EVENTS = 500
BATCH_BYTES = 4_000_000
IDLE = timedelta(milliseconds=200)
FIRST_BACKOFF = timedelta(milliseconds=500)
LONGEST_BACKOFF = timedelta(seconds=10)

_START = re.compile("[0-9A-HJKMNP-TV-Z]{10}")


@dataclass(frozen=True, slots=True)
class Span:
    """From the earliest to the latest `@timestamp` of some events."""

    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What one step did, and how things stand after it."""

    shipped: int = 0
    """Events the index took in this step."""
    new: int = 0
    """Those of them it did not have."""
    spans: tuple[Span, ...] = ()
    """When they happened, one span for each start that had some: what a detector has to look at again."""
    behind_bytes: int
    """How much of the log has yet to be shipped."""
    refused: int
    """Events of the whole log that the index cannot take. They are in the log and in no search."""
    broken: Mapping[StartId, str]
    """The starts whose chain breaks, and where."""
    trouble: str = ""
    """Why the last attempt failed, or empty."""
    pause: timedelta = IDLE
    """How long it makes sense to wait before the next step."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """What was read of one start."""

    documents: Sequence[Document]
    bookmark: Bookmark


class Shipper:
    """Ships the log in *folder* to *store*. One at a time for each log."""

    def __init__(
        self,
        folder: Path,
        store: EventStore,
        positions: Positions,
        clock: Clock,
        *,
        timeout: timedelta = timedelta(seconds=10),
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.folder = folder
        self.store = store
        self.positions = positions
        self.clock = clock
        self.timeout = timeout
        self.jitter = jitter
        self._bookmarks: dict[StartId, Bookmark] | None = None
        self._suspected: dict[StartId, str] = {}
        self._torn: dict[StartId, int] = {}
        self._behind: dict[StartId, int] = {}
        self._failures = 0
        self._not_before: datetime | None = None
        self._trouble = ""

    def step(self) -> Progress:
        """Ship one batch, if there is any and the index was not away a moment ago."""
        now = self.clock()
        # A clock that was set back must not turn a wait of seconds into one of hours.
        if self._not_before is not None and now < self._not_before <= now + LONGEST_BACKOFF:
            return self._progress(pause=self._not_before - now)
        try:
            progress = self._ship()
        except StoreUnavailable as unavailable:
            pause = self._back_off(now, str(unavailable))
            return self._progress(pause=pause)
        self._failures, self._not_before = 0, None
        return progress

    def _ship(self) -> Progress:
        if self._bookmarks is None:
            self._bookmarks = self.positions.load()
        self._trouble = ""
        self._measure(self._bookmarks, starts_in(self.folder))
        taken = self._take(self._bookmarks)
        documents = [document for part in taken.values() for document in part.documents]
        new = self.store.append(documents, self.timeout) if documents else 0
        changed = {start: part.bookmark for start, part in taken.items()}
        if changed:
            self.positions.save(changed)
            self._bookmarks |= changed
            self._measure(self._bookmarks, list(changed))
        spans = tuple(_span_of(part.documents) for part in taken.values() if part.documents)
        pause = timedelta(0) if changed and any(self._behind.values()) else IDLE
        return replace(self._progress(pause=pause), shipped=len(documents), new=new, spans=spans)

    def _measure(self, bookmarks: Mapping[StartId, Bookmark], starts: Sequence[StartId]) -> None:
        """Note how many bytes of each of *starts* have yet to be shipped; below 0 where read ones are gone."""
        for start in starts:
            bookmark = bookmarks.get(start) or Bookmark(position=beginning_of(start))
            unread = 0 if bookmark.broken else unread_bytes(self.folder / start, bookmark.position)
            # Half a line at the end is nothing yet, and stays so where its worker is dead.
            self._behind[start] = 0 if unread == self._torn.get(start) else unread

    def _take(self, bookmarks: Mapping[StartId, Bookmark]) -> dict[StartId, _Taken]:
        """The next lines of every start that has some. A start with a long backlog leaves room for the others."""
        waiting = [start for start, behind in self._behind.items() if behind]
        taken = {}
        for start in waiting:
            bookmark = bookmarks.get(start) or Bookmark(position=beginning_of(start))
            part = self._take_of(start, bookmark, BATCH_EVENTS // len(waiting) + 1, BATCH_BYTES // len(waiting) + 1)
            if part.bookmark != bookmark:
                taken[start] = part
        return taken

    def _take_of(self, start: StartId, bookmark: Bookmark, events: int, size: int) -> _Taken:
        documents: list[Document] = []
        suspected = ""
        before = bookmark
        try:
            for document, position in follow(self.folder / start, bookmark.position):
                size -= max(position.offset - bookmark.position.offset, 0)
                if _is_ours(document):
                    documents.append(document)
                    bookmark = replace(bookmark, position=position)
                else:
                    bookmark = replace(bookmark, position=position, refused=bookmark.refused + 1)
                if len(documents) >= events or size <= 0:
                    break
            if bookmark == before:
                self._torn[start] = self._behind[start]
        except BrokenChain as broken:
            suspected = str(broken)
        except OSError as error:
            self._trouble = f"the log of {start} cannot be read: {error.strerror}"
        if suspected and self._suspected.get(start) == suspected:
            # Seen twice: not a line that was being taken back while it was read.
            bookmark = replace(bookmark, broken=suspected)
        self._suspected[start] = suspected
        return _Taken(documents, bookmark)

    def _back_off(self, now: datetime, trouble: str) -> timedelta:
        longest = min(LONGEST_BACKOFF, FIRST_BACKOFF * (1 << min(self._failures, 10)))
        pause = longest * (0.5 + self.jitter() / 2)
        self._failures += 1
        self._not_before = now + pause
        self._trouble = trouble
        return pause

    def _progress(self, *, pause: timedelta) -> Progress:
        bookmarks = self._bookmarks or {}
        return Progress(
            behind_bytes=sum(behind for behind in self._behind.values() if behind > 0),
            refused=sum(mark.refused for mark in bookmarks.values()),
            broken={start: mark.broken for start, mark in bookmarks.items() if mark.broken},
            trouble=self._trouble,
            pause=pause,
        )


def starts_in(folder: Path) -> list[StartId]:
    """The starts that have a log in *folder*, oldest first; none where it has yet to be made."""
    if not folder.exists():
        return []
    return sorted(StartId(path.name) for path in folder.iterdir() if _START.fullmatch(path.name))


def start_over_if_emptied(store: EventStore, positions: Positions, timeout: timedelta) -> bool:
    """Whether the index was found empty and the bookmarks were dropped, so that it is filled again from the log."""
    if store.newest(timeout) is not None or not positions.load():
        return False
    positions.forget()
    return True


def _is_ours(document: Document) -> bool:
    """Whether the document is exactly what this version makes of the event it holds."""
    try:
        return to_ecs(from_ecs(document)) == document
    except (KeyError, ValueError, TypeError, AttributeError):
        return False


def _span_of(documents: Sequence[Document]) -> Span:
    times = [datetime.fromisoformat(document["@timestamp"]) for document in documents]
    return Span(min(times), max(times))
