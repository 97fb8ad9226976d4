"""Seals the log while it is written: sees new starts at once, and how far each has come every minute."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from siem.record.log import StartId, seed_of, segment_path
from siem.record.reader import Position, starts_in
from siem.record.seal import SealBook, Sealed
from siem.record.segment import compressed_path, segment_size, segments_in

_PIECE = 1 << 16


class Sealing:
    """Seals the log in *folder* into *book*. One at a time for each installation."""

    def __init__(self, folder: Path, book: SealBook, every: timedelta, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._book = book
        self._every = every
        self._clock = clock
        self._sizes: dict[StartId, tuple[int, int]] = {}
        """By start, its last segment and how long it was when it was looked at last."""
        self._sealed_at: datetime | None = None

    def step(self) -> Sealed | None:
        """Seal where that is due: there is a new start, or the time has come and something has grown.

        Returns the seal that was made. Raises OSError; then the next step tries it again.
        """
        now = self._clock()
        starts = starts_in(self._folder)
        is_new = any(start not in self._book.heads for start in starts)
        # A clock that was set back must not turn a minute into an hour.
        if not is_new and self._sealed_at is not None and self._sealed_at <= now < self._sealed_at + self._every:
            return None
        return self.seal()

    def seal(self) -> Sealed | None:
        """Seal what has grown since the last seal now, if anything has."""
        now = self._clock()
        sizes: dict[StartId, tuple[int, int]] = {}
        heads: dict[StartId, Position] = {}
        for start in starts_in(self._folder):
            sizes[start] = _size_of(self._folder / start)
            last = segment_path(self._folder / start, sizes[start][0])
            if self._sizes.get(start) != sizes[start] and not compressed_path(last).exists():  # only what is sealed is
                head = head_of(self._folder / start, start)
                if self._book.heads.get(start) != head:
                    heads[start] = head
        sealed = self._book.seal(now, heads) if heads else None
        self._sizes, self._sealed_at = sizes, now
        return sealed


def head_of(folder: Path, start: StartId) -> Position:
    """The place behind the last whole line that the start in *folder* has, which is on the disk when this returns.

    The chain is the one that the line tells: what does not follow from the lines before it shows when it is verified,
    and a seal must not wait for that.
    """
    for number in range(_size_of(folder)[0], 0, -1):
        path = segment_path(folder, number)
        with path.open("rb") as segment:
            # Or a machine that dies now may come back with a seal of lines that it does not have.
            os.fdatasync(segment.fileno())
            end = segment.seek(0, os.SEEK_END)
            tail = b""
            while len(tail) < end:
                begin = max(end - len(tail) - _PIECE, 0)
                segment.seek(begin)
                tail = segment.read(end - len(tail) - begin) + tail
                lines = tail.split(b"\n")
                # The last is half a line or nothing; the first may be cut, unless the segment begins with it.
                if len(lines) > 2 or (len(lines) == 2 and begin == 0):
                    chain = lines[-2].partition(b" ")[0].decode("ascii", "replace")
                    return Position(segment=number, offset=end - len(lines[-1]), chain=chain)
    return Position(segment=1, offset=0, chain=seed_of(start))


def _size_of(folder: Path) -> tuple[int, int]:
    """The number of the last segment in *folder*, 0 where there is none, and how many bytes it has."""
    number = max(segments_in(folder), default=0)
    return number, segment_size(segment_path(folder, number)) if number else 0
