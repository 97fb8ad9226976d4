"""The published notices as they lie in the folder, read again only where a file has changed."""

import contextlib
import logging
import time
from dataclasses import dataclass
from pathlib import Path

from bulletin.proofs import KEY_FILES, Proofs
from incident.notice import NoticeFile, PublishedNotice, notice_files, read_notice_file

LOOKS_EVERY_NS = 200_000_000
"""So often every file is looked at in any case: one may be written by somebody else, in place."""
TICK_NS = 50_000_000

log = logging.getLogger("bulletin")


@dataclass(frozen=True, slots=True)
class _Read:
    signature: tuple[int, int, int]
    file: NoticeFile | None


class Shelf:
    """Looks at the folder on every request: whatever was published a moment ago is there.

    A file that cannot be read is reported once, and its last readable form is shown on: a slip in one notice must not
    take down the others, nor that one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, _Read] = {}
        self._notices: tuple[PublishedNotice, ...] = ()
        self._keys: dict[str, bytes] = {}
        self._looked: tuple[int, int] | None = None
        """When the folder was looked at last, and of when it was then; in nanoseconds of the machine's clock."""
        self.generation = 0
        """Grows whenever what `notices` or `proofs` returns has changed."""

    def notices(self) -> tuple[PublishedNotice, ...]:
        """Every notice, newest first."""
        if self._is_as_it_was():
            return self._notices
        found: dict[str, _Read] = {}
        for path in notice_files(self._folder):
            try:
                found[path.name] = self._look(path)
            except OSError as error:
                log.warning("notice_unreadable file=%s reason=%s", path.name, error.strerror)
                if path.name in self._read:
                    found[path.name] = self._read[path.name]
        keys = self._look_at_keys()
        if found != self._read or keys != self._keys:
            self._read, self._keys = found, keys
            self.generation += 1
        self._notices = tuple(read.file.notice for read in found.values() if read.file is not None)
        return self._notices

    def proofs(self) -> Proofs:
        """What vouches for the notices that were returned last."""
        files = [read.file for read in self._read.values() if read.file is not None]
        return Proofs({file.id: file.signatures for file in files}, self._keys)

    def _is_as_it_was(self) -> bool:
        """Whether no file was put into the folder since it was looked at, and that was a moment ago.

        A notice is published by renaming, which the time of the folder tells of. It tells two within one tick of the
        machine's clock apart by nothing, so a folder that changed shortly before the look is looked at again.
        """
        before = self._looked
        now = time.time_ns()
        try:
            changed = self._folder.stat().st_mtime_ns
        except OSError:
            changed = now
        as_it_was = before is not None and before[1] == changed and 0 <= now - before[0] < LOOKS_EVERY_NS
        if as_it_was and before is not None and before[0] - changed > TICK_NS:
            return True
        self._looked = now, changed
        return False

    def _look(self, path: Path) -> _Read:
        stat = path.stat()
        signature = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        before = self._read.get(path.name)
        if before is not None and before.signature == signature:
            return before
        try:
            return _Read(signature, read_notice_file(path))
        except ValueError as error:
            log.warning("notice_unreadable file=%s reason=%s", path.name, error)
            return _Read(signature, before.file if before else None)

    def _look_at_keys(self) -> dict[str, bytes]:
        found = {}
        for name in KEY_FILES:
            with contextlib.suppress(OSError):
                found[name] = (self._folder / name).read_bytes()
        return found
