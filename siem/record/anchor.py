"""Anchors: what a second party holds of the seals, so that those who own this machine cannot take them back.

One anchor names a seal by number and digest, and with it every seal before. The second party is a folder in which files
can only be made, or a file that can only be added to, on another machine; another kind (an index role that may only
create, a mailbox) is one more class with `put`.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec

from siem.record.seal import SealBook, fingerprint

_SUFFIX = ".anchor.json"


class Anchor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is given away of a seal. Holds nothing of what the log says."""

    root: str
    """Fingerprint of the key of the first seal."""
    seal: int
    digest: str
    """SHA-256 of the line of the seal, in hex."""
    at: datetime
    """Of the seal. Aware, UTC."""


class SecondParty(Protocol):
    """Somebody who keeps anchors and gives none back to be altered."""

    def put(self, anchor: Anchor) -> None:
        """Keep *anchor*. Doing it twice is doing it once. Raises OSError where it cannot be kept now."""


class AnchorFolder:
    """A file for each anchor in *folder*, which need let nothing be done but that files are made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, anchor: Anchor) -> None:
        """See `SecondParty`."""
        path = self._folder / f"{anchor.seal:09d}-{anchor.digest[:16]}{_SUFFIX}"
        try:
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        except FileExistsError:
            return  # its name says what it holds
        with os.fdopen(fd, "wb") as file:
            file.write(msgspec.json.encode(anchor) + b"\n")
            file.flush()
            os.fsync(file.fileno())


class AnchorFile:
    """A line for each anchor at the end of the file *path*, which is there already and can only be added to."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, anchor: Anchor) -> None:
        """See `SecondParty`."""
        fd = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        try:
            os.write(fd, msgspec.json.encode(anchor) + b"\n")
            os.fsync(fd)
        finally:
            os.close(fd)


def second_party(place: Path) -> SecondParty:
    """Who keeps anchors at *place*. Raises FileNotFoundError where nothing is there."""
    return AnchorFolder(place) if place.is_dir() else AnchorFile(place.resolve(strict=True))


def anchor_of(book: SealBook) -> Anchor | None:
    """The anchor of the last seal; None before the first."""
    if book.last is None:
        return None
    seal = book.last.seal
    return Anchor(root=fingerprint(book.first_key), seal=seal.number, digest=book.last.digest, at=seal.at)


def anchors_in(place: Path) -> list[Anchor]:
    """The anchors kept at *place*, by the number of their seals. What is no anchor is passed. Raises OSError."""
    return sorted(_read(place), key=lambda anchor: anchor.seal)


def _read(place: Path) -> Iterator[Anchor]:
    paths = sorted(place.glob(f"*{_SUFFIX}")) if place.is_dir() else [place]
    for path in paths:
        for line in path.read_bytes().splitlines():
            try:
                yield msgspec.json.decode(line, type=Anchor)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue  # half a line: the machine died while it was sent
