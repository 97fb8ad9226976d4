"""The journal of the keys: one line of JSON for whatever was done to one, by whom, when and why. No line holds a key.

It lies beside the keys and not among them, so that whoever has lost them still knows that there were some: tokens made
with them may exist, and nothing is made anew in their place. Each line holds the SHA-256 of the one before it.
"""

import getpass
import hashlib
import json
import os
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path


class Act(StrEnum):
    """What can be done to keys."""

    ROOT_MADE = "root-made"
    ROOT_RETIRED = "root-retired"
    MADE = "made"
    """The first key of a system."""
    ROTATED = "rotated"
    REVOKED = "revoked"
    DIGESTS_BEGUN = "digests-begun"
    IDENTITY_ROTATED = "identity-rotated"
    """Systems behind are told who asks by a new key."""
    ESCROWED = "escrowed"
    PROVED = "proved"
    """The escrowed backup was opened with two shares, and held every key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line."""

    at: datetime
    act: Act
    system: str = ""
    keys: tuple[str, ...] = ()
    """Ids of keys, root keys and epochs."""
    by: str
    reason: str = ""
    backup: str = ""
    """Id of the backup."""


class BrokenJournal(Exception):
    """A line was altered, dropped or moved. The message says which."""


def read_journal(path: Path) -> list[Entry]:
    """Every line, the oldest first; none where there is no journal yet. A torn last line has not happened.

    Raises BrokenJournal, OSError.
    """
    return _read(path)[0]


def append(path: Path, act: Act, now: datetime, **about: object) -> None:
    """Write one more line. It is on the disk when this returns. Raises BrokenJournal, OSError.

    Only one process may do so at a time: see `yingbi.keys.handling.KeyStore`.
    """
    _, chain, whole = _read(path)
    line = {"at": now.isoformat(), "act": act.value, "by": getpass.getuser(), **about, "after": chain}
    data = json.dumps(line, ensure_ascii=False).encode() + b"\n"
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        file.truncate(whole)
        file.seek(whole)
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            os.ftruncate(file.fileno(), whole)
            raise


def _read(path: Path) -> tuple[list[Entry], str, int]:
    """The entries, the hash of the last line, and how many bytes are whole lines."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return [], "", 0
    whole = data[: data.rfind(b"\n") + 1]
    entries, chain = [], ""
    for number, line in enumerate(whole.splitlines(keepends=True), 1):
        try:
            found = json.loads(line)
            if found.pop("after") != chain:
                raise ValueError
            entries.append(
                Entry(
                    at=datetime.fromisoformat(found.pop("at")),
                    act=Act(found.pop("act")),
                    keys=tuple(found.pop("keys", ())),
                    **found,
                )
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BrokenJournal(f"`{path.name}`:{number}") from None
        chain = hashlib.sha256(line).hexdigest()
    return entries, chain, len(whole)
