"""The root key: it wraps the data keys of every system, and is the one that has to be kept well.

What holds it stands behind two methods, so that a key file can give way to a hardware module (PKCS#11) or to Vault:
both can wrap and unwrap without handing the key out.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from policies.keys.data_keys import derive_key
from policies.keys.key_files import read_secret

_NONCE_BYTES = 12
_FILE = re.compile(r"root-([1-9][0-9]{0,5})\.key")


class KeyUnavailable(Exception):
    """The root key cannot be asked now: its file is gone or open to others, its module does not answer."""


class NotUnwrapped(Exception):
    """What was to be unwrapped was altered, was wrapped for another context, or by another root key."""


class RootKey(Protocol):
    """A root key. Both methods raise KeyUnavailable."""

    @property
    def id(self) -> str:
        """What it is called; it stands beside everything that it has wrapped."""
        ...

    def wrap(self, data: bytes, context: bytes) -> bytes:
        """*data*, encrypted: only this key opens it, and only under the same *context*."""
        ...

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """What was wrapped under *context*. Raises NotUnwrapped."""
        ...


type RootKeys = Mapping[str, RootKey]
"""The root keys that there are, by id. There are two only while one follows the other."""


class SoftRootKey:
    """A root key *name* of 32 bytes that *read* gives. They are asked for at each use, and kept nowhere.

    AES-256-GCM under a key that is derived from it. Source: NIST SP 800-38D, 8.3: nonces are random, and a root key
    wraps far fewer than 2^32 times.
    """

    def __init__(self, name: str, read: Callable[[], bytes]) -> None:
        self._name = name
        self._read = read

    @property
    def id(self) -> str:
        """What it is called; it stands beside everything that it has wrapped."""
        return self._name

    def wrap(self, data: bytes, context: bytes) -> bytes:
        """*data*, encrypted: only this key opens it, and only under the same *context*."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._aead().encrypt(nonce, data, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """What was wrapped under *context*. Raises NotUnwrapped."""
        try:
            return self._aead().decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], context)
        except (InvalidTag, ValueError):
            raise NotUnwrapped from None

    def _aead(self) -> AESGCM:
        try:
            return AESGCM(derive_key(self._read(), "yingbi root key 1"))
        except (OSError, ValueError):
            raise KeyUnavailable(self._name) from None

    def __repr__(self) -> str:
        return f"SoftRootKey({self._name!r})"

    def __reduce__(self) -> str:
        raise TypeError("a root key is not pickled")


def file_root_key(path: Path) -> RootKey:
    """The root key in a file of 0600."""
    return SoftRootKey(path.stem, lambda: read_secret(path))


def root_path(folder: Path, number: int) -> Path:
    """Where the root key *number*, from 1, lies in the *folder* of keys."""
    return folder / f"root-{number}.key"


def root_numbers(folder: Path) -> list[int]:
    """Which root keys lie in *folder*, the oldest first."""
    return sorted(int(match[1]) for path in folder.glob("root-*.key") if (match := _FILE.fullmatch(path.name)))


def roots_in(folder: Path) -> dict[str, RootKey]:
    """The root keys in *folder* by id, the oldest first."""
    roots = (file_root_key(root_path(folder, number)) for number in root_numbers(folder))
    return {root.id: root for root in roots}
