"""How far each start of the log has been shipped, kept in one small SQLite file.

Written only after the index has taken what lies before, so after a crash some events are shipped again and none is
skipped; the index drops what it has already.
"""

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from siem.index.store import StoreUnavailable
from siem.record.log import StartId
from siem.record.reader import Position

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS bookmarks (start TEXT PRIMARY KEY, segment INTEGER NOT NULL, offset INTEGER NOT NULL,"
    " chain TEXT NOT NULL, refused INTEGER NOT NULL, broken TEXT NOT NULL) WITHOUT ROWID, STRICT"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """How far one start has been shipped."""

    position: Position
    refused: int = 0
    """How many of its events the index cannot take, because another version of us wrote them."""
    broken: str = ""
    """Where and how its chain breaks, or empty. What lies behind a break is not shipped."""


class Positions:
    """The bookmarks of all starts, in the file at *path*. Any failure is StoreUnavailable."""

    def __init__(self, path: Path, *, read_only: bool = False, timeout: timedelta = timedelta(seconds=1)) -> None:
        self.path = path
        self.read_only = read_only
        self.timeout = timeout

    def load(self) -> dict[StartId, Bookmark]:
        """Every bookmark; none where the file has yet to be made."""
        if self.read_only and not self.path.exists():
            return {}
        with self._open() as file:
            rows = file.execute("SELECT start, segment, offset, chain, refused, broken FROM bookmarks").fetchall()
        return {
            StartId(start): Bookmark(
                position=Position(segment=segment, offset=offset, chain=chain), refused=refused, broken=broken
            )
            for start, segment, offset, chain, refused, broken in rows
        }

    def save(self, bookmarks: Mapping[StartId, Bookmark]) -> None:
        """Put *bookmarks* in place of those of the same starts. They are on the disk when this returns."""
        rows = [
            (start, mark.position.segment, mark.position.offset, mark.position.chain, mark.refused, mark.broken)
            for start, mark in bookmarks.items()
        ]
        with self._open() as file:
            file.executemany("INSERT OR REPLACE INTO bookmarks VALUES (?, ?, ?, ?, ?, ?)", rows)
            file.commit()

    def forget(self) -> None:
        """Drop every bookmark: the whole log is shipped again."""
        with self._open() as file:
            file.execute("DELETE FROM bookmarks")
            file.commit()

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with contextlib.closing(sqlite3.connect(self.path, timeout=self.timeout.total_seconds())) as file:
                file.execute("PRAGMA synchronous = FULL")
                if not self.read_only:
                    file.execute(_SCHEMA)
                yield file
        except sqlite3.Error as error:
            raise StoreUnavailable(f"the positions of the shipper cannot be kept: {error}") from error
