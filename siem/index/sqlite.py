"""The index as a folder of SQLite files, one a day, by `@timestamp`: the default, with nothing to install.

The files are disposable: where one is of another version all are removed, damaged ones can be deleted with the rest,
and the shipper fills them again from the log. What is too old is deleted by the file.
"""

import contextlib
import os
import re
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from siem.index.candidates import BUCKET, Candidate, Question, check_all
from siem.index.condition import Condition, fold
from siem.index.counts import Breakdown, Count, check_breakdown, merged_counts
from siem.index.sightings import Sample, Seer, Sighting, Volumes, merged, parts_of
from siem.index.sqlite_candidates import candidates_in
from siem.index.sqlite_day import SCHEMA, Day
from siem.index.sqlite_query import Sql, sql_of
from siem.index.store import ANOTHER, EventsRefused, Place, StoreUnavailable
from siem.index.strict import FIRST, Checked, checked
from siem.record.ecs import Document
from siem.record.event import EventId
from siem.record.log import begun_at
from siem.record.own_id import start_in

OPEN_DAYS = 8
"""So many days are kept open to be written to: events come late, and a backlog is of several days."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAME = re.compile(r"\d{4}-\d\d-\d\d\.db", re.ASCII)
_BESIDE = ("", "-wal", "-shm")


class SqliteStore:
    """An `EventStore` in the folder *path*, and its `Keeper`. One process writes; others, and its threads, may read."""

    together = 1  # an index is in order of time within each group alone
    appends_at_once = 1

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self.read_only = read_only
        self._writers: dict[str, Day] = {}
        self._readers: dict[str, Day] = {}
        self._lock = threading.RLock()
        self._readers_lock = threading.Lock()  # another one: who reads does not wait for who writes
        self._prepared = False
        self._closed = False

    def append(self, documents: Sequence[Document], timeout: timedelta) -> int:
        """As `EventStore` promises. What it returned for survives the machine's death."""
        deadline = time.monotonic() + timeout.total_seconds()
        right, refused = checked(documents)
        days: dict[str, list[tuple[int, Checked]]] = {}
        for each in right:
            at = datetime.fromisoformat(each.document["@timestamp"])
            days.setdefault(_name_of(at), []).append((micros(at), each))
        new = 0
        with self._writing(timeout):
            for name, events in sorted(days.items()):
                left = timedelta(seconds=max(deadline - time.monotonic(), 0))
                inserted, others = self._writer(name).append(events, left)
                new += inserted
                refused |= dict.fromkeys(others, ANOTHER)
        if refused:
            raise EventsRefused(of=len(documents), new=new, waiting={}, refused=refused)
        return new

    def search(self, condition: Condition, start: datetime, end: datetime, timeout: timedelta) -> Iterator[Document]:
        """As `EventStore` promises. Holds no lock and no transaction between steps of the iteration."""
        return self._found(sql_of(condition), start, end, timeout)

    def get(self, event: EventId, timeout: timedelta) -> Document | None:
        """As `EventStore` promises. Looks first where its id says that the event is likely to be."""
        left = _leaving(timeout)
        for path in _likely_first(self._days(timeout), event):
            with self._reading(path) as day:
                found = day.get(event, left())
                if found is not None:
                    return found
        return None

    def count(self, condition: Condition, start: datetime, end: datetime, timeout: timedelta) -> int:
        """As `EventStore` promises."""
        sql = sql_of(condition)
        number = 0
        for path in _within(self._days(timeout), start, end):
            with self._reading(path) as day:
                number += day.count(sql, micros(start), micros(end), timeout)
        return number

    def latest(
        self,
        condition: Condition,
        start: datetime,
        end: datetime,
        most: int,
        timeout: timedelta,
        before: Place | None = None,
    ) -> list[Document]:
        """As `EventStore` promises. Looks through the days from the last on, as far as it takes."""
        sql = sql_of(condition)
        until = (micros(before[0]), before[1]) if before else (micros(end), "")
        found: list[Document] = []
        last = _name_of(before[0] if before else end)
        left = _leaving(timeout)
        for path in reversed(_within(self._days(timeout), start, end)):
            if path.name <= last and len(found) < most:
                with self._reading(path) as day:
                    found += day.latest(sql, (micros(start), micros(end)), until, most - len(found), left())
        return found

    def count_by(
        self, asked: Breakdown, start: datetime, end: datetime, timeout: timedelta, every: timedelta | None = None
    ) -> list[Count]:
        """As `EventStore` promises."""
        check_breakdown(asked, start, every)
        origin, length = micros(start), every // timedelta(microseconds=1) if every else 0
        found: list[Count] = []
        left = _leaving(timeout)
        for path in _within(self._days(timeout), start, end):
            with self._reading(path) as day:
                rows = day.counts(asked, (micros(start), micros(end)), origin, length, left())
                found += (Count(moment(origin + row[0] * length), row[1], row[2]) for row in rows)
        return merged_counts(found)

    def newest(self, timeout: timedelta) -> datetime | None:
        """As `EventStore` promises."""
        for path in reversed(self._days(timeout)):
            with self._reading(path) as day:
                at = day.newest(timeout)
                if at is not None:
                    return moment(at)
        return None

    def sightings(
        self, subjects: Collection[str], start: datetime, end: datetime, timeout: timedelta
    ) -> Iterator[Sighting]:
        """As `EventStore` promises."""
        return merged(self._sightings([fold(each) for each in subjects], start, end, timeout))

    def volume(self, seers: Sequence[Seer], start: datetime, end: datetime, timeout: timedelta) -> list[int]:
        """As `EventStore` promises. Each day is looked at once, for all of them."""
        seen: list[set[str]] = [set() for _ in seers]
        for path in _within(self._days(timeout), start, end):
            with self._reading(path) as day:
                for seer, subjects in zip(seers, seen, strict=True):
                    subjects |= day.subjects_of(seer, (micros(start), micros(end)), timeout)
        return [len(subjects) for subjects in seen]

    def volumes(self, epochs: Collection[str], start: datetime, end: datetime, timeout: timedelta) -> Volumes:
        """As `EventStore` promises. All days are sampled by the same subjects."""
        events = 0
        sample = Sample()
        paths = self._days(timeout)
        for path in paths:
            with self._reading(path) as day:
                events += day.events(timeout)
        parts = parts_of(events)
        for path in paths:
            with self._reading(path) as day:
                day.sample(sample, [fold(each) for each in epochs], parts, (micros(start), micros(end)), timeout)
        return sample.volumes(parts)

    def candidates(
        self, questions: Sequence[Question], start: datetime, end: datetime, timeout: timedelta
    ) -> list[Candidate]:
        """As `EventStore` promises."""
        check_all(questions)
        back = max((question.reached.back for question in questions), default=0)
        paths = _within(self._days(timeout), max(start - back * BUCKET, FIRST), end)
        with contextlib.ExitStack() as stack:
            readers = {}
            for path in paths:
                with self._reading(path) as day:
                    readers[date.fromisoformat(path.stem)] = stack.enter_context(day.tallying(timeout))
            return candidates_in(readers, questions, (start, end))

    def prepare(self, timeout: timedelta) -> None:
        """As `Keeper` promises: removes every day where one is of another version."""
        with self._writing(timeout):
            pass

    def drop_before(self, day: date, timeout: timedelta, but: Callable[[date], bool] = lambda each: False) -> list[str]:
        """As `Keeper` promises. A search that is reading one of the days ends with what it has of it."""
        with self._writing(timeout):
            old = [path for path in self._files() if path.name < f"{day.isoformat()}.db"]
            names = [path.name for path in old if not but(date.fromisoformat(path.stem))]
            self._remove(names)
        return names

    def close(self) -> None:
        """As `EventStore` promises."""
        with self._lock:
            self._closed = True
            for day in self._writers.values():
                day.close()
            self._writers.clear()
        with self._readers_lock:
            for day in self._readers.values():
                day.close()
            self._readers.clear()

    def _found(self, sql: Sql, start: datetime, end: datetime, timeout: timedelta) -> Iterator[Document]:
        for path in _within(self._days(timeout), start, end):
            with self._reading(path) as day:
                yield from day.pages(sql, micros(start), micros(end), timeout)

    def _sightings(
        self, subjects: Sequence[str], start: datetime, end: datetime, timeout: timedelta
    ) -> Iterator[Sighting]:
        for path in _within(self._days(timeout), start, end):
            with self._reading(path) as day:
                yield from day.sightings(subjects, (micros(start), micros(end)), timeout)

    @contextlib.contextmanager
    def _reading(self, path: Path) -> Iterator[Day]:
        """The day at *path*, to be read. One that was deleted while it was looked for has no events."""
        with self._readers_lock:
            self._refuse_if_closed()
            day = self._readers.pop(path.name, None) or Day(path, read_only=True)
            self._readers[path.name] = day  # the last one used is the last one let go of
            while len(self._readers) > OPEN_DAYS:
                self._readers.pop(next(iter(self._readers))).rest()
        try:
            yield day
        except StoreUnavailable:
            if path.exists():
                raise

    @contextlib.contextmanager
    def _writing(self, timeout: timedelta) -> Iterator[None]:
        if self.read_only:
            raise ValueError("the index was opened to read only")
        if not self._lock.acquire(timeout=timeout.total_seconds()):
            raise StoreUnavailable("the index is being written to")
        try:
            self._refuse_if_closed()
            with _failing_as_unavailable():
                if not self._prepared:
                    self._prepare(timeout)
                yield
        finally:
            self._lock.release()

    def _prepare(self, timeout: timedelta) -> None:
        self.path.mkdir(exist_ok=True, mode=0o700)
        versions = {}
        for path in self._files():
            with contextlib.closing(Day(path, read_only=True)) as day:
                versions[path.name] = day.version(timeout)
        if set(versions.values()) <= {0, SCHEMA.version}:
            self._remove([name for name, version in versions.items() if version == 0])  # nothing was ever in them
        else:
            # All of them: an index that lacks some days would look whole to the shipper.
            self._remove(list(versions))
        self._prepared = True

    def _writer(self, name: str) -> Day:
        day = self._writers.pop(name, None) or Day(self.path / name, read_only=False)
        self._writers[name] = day  # the last one used is the last one closed
        while len(self._writers) > OPEN_DAYS:
            self._writers.pop(next(iter(self._writers))).close()
        return day

    def _remove(self, names: Sequence[str]) -> None:
        for name in names:
            if name in self._writers:
                self._writers.pop(name).close()
            for suffix in _BESIDE:
                (self.path / f"{name}{suffix}").unlink(missing_ok=True)

    def _days(self, timeout: timedelta) -> list[Path]:
        """The files there are, oldest first. An index nothing was written to is empty, not missing."""
        self._refuse_if_closed()
        if not self.read_only and not self._prepared:
            self.prepare(timeout)
        with _failing_as_unavailable():
            return self._files()

    def _files(self) -> list[Path]:
        names = sorted(name for name in os.listdir(self.path) if _NAME.fullmatch(name))
        if not self._readers.keys() <= set(names):  # or what was deleted would stay on the disk for as long as we live
            with self._readers_lock:
                for name in self._readers.keys() - set(names):
                    self._readers.pop(name).rest()
        return [self.path / name for name in names]

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise StoreUnavailable("the index was closed")


def micros(at: datetime) -> int:
    """Microseconds of *at*, which is aware, since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def moment(microseconds: int) -> datetime:
    """The time, in UTC, so many *microseconds* after 1970 began."""
    return _EPOCH + timedelta(microseconds=microseconds)


def _leaving(timeout: timedelta) -> Callable[[], timedelta]:
    """What is left of *timeout*, which all steps of a call share, whenever it is asked. Raises StoreUnavailable."""
    deadline = time.monotonic() + timeout.total_seconds()

    def left() -> timedelta:
        seconds = deadline - time.monotonic()
        if seconds <= 0:
            raise StoreUnavailable("the index did not answer in time")
        return timedelta(seconds=seconds)

    return left


def _name_of(at: datetime) -> str:
    return f"{at.astimezone(UTC).date().isoformat()}.db"


def _likely_first(paths: Sequence[Path], event: EventId) -> Iterable[Path]:
    """All of *paths*, the days since the start that the id of *event* names before the others.

    Of these the first and the last by turns: a start lasts for days, and what is looked for is mostly of its first or
    of the last ones. A clock that was set back leaves events before their start, so no day is left out.
    """
    start = start_in(event)
    since = _name_of(begun_at(start)) if start else ""
    likely = [path for path in paths if path.name >= since] if since else []
    by_turns = (path for pair in zip(likely, reversed(likely), strict=True) for path in pair)
    return dict.fromkeys((*by_turns, *reversed(paths)))


def _within(paths: Sequence[Path], start: datetime, end: datetime) -> list[Path]:
    """Those of the days in *paths* that may hold events of a span."""
    return [path for path in paths if _name_of(start) <= path.name <= _name_of(end)] if start < end else []


@contextlib.contextmanager
def _failing_as_unavailable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(f"the index cannot be used: {error.strerror}") from error
