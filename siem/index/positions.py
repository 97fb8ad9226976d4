"""How far each start of the log has been shipped, and what the index did not take, kept in one small SQLite file.

Written only after the index has taken what lies before, so after a crash some events are shipped again and none is
skipped; the index drops what it has already.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from siem.index.micros import micros, moment
from siem.index.sqlite_file import Schema, SqliteFile
from siem.record.log import StartId
from siem.record.reader import Position

_SCHEMA = Schema(
    what="the file of the shipper's positions",
    version=3,
    disposable=True,
    statements=(
        "CREATE TABLE bookmarks (start TEXT PRIMARY KEY, segment INTEGER NOT NULL, offset INTEGER NOT NULL,"
        " chain TEXT NOT NULL, refused INTEGER NOT NULL, broken TEXT NOT NULL) WITHOUT ROWID, STRICT",
        "CREATE TABLE letters (start TEXT NOT NULL, segment INTEGER NOT NULL, offset INTEGER NOT NULL,"
        " chain TEXT NOT NULL, event TEXT NOT NULL, reason TEXT NOT NULL, since INTEGER NOT NULL,"
        " attempts INTEGER NOT NULL, due INTEGER NOT NULL, PRIMARY KEY (start, segment, offset)) WITHOUT ROWID, STRICT",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """How far one start has been shipped."""

    position: Position
    refused: int = 0
    """How many of its events the index cannot take for which there was no room among the dead letters."""
    broken: str = ""
    """Where and how its chain breaks, or empty. What lies behind a break is not shipped."""


class Place(NamedTuple):
    """Where an event lies in the log."""

    start: StartId
    segment: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """An event that the index did not take. Only its place is kept: the log has the event itself."""

    start: StartId
    position: Position
    """The place before its line."""
    event: str
    """Its id, as far as it has one."""
    reason: str
    """Why it was not taken; never a value."""
    since: datetime
    """When it was not taken for the first time. Aware."""
    attempts: int = 1
    due: datetime
    """When it is offered again. Aware."""

    @property
    def place(self) -> Place:
        """Where it lies."""
        return Place(self.start, self.position.segment, self.position.offset)


class Positions:
    """The bookmarks of all starts and the dead letters, in the file at *path*. Any failure is StoreUnavailable."""

    def __init__(self, path: Path, *, read_only: bool = False, timeout: timedelta = timedelta(seconds=1)) -> None:
        self._file = SqliteFile(path, _SCHEMA, read_only=read_only)
        self.timeout = timeout

    def load(self) -> dict[StartId, Bookmark]:
        """Every bookmark; none where the file has yet to be made."""
        if self._file.missing():
            return {}
        select = "SELECT start, segment, offset, chain, refused, broken FROM bookmarks"
        return {
            StartId(start): Bookmark(
                position=Position(segment=segment, offset=offset, chain=chain), refused=refused, broken=broken
            )
            for start, segment, offset, chain, refused, broken in self._file.read(select, (), self.timeout)
        }

    def letters(self) -> list[DeadLetter]:
        """Every dead letter, in the order of the log; none where the file has yet to be made."""
        if self._file.missing():
            return []
        select = (
            "SELECT start, segment, offset, chain, event, reason, since, attempts, due FROM letters ORDER BY 1, 2, 3"
        )
        return [
            DeadLetter(
                start=StartId(start),
                position=Position(segment=segment, offset=offset, chain=chain),
                event=event,
                reason=reason,
                since=moment(since),
                attempts=attempts,
                due=moment(due),
            )
            for start, segment, offset, chain, event, reason, since, attempts, due in self._file.read(
                select, (), self.timeout
            )
        ]

    def save(
        self,
        bookmarks: Mapping[StartId, Bookmark],
        letters: Collection[DeadLetter] = (),
        delivered: Collection[Place] = (),
    ) -> None:
        """Put *bookmarks* and *letters* in place of those of the same starts and places, and drop what was *delivered*.

        All of it is on the disk when this returns, or none.
        """
        marks = [
            (start, mark.position.segment, mark.position.offset, mark.position.chain, mark.refused, mark.broken)
            for start, mark in bookmarks.items()
        ]
        kept = [
            (
                *letter.place,
                letter.position.chain,
                letter.event,
                letter.reason,
                micros(letter.since),
                letter.attempts,
                micros(letter.due),
            )
            for letter in letters
        ]
        with self._file.writing(self.timeout) as writer:
            writer.executemany("INSERT OR REPLACE INTO bookmarks VALUES (?, ?, ?, ?, ?, ?)", marks)
            writer.executemany("INSERT OR REPLACE INTO letters VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", kept)
            writer.executemany("DELETE FROM letters WHERE start = ? AND segment = ? AND offset = ?", delivered)

    def forget(self) -> None:
        """Drop everything: the whole log is shipped again."""
        with self._file.writing(self.timeout) as writer:
            writer.execute("DELETE FROM bookmarks")
            writer.execute("DELETE FROM letters")

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
