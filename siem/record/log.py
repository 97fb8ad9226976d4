"""The access log: append-only segments of chained lines, one folder for each worker start.

A line is `<chain> <event>\\n`. `<event>` is an ECS document in JSON; `<chain>` is SHA-256 over the chain of the line
before and the event's bytes, in hex. The first line follows the start's seed. So a line that was changed, dropped,
added or moved shows at the next one. Who reads the log sees whole lines only: a torn last line has not happened yet.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NewType

import orjson

from siem.record.ecs import Document, to_json
from siem.record.event import AccessEvent, EventId
from siem.record.segment import opened

StartId = NewType("StartId", str)
"""Names one start of one worker; sorts by time."""

SEGMENT_BYTES = 64 * 1024 * 1024
FLUSH_SECONDS = 0.1
ROOM_BYTES, ROOM_SECONDS = 4096, 1.0

_SEED = b"yingbi log 1 "
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class RecordFailed(Exception):
    """The event is not in the log. What it would have recorded must not be released (invariant 2)."""


def new_start_id(now: datetime) -> StartId:
    """Ten characters of Crockford's base 32: the second of *now*, then 18 random bits."""
    number = (int(now.timestamp()) << 18) | secrets.randbits(18)
    return StartId("".join(_CROCKFORD[(number >> shift) & 31] for shift in range(45, -1, -5)))


def begun_at(start: StartId) -> datetime:
    """The second in which *start* began, by its name. In UTC."""
    number = 0
    for character in start:
        number = number << 5 | _CROCKFORD.index(character)
    return datetime.fromtimestamp(number >> 18, UTC)


class AccessLog:
    """The log of one worker start. Not thread-safe but for its own flusher.

    "In the log" means written to the kernel: it survives the death of the process, not of the machine. What was
    appended is on the disk at most *flush_s* seconds later, or before `append` returns where `durably` is asked for or
    *flush_s* is 0.
    """

    def __init__(
        self, folder: Path, start: StartId, *, segment_bytes: int = SEGMENT_BYTES, flush_s: float = FLUSH_SECONDS
    ) -> None:
        self.start = start
        self.folder = folder / start
        self.folder.mkdir(parents=True, mode=0o750)
        self.segment_bytes = segment_bytes
        self.flush_s = flush_s
        self._chain = seed_of(start)
        self._numbered = 0
        self._segment = 0
        self._fd = -1
        self._size = 0
        self._suspect = True  # no open segment that can be trusted: the next append opens one
        self._dirty = threading.Event()
        self._closing = threading.Event()
        self._room = True
        self._look_again_s = 0.0  # monotonic
        self._lock = threading.Lock()
        self._flusher = threading.Thread(target=self._flush_forever, name="log-flusher", daemon=True)
        self._flusher.start()

    def new_id(self) -> EventId:
        """An id no other event has. Ids that are never appended leave a gap, which means nothing."""
        self._numbered += 1
        return EventId(f"{self.start}-{self._numbered}")

    def append(self, event: AccessEvent, *, durably: bool = False) -> None:
        """Put *event* in the log. Raises RecordFailed where that cannot be had, and nothing may be released.

        The log then holds nothing of it, but where it was `durably` asked for and only the flush failed.
        """
        body = to_json(event)
        chain = link(self._chain, body)
        line = b"%s %s\n" % (chain.encode(), body)
        with self._lock:
            if self._suspect or self._size + len(line) > self.segment_bytes:
                self._open_next_segment()
            self._write(line)
            self._chain = chain
            if durably or not self.flush_s:
                self._sync()
        # The flusher clears it before it flushes: what was written while it was set is flushed all the same.
        if self.flush_s and not self._dirty.is_set():
            self._dirty.set()

    def has_room(self) -> bool:
        """Whether an event could be written just now, as far as a file without a name tells; true where the disk knows
        no such files. Looked at once a second.
        """
        if time.monotonic() >= self._look_again_s:
            self._look_again_s = time.monotonic() + ROOM_SECONDS
            self._room = _takes(self.folder)
        return self._room

    def close(self) -> None:
        """Flush and close. The log takes no event afterwards."""
        self._closing.set()
        self._dirty.set()
        self._flusher.join()
        with self._lock:
            if self._fd >= 0:
                os.close(self._fd)
            self._fd = -1
            self._suspect = True

    def _write(self, line: bytes) -> None:
        try:
            written = os.write(self._fd, line)
        except OSError as error:
            raise RecordFailed(f"cannot write to the log: {error.strerror}") from None
        if written != len(line):  # a full disk takes part of a line
            try:
                os.ftruncate(self._fd, self._size)
            except OSError:
                self._suspect = True  # leave the torn tail behind and go on in a new segment
            raise RecordFailed("cannot write to the log: the disk took half a line")
        self._size += written

    def _open_next_segment(self) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        try:
            fd = os.open(segment_path(self.folder, self._segment + 1), flags, 0o640)
        except OSError as error:
            raise RecordFailed(f"cannot open a segment of the log: {error.strerror}") from None
        with contextlib.suppress(OSError):  # tells who compresses segments that somebody writes to this one
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if self._fd >= 0:
            with contextlib.suppress(OSError):  # the old segment is left either way
                os.fdatasync(self._fd)
            os.close(self._fd)
        self._fd = fd
        self._segment += 1
        self._size = 0
        self._suspect = False

    def _sync(self) -> None:
        try:
            os.fdatasync(self._fd)
        except OSError as error:
            self._suspect = True
            raise RecordFailed(f"cannot flush the log: {error.strerror}") from None

    def _flush_forever(self) -> None:
        while not self._closing.is_set():
            self._dirty.wait()
            self._closing.wait(self.flush_s)
            self._dirty.clear()
            # A duplicate lets fdatasync run without the lock, which would make every append wait for the disk.
            try:
                with self._lock:
                    fd = os.dup(self._fd) if self._fd >= 0 else -1
            except OSError:
                self._dirty.set()  # no descriptor to be had: tried again, for what was written must reach the disk
                continue
            if fd < 0:
                continue
            try:
                os.fdatasync(fd)
            except OSError:
                self._suspect = True
            finally:
                os.close(fd)


def _takes(folder: Path) -> bool:
    try:
        fd = os.open(folder, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    except OSError as error:
        return error.errno in (errno.EOPNOTSUPP, errno.EISDIR)
    try:
        return os.write(fd, bytes(ROOM_BYTES)) == ROOM_BYTES
    except OSError:
        return False
    finally:
        os.close(fd)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a segment that was read whole and fits its chain."""

    document: Document
    chain: str
    end: int
    """Offset in bytes of the line after it."""


class BrokenChain(Exception):
    """A line of the log does not follow from the line before it. The message names segment and offset."""


def read_segment(path: Path, *, offset: int = 0, chain: str) -> Iterator[Line]:
    """The lines that `read_lines` gives, decoded."""
    for body, after, end in read_lines(path, offset=offset, chain=chain):
        document: dict[str, Any] = orjson.loads(body)
        yield Line(document, after, end)


def read_lines(path: Path, *, offset: int = 0, chain: str) -> Iterator[tuple[bytes, str, int]]:
    """Of each whole line of the segment at *path* from *offset* on: its event's bytes, its chain, and where it ends.

    *chain* is that of the line before. Stops before a last line without an end. Raises BrokenChain at the first line
    that does not follow.
    """
    with opened(path, offset) as segment:
        for raw in segment:
            if not raw.endswith(b"\n"):
                return
            told, _, body = raw[:-1].partition(b" ")
            chain = link(chain, body)
            if told.decode("ascii", "replace") != chain:
                raise BrokenChain(f"{path.parent.name}/{path.name}: the line at byte {offset} does not follow")
            offset += len(raw)
            yield body, chain, offset


def seed_of(start: StartId) -> str:
    """The chain before the first line of *start*."""
    return hashlib.sha256(_SEED + start.encode()).hexdigest()


def link(chain: str, body: bytes) -> str:
    """The chain of the line that holds *body* after the line whose chain is *chain*."""
    return hashlib.sha256(chain.encode() + body).hexdigest()


def segment_path(folder: Path, number: int) -> Path:
    """Where segment *number* (from 1) of the start in *folder* lies as it is written; see `siem.record.segment`."""
    return folder / f"{number:06d}.log"
