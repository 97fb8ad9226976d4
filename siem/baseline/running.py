"""The baselines of a running installation: learns from the index what was, then judges what is new in it.

What is remembered is made anew from the index at every start, by reading the last weeks once; nothing of it is kept.
How far was judged is, with what was found (`anomalies.py`). Events are taken in order of time, each once, up to when
the index is known to hold all; those that others ship a little later are taken as they come.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from siem.baseline.anomalies import Anomalies
from siem.baseline.calendar import LOCAL
from siem.baseline.profile import DAYS
from siem.baseline.repeat import QUIET
from siem.baseline.watch import Baselines
from siem.baseline.words import Anomaly
from siem.detect.correlate import Key, key_of
from siem.index.condition import EVERYTHING
from siem.index.store import EventStore
from siem.record.ecs import Document

LEARNED_FROM = timedelta(days=DAYS + DAYS // 2)
"""How far before what is judged learning begins: as many workdays as are remembered lie in it."""
CHUNK = 5_000
"""So many events are taken in one step."""
LATENESS = timedelta(seconds=30)
"""Events that others ship are judged though they appear so late. Later ones are learned at the next start."""

_AGAIN = timedelta(days=1)
"""So much of what was judged is judged again after a start: the day that was under way, whole. What was told is not
told again."""
_DAY_IS_OVER = timedelta(minutes=5)
"""So long after midnight nobody's event of the day before is still expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far the baselines have come."""

    building: bool
    """Whether what is usual is still being read; until then nothing new is judged."""
    read_to: datetime | None
    until: datetime
    """Up to when the index holds all: `read_to` is behind it by what has yet to be read."""
    callers: int
    """Of how many that come again something is known."""
    since: date | None
    """The first day that was learned from."""
    is_learned: bool
    """Whether enough workdays are known to find what deviates from them."""
    more: bool
    """Whether there is more to be read now."""


class Running:
    """Keeps what it finds in *anomalies*. *fresh* makes baselines that know nothing. One at a time for each index."""

    def __init__(
        self,
        fresh: Callable[[], Baselines],
        store: EventStore,
        anomalies: Anomalies,
        *,
        timeout: timedelta = timedelta(seconds=30),
    ) -> None:
        self.baselines = fresh()
        self._fresh = fresh
        self._store = store
        self._anomalies = anomalies
        self._timeout = timeout
        self._building = True
        self._told_from: datetime | None = None
        self._read: _Read | None = None
        self._read_to: datetime | None = None
        self._seen: dict[str, datetime] = {}
        """The events of the last moments that were taken."""
        self._found: list[Anomaly] = []
        self._since: date | None = None

    def step(self, until: datetime, now: datetime) -> list[Anomaly]:
        """What was found and had not been told, once a read is through; *until*: up to when the index holds all.

        Raises StoreUnavailable where index or file do not answer: the next step goes on from there.
        """
        if self._read_to is not None and until < self._read_to - LATENESS and self._read is None:
            self._start_over()  # the clock was set back: what comes now lies where all was judged
        if self._read is None:
            self._read = self._next_read(until, now)
        read = self._read
        for document in islice(read.documents(self._store, self._timeout), CHUNK):
            self._take(document, read.until)
        if not read.is_through:
            return []
        self._found += self.baselines.pass_to((read.until - _DAY_IS_OVER).astimezone(LOCAL).date())
        assert self._told_from is not None, "_next_read has set it"
        worth = [anomaly for anomaly in self._found if anomaly.at > self._told_from]
        told = self._anomalies.save(worth, read.until, now)
        self._found.clear()
        self._building, self._read, self._read_to = False, None, read.until
        self._seen = {event: at for event, at in self._seen.items() if at >= read.until - LATENESS}
        return told

    @property
    def is_building(self) -> bool:
        """Whether what is usual has yet to be read."""
        return self._building

    def standing(self, until: datetime) -> Standing:
        """How things stand, where the index holds all up to *until*."""
        taken = self._read.taken_to if self._read and self._read.taken_to else None
        return Standing(
            building=self._building,
            read_to=taken[0] if taken else self._read_to,
            until=until,
            callers=len(self.baselines.learned.profiles),
            since=self._since,
            is_learned=self.baselines.learned.is_complete,
            more=self._read is not None,
        )

    def _start_over(self) -> None:
        self.baselines = self._fresh()
        self._building, self._read_to, self._since = True, None, None
        self._seen.clear()
        self._found.clear()

    def _next_read(self, until: datetime, now: datetime) -> "_Read":
        if not self._building:
            assert self._read_to is not None, "it is known once all was read"
            return _Read(self._read_to - LATENESS, until)
        judged_to = min(self._anomalies.judged_to() or now - QUIET, until)
        self._told_from = judged_to - _AGAIN
        first = (judged_to - LEARNED_FROM).astimezone(LOCAL)  # whole days: the first is learned, and a part misleads
        return _Read(first.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC), until)

    def _take(self, document: Document, until: datetime) -> None:
        at, event = key_of(document)
        if event in self._seen:
            return
        if at >= until - 2 * LATENESS:
            self._seen[event] = at
        self._found += self.baselines.observe(document)
        if self._since is None:
            self._since = self.baselines.day


class _Read:
    """One pass over the index, which is taken up where it broke off."""

    def __init__(self, first: datetime, until: datetime) -> None:
        self.first = first
        self.until = until
        """The first moment that is not read."""
        self.taken_to: Key | None = None
        self.is_through = first >= until
        self._documents: Iterator[Document] | None = None

    def documents(self, store: EventStore, timeout: timedelta) -> Iterator[Document]:
        """Those that were not yielded before, in order."""
        if self.is_through:
            return
        if self._documents is None:
            self._documents = store.search(
                EVERYTHING, self.taken_to[0] if self.taken_to else self.first, self.until, timeout
            )
        documents, self._documents = self._documents, None  # where it fails, another search takes its place
        for document in documents:
            key = key_of(document)
            if self.taken_to is None or key > self.taken_to:
                self.taken_to = key
                self._documents = documents
                yield document
                self._documents = None
        self.is_through = True
