"""The keys that tell systems behind that it is the gateway who says who asks: the newest signs, others check.

They are files beside the other signing keys, each with a number. The one before the newest is published for a while
longer than anything lasts that it has signed; what is older checks nothing.
"""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from policies.keys.key_files import TokenSigner, make_secret

ISSUER = "yingbi"
"""What an installation is called, where its settings give it no name."""
OVERLAP_S = 600
"""So long the key before the newest is still published: systems behind may not have asked for the newest yet."""
_FILE = re.compile(r"identity-([1-9][0-9]{0,5})\.key")

type _Stamp = tuple[tuple[int, int, int], ...]


class NoIdentityKey(Exception):
    """There is no key to sign with."""


def identity_key_path(folder: Path, number: int) -> Path:
    """Where the key *number*, from 1, lies in the *folder* of keys."""
    return folder / f"identity-{number}.key"


def identity_key_numbers(folder: Path) -> list[int]:
    """Which of them lie in *folder*, the oldest first."""
    return sorted(int(match[1]) for path in folder.glob("identity-*.key") if (match := _FILE.fullmatch(path.name)))


def make_identity_key(folder: Path) -> None:
    """The first key, where there is none. Raises OSError."""
    if not identity_key_numbers(folder):
        make_secret(identity_key_path(folder, 1))


def rotate_identity_key(folder: Path) -> str:
    """Sign with a new key from now on. Returns what its file is called. Raises OSError."""
    numbers = identity_key_numbers(folder)
    newest = identity_key_path(folder, numbers[-1] + 1 if numbers else 1)
    make_secret(newest)
    for number in numbers[:-1]:
        identity_key_path(folder, number).unlink(missing_ok=True)
    return newest.stem


class IdentityKeys:
    """Those in *folder*. *said* is told, as a code, when one cannot be read; then what was read before stays.

    *clock* tells POSIX time, as files have it.
    """

    def __init__(self, folder: Path, said: Callable[[str], None], clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._said = said
        self._clock = clock
        self._seen: _Stamp | None = None
        self._newest: TokenSigner | None = None
        self._former: TokenSigner | None = None
        self._former_until = 0.0

    def renew(self) -> None:
        """Read them anew where a file has changed."""
        try:
            paths = [identity_key_path(self._folder, number) for number in identity_key_numbers(self._folder)[-2:]]
            found = [path.stat() for path in paths]
        except OSError:
            return  # one was let go meanwhile: looked at again in a moment
        stamp = tuple((about.st_mtime_ns, about.st_size, about.st_ino) for about in found)
        if stamp == self._seen:
            return
        self._seen = stamp
        try:
            keys = [TokenSigner(path) for path in paths]
        except (OSError, ValueError):
            self._said("identity_key_refused")
            return
        self._newest = keys[-1] if keys else None
        self._former = keys[-2] if len(keys) > 1 else None
        self._former_until = found[-1].st_mtime + OVERLAP_S if found else 0.0

    def signed(self, claims: dict[str, Any]) -> str:
        """*claims* as a JSON Web Token. Raises NoIdentityKey."""
        if self._newest is None:
            raise NoIdentityKey
        return self._newest.signed(claims)

    def jwks(self) -> bytes:
        """The document by which tokens can be checked. Source: RFC 7517, RFC 8037."""
        keys = [] if self._newest is None else [self._newest.public]
        if self._former is not None and self._clock() < self._former_until:
            keys.append(self._former.public)
        return json.dumps({"keys": keys}).encode()
