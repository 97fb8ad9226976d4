"""The index as one SQLite file: the default, with nothing to install.

One process writes (the first to open it otherwise than read-only); any number read, each call on a connection of its
own, so that a store may be used from several threads. The file is disposable: one of another version is emptied, a
damaged one can be deleted, and the shipper fills it again from the log.
"""

import contextlib
import functools
import re
import sqlite3
import threading
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from siem.index.condition import Condition, fold, lies_in, pattern_of, values_of
from siem.index.fields import FIELDS, Kind
from siem.index.sqlite_query import LISTED, Sql, sql_of
from siem.index.store import StoreUnavailable
from siem.record.ecs import Document
from siem.record.event import EventId

SCHEMA_VERSION = 1
PAGE = 200
"""Events read at a time: what a search holds in memory."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = tuple(name for name in FIELDS if name not in LISTED)
_SUBJECTS = LISTED["yingbi.subjects"]
_SCHEMA = (
    "CREATE TABLE events (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL,"
    " document BLOB NOT NULL, "
    + ", ".join(f'"{name}" {"INTEGER" if FIELDS[name].kind is Kind.NUMBER else "TEXT"}' for name in _COLUMNS)
    + ") STRICT",
    "CREATE TABLE listed (event INTEGER NOT NULL, field INTEGER NOT NULL, value TEXT NOT NULL,"
    " PRIMARY KEY (event, field, value)) WITHOUT ROWID, STRICT",
    "CREATE INDEX events_by_time ON events (at, id)",
    'CREATE INDEX events_by_caller ON events ("user.id", at, id)',
    'CREATE INDEX events_by_exchange ON events ("yingbi.exchange", at, id)',
    f"CREATE INDEX events_by_subject ON listed (value, event) WHERE field = {_SUBJECTS}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)
_INSERT = (
    "INSERT OR IGNORE INTO events (id, at, document, "  # noqa: S608
    + ", ".join(f'"{name}"' for name in _COLUMNS)
    + f") VALUES ({', '.join('?' * (3 + len(_COLUMNS)))})"
)


class SqliteStore:
    """An `EventStore` in the file at *path*, which is made when first written to."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self.read_only = read_only
        self._writer: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        self._closed = False

    def append(self, documents: Sequence[Document], timeout: timedelta) -> int:
        """As `EventStore` promises. What it returned for survives the machine's death."""
        if self.read_only:
            raise ValueError("this index was opened to read only")
        with self._writing(timeout) as writer, _transaction(writer):
            return sum(_insert(writer, document) for document in documents)

    def search(self, condition: Condition, start: datetime, end: datetime, timeout: timedelta) -> Iterator[Document]:
        """As `EventStore` promises. Holds no lock and no transaction between steps of the iteration."""
        return self._pages(sql_of(condition), micros(start), micros(end), timeout)

    def get(self, event: EventId, timeout: timedelta) -> Document | None:
        """As `EventStore` promises."""
        rows = self._read(("SELECT document FROM events WHERE id = ?", (event,)), timeout)
        if not rows:
            return None
        found: Document = orjson.loads(rows[0][0])
        return found

    def count(self, condition: Condition, start: datetime, end: datetime, timeout: timedelta) -> int:
        """As `EventStore` promises."""
        where, values = sql_of(condition)
        select = f"SELECT count(*) FROM events WHERE at >= ? AND at < ? AND {where}"  # noqa: S608
        ((number,),) = self._read((select, (micros(start), micros(end), *values)), timeout)
        return int(number)

    def newest(self, timeout: timedelta) -> datetime | None:
        """As `EventStore` promises."""
        ((at,),) = self._read(("SELECT max(at) FROM events", ()), timeout)
        return None if at is None else _EPOCH + timedelta(microseconds=at)

    def close(self) -> None:
        """As `EventStore` promises."""
        with self._lock:
            self._closed = True
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def _pages(self, condition: Sql, at: int, until: int, timeout: timedelta) -> Iterator[Document]:
        where, values = condition
        select = (
            f"SELECT at, id, document FROM events WHERE at >= ? AND at < ? AND (at, id) > (?, ?) AND {where}"  # noqa: S608
            f" ORDER BY at, id LIMIT {PAGE}"
        )
        last = ""
        while True:
            rows = self._read((select, (at, until, at, last, *values)), timeout)
            yield from (orjson.loads(document) for _, _, document in rows)
            if len(rows) < PAGE:
                return
            at, last, _ = rows[-1]

    @contextlib.contextmanager
    def _writing(self, timeout: timedelta) -> Iterator[sqlite3.Connection]:
        if not self._lock.acquire(timeout=timeout.total_seconds()):
            raise StoreUnavailable("the index is being written to")
        try:
            self._refuse_if_closed()
            with _failing_as_unavailable():
                if self._writer is None:
                    self._writer = _open_writer(self.path, timeout)
                _bound(self._writer, timeout)
                yield self._writer
        finally:
            self._lock.release()

    def _read(self, query: Sql, timeout: timedelta) -> list[Any]:
        self._refuse_if_closed()
        if self._writer is None and not self.read_only:
            with self._writing(timeout):
                pass  # the file is made, so that an index nothing was appended to is an empty one
        address = f"file:{urllib.parse.quote(str(self.path))}?mode=ro"
        with (
            _failing_as_unavailable(),
            contextlib.closing(sqlite3.connect(address, uri=True, isolation_level=None)) as reader,
        ):
            _bound(reader, timeout)
            reader.create_function("fits", 2, _fits, deterministic=True)
            reader.create_function("lies_in", 2, lies_in, deterministic=True)
            return reader.execute(*query).fetchall()

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise StoreUnavailable("the index was closed")


def micros(at: datetime) -> int:
    """Microseconds of *at*, which is aware, since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def _insert(writer: sqlite3.Connection, document: Document) -> bool:
    columns = (next(_indexed(document, name), None) for name in _COLUMNS)
    at = micros(datetime.fromisoformat(document["@timestamp"]))
    done = writer.execute(_INSERT, (document["event"]["id"], at, orjson.dumps(document), *columns))
    if not done.rowcount:
        return False
    values = ((done.lastrowid, number, value) for name, number in LISTED.items() for value in _indexed(document, name))
    writer.executemany("INSERT OR IGNORE INTO listed VALUES (?, ?, ?)", values)
    return True


def _indexed(document: Document, name: str) -> Iterator[str | int]:
    """What is compared: texts are folded once, here, and not at each search."""
    for value in values_of(document, name):
        yield fold(value) if isinstance(value, str) else value


def _open_writer(path: Path, timeout: timedelta) -> sqlite3.Connection:
    writer = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        _bound(writer, timeout)
        _prepare(writer)
    except sqlite3.Error:
        writer.close()
        raise
    return writer


def _prepare(writer: sqlite3.Connection) -> None:
    writer.execute("PRAGMA journal_mode = WAL")
    # FULL, or a commit that `append` returned for could be lost with the machine while the shipper has moved on.
    writer.execute("PRAGMA synchronous = FULL")
    with _transaction(writer):
        ((version,),) = writer.execute("PRAGMA user_version").fetchall()
        if version == SCHEMA_VERSION:
            return
        for (table,) in writer.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            writer.execute(f'DROP TABLE "{table}"')
        for statement in _SCHEMA:
            writer.execute(statement)


def _bound(connection: sqlite3.Connection, timeout: timedelta) -> None:
    seconds = timeout.total_seconds()
    deadline = time.monotonic() + seconds
    connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
    connection.set_progress_handler(lambda: time.monotonic() > deadline, 10_000)


@contextlib.contextmanager
def _transaction(writer: sqlite3.Connection) -> Iterator[None]:
    writer.execute("BEGIN IMMEDIATE")
    try:
        yield
        writer.execute("COMMIT")
    except BaseException:
        if writer.in_transaction:
            writer.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def _failing_as_unavailable() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailable(f"the index cannot be used: {error}") from error


@functools.lru_cache(maxsize=64)
def _pattern(text: str) -> re.Pattern[str]:
    return pattern_of(text)


def _fits(value: str | None, pattern: str) -> bool:
    return value is not None and _pattern(pattern).fullmatch(value) is not None
