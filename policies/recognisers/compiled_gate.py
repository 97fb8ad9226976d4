"""Patterns of hyperscan as a database: read from where `make venv` has kept it, or else compiled, which takes a second.

INVARIANT: what is read is what would be compiled. A file is named by its patterns and the library's version, lies where
only who can change this program can write, and begins with its digest; one for another processor the library refuses.
"""

import hashlib
import json
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import hyperscan

FOLDER = Path(sys.prefix) / "share" / "yingbi" / "gate"
_DIGEST = hashlib.sha256().digest_size


class Pattern(NamedTuple):
    """One question to a text."""

    number: int
    """What a match is told as."""
    expression: str
    flags: int
    """Of `hyperscan.HS_FLAG_…`, joined by or."""


def database_of(patterns: Sequence[Pattern], folder: Path = FOLDER) -> hyperscan.Database:
    """The database of *patterns*, from *folder* where it lies there whole."""
    try:
        return _read(file_of(patterns, folder))
    except (OSError, ValueError, hyperscan.error):
        return _compiled(patterns)


def keep(parts: Sequence[Sequence[Pattern]], folder: Path = FOLDER) -> None:
    """Have a database of each of *parts* in *folder*, and those of earlier versions no more. Raises OSError."""
    kept = [_kept(patterns, folder) for patterns in parts]
    for other in folder.glob("*.db"):
        if other not in kept:
            other.unlink(missing_ok=True)


def _kept(patterns: Sequence[Pattern], folder: Path) -> Path:
    """Where the database of *patterns* lies in *folder*, from now on at the latest."""
    file = file_of(patterns, folder)
    try:
        _read(file)
    except (OSError, ValueError, hyperscan.error):
        data = hyperscan.dumpb(_compiled(patterns))
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(hashlib.sha256(data).digest() + data)
        unfinished.replace(file)  # two commands started together keep the same
    return file


def file_of(patterns: Sequence[Pattern], folder: Path = FOLDER) -> Path:
    """Where the database of *patterns* lies, in *folder*, if it does."""
    made_of = json.dumps([version("hyperscan"), *patterns]).encode()
    return folder / f"{hashlib.sha256(made_of).hexdigest()}.db"


def _read(file: Path) -> hyperscan.Database:
    data = file.read_bytes()
    told, data = data[:_DIGEST], data[_DIGEST:]
    if hashlib.sha256(data).digest() != told:  # the library's own sum leaves out what it fills up with
        raise ValueError("not what was kept")
    return hyperscan.loadb(data, hyperscan.HS_MODE_BLOCK)


def _compiled(patterns: Sequence[Pattern]) -> hyperscan.Database:
    database = hyperscan.Database()
    database.compile(
        expressions=[pattern.expression.encode() for pattern in patterns],
        ids=[pattern.number for pattern in patterns],
        elements=len(patterns),
        flags=[pattern.flags for pattern in patterns],
    )
    return database
