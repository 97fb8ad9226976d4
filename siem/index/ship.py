"""The shipper: brings what is written to the log into an index, in order, each event once, nothing lost.

It never sleeps. `step` settles one batch and says when to call again; while the index is away, events rest in the log.
As long as the index keeps up, the batches behind that one are read and on their way to it already; they are settled in
the order of the log, so what is noted to be shipped has no gap. After a failure they are dropped and read again, one at
a time. What the index takes is measured: a batch that failed is halved, one that took it little time may grow. An event
that it refuses becomes a dead letter and holds nobody up. A chain that breaks is reported for as long as it is broken,
and the other starts go on.
"""

import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from siem.index.backlog import Backlog, Taken
from siem.index.letters import MOST, NOT_OURS, DeadLetters, place_of
from siem.index.positions import Bookmark, DeadLetter, Place, Positions
from siem.index.progress import IDLE, Progress, progress_of, span_of
from siem.index.store import EventsRefused, EventStore, StoreUnavailable
from siem.record.ecs import Document
from siem.record.log import StartId
from siem.record.reader import starts_in

type Clock = Callable[[], datetime]

BATCH_EVENTS = 2_000
MOST_EVENTS = 16_000
MOST_BYTES = 16_000_000
"""What is shipped at once, at first and at most. A long backlog is read in ever larger batches while the index keeps up
with them; as objects they take about six times their bytes."""
QUICK = 4
"""A batch that took less than this part of its time may be followed by larger ones: two of them in turn, and one twice
as large, still end in time."""
UNDER_WAY = 2
"""So many batches at most are read and not settled."""
ATTEMPTS = 5
"""So often an event that the index cannot take now, though it takes others, is offered while all behind it waits."""
FIRST_BACKOFF = timedelta(milliseconds=500)
LONGEST_BACKOFF = timedelta(seconds=10)


@dataclass(slots=True)
class _Batch:
    """What was read and is being shipped. Kept while the index has taken a part of it."""

    lines: Sequence[Taken]
    """Those that the index has yet to take."""
    bookmarks: Mapping[StartId, Bookmark]
    """Where the starts stand once it is done."""
    letters: list[DeadLetter] = field(default_factory=list)
    """What becomes of those that it refused."""
    delivered: set[Place] = field(default_factory=set)
    """The dead letters that it has taken after all."""
    taken: list[Taken] = field(default_factory=list)
    new: int = 0
    attempts: int = 0
    asked: Future[int] | None = None
    """What the index will say to those it is offered now."""
    took: timedelta = timedelta(0)
    """How long it took to say so, the last time."""
    answered: bool = False
    """Whether it has said of each event what becomes of it: then none is offered again but those it could not take."""


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
        self._letters = DeadLetters((), jitter)
        self._backlog = Backlog(folder)
        self._under_way: deque[_Batch] = deque()
        self._pool = ThreadPoolExecutor(store.appends_at_once, "shipping")  # which starts no thread before it is used
        self._events = BATCH_EVENTS
        self._failures = 0
        self._hastened = False
        self._not_before: datetime | None = None
        self._trouble = ""

    def hasten(self) -> None:
        """Offer every dead letter again from the next step on, before its time."""
        self._hastened = True

    def step(self) -> Progress:
        """Settle one batch, if there is any and the index was not away a moment ago."""
        now = self.clock()
        # A clock that was set back must not turn a wait of seconds into one of hours.
        if self._not_before is not None and now < self._not_before <= now + LONGEST_BACKOFF:
            return self._progress(pause=self._not_before - now)
        try:
            progress = self._ship(now)
        except StoreUnavailable as unavailable:
            return self._progress(pause=self._back_off(now, str(unavailable)))
        except OSError as error:
            return self._progress(pause=self._back_off(now, f"the log cannot be read: {error.strerror}"))
        self._failures, self._not_before = 0, None
        return progress

    def _ship(self, now: datetime) -> Progress:
        if self._bookmarks is None:
            self._letters = DeadLetters(self.positions.letters(), self.jitter)
            self._bookmarks = self.positions.load()
        if self._hastened:
            self._letters.hasten(now)
            self._hastened = False
        self._trouble = ""
        if not self._under_way:
            self._backlog.measure(self._bookmarks, starts_in(self.folder))
            self._under_way.append(self._take(self._bookmarks, now))
        batch = self._under_way[0]
        self._offer(batch)
        self._read_ahead(self._bookmarks, now)
        self._trouble = self._backlog.trouble
        if batch.asked is not None:
            self._heed(batch, batch.asked, now)
        if batch.bookmarks or batch.letters or batch.delivered:
            self._save(self._bookmarks, batch)
        self._under_way.popleft()
        by_start: dict[StartId, list[Taken]] = {}
        for line in batch.taken:
            by_start.setdefault(line.start, []).append(line)
        more = self._under_way or (batch.bookmarks and self._backlog.anything())
        pause = timedelta(0) if more else IDLE
        spans = tuple(map(span_of, by_start.values()))
        return replace(self._progress(pause=pause), shipped=len(batch.taken), new=batch.new, spans=spans)

    def close(self) -> None:
        """Wait for what is under way. What was not settled is shipped again by whoever comes next."""
        self._pool.shutdown(cancel_futures=True)

    def _offer(self, batch: _Batch) -> None:
        """Give the index what it has yet to take of *batch*, and do not wait for it."""
        if batch.lines and batch.asked is None:
            batch.asked = self._pool.submit(self._append, batch, [line.document for line in batch.lines])

    def _append(self, batch: _Batch, documents: Sequence[Document]) -> int:
        began = time.monotonic()
        try:
            return self.store.append(documents, self.timeout)
        finally:
            batch.took = timedelta(seconds=time.monotonic() - began)

    def _read_ahead(self, bookmarks: Mapping[StartId, Bookmark], now: datetime) -> None:
        """Read and offer the batches behind the first one, while the index works on it and has not just failed.

        Not while letters are due: they go with a batch that nothing is before.
        """
        while len(self._under_way) < UNDER_WAY and self._backlog.more and not self._failures:
            if self._letters.is_any_due(now):
                return
            ahead = dict(bookmarks)
            for each in self._under_way:
                ahead |= each.bookmarks
            self._backlog.measure(ahead, starts_in(self.folder))
            batch = self._take(ahead, now, behind=True)
            if not batch.bookmarks:
                return
            self._offer(batch)
            self._under_way.append(batch)

    def _take(self, bookmarks: Mapping[StartId, Bookmark], now: datetime, *, behind: bool = False) -> _Batch:
        """The next lines of the log; and, unless it is *behind* others, the dead letters whose time has come."""
        size = MOST_BYTES * self._events // MOST_EVENTS
        parts = self._backlog.take(bookmarks, self._events, size, doubted=not behind)
        again, gone = ([], []) if behind else self._letters.due(self._backlog, now)
        batch = _Batch([line for line in again if line.ours], {start: part.bookmark for start, part in parts.items()})
        batch.letters += gone
        batch.letters += [self._letters.write(line, NOT_OURS, now) for line in again if not line.ours]
        room = max(MOST // 2 - self._letters_with(self._under_way), 0)  # the rest is for what the index refuses
        for start, part in parts.items():
            batch.lines = [*batch.lines, *(line for line in part.lines if line.ours)]
            foreign = [line for line in part.lines if not line.ours]
            batch.letters += [self._letters.write(line, NOT_OURS, now) for line in foreign[:room]]
            if beyond := len(foreign[room:]):
                batch.bookmarks = {
                    **batch.bookmarks,
                    start: replace(part.bookmark, refused=part.bookmark.refused + beyond),
                }
            room -= len(foreign[:room])
        return batch

    def _heed(self, batch: _Batch, asked: Future[int], now: datetime) -> None:
        """Wait for what the index says of *batch*. What it refuses becomes letters, what it cannot take now is kept."""
        offered = batch.lines
        waiting: dict[int, str] = {}
        refused: dict[int, str] = {}
        batch.asked = None
        try:
            batch.new += asked.result()
        except EventsRefused as some:
            batch.new += some.new
            # Where it takes nothing at all, it is away, and no event is to blame.
            batch.attempts += bool(batch.taken) or len(some.waiting) < len(offered)
            refused |= some.refused
            for place, reason in some.waiting.items():
                patient = batch.attempts < ATTEMPTS and place_of(offered[place]) not in self._letters
                (waiting if patient else refused)[place] = reason
        waiting |= self._beyond(batch, refused)
        letters = [
            self._letters.write(offered[place], reason, now)
            for place, reason in refused.items()
            if place not in waiting
        ]
        taken = [line for place, line in enumerate(offered) if place not in waiting and place not in refused]
        batch.letters += letters
        batch.taken += taken
        if len(self._letters):
            batch.delivered |= {place_of(line) for line in taken if place_of(line) in self._letters}
        batch.lines = [offered[place] for place in sorted(waiting)]
        batch.answered = True
        if waiting:
            raise StoreUnavailable(f"the index does not take {len(waiting)} events: {next(iter(waiting.values()))}")

    def _beyond(self, batch: _Batch, refused: Mapping[int, str]) -> dict[int, str]:
        """Those of the *refused* for which there is no room among the dead letters."""
        unknown = [place for place in refused if place_of(batch.lines[place]) not in self._letters]
        room = MOST - self._letters_with(self._under_way)
        return {place: refused[place] for place in unknown[max(room, 0) :]}

    def _letters_with(self, batches: Iterable[_Batch]) -> int:
        """How many dead letters there will be once *batches* are settled, as far as is known."""
        return len(self._letters) + sum(
            letter.place not in self._letters for each in batches for letter in each.letters
        )

    def _save(self, bookmarks: dict[StartId, Bookmark], batch: _Batch) -> None:
        """Note that *batch* is done. Until that is on the disk, it is not."""
        self.positions.save(batch.bookmarks, batch.letters, batch.delivered)
        self._letters.keep(batch.letters, batch.delivered)
        bookmarks |= batch.bookmarks
        if batch.took < self.timeout / QUICK:
            self._events = min(self._events * 2, MOST_EVENTS)
        self._backlog.measure(bookmarks, list(batch.bookmarks))

    def _back_off(self, now: datetime, trouble: str) -> timedelta:
        longest = min(LONGEST_BACKOFF, FIRST_BACKOFF * (1 << min(self._failures, 10)))
        pause = longest * (0.5 + self.jitter() / 2)
        self._failures += 1
        self._events = max(self._events // 2, 1)
        self._not_before = now + pause
        self._trouble = trouble
        self._drop_what_is_behind()
        return pause

    def _drop_what_is_behind(self) -> None:
        """Let nothing be under way but the first batch, as far as the index has answered to it."""
        asked = [batch.asked for batch in self._under_way if batch.asked is not None]
        wait([each for each in asked if not each.cancel()])
        kept = [replace(batch, asked=None) for batch in list(self._under_way)[:1] if batch.answered]
        self._under_way = deque(kept)

    def _progress(self, *, pause: timedelta) -> Progress:
        told = progress_of(self._bookmarks or {}, self._letters.reasons(), self._backlog.behind_bytes)
        return replace(told, trouble=self._trouble, pause=pause)


def start_over_if_emptied(store: EventStore, positions: Positions, timeout: timedelta) -> bool:
    """Whether the index was found empty and the bookmarks were dropped, so that it is filled again from the log."""
    if store.newest(timeout) is not None or not positions.load():
        return False
    positions.forget()
    return True
