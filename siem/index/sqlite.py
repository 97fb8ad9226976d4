"""The index as a folder of SQLite files, one a day, by `@timestamp`: the default, with nothing to install."""

import contextlib
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from siem.index.candidates import BUCKET, Candidate, Question, check_all
from siem.index.condition import Condition, fold
from siem.index.counts import Breakdown, Count, check_breakdown, merged_counts
from siem.index.micros import micros, moment
from siem.index.sightings import Sample, Seer, Sighting, Volumes, merged, parts_of
from siem.index.sqlite_candidates import candidates_in
from siem.index.sqlite_folder import Folder, name_of
from siem.index.sqlite_query import Sql, sql_of
from siem.index.store import ANOTHER, EventsRefused, Place, StoreUnavailable
from siem.index.strict import FIRST, Checked, checked
from siem.record.ecs import Document
from siem.record.event import EventId
from siem.record.log import begun_at
from siem.record.own_id import start_in


class SqliteStore:
    """An `EventStore` in the folder *path*, and its `Keeper`. One process writes; others, and its threads, may read."""

    together = 1  # an index is in order of time within each group alone
    appends_at_once = 1

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self._folder = Folder(path, read_only=read_only)

    def append(self, documents: Sequence[Document], timeout: timedelta) -> int:
        """As `EventStore` promises. What it returned for survives the machine's death."""
        deadline = time.monotonic() + timeout.total_seconds()
        right, refused = checked(documents)
        days: dict[str, list[tuple[int, Checked]]] = {}
        for each in right:
            at = datetime.fromisoformat(each.document["@timestamp"])
            days.setdefault(name_of(at), []).append((micros(at), each))
        new = 0
        with self._folder.writing(timeout):
            for name, events in sorted(days.items()):
                left = timedelta(seconds=max(deadline - time.monotonic(), 0))
                inserted, others = self._folder.writer(name).append(events, left)
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
        for path in _likely_first(self._folder.days(timeout), event):
            with self._folder.reading(path) as day:
                found = day.get(event, left())
                if found is not None:
                    return found
        return None

    def count(self, condition: Condition, start: datetime, end: datetime, timeout: timedelta) -> int:
        """As `EventStore` promises."""
        sql = sql_of(condition)
        number = 0
        for path in _within(self._folder.days(timeout), start, end):
            with self._folder.reading(path) as day:
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
        last = name_of(before[0] if before else end)
        left = _leaving(timeout)
        for path in reversed(_within(self._folder.days(timeout), start, end)):
            if path.name <= last and len(found) < most:
                with self._folder.reading(path) as day:
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
        for path in _within(self._folder.days(timeout), start, end):
            with self._folder.reading(path) as day:
                rows = day.counts(asked, (micros(start), micros(end)), origin, length, left())
                found += (Count(moment(origin + row[0] * length), row[1], row[2]) for row in rows)
        return merged_counts(found)

    def newest(self, timeout: timedelta) -> datetime | None:
        """As `EventStore` promises."""
        for path in reversed(self._folder.days(timeout)):
            with self._folder.reading(path) as day:
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
        for path in _within(self._folder.days(timeout), start, end):
            with self._folder.reading(path) as day:
                for seer, subjects in zip(seers, seen, strict=True):
                    subjects |= day.subjects_of(seer, (micros(start), micros(end)), timeout)
        return [len(subjects) for subjects in seen]

    def volumes(self, epochs: Collection[str], start: datetime, end: datetime, timeout: timedelta) -> Volumes:
        """As `EventStore` promises. All days are sampled by the same subjects."""
        events = 0
        sample = Sample()
        paths = self._folder.days(timeout)
        for path in paths:
            with self._folder.reading(path) as day:
                events += day.events(timeout)
        parts = parts_of(events)
        for path in paths:
            with self._folder.reading(path) as day:
                day.sample(sample, [fold(each) for each in epochs], parts, (micros(start), micros(end)), timeout)
        return sample.volumes(parts)

    def candidates(
        self, questions: Sequence[Question], start: datetime, end: datetime, timeout: timedelta
    ) -> list[Candidate]:
        """As `EventStore` promises."""
        check_all(questions)
        back = max((question.reached.back for question in questions), default=0)
        paths = _within(self._folder.days(timeout), max(start - back * BUCKET, FIRST), end)
        with contextlib.ExitStack() as stack:
            readers = {}
            for path in paths:
                with self._folder.reading(path) as day:
                    readers[date.fromisoformat(path.stem)] = stack.enter_context(day.tallying(timeout))
            return candidates_in(readers, questions, (start, end))

    def prepare(self, timeout: timedelta) -> None:
        """As `Keeper` promises: removes every day where one is of another version."""
        with self._folder.writing(timeout):
            pass

    def drop_before(self, day: date, timeout: timedelta, but: Callable[[date], bool] = lambda each: False) -> list[str]:
        """As `Keeper` promises. A search that is reading one of the days ends with what it has of it."""
        return self._folder.drop_before(day, timeout, but)

    def close(self) -> None:
        """As `EventStore` promises."""
        self._folder.close()

    def _found(self, sql: Sql, start: datetime, end: datetime, timeout: timedelta) -> Iterator[Document]:
        for path in _within(self._folder.days(timeout), start, end):
            with self._folder.reading(path) as day:
                yield from day.pages(sql, micros(start), micros(end), timeout)

    def _sightings(
        self, subjects: Sequence[str], start: datetime, end: datetime, timeout: timedelta
    ) -> Iterator[Sighting]:
        for path in _within(self._folder.days(timeout), start, end):
            with self._folder.reading(path) as day:
                yield from day.sightings(subjects, (micros(start), micros(end)), timeout)


def _leaving(timeout: timedelta) -> Callable[[], timedelta]:
    """What is left of *timeout*, which all steps of a call share, whenever it is asked. Raises StoreUnavailable."""
    deadline = time.monotonic() + timeout.total_seconds()

    def left() -> timedelta:
        seconds = deadline - time.monotonic()
        if seconds <= 0:
            raise StoreUnavailable("the index did not answer in time")
        return timedelta(seconds=seconds)

    return left


def _likely_first(paths: Sequence[Path], event: EventId) -> Iterable[Path]:
    """All of *paths*, the days since the start that the id of *event* names before the others.

    Of these the first and the last by turns: a start lasts for days, and what is looked for is mostly of its first or
    of the last ones. A clock that was set back leaves events before their start, so no day is left out.
    """
    start = start_in(event)
    since = name_of(begun_at(start)) if start else ""
    likely = [path for path in paths if path.name >= since] if since else []
    by_turns = (path for pair in zip(likely, reversed(likely), strict=True) for path in pair)
    return dict.fromkeys((*by_turns, *reversed(paths)))


def _within(paths: Sequence[Path], start: datetime, end: datetime) -> list[Path]:
    """Those of the days in *paths* that may hold events of a span."""
    return [path for path in paths if name_of(start) <= path.name <= name_of(end)] if start < end else []
