"""Keeps exports as they were shown, masked, for a while: on the disk, in files that have no name.

INVARIANT 1: what lies here has been masked, recorded and released before. A file without a name goes with the process
that holds it, however that ends; nothing has to be cleared away.
"""

import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LASTS_S = 15 * 60.0
"""So long a part of an export may be asked for once it has ended."""
MOST_BYTES = 2 * 1024 * 1024 * 1024
"""On the disk, of one worker."""
MOST_KEPT = 256
"""Exports of one worker."""


@dataclass(slots=True)
class Spooled:
    """One export."""

    tag: str
    """Random: it tells nothing of what is in it, and nobody guesses it."""
    bound: bytes
    """To whom it was shown, and by what; see `exports.bound_of`."""
    content_type: str
    format: str
    file: int
    """Its descriptor."""
    mark: str = ""
    """The serial that it bears: a part of it is a part of the same copy."""
    size: int = 0
    until_s: float | None = None
    """Monotonic; None while it is not whole."""

    @property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """What tells the caller that parts of it may be asked for, and by what tag."""
        return (b"etag", f'"{self.tag}"'.encode()), (b"accept-ranges", b"bytes")

    def read(self, start: int, end: int) -> bytes:
        """Its bytes from *start* to *end*. Raises OSError."""
        data = os.pread(self.file, end - start, start)
        if len(data) != end - start:
            raise OSError("less than was written")
        return data


class Spool:
    """The exports of one worker. None where there is no *folder*: then none is kept."""

    def __init__(
        self, folder: Path | None, *, most_bytes: int = MOST_BYTES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._clock = clock
        self._kept: dict[str, Spooled] = {}

    @property
    def bytes_kept(self) -> int:
        """On the disk, by now."""
        return sum(spooled.size for spooled in self._kept.values())

    def begin(self, bound: bytes, content_type: str, format_: str, mark: str = "") -> Spooled | None:
        """A new export; None where none can be kept."""
        self.forget()
        if self._folder is None or len(self._kept) >= MOST_KEPT:
            return None
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            file = _unnamed(self._folder)
        except OSError:
            return None
        spooled = Spooled(secrets.token_urlsafe(18), bound, content_type, format_, file, mark)
        self._kept[spooled.tag] = spooled
        return spooled

    def write(self, spooled: Spooled, data: bytes) -> None:
        """Keep *data* as well; where that is too much, or fails, nothing more is kept of this export."""
        if spooled.tag not in self._kept:
            return
        try:
            if self.bytes_kept + len(data) > self._most_bytes:
                raise OSError("no more may be kept")
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(spooled.file, rest) :]
            spooled.size += len(data)
        except OSError:
            self.drop(spooled)

    def end(self, spooled: Spooled) -> None:
        """It is whole: parts of it may be asked for."""
        spooled.until_s = self._clock() + LASTS_S

    def drop(self, spooled: Spooled) -> None:
        """Nothing of it may be asked for."""
        if self._kept.pop(spooled.tag, None) is not None:
            os.close(spooled.file)

    def find(self, tag: str, bound: bytes) -> Spooled | None:
        """The whole export with *tag* that was shown to the same caller, by the same rules, for the same question."""
        self.forget()
        spooled = self._kept.get(tag)
        if spooled is None or spooled.until_s is None or not secrets.compare_digest(spooled.bound, bound):
            return None
        return spooled

    def forget(self) -> None:
        """Drop what is past."""
        moment = self._clock()
        for spooled in list(self._kept.values()):
            if spooled.until_s is not None and moment >= spooled.until_s:
                self.drop(spooled)


def _unnamed(folder: Path) -> int:
    """The descriptor of a new file in *folder* that nobody else can open. Raises OSError."""
    with suppress(OSError):  # as where the file system knows no files without a name
        return os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o600)
    path = folder / secrets.token_hex(16)
    file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    path.unlink()
    return file
