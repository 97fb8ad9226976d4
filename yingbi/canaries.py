"""The list of canaries of an installation: read as it is now, and added to. It holds digests only."""

import fcntl
import os
from collections.abc import Iterable
from datetime import datetime

from deploy.private_file import write_private
from policies.keys.epochs import BadEpochs, digester_in
from siem.canary import read_canaries
from yingbi.home import Home
from yingbi.keys.handling import KeysNotUsable


def canaries_of(home: Home) -> frozenset[str] | None:
    """The digests of the canaries as they are now; None where the list cannot be read, and nobody knows them."""
    try:
        return read_canaries(home.canaries) if home.canaries.exists() else frozenset()
    except (OSError, ValueError):
        return None


def add_canaries(home: Home, identifiers: Iterable[str], now: datetime) -> None:
    """Add the digests of *identifiers* under the key of *now*; those under keys before stay. Raises KeysNotUsable,
    and OSError.
    """
    try:
        digests = digester_in(home.keys, now).each(identifiers)
    except BadEpochs as problem:
        raise KeysNotUsable(
            f"`keys/{problem}` 读不懂，请从备份恢复 / cannot be read: restore it from a backup"
        ) from None
    folder = os.open(home.root, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)  # a command and the console may add to it at once
        before = home.canaries.read_text("utf-8").splitlines() if home.canaries.exists() else []
        write_private(home.canaries, "".join(f"{line}\n" for line in dict.fromkeys([*before, *digests])).encode())
    finally:
        os.close(folder)
