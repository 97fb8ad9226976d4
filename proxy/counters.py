"""What a worker counts, in shared memory, so that the supervisor can tell without asking. Numbers only."""

import mmap
import os
from pathlib import Path

NAMES = (
    "requests",
    "withheld",
    "failures",
    "record_failures",
    "refused_publications",
    "unopened",
    "refused_busy",
    "refused_connections",
    "limited",
    "live",
    "held",
    "connections",
    "late_ms",
    "serving",
    "ready",
    "programs",
    "overlay",
    "kernel",
)
"""Totals since the worker started up to `refused_connections`; then how it stands at the moment: exchanges under way,
those and answers that callers have not taken yet, connections, by how many milliseconds its loop is late, 1 while its
lease holds, 1 while it takes on new callers, the generations it serves by, and 1 where it has the compiled kernel."""


class Counters:
    """The counters in the file *path*, made if there is none."""

    def __init__(self, path: Path) -> None:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.ftruncate(fd, mmap.PAGESIZE)
            self._words = memoryview(mmap.mmap(fd, mmap.PAGESIZE)).cast("Q")
        finally:
            os.close(fd)

    def add(self, name: str, number: int = 1) -> None:
        """Count *number* more."""
        self._words[_PLACES[name]] += number

    def set(self, name: str, number: int) -> None:
        """Let the counter stand at *number*."""
        self._words[_PLACES[name]] = number

    def read(self) -> dict[str, int]:
        """All counters by name."""
        return {name: self._words[place] for name, place in _PLACES.items()}


def read_counters(path: Path) -> dict[str, int]:
    """All counters in the file *path* by name, as they are now; zeros where there is no such file."""
    try:
        words = memoryview(path.read_bytes()[: 8 * len(NAMES)]).cast("Q")
    except OSError:
        return dict.fromkeys(NAMES, 0)
    return dict(zip(NAMES, words, strict=False)) if len(words) == len(NAMES) else dict.fromkeys(NAMES, 0)


_PLACES = {name: place for place, name in enumerate(NAMES)}
