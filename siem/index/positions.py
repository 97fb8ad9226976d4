"""How far each start of the log has been shipped, kept in one small SQLite file.

Written only after the index has taken what lies before, so after a crash some events are shipped again and none is
skipped; the index drops what it has already.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from siem.index.sqlite_file import Schema, SqliteFile
from siem.record.log import StartId
from siem.record.reader import Position

_SCHEMA = Schema(
    what="the file of the shipper's positions",
    version=1,
    disposable=True,
    statements=(
        "CREATE TABLE bookmarks (start TEXT PRIMARY KEY, segment INTEGER NOT NULL, offset INTEGER NOT NULL,"
        " chain TEXT NOT NULL, refused INTEGER NOT NULL, broken TEXT NOT NULL) WITHOUT ROWID, STRICT",
    ),
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
        self._file = SqliteFile(path, _SCHEMA, read_only=read_only)
        self.timeout = timeout

    def load(self) -> dict[StartId, Bookmark]:
        """Every bookmark; none where the file has yet to be made."""
        if self._file.missing:
            return {}
        select = "SELECT start, segment, offset, chain, refused, broken FROM bookmarks"
        return {
            StartId(start): Bookmark(
                position=Position(segment=segment, offset=offset, chain=chain), refused=refused, broken=broken
            )
            for start, segment, offset, chain, refused, broken in self._file.read(select, (), self.timeout)
        }

    def save(self, bookmarks: Mapping[StartId, Bookmark]) -> None:
        """Put *bookmarks* in place of those of the same starts. They are on the disk when this returns."""
        rows = [
            (start, mark.position.segment, mark.position.offset, mark.position.chain, mark.refused, mark.broken)
            for start, mark in bookmarks.items()
        ]
        with self._file.writing(self.timeout) as writer:
            writer.executemany("INSERT OR REPLACE INTO bookmarks VALUES (?, ?, ?, ?, ?, ?)", rows)

    def forget(self) -> None:
        """Drop every bookmark: the whole log is shipped again."""
        with self._file.writing(self.timeout) as writer:
            writer.execute("DELETE FROM bookmarks")

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
