"""Handles: what stands in an address in place of an identifier that the caller may not see.

A handle is `yb~` and, in base64url, a version, the id of the key, the hour, and the value under AES-SIV. Caller,
system, field and hour are authenticated with it: shown to anybody else, in another place or later, it opens no more
than a forged one. Within one hour the same value of a field gives the same caller the same handle, so that a page
agrees with itself and with the next.
"""

import base64
import binascii
import re

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from policies.keys.data_keys import BadToken, DataKeys

PREFIX = "yb~"
LASTS_S = 8 * 3600
"""How long a handle opens after the hour that it was made in: a day at a desk."""
BLOCK_BYTES = 32
"""What is encrypted is filled up to a multiple of this: lengths tell no more of a value."""
LONGEST = 16 * 1024
"""Characters of a handle; no address holds a longer one."""

_HOUR_S = 3600
_VERSION = b"\x01"
_HEAD_BYTES = len(_VERSION) + 4 + 4
_TAG_BYTES = 16
_LEAST_CHARS = -(-(_HEAD_BYTES + _TAG_BYTES + BLOCK_BYTES) * 4 // 3)
HANDLE = rf"{PREFIX}[A-Za-z0-9_-]{{{_LEAST_CHARS},{LONGEST}}}"
"""A regular expression for what looks like one."""
_HANDLE = re.compile(HANDLE)
LIKE = rf"{PREFIX}[A-Za-z0-9_.-]{{20}}"
"""The same for what may have been one before it was altered."""
_LIKE = re.compile(LIKE, re.IGNORECASE)


class Handles:
    """Those of one system. One object serves many callers."""

    def __init__(self, keys: DataKeys, system: str) -> None:
        self._keys = keys
        self._system = system
        self._ciphers: dict[str, AESSIV] = {}

    def of(self, caller: str, now: float) -> "Holder":
        """What *caller* is given at *now*, a POSIX time, and what opens for him then."""
        return Holder(self, caller, int(now))

    def seal(self, value: str, hour: int, *context: str) -> str:
        """The handle of *value*, made in *hour* since 1970, for *context*."""
        key_id = self._keys.current.id
        head = _VERSION + bytes.fromhex(key_id) + hour.to_bytes(4)
        data = value.encode("utf-8", "surrogatepass")
        filled = (data + b"\x80").ljust(-(-(len(data) + 1) // BLOCK_BYTES) * BLOCK_BYTES, b"\0")
        return PREFIX + _spelled(head + self._cipher(key_id).encrypt(filled, self._associated(head, context)))

    def open(self, handle: str, hour: int, *context: str) -> str:
        """The value of *handle*, in *hour*. Raises BadToken for whatever is wrong with it."""
        if not is_handle(handle):
            raise BadToken
        body = handle.removeprefix(PREFIX)
        try:
            data = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise BadToken from None
        head, sealed = data[:_HEAD_BYTES], data[_HEAD_BYTES:]
        if head[:1] != _VERSION or len(sealed) < _TAG_BYTES + BLOCK_BYTES or _spelled(data) != body:
            raise BadToken  # there is one spelling only
        try:
            filled = self._cipher(head[1:5].hex()).decrypt(sealed, self._associated(head, context))
        except InvalidTag:
            raise BadToken from None
        made = int.from_bytes(head[5:])
        # Clocks of two workers may differ, as they may by an hour: a handle from further ahead has none of theirs.
        if not made - 1 <= hour <= made + LASTS_S // _HOUR_S:
            raise BadToken
        return filled.rstrip(b"\0")[:-1].decode("utf-8", "surrogatepass")

    def _cipher(self, key_id: str) -> AESSIV:
        key = self._keys.of(key_id)  # each time: it may have been revoked
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            secret = key.for_use("handle", self._system, "mac") + key.for_use("handle", self._system, "encrypt")
            cipher = self._ciphers[key_id] = AESSIV(secret)
        return cipher

    def _associated(self, head: bytes, context: tuple[str, ...]) -> list[bytes]:
        return [head, self._system.encode(), *(part.encode("utf-8", "surrogatepass") for part in context)]

    def __reduce__(self) -> str:
        raise TypeError("what holds keys is not pickled")


class Holder(msgspec.Struct, frozen=True):
    """One caller at one moment.

    All who show no credential are one caller: what opens for them shows what anybody is shown.
    """

    _handles: Handles
    caller: str
    now: int
    """A POSIX time."""

    def handle(self, value: str, *field: str) -> str:
        """What the caller may have in place of *value* of *field*."""
        return self._handles.seal(value, self.now // _HOUR_S, self.caller, *field)

    def opened(self, handle: str, *field: str) -> str:
        """The value of *field* that *handle* stands for. Raises BadToken, with no word of why."""
        return self._handles.open(handle, self.now // _HOUR_S, self.caller, *field)


def is_handle(text: str) -> bool:
    """Whether *text* is a handle by its looks, and nothing else."""
    return _HANDLE.fullmatch(text) is not None


def holds_handle(text: str) -> bool:
    """Whether a handle, or what may have been one before it was altered, stands anywhere in *text*."""
    return _LIKE.search(text) is not None


def handles_in(text: str) -> list[re.Match[str]]:
    """Where handles stand in *text*."""
    return list(_HANDLE.finditer(text)) if PREFIX in text else []


def head_of(key_id: str) -> str:
    """What all handles begin with that the key of this id has made."""
    whole = _VERSION + bytes.fromhex(key_id)
    return PREFIX + _spelled(whole)[: len(whole) * 8 // 6]  # the next character depends on the hour as well


def _spelled(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
