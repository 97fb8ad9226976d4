"""The folder in which workers leave what callers ask to see: one file each, until the control process takes it."""

import os
from collections.abc import Iterator
from pathlib import Path

from policies.permits import PERMIT_ID, Asked, write_asked

MOST_WAITING = 1000
"""So many wait at most. The control process takes them many times a second: more than that means that it does not."""


class NotTaken(Exception):
    """What is asked for cannot be left: too many wait, or the disk takes nothing."""


def leave(folder: Path, asked: Asked, key: bytes) -> None:
    """Leave *asked*, in one step, for the owner's eyes. Raises NotTaken, ValueError where it is too large."""
    data = write_asked(asked, key)
    path = folder / f"{asked.id}.json"
    unfinished = path.with_suffix(".new")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if sum(1 for _ in waiting(folder)) >= MOST_WAITING:
            raise NotTaken("too many wait")
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise NotTaken("the disk takes nothing") from error


def waiting(folder: Path) -> Iterator[Path]:
    """The files that wait, in no order; none where nothing was ever left. Raises OSError."""
    try:
        entries = list(folder.iterdir())
    except FileNotFoundError:
        return
    yield from (path for path in entries if path.suffix == ".json" and PERMIT_ID.fullmatch(path.stem))
