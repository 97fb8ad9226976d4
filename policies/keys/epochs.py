"""The epochs of the digest key: which key counts, since when, and how long two are written.

A new epoch begins only where the key has become known. For `BOTH` from then on a subject's digest under the key before
is written beside the new one, so that who looks back finds a person on both sides. Its beginning is a recorded time: no
restart moves it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from policies.digest import Digester
from policies.keys.key_files import read_secret

BOTH = timedelta(days=31)
FIRST = "1"


class BadEpochs(Exception):
    """It cannot be known by which key to count: the list of epochs or one of their keys is torn or lost."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch: *name* stands in every digest of it."""

    name: str
    began_at: datetime | None = None
    """None of the first: it began with the installation."""
    reason: str = ""


def epochs_path(folder: Path) -> Path:
    """The list of epochs in the *folder* of keys."""
    return folder / "epochs.json"


def digest_key_path(folder: Path, epoch: str) -> Path:
    """The key of *epoch*."""
    return folder / f"digest-{epoch}.key"


def read_epochs(folder: Path) -> list[Epoch]:
    """The epochs of the keys in *folder*, the oldest first. Raises BadEpochs."""
    try:
        found = json.loads(epochs_path(folder).read_bytes())
        if not isinstance(found, list):
            raise ValueError
        later = [Epoch(each["epoch"], datetime.fromisoformat(each["began_at"]), each["reason"]) for each in found]
        epochs = [Epoch(FIRST), *later]
        if [epoch.name for epoch in epochs] != [str(number) for number in range(1, len(epochs) + 1)]:
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError):
        raise BadEpochs(epochs_path(folder).name) from None
    return epochs


def write_epochs(epochs: Sequence[Epoch]) -> bytes:
    """*epochs* as their file has them."""
    later = [
        {"epoch": epoch.name, "began_at": epoch.began_at.isoformat(), "reason": epoch.reason}
        for epoch in epochs
        if epoch.began_at is not None
    ]
    return json.dumps(later, ensure_ascii=False, indent=1).encode() + b"\n"


def digester_in(folder: Path, now: datetime) -> Digester:
    """What digests are made with at *now*. Raises BadEpochs."""
    epochs = read_epochs(folder)
    try:
        keyed = [Digester(epoch.name, read_secret(digest_key_path(folder, epoch.name))) for epoch in epochs]
    except (OSError, ValueError):
        raise BadEpochs("digest-*.key") from None
    *earlier, current = keyed
    ends = ends_of(epochs)
    both = ends is not None and now < ends
    return current.after(earlier, writes_both=both)


def ends_of(epochs: Sequence[Epoch]) -> datetime | None:
    """Until when two digests are written; None where there was never but one."""
    began = epochs[-1].began_at
    return None if began is None else began + BOTH
