"""The data keys that a worker uses: read from the keyrings, and read anew within a moment of any change.

A ring that cannot be read leaves the keys that were read from it last. Where there are none, the system has no keys,
and nothing of it is served.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from policies.keys.data_keys import DataKeys
from policies.keys.keyring import BadKeyring, open_keyring, read_keyring
from policies.keys.root_key import roots_in

type _Stamp = tuple[int, int, int] | None

_UNSEEN = (0, 0, 0)


def ring_path(folder: Path, system: str) -> Path:
    """Where the keyring of *system* lies in the *folder* of keys."""
    return folder / "rings" / f"{system}.json"


@dataclass(slots=True)
class _Taken:
    """What was made of a ring."""

    stamp: _Stamp = _UNSEEN
    keys: DataKeys | None = None
    generation: int = 0
    roots: tuple[_Stamp, ...] = ()
    is_good: bool = False


class KeysInForce:
    """The keys in *folder*. *said* is told, as a code, when a ring cannot be taken."""

    def __init__(self, folder: Path, said: Callable[[str], None]) -> None:
        self._folder = folder
        self._said = said
        self._taken: dict[str, _Taken] = {}

    def of(self, system: str) -> DataKeys | None:
        """The keys of *system*; None where there are none that can be used. Changes only when `renew` is called."""
        taken = self._taken.get(system)
        return taken.keys if taken else None

    def renew(self, systems: Iterable[str]) -> None:
        """Read the rings of *systems* that have changed. Where none has, that is to look at each of them once."""
        roots: tuple[_Stamp, ...] | None = None
        for system in systems:
            taken = self._taken.setdefault(system, _Taken())
            stamp = _stamp(ring_path(self._folder, system))
            if stamp == taken.stamp and taken.is_good:
                continue
            if roots is None:
                roots = tuple(_stamp(path) for path in sorted(self._folder.glob("root-*.key")))
            # With another root key a ring may be readable that was not; one that was read needs it no more.
            if stamp != taken.stamp or roots != taken.roots:
                self._take(system, taken, stamp, roots)

    def _take(self, system: str, taken: _Taken, stamp: _Stamp, roots: tuple[_Stamp, ...]) -> None:
        was_told = stamp == taken.stamp
        taken.stamp, taken.roots = stamp, roots
        try:
            found = roots_in(self._folder)
            ring = read_keyring(ring_path(self._folder, system).read_bytes(), system, found)
            if ring.generation < taken.generation:
                raise BadKeyring("older")
            keys = open_keyring(ring, found)
        except (OSError, BadKeyring) as error:
            taken.is_good = False
            if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
                taken.roots = ()  # the disk may only have failed to answer for a moment: look again
            if not was_told:
                self._said("keyring_refused")
        else:
            taken.keys, taken.generation, taken.is_good = keys, ring.generation, True


def _stamp(path: Path) -> _Stamp:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
