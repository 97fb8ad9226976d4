"""One SQLite file that one process writes and any number of processes read: how it is opened, bounded and failed.

A read has a connection of its own, so a file may be used from several threads. Every failure is StoreUnavailable and
no call outlasts its timeout.
"""

import contextlib
import sqlite3
import threading
import time
import urllib.parse
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from siem.index.store import StoreUnavailable

type Value = str | int | bytes | None
type _Inode = tuple[int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What a file holds."""

    what: str
    """What it is called when it fails (`the index`)."""
    version: int
    statements: Sequence[str]
    disposable: bool
    """Whether a file of another version is emptied. If not, it is left alone and refused."""
    functions: Mapping[str, Callable[..., Value]] = field(default_factory=dict)
    """Functions of two arguments that queries may call, by name."""


class SqliteFile:
    """The file at *path*, which is made when first used by who may write it.

    Up to *idle* readers are kept for the next read.
    """

    def __init__(self, path: Path, schema: Schema, *, read_only: bool, idle: int = 0) -> None:
        self.path = path
        self.schema = schema
        self.read_only = read_only
        self._writer: sqlite3.Connection | None = None
        self._most_idle = idle
        self._idle: list[tuple[_Inode, sqlite3.Connection]] = []
        """Readers that nobody uses, and which file each has open."""
        weakref.finalize(self, _close_all, self._idle)
        self._lock = threading.Lock()
        self._closed = False
        self._made: _Inode = None
        """The file that was seen to hold something."""

    def missing(self) -> bool:
        """Whether the file has yet to be made, by another process: it may be there, and nothing in it."""
        if not self.read_only or ((inode := _inode_of(self.path)) is not None and inode == self._made):
            return False
        if inode is None:
            return True
        with contextlib.suppress(sqlite3.Error), contextlib.closing(self._open_reader()) as reader:
            if reader.execute("SELECT NOT EXISTS (SELECT * FROM sqlite_schema)").fetchone() == (1,):
                return True
            self._made = inode
        return False  # what is wrong with it is said by who reads it

    def read(self, sql: str, values: Sequence[Value], timeout: timedelta) -> list[Any]:
        """The rows that a SELECT gives. Sees every transaction that was committed before."""
        self._refuse_if_closed()
        self._make_if_missing(timeout)
        with self._failing_as_unavailable():
            inode, reader = self._idle_reader() or (_inode_of(self.path), self._open_reader())
            try:
                _bound(reader, timeout)
                rows = reader.execute(sql, values).fetchall()
            except BaseException:
                reader.close()
                raise
        self._idle.append((inode, reader))
        if len(self._idle) > self._most_idle:
            _close_all(self._idle)
        return rows

    @contextlib.contextmanager
    def reading(self, timeout: timedelta) -> Iterator[sqlite3.Connection]:
        """A connection to read by, for as long as *timeout*: what is done with it fails as everything here does."""
        self._refuse_if_closed()
        self._make_if_missing(timeout)
        with self._failing_as_unavailable(), contextlib.closing(self._open_reader()) as reader:
            _bound(reader, timeout)
            yield reader

    @contextlib.contextmanager
    def writing(self, timeout: timedelta) -> Iterator[sqlite3.Connection]:
        """A transaction: what is done in it is on the disk after it, or none of it happened."""
        if self.read_only:
            raise ValueError(f"{self.schema.what} was opened to read only")
        if not self._lock.acquire(timeout=timeout.total_seconds()):
            raise StoreUnavailable(f"{self.schema.what} is being written to")
        try:
            self._refuse_if_closed()
            with self._failing_as_unavailable():
                if self._writer is None:
                    self._writer = self._open_writer(timeout)
                _bound(self._writer, timeout)
                with _transaction(self._writer):
                    yield self._writer
        finally:
            self._lock.release()

    def close(self) -> None:
        """Let go of the file. It answers nothing afterwards."""
        with self._lock:
            self._closed = True
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        self.rest()

    def rest(self) -> None:
        """Close the readers that nobody uses, and keep none from now on."""
        self._most_idle = 0
        _close_all(self._idle)

    def _make_if_missing(self, timeout: timedelta) -> None:
        """A file nothing was written to is empty, not missing."""
        if self._writer is None and not self.read_only:
            with self.writing(timeout):
                pass

    def _idle_reader(self) -> tuple[_Inode, sqlite3.Connection] | None:
        """A reader of the file that is there now: another may have taken its place."""
        with contextlib.suppress(IndexError):
            while True:
                inode, reader = self._idle.pop()
                if inode == _inode_of(self.path):
                    return inode, reader
                reader.close()
        return None

    def _open_reader(self) -> sqlite3.Connection:
        address = f"file:{urllib.parse.quote(str(self.path))}?mode=ro"
        reader = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
        for name, function in self.schema.functions.items():
            reader.create_function(name, 2, function, deterministic=True)
        return reader

    def _open_writer(self, timeout: timedelta) -> sqlite3.Connection:
        with contextlib.suppress(OSError):  # which SQLite then says in its own words
            self.path.touch(mode=0o600)  # or everybody on the machine could read it, and what it keeps beside it
        writer = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        try:
            _bound(writer, timeout)
            writer.execute("PRAGMA journal_mode = WAL")
            # FULL, or a commit that returned could be lost with the machine.
            writer.execute("PRAGMA synchronous = FULL")
            with _transaction(writer):
                self._prepare(writer)
        except BaseException:
            writer.close()
            raise
        return writer

    def _prepare(self, writer: sqlite3.Connection) -> None:
        ((version,),) = writer.execute("PRAGMA user_version").fetchall()
        if version == self.schema.version:
            return
        tables = [name for (name,) in writer.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        if tables and not self.schema.disposable:
            raise StoreUnavailable(
                f"{self.schema.what} has version {version}, this program knows {self.schema.version}"
            )
        for table in tables:
            writer.execute(f'DROP TABLE "{table}"')
        for statement in self.schema.statements:
            writer.execute(statement)
        writer.execute(f"PRAGMA user_version = {self.schema.version}")

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise StoreUnavailable(f"{self.schema.what} was closed")

    @contextlib.contextmanager
    def _failing_as_unavailable(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreUnavailable(f"{self.schema.what} cannot be used: {error}") from error


def _inode_of(path: Path) -> _Inode:
    """What tells a file from another of its name, which is None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _close_all(idle: list[tuple[_Inode, sqlite3.Connection]]) -> None:
    with contextlib.suppress(IndexError):  # another thread may take one meanwhile
        while True:
            idle.pop()[1].close()


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
