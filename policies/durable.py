"""Files and names that outlast a loss of power."""

import os
from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Put *data* in the file in one step: whoever reads sees all of it or what was there before. Raises OSError.

    It is on the disk when this returns.
    """
    unfinished = path.with_suffix(".new")
    with unfinished.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Let the names in *folder* be on the disk when this returns. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
