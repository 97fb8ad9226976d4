"""Keeps who was shown to whom where no restart forgets it, and the clock that it is counted by.

A line is `<check> <record>\\n`, the check being CRC-32 of the record. It is in the kernel before anything is shown, and
on the disk at most `FLUSH_S` later, as the access log is. Lines lie in segments, so that what counts no more is removed
without anything being written anew.

INVARIANT: time only goes on while this machine runs. Nobody can set it: a clock that is set ahead lets nobody be shown
more. While the machine is off it stands still, for how long that was only the clock could tell.
"""

import contextlib
import os
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from proxy.board import boot_time_ns
from proxy.quota.book import LONGEST_MS

SEGMENT_MS = 3600 * 1000
SEGMENT_BYTES = 64 * 1024 * 1024
FLUSH_S = 0.1
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Admitted(msgspec.Struct, frozen=True, array_like=True, tag="shown"):
    """That *caller* may be shown *subjects* under *limits*, at *at_ms*."""

    at_ms: int
    caller: str
    limits: tuple[str, ...]
    subjects: tuple[tuple[str, str], ...]


class Begun(msgspec.Struct, frozen=True, array_like=True, tag="begun"):
    """From here on the clock is that of the machine since its start *boot*, and *offset_ms*."""

    at_ms: int
    boot: str
    offset_ms: int


class Broken(Exception):
    """A line was altered, with others behind it: who was shown to whom is not known. The message says where."""


class NotKept(Exception):
    """It could not be written down."""


class Boot:
    """The start of this machine. Tests have one of their own."""

    @property
    def id(self) -> str:
        """Another one at each start."""
        return _BOOT_ID.read_text("ascii").strip()

    def time_ms(self) -> int:
        """Milliseconds since then, suspended or not."""
        return boot_time_ns() // 1_000_000


class QuotaFile:
    """The segments in *folder*, of which one process is the only writer."""

    def __init__(self, folder: Path, boot: Boot) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._boot = boot
        self._offset_ms = 0
        self._last_ms = 0
        self._fd = -1
        self._size = 0
        self._began_ms = 0
        self._ends: dict[Path, int] = {}
        """By segment that is not written any more: the time of its last line."""
        self._dirty = threading.Event()
        self._closing = threading.Event()
        self._flusher = threading.Thread(target=self._flush_forever, name="quota-flusher", daemon=True)

    def open(self) -> Iterator[Admitted]:
        """All that still counts, the oldest first; afterwards it can be written to. Raises Broken, OSError."""
        last_begun: Begun | None = None
        found: list[Admitted] = []
        for path in sorted(self._folder.glob("*.log")):
            for record in _read(path):
                self._last_ms = max(self._last_ms, record.at_ms)
                if isinstance(record, Begun):
                    last_begun = record
                else:
                    found.append(record)
            self._ends[path] = self._last_ms
        if last_begun is not None and last_begun.boot == self._boot.id:
            self._offset_ms = last_begun.offset_ms
        else:
            self._offset_ms = self._last_ms - self._boot.time_ms()
        self._flusher.start()
        return (record for record in found if record.at_ms + LONGEST_MS > self.now_ms())

    def now_ms(self) -> int:
        """The time that is counted by; it never goes back."""
        self._last_ms = max(self._last_ms, self._boot.time_ms() + self._offset_ms)
        return self._last_ms

    def append(self, record: Admitted) -> None:
        """Write *record* down. Raises NotKept, and then nothing of it is."""
        try:
            if self._fd < 0 or record.at_ms - self._began_ms > SEGMENT_MS or self._size > SEGMENT_BYTES:
                self._next_segment(record.at_ms)
            self._write(_line(record))
        except OSError as error:
            raise NotKept(error.strerror or "it cannot be written") from None
        self._dirty.set()

    def close(self) -> None:
        """Flush, and let go of the files."""
        self._closing.set()
        self._dirty.set()
        if self._flusher.is_alive():
            self._flusher.join()
        if self._fd >= 0:
            with contextlib.suppress(OSError):
                os.fdatasync(self._fd)
            os.close(self._fd)
            self._fd = -1

    def _next_segment(self, now_ms: int) -> None:
        last = max((int(path.stem) for path in self._folder.glob("*.log")), default=0)
        path = self._folder / f"{last + 1:09d}.log"
        fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        if self._fd >= 0:
            os.close(self._fd)
        self._fd, self._size, self._began_ms = fd, 0, now_ms
        try:
            self._write(_line(Begun(now_ms, self._boot.id, self._offset_ms)))
        except OSError:
            os.close(fd)
            self._fd = -1
            path.unlink(missing_ok=True)
            raise
        self._ends = {one: end for one, end in self._ends.items() if not self._removed(one, end, now_ms)}
        self._ends[path] = now_ms + SEGMENT_MS

    def _removed(self, path: Path, end_ms: int, now_ms: int) -> bool:
        """Remove *path* where nothing in it counts any more."""
        if end_ms + LONGEST_MS > now_ms:
            return False
        with contextlib.suppress(OSError):
            path.unlink()
        return True

    def _write(self, line: bytes) -> None:
        written = os.write(self._fd, line)
        if written == len(line):
            self._size += written
            return
        try:  # a full disk takes part of a line
            os.ftruncate(self._fd, self._size)
        except OSError:
            os.close(self._fd)
            self._fd = -1  # what is torn stays behind, at the end of its segment
        raise OSError(0, "the disk took half a line")

    def _flush_forever(self) -> None:
        while not self._closing.is_set():
            self._dirty.wait()
            self._closing.wait(FLUSH_S)
            self._dirty.clear()
            with contextlib.suppress(OSError):
                fd = os.dup(self._fd)
                try:
                    os.fdatasync(fd)
                finally:
                    os.close(fd)


def _line(record: Admitted | Begun) -> bytes:
    body = msgspec.json.encode(record)
    return b"%08x %s\n" % (zlib.crc32(body), body)


_decode = msgspec.json.Decoder(Admitted | Begun).decode


def _read(path: Path) -> Iterator[Admitted | Begun]:
    """The records of the segment at *path*. What is torn at its end has not happened: nobody was told of it."""
    torn_at, offset = -1, 0
    with path.open("rb") as segment:
        for line in segment:
            record = _record(line)
            if record is None:
                torn_at = offset if torn_at < 0 else torn_at
            elif torn_at >= 0:
                raise Broken(f"{path.name}: the line at byte {torn_at} was altered")
            else:
                yield record
            offset += len(line)


def _record(line: bytes) -> Any:
    check, _, body = line[:-1].partition(b" ")
    try:
        if line.endswith(b"\n") and int(check, 16) == zlib.crc32(body):
            return _decode(body)
    except (ValueError, msgspec.DecodeError):
        pass
    return None
