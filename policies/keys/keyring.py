"""The keyring of a system: its data keys, wrapped by a root key, and what became of each.

A file of JSON. Nothing in it is secret by itself; all of it is authenticated by the root key, so that nobody who can
write the file, and cannot use the root key, brings a revoked key back or gives a system another's key.

INVARIANT: what cannot be read to its end, or was altered in one bit, is no keyring at all.
"""

import base64
import binascii
import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from policies.keys.data_keys import KEY_BYTES, DataKey, DataKeys
from policies.keys.root_key import KeyUnavailable, NotUnwrapped, RootKey, RootKeys

FORMAT = 1
LARGEST = 4 * 1024 * 1024
"""Bytes of a keyring: ten thousand keys, some centuries of rotations."""
_KEY_ID = re.compile(r"[0-9a-f]{8}")


class BadKeyring(Exception):
    """The keyring cannot be used. *code* says in which way, and never more than that."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        """`torn`, `altered`, `root_missing`, `root_unavailable` or `wrong_system`."""


class KeyState(StrEnum):
    """What may be done with a key."""

    CURRENT = "current"
    """Makes and opens tokens."""
    OLD = "old"
    """Opens what it made."""
    REVOKED = "revoked"
    """Opens nothing any more, but for the job that makes what it made anew."""


@dataclass(frozen=True, slots=True)
class RingKey:
    """One key of a ring."""

    id: str
    made_at: datetime
    state: KeyState
    wrapped: bytes
    changed_at: datetime | None = None
    """When it was replaced or revoked."""
    reason: str = ""
    """Why it was revoked."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of *system*, the oldest first. Exactly one is current."""

    system: str
    generation: int
    """Grows with each change."""
    root: str
    """Which root key has wrapped all of them."""
    keys: tuple[RingKey, ...]

    @property
    def current(self) -> RingKey:
        """The key that new tokens are made with."""
        return next(key for key in self.keys if key.state is KeyState.CURRENT)

    def of_state(self, state: KeyState) -> tuple[RingKey, ...]:
        """The keys in *state*."""
        return tuple(key for key in self.keys if key.state is state)


def new_keyring(system: str, root: RootKey, now: datetime) -> Keyring:
    """A ring of one key. Raises KeyUnavailable."""
    return Keyring(system, 1, root.id, (_new_key(system, root, now, frozenset()),))


def rotated(ring: Keyring, root: RootKey, now: datetime) -> Keyring:
    """*ring* with a new key in the place of the current one, which still opens what it made. Raises KeyUnavailable."""
    fresh = _new_key(ring.system, root, now, {key.id for key in ring.keys})
    before = tuple(
        replace(key, state=KeyState.OLD, changed_at=now) if key.state is KeyState.CURRENT else key for key in ring.keys
    )
    return replace(ring, generation=ring.generation + 1, keys=(*before, fresh))


def revoked(ring: Keyring, key_id: str, reason: str, root: RootKey, now: datetime) -> Keyring:
    """*ring* in which the key opens nothing any more; where it was the current one, another takes its place.

    Raises KeyError where there is no such key, KeyUnavailable.
    """
    if key_id not in {key.id for key in ring.keys}:
        raise KeyError(key_id)
    if key_id == ring.current.id:
        ring = rotated(ring, root, now)
    keys = tuple(
        replace(key, state=KeyState.REVOKED, changed_at=now, reason=reason)
        if key.id == key_id and key.state is not KeyState.REVOKED
        else key
        for key in ring.keys
    )
    return replace(ring, generation=ring.generation + 1, keys=keys)


def wrapped_anew(ring: Keyring, roots: RootKeys, root: RootKey) -> Keyring:
    """*ring* with the same keys, wrapped by *root*. Raises BadKeyring, KeyUnavailable."""
    old = _root_of(ring.root, roots)
    keys = tuple(
        replace(key, wrapped=root.wrap(_unwrapped(old, ring.system, key), _key_context(ring.system, key.id)))
        for key in ring.keys
    )
    return replace(ring, generation=ring.generation + 1, root=root.id, keys=keys)


def open_keyring(ring: Keyring, roots: RootKeys, *, with_revoked: bool = False) -> DataKeys:
    """The data keys of *ring* that tokens may be opened with. Raises BadKeyring."""
    root = _root_of(ring.root, roots)
    usable = [key for key in ring.keys if with_revoked or key.state is not KeyState.REVOKED]
    try:
        keys = {key.id: DataKey(key.id, _unwrapped(root, ring.system, key)) for key in usable}
    except KeyUnavailable:
        raise BadKeyring("root_unavailable") from None
    return DataKeys(ring.current.id, keys)


def write_keyring(ring: Keyring, root: RootKey) -> bytes:
    """*ring* as its file has it. Raises KeyUnavailable."""
    written = {
        "format": FORMAT,
        "system": ring.system,
        "generation": ring.generation,
        "root": ring.root,
        "keys": [_written(key) for key in ring.keys],
    }
    seal = root.wrap(_hashed(written), _ring_context(ring.system))
    return json.dumps({**written, "seal": _spelled(seal)}, ensure_ascii=False, indent=1).encode() + b"\n"


def read_keyring(data: bytes, system: str, roots: RootKeys) -> Keyring:
    """The keyring of *system* in *data*. Raises BadKeyring."""
    if len(data) > LARGEST:
        raise BadKeyring("altered")
    try:
        found = json.loads(data)
        seal = base64.b64decode(found.pop("seal"), validate=True)
        ring = _ring_of(found)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        raise BadKeyring("torn") from None
    root = _root_of(ring.root, roots)
    if ring.system != system:
        raise BadKeyring("wrong_system")
    try:
        if root.unwrap(seal, _ring_context(system)) != _hashed(found):
            raise BadKeyring("altered")
    except NotUnwrapped:
        raise BadKeyring("altered") from None
    except KeyUnavailable:
        raise BadKeyring("root_unavailable") from None
    return ring


def _new_key(system: str, root: RootKey, now: datetime, taken: frozenset[str] | set[str]) -> RingKey:
    key_id = secrets.token_hex(4)
    while key_id in taken:
        key_id = secrets.token_hex(4)
    wrapped = root.wrap(secrets.token_bytes(KEY_BYTES), _key_context(system, key_id))
    return RingKey(key_id, now, KeyState.CURRENT, wrapped)


def _ring_of(found: Mapping[str, Any]) -> Keyring:
    keys = tuple(_key_of(each) for each in found["keys"])
    generation, ids = found["generation"], [key.id for key in keys]
    if found["format"] != FORMAT or type(generation) is not int or not isinstance(found["root"], str):
        raise ValueError
    if len(set(ids)) != len(ids) or [key.state for key in keys].count(KeyState.CURRENT) != 1:
        raise ValueError
    return Keyring(str(found["system"]), generation, found["root"], keys)


def _key_of(found: Mapping[str, Any]) -> RingKey:
    if not _KEY_ID.fullmatch(found["id"]):
        raise ValueError
    return RingKey(
        id=found["id"],
        made_at=datetime.fromisoformat(found["made_at"]),
        state=KeyState(found["state"]),
        wrapped=base64.b64decode(found["wrapped"], validate=True),
        changed_at=datetime.fromisoformat(found["changed_at"]) if found["changed_at"] else None,
        reason=str(found["reason"]),
    )


def _written(key: RingKey) -> dict[str, str | None]:
    return {
        "id": key.id,
        "made_at": key.made_at.isoformat(),
        "state": key.state.value,
        "wrapped": _spelled(key.wrapped),
        "changed_at": key.changed_at.isoformat() if key.changed_at else None,
        "reason": key.reason,
    }


def _root_of(name: str, roots: RootKeys) -> RootKey:
    try:
        return roots[name]
    except KeyError:
        raise BadKeyring("root_missing") from None


def _unwrapped(root: RootKey, system: str, key: RingKey) -> bytes:
    try:
        secret = root.unwrap(key.wrapped, _key_context(system, key.id))
    except NotUnwrapped:
        raise BadKeyring("altered") from None
    if len(secret) != KEY_BYTES:
        raise BadKeyring("altered")
    return secret


def _key_context(system: str, key_id: str) -> bytes:
    return _joined("yingbi data key", str(FORMAT), system, key_id)


def _ring_context(system: str) -> bytes:
    return _joined("yingbi keyring", str(FORMAT), system)


def _joined(*parts: str) -> bytes:
    return b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in parts)


def _hashed(written: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(json.dumps(written, sort_keys=True).encode()).digest()


def _spelled(data: bytes) -> str:
    return base64.b64encode(data).decode()
