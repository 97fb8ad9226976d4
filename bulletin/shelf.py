"""The published notices as they lie in the folder, read again only where a file has changed."""

import logging
from dataclasses import dataclass
from pathlib import Path

from incident.notice import PublishedNotice, notice_files, read_notice

log = logging.getLogger("bulletin")


@dataclass(frozen=True, slots=True)
class _Read:
    signature: tuple[int, int, int]
    notice: PublishedNotice | None


class Shelf:
    """Looks at the folder on every request: whatever was published a moment ago is there.

    A file that cannot be read is reported once, and its last readable form is shown on: a slip in one notice must not
    take down the others, nor that one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, _Read] = {}
        self.generation = 0
        """Grows whenever what `notices` returns has changed."""

    def notices(self) -> tuple[PublishedNotice, ...]:
        """Every notice, newest first."""
        found: dict[str, _Read] = {}
        for path in notice_files(self._folder):
            try:
                found[path.name] = self._look(path)
            except OSError as error:
                log.warning("notice_unreadable file=%s reason=%s", path.name, error.strerror)
                if path.name in self._read:
                    found[path.name] = self._read[path.name]
        if found != self._read:
            self._read = found
            self.generation += 1
        return tuple(read.notice for read in found.values() if read.notice is not None)

    def _look(self, path: Path) -> _Read:
        stat = path.stat()
        signature = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        before = self._read.get(path.name)
        if before is not None and before.signature == signature:
            return before
        try:
            return _Read(signature, read_notice(path))
        except ValueError as error:
            log.warning("notice_unreadable file=%s reason=%s", path.name, error)
            return _Read(signature, before.notice if before else None)
