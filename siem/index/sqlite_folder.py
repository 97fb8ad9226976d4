"""The folder of SQLite files that an index is: which days there are, and which of them are open.

The files are disposable: where one is of another version all are removed, damaged ones can be deleted with the rest,
and the shipper fills them again from the log. What is too old is deleted by the file.
"""

import contextlib
import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from siem.index.sqlite_day import SCHEMA, Day
from siem.index.store import StoreUnavailable

OPEN_DAYS = 8
"""So many days are kept open to be written to: events come late, and a backlog is of several days."""
_NAME = re.compile(r"\d{4}-\d\d-\d\d\.db", re.ASCII)
_BESIDE = ("", "-wal", "-shm")


class Folder:
    """The days in the folder *path*. One process writes; others, and its threads, may read."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self.read_only = read_only
        self._writers: dict[str, Day] = {}
        self._readers: dict[str, Day] = {}
        self._lock = threading.RLock()
        self._readers_lock = threading.Lock()  # another one: who reads does not wait for who writes
        self._prepared = False
        self._closed = False

    def days(self, timeout: timedelta) -> list[Path]:
        """The files there are, oldest first. An index nothing was written to is empty, not missing."""
        self._refuse_if_closed()
        if not self.read_only and not self._prepared:
            with self.writing(timeout):
                pass
        with _failing_as_unavailable():
            return self._files()

    @contextlib.contextmanager
    def reading(self, path: Path) -> Iterator[Day]:
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
    def writing(self, timeout: timedelta) -> Iterator[None]:
        """Only one thread at a time is within; what the disk refuses there is StoreUnavailable."""
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

    def writer(self, name: str) -> Day:
        """The day called *name*, to be written to."""
        day = self._writers.pop(name, None) or Day(self.path / name, read_only=False)
        self._writers[name] = day  # the last one used is the last one closed
        while len(self._writers) > OPEN_DAYS:
            self._writers.pop(next(iter(self._writers))).close()
        return day

    def drop_before(self, day: date, timeout: timedelta, but: Callable[[date], bool] = lambda each: False) -> list[str]:
        """As `Keeper` promises. A search that is reading one of the days ends with what it has of it."""
        with self.writing(timeout):
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

    def _remove(self, names: Sequence[str]) -> None:
        for name in names:
            if name in self._writers:
                self._writers.pop(name).close()
            for suffix in _BESIDE:
                (self.path / f"{name}{suffix}").unlink(missing_ok=True)

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


def name_of(at: datetime) -> str:
    """The name of the file that events of *at* are in."""
    return f"{at.astimezone(UTC).date().isoformat()}.db"


@contextlib.contextmanager
def _failing_as_unavailable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(f"the index cannot be used: {error.strerror}") from error
