"""Whether files have changed since they were read."""

import os
from pathlib import Path

type Stamp = tuple[tuple[int, int, int] | None, ...]


def stamp_of(*paths: Path) -> Stamp:
    """What is the same as long as none of *paths* is written, put in another's place, made or removed."""
    return tuple(map(_of_one, paths))


def _of_one(path: Path) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
