"""Seals of the log: what stood where at which moment, signed with a key that is gone the moment after.

A line of the journal is `<signature> <seal>\\n`. A seal names the head of every start that has grown since the seal
before, follows that one by its SHA-256, and holds the public half of the key that signs the next. The private half
that signed is erased before the next seal is made: whoever takes every key from the disk can sign what comes, and
nothing that was.

INVARIANT: the key that the last seal names lies on the disk before that seal does. A crash in between leaves either
both halves of the old state or both of the new one.
"""

import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from siem.record.log import StartId
from siem.record.reader import Position

_LABEL = b"yingbi seal 1\0"
_KEY_BYTES = 32


class Seal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One seal."""

    number: int
    """From 1, without a gap."""
    at: datetime
    """Aware, UTC."""
    after: str
    """SHA-256 of the line of the seal before, in hex; empty for the first."""
    heads: dict[StartId, Position] = {}
    """Of every start that is new or has grown since the seal before: the place behind its last whole line."""
    removed: tuple[StartId, ...] = ()
    """The starts that were taken from this machine because they need not be kept any longer."""
    key: str = ""
    """The public key of this seal, in hex, where no seal before has named it: the first, or the key was lost."""
    next: str
    """The public key of the next seal, in hex."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A seal as it stands in the journal."""

    seal: Seal
    digest: str
    """SHA-256 of its line, in hex."""


class BrokenSeals(Exception):
    """The journal holds a line that is no seal following the one before. The message says which."""


class SealBook:
    """Writes seals to *journal*, with the key in the file *key*. One at a time for each installation.

    Raises OSError where the disk does not do what it has to; then the seal was not made, and can be made again.
    """

    def __init__(self, journal: Path, key: Path) -> None:
        self.journal = journal
        self._key = key
        self.last: Sealed | None = None
        self.heads: dict[StartId, Position] = {}
        """By start, the last head that a seal names."""
        self.grew: dict[StartId, datetime] = {}
        """By start, the time of that seal."""
        self.removed: set[StartId] = set()
        self.first_key = ""
        self._whole = 0
        for line, sealed in _journalled(journal):
            self._take(line, sealed)

    @property
    def fingerprint(self) -> str:
        """What the first key is known by; empty before the first seal."""
        return fingerprint(self.first_key) if self.first_key else ""

    def seal(self, at: datetime, heads: Mapping[StartId, Position], removed: Iterable[StartId] = ()) -> Sealed:
        """Make the next seal. It is on the disk when this returns, and its key is gone."""
        key, is_named = self._current_key()
        following = Ed25519PrivateKey.generate()
        _write_private(self._following, following.private_bytes_raw())
        seal = Seal(
            number=self.last.seal.number + 1 if self.last else 1,
            at=at,
            after=self.last.digest if self.last else "",
            heads=dict(heads),
            removed=tuple(removed),
            key="" if is_named else _public(key),
            next=_public(following),
        )
        body = msgspec.json.encode(seal)
        line = b"%s %s\n" % (key.sign(_LABEL + body).hex().encode(), body)
        self._append(line)
        self._step_on()
        self._take(line, Sealed(seal, hashlib.sha256(line).hexdigest()))
        assert self.last is not None
        return self.last

    @property
    def _following(self) -> Path:
        return self._key.with_name(f"{self._key.name}-next")

    def _current_key(self) -> tuple[Ed25519PrivateKey, bool]:
        """The key of the next seal, and whether the last seal names it. A new one where the one it names is lost."""
        named = self.last.seal.next if self.last else ""
        for path in (self._key, self._following):
            with contextlib.suppress(OSError, ValueError):
                key = Ed25519PrivateKey.from_private_bytes(path.read_bytes())
                if _public(key) == named:
                    return key, True
        return Ed25519PrivateKey.generate(), False

    def _append(self, line: bytes) -> None:
        with os.fdopen(os.open(self.journal, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b") as file:
            file.truncate(self._whole)  # half a line, left by a full disk or a machine that died
            file.seek(self._whole)
            try:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                with contextlib.suppress(OSError):
                    os.ftruncate(file.fileno(), self._whole)
                raise
        if self.last is None:
            _flush_folder(self.journal.parent)

    def _step_on(self) -> None:
        """Erase the key that has signed, and put the following one in its place."""
        with contextlib.suppress(FileNotFoundError), self._key.open("r+b") as old:
            old.write(bytes(_KEY_BYTES))
            old.flush()
            os.fsync(old.fileno())
        self._following.replace(self._key)
        _flush_folder(self._key.parent)

    def _take(self, line: bytes, sealed: Sealed) -> None:
        self.last = sealed
        self._whole += len(line)
        self.first_key = self.first_key or sealed.seal.key
        self.heads |= sealed.seal.heads
        self.grew |= dict.fromkeys(sealed.seal.heads, sealed.seal.at)
        self.removed |= set(sealed.seal.removed)


def seals_in(journal: Path) -> Iterator[Sealed]:
    """Every seal that follows from those before it and is signed by the key that it has to be.

    A seal with a `key` of its own is signed by that one: whether it is to be believed is for the caller to say. Half a
    line at the end has not happened. Raises BrokenSeals where a line is anything else, OSError.
    """
    before: Sealed | None = None
    for line, sealed in _journalled(journal):
        number, after = (before.seal.number + 1, before.digest) if before else (1, "")
        seal = sealed.seal
        key = seal.key or (before.seal.next if before else "")
        if (seal.number, seal.after) != (number, after):
            raise BrokenSeals(f"{journal.name}: line {number} is not seal {number} after the one before it")
        signature, _, body = line[:-1].partition(b" ")
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
                bytes.fromhex(signature.decode("ascii")), _LABEL + body
            )
        except (InvalidSignature, ValueError):
            raise BrokenSeals(f"{journal.name}: line {number} is not signed by the key of seal {number}") from None
        yield sealed
        before = sealed


def removed_in(journal: Path) -> set[StartId]:
    """The starts that the seals say were let go. Raises BrokenSeals, OSError."""
    return {start for sealed in seals_in(journal) for start in sealed.seal.removed}


def fingerprint(public_key: str) -> str:
    """What a person notes down of the first key: 32 characters in groups of four."""
    digest = hashlib.sha256(bytes.fromhex(public_key)).hexdigest()
    return "-".join(digest[place : place + 4] for place in range(0, 32, 4))


def _journalled(journal: Path) -> Iterator[tuple[bytes, Sealed]]:
    """The whole lines of the journal, and the seals that they hold. Says nothing of who signed them."""
    try:
        file = journal.open("rb")
    except FileNotFoundError:
        return
    with file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return
            try:
                seal = msgspec.json.decode(line.partition(b" ")[2], type=Seal)
            except (msgspec.DecodeError, UnicodeDecodeError):
                raise BrokenSeals(f"{journal.name}: line {number} is no seal") from None
            yield line, Sealed(seal, hashlib.sha256(line).hexdigest())


def _public(key: Ed25519PrivateKey) -> str:
    raw, encoding = serialization.PublicFormat.Raw, serialization.Encoding.Raw
    return key.public_key().public_bytes(encoding, raw).hex()


def _write_private(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
