"""The keys that values of one system are encrypted and tokenised with: the current one, and those it has followed.

Every token names the key that made it, so that what was made before a rotation still opens. A key that was revoked is
not among them: its tokens open no more.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping

KEY_BYTES = 32


class BadToken(Exception):
    """The token does not open here. Deliberately says no more."""


class DataKey:
    """One key of a system. Its *secret* is 32 bytes and leaves it only as keys for one use.

    It is no dataclass, so that nothing that writes out dataclasses writes it out.
    """

    __slots__ = ("_secret", "id")

    def __init__(self, key_id: str, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError(f"a data key has {KEY_BYTES} bytes")
        self.id = key_id
        """Eight hexadecimal digits; it stands in every token and tells nothing of the key."""
        self._secret = secret

    def for_use(self, *context: str) -> bytes:
        """A key of 32 bytes for one use; another context gives an unrelated key."""
        return derive_key(self._secret, *context)

    def __repr__(self) -> str:
        return f"DataKey({self.id!r})"

    def __reduce__(self) -> str:
        raise TypeError("a data key is not pickled")


class DataKeys:
    """The data keys of one system: *keys* by id, *current* among them the one that new tokens are made with."""

    def __init__(self, current: str, keys: Mapping[str, DataKey]) -> None:
        self._keys = dict(keys)
        self.current = self._keys[current]

    def of(self, key_id: str) -> DataKey:
        """The key of this id. Raises BadToken where there is none, or none any more."""
        key = self._keys.get(key_id)
        if key is None:
            raise BadToken
        return key

    def __iter__(self) -> Iterator[DataKey]:
        """Every key that opens tokens."""
        return iter(self._keys.values())

    def __repr__(self) -> str:
        return f"DataKeys({', '.join(self._keys)})"

    def __reduce__(self) -> str:
        raise TypeError("data keys are not pickled")


def derive_key(secret: bytes, *context: str) -> bytes:
    """A key of 32 bytes for one use of *secret*; another context gives an unrelated key.

    Source: NIST SP 800-108r1, counter mode, one block; every part of the context is preceded by its length.
    """
    label = b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in context)
    return hmac.digest(secret, b"\0\0\0\x01" + label + b"\0\0\x01\0", hashlib.sha256)
