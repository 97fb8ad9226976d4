"""Keeps the log: compresses what is sealed, copies it off this machine, and lets go of what was kept long enough.

INVARIANT: nothing is deleted here but a start whose copy was read back and stands where its last seal says, whose time
is over, which is no evidence of a case, and whose removal a seal names. A segment is compressed only when nobody writes
to it any more.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

import zstandard

from siem.record.log import StartId, begun_at, segment_path
from siem.record.reader import beginning_of, follow, starts_in
from siem.record.seal import SealBook
from siem.record.segment import compressed_path, segments_in
from siem.record.verify_start import Mark, check_start

_LEVEL = 6
_REMOVING = ".removing-"

type Spans = Sequence[tuple[datetime, datetime]]
"""From when to when what was logged is evidence, both included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What is kept, where and how long."""

    copies: Path | None = None
    """A folder on another machine; None: nothing is copied, and nothing is ever let go."""
    keep: timedelta = timedelta(days=184)
    """After the last seal in which a start has grown."""
    sharing: frozenset[str] = frozenset()
    """The systems by which data is shared with others: a start with an event of theirs is kept `sharing_keep`."""
    sharing_keep: timedelta = timedelta(days=1096)
    is_elsewhere: bool = False
    """Whether `copies` is off this machine although it has the number of the same disk."""


class Keeper:
    """Looks after the log in *folder*. *sealing* is held by whoever uses *book*."""

    def __init__(
        self,
        folder: Path,
        book: SealBook,
        sealing: Lock,
        keeping: Keeping,
        clock: Callable[[], datetime],
        preserved: Callable[[], Spans] = tuple,
    ) -> None:
        """*preserved* tells what is evidence now, and raises OSError where that cannot be known: then nothing goes."""
        self._folder = folder
        self._book = book
        self._sealing = sealing
        self._keeping = keeping
        self._clock = clock
        self._preserved = preserved
        self._kept: set[StartId] = set()
        """Starts with events of sharing systems."""

    def step(self, go_on: Callable[[], bool] = lambda: True) -> None:
        """Do what can be done now, for as long as *go_on* says so after each file. Raises OSError."""
        for left in self._folder.glob(f"{_REMOVING}*"):
            shutil.rmtree(left)
        for start in starts_in(self._folder):
            for number in sorted(segments_in(self._folder / start)):
                if not go_on():
                    return
                path = segment_path(self._folder / start, number)
                if path.exists() and self._is_done(start, number, path):
                    compress(path)
                if self._keeping.copies is not None and not path.exists():
                    _copy(compressed_path(path), self._keeping.copies / start)
            if self._keeping.copies is not None and self._may_go(start):
                self._let_go(start)
        if self._keeping.copies is not None:
            _copy_journal(self._book.journal, self._keeping.copies)

    def _is_done(self, start: StartId, number: int, path: Path) -> bool:
        """Whether the segment is sealed to its end, and nobody writes to it any more."""
        head = self._book.heads.get(start)
        if head is None or head.segment < number:
            return False
        if head.segment > number:
            return True
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # its writer holds it for as long as it lives
            except OSError:
                return False
            file.seek(head.offset)
            return b"\n" not in file.read()

    def _may_go(self, start: StartId) -> bool:
        """Whether the start was kept as long as it has to be."""
        with self._sealing:
            grew = self._book.grew.get(start)
        if grew is None or start in self._kept or self._clock() < grew + self._keeping.keep:
            return False
        if any(may_lie_in(since, until, start, grew) for since, until in self._preserved()):
            return False
        if self._clock() >= grew + self._keeping.sharing_keep:
            return True
        for document, _ in follow(self._folder / start, beginning_of(start)):
            if document["service"]["name"] in self._keeping.sharing:
                self._kept.add(start)
                return False
        return True

    def _let_go(self, start: StartId) -> None:
        """Remove the start, if its copy can stand in its place."""
        head = self._book.heads[start]
        assert self._keeping.copies is not None
        copy = self._keeping.copies / start
        if self._folder.stat().st_dev == self._keeping.copies.stat().st_dev and not self._keeping.is_elsewhere:
            raise OSError(f"the copies in {self._keeping.copies} lie on the disk of the log: nothing is let go")
        if head.offset:
            if not copy.is_dir():
                return
            found = check_start(copy, start, [Mark(head, 0, self._clock())], None)
            if found.wrong is not None or found.unsealed[0]:
                raise OSError(f"the copy of {start} is not what was sealed")
        with self._sealing:
            self._book.seal(self._clock(), {}, [start])
        removing = self._folder / f"{_REMOVING}{start}"
        (self._folder / start).rename(removing)
        shutil.rmtree(removing)


def compress(path: Path) -> None:
    """Put a compressed segment in the place of the one at *path*, once it was read back. Raises OSError."""
    data = path.read_bytes()
    packed = compressed_path(path)
    unfinished = packed.with_name(f".{packed.name}")
    _write(unfinished, zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(data))
    if zstandard.ZstdDecompressor().decompress(unfinished.read_bytes()) != data:
        raise OSError(f"{path.name} cannot be compressed: what was written is not what is read back")
    unfinished.replace(packed)
    _flush_folder(path.parent)
    path.unlink()
    _flush_folder(path.parent)


def _copy(path: Path, folder: Path) -> None:
    """Copy the compressed segment at *path* into *folder*, and read the copy back."""
    copy = folder / path.name
    if copy.exists() or not path.exists():
        return
    folder.mkdir(exist_ok=True)  # what is not mounted now is not made in its place
    data = path.read_bytes()
    unfinished = folder / f".{path.name}"
    _write(unfinished, data)
    if hashlib.sha256(unfinished.read_bytes()).digest() != hashlib.sha256(data).digest():
        raise OSError(f"{path.name} cannot be copied: what was written is not what is read back")
    unfinished.replace(copy)
    _flush_folder(folder)


def _copy_journal(journal: Path, folder: Path) -> None:
    """Add to the copy of the journal of seals what it lacks."""
    copy = folder / journal.name
    with contextlib.suppress(FileNotFoundError), journal.open("rb") as file, copy.open("ab") as target:
        file.seek(target.tell())
        lines = file.read()
        target.write(lines[: lines.rfind(b"\n") + 1])
        target.flush()
        os.fsync(target.fileno())


def _write(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def may_lie_in(since: datetime, until: datetime, start: StartId, grew: datetime) -> bool:
    """Whether a line of *start*, which *grew* for the last time then, may be of since <= time <= until."""
    return since <= grew and begun_at(start) <= until
