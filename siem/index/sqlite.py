"""The index as one SQLite file: the default, with nothing to install.

The file is disposable: one of another version is emptied, a damaged one can be deleted, and the shipper fills it again
from the log.
"""

import functools
import re
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from siem.index.condition import Condition, fold, is_searched, lies_in, pattern_of, values_of
from siem.index.fields import FIELDS, Kind
from siem.index.sightings import Seer, Sighting, Volumes
from siem.index.sqlite_file import Schema, SqliteFile, Value
from siem.index.sqlite_query import LISTED, Sql, sql_of
from siem.index.sqlite_sightings import sightings, subjects_of, volumes
from siem.index.store import EventsRefused
from siem.index.strict import Checked, checked
from siem.record.ecs import Document
from siem.record.event import EventId

PAGE = 200
"""Events read at a time: what a search holds in memory."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = tuple(name for name in FIELDS if name not in LISTED)
_INSERT = (
    "INSERT OR IGNORE INTO events (id, at, document, "  # noqa: S608
    + ", ".join(f'"{name}"' for name in _COLUMNS)
    + f") VALUES ({', '.join('?' * (3 + len(_COLUMNS)))})"
)


class SqliteStore:
    """An `EventStore` in the file at *path*. One process writes; others, and its other threads, may read."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._file = SqliteFile(path, SCHEMA, read_only=read_only)

    def append(self, documents: Sequence[Document], timeout: timedelta) -> int:
        """As `EventStore` promises. What it returned for survives the machine's death."""
        right, refused = checked(documents)
        with self._file.writing(timeout) as writer:
            new = sum(_insert(writer, each) for each in right)
        if refused:
            raise EventsRefused(of=len(documents), new=new, waiting={}, refused=refused)
        return new

    def search(self, condition: Condition, start: datetime, end: datetime, timeout: timedelta) -> Iterator[Document]:
        """As `EventStore` promises. Holds no lock and no transaction between steps of the iteration."""
        return self._pages(sql_of(condition), micros(start), micros(end), timeout)

    def get(self, event: EventId, timeout: timedelta) -> Document | None:
        """As `EventStore` promises."""
        rows = self._file.read("SELECT document FROM events WHERE id = ?", (event,), timeout)
        if not rows:
            return None
        found: Document = orjson.loads(rows[0][0])
        return found

    def count(self, condition: Condition, start: datetime, end: datetime, timeout: timedelta) -> int:
        """As `EventStore` promises."""
        where, values = sql_of(condition)
        select = f"SELECT count(*) FROM events WHERE at >= ? AND at < ? AND {where}"  # noqa: S608
        ((number,),) = self._file.read(select, (micros(start), micros(end), *values), timeout)
        return int(number)

    def newest(self, timeout: timedelta) -> datetime | None:
        """As `EventStore` promises."""
        ((at,),) = self._file.read("SELECT max(at) FROM events", (), timeout)
        return None if at is None else moment(at)

    def sightings(
        self, subjects: Collection[str], start: datetime, end: datetime, timeout: timedelta
    ) -> Iterator[Sighting]:
        """As `EventStore` promises."""
        return sightings(self._file, [fold(each) for each in subjects], (micros(start), micros(end)), timeout)

    def volume(self, seer: Seer, start: datetime, end: datetime, timeout: timedelta) -> int:
        """As `EventStore` promises."""
        return len(subjects_of(self._file, seer, (micros(start), micros(end)), timeout))

    def volumes(self, epochs: Collection[str], start: datetime, end: datetime, timeout: timedelta) -> Volumes:
        """As `EventStore` promises."""
        return volumes(self._file, epochs, (micros(start), micros(end)), timeout)

    def close(self) -> None:
        """As `EventStore` promises."""
        self._file.close()

    def _pages(self, condition: Sql, at: int, until: int, timeout: timedelta) -> Iterator[Document]:
        where, values = condition
        select = (
            f"SELECT at, id, document FROM events WHERE at >= ? AND at < ? AND (at, id) > (?, ?) AND {where}"  # noqa: S608
            f" ORDER BY at, id LIMIT {PAGE}"
        )
        last = ""
        while True:
            rows = self._file.read(select, (at, until, at, last, *values), timeout)
            yield from (orjson.loads(document) for _, _, document in rows)
            if len(rows) < PAGE:
                return
            at, last, _ = rows[-1]


def micros(at: datetime) -> int:
    """Microseconds of *at*, which is aware, since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def moment(microseconds: int) -> datetime:
    """The time, in UTC, so many *microseconds* after 1970 began."""
    return _EPOCH + timedelta(microseconds=microseconds)


def _insert(writer: sqlite3.Connection, right: Checked) -> bool:
    document = right.document
    columns = (next(_indexed(document, name), None) for name in _COLUMNS)
    at = micros(datetime.fromisoformat(document["@timestamp"]))
    done = writer.execute(_INSERT, (document["event"]["id"], at, right.body, *columns))
    if not done.rowcount:
        return False
    values = ((done.lastrowid, number, value) for name, number in LISTED.items() for value in _indexed(document, name))
    writer.executemany("INSERT OR IGNORE INTO listed VALUES (?, ?, ?)", values)
    return True


def _indexed(document: Document, name: str) -> Iterator[str | int]:
    """What is compared: texts are folded once, here, and not at each search."""
    for value in filter(is_searched, values_of(document, name)):
        yield fold(value) if isinstance(value, str) else value


@functools.lru_cache(maxsize=64)
def _pattern(text: str) -> re.Pattern[str]:
    return pattern_of(text)


def _fits(value: Value, pattern: str) -> bool:
    return isinstance(value, str) and _pattern(pattern).fullmatch(value) is not None


SCHEMA = Schema(
    what="the index",
    version=6,
    disposable=True,
    functions={"fits": _fits, "lies_in": lies_in},
    statements=(
        "CREATE TABLE events (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL,"
        " document BLOB NOT NULL, "
        + ", ".join(f'"{name}" {"INTEGER" if FIELDS[name].kind is Kind.NUMBER else "TEXT"}' for name in _COLUMNS)
        + ") STRICT",
        "CREATE TABLE listed (event INTEGER NOT NULL, field INTEGER NOT NULL, value TEXT NOT NULL,"
        " PRIMARY KEY (event, field, value)) WITHOUT ROWID, STRICT",
        "CREATE INDEX events_by_time ON events (at, id)",
        'CREATE INDEX events_by_caller ON events ("user.id", at, id)',
        'CREATE INDEX events_by_exchange ON events ("yingbi.exchange", at, id)',
        f"CREATE INDEX events_by_subject ON listed (value, event) WHERE field = {LISTED['yingbi.subjects']}",
    ),
)
