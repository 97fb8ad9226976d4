"""Anchors: what a second party holds of the seals, so that those who own this machine cannot take them back.

One anchor names a seal by number and digest, and with it every seal before. The second party is a folder in which files
can only be made, or a file that can only be added to, on another machine; `siem.index.anchor_index` and
`siem.notify.anchor_mail` are the other kinds.
"""

import email
import email.policy
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec

from siem.record.seal import SealBook, fingerprint

_SUFFIX = ".anchor.json"
_MAIL = ".eml"
_PLACE = re.compile(r"(https://[A-Za-z0-9.-]+:[0-9]{1,5})/([a-z0-9][a-z0-9._-]{0,99})")


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
            file.write(line_of(anchor) + b"\n")
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
            os.write(fd, line_of(anchor) + b"\n")
            os.fsync(fd)
        finally:
            os.close(fd)


def second_party(place: Path) -> SecondParty:
    """Who keeps anchors at *place*. Raises FileNotFoundError where nothing is there."""
    return AnchorFolder(place) if place.is_dir() else AnchorFile(place.resolve(strict=True))


@dataclass(frozen=True, slots=True)
class IndexPlace:
    """Where an index of anchors is: `https://audit.example.gov.cn:9200/anchors`."""

    url: str
    index: str


def index_place(text: str) -> IndexPlace | None:
    """The index that *text* names by address, port and name; None where it is none."""
    found = _PLACE.fullmatch(text)
    return IndexPlace(*found.groups()) if found else None


def anchor_of(book: SealBook) -> Anchor | None:
    """The anchor of the last seal; None before the first."""
    if book.last is None:
        return None
    seal = book.last.seal
    return Anchor(root=fingerprint(book.first_key), seal=seal.number, digest=book.last.digest, at=seal.at)


def anchors_in(place: Path) -> list[Anchor]:
    """The anchors kept at *place*, by the number of their seals: in files, lines and mails that were saved there.

    What is no anchor is passed. Raises OSError.
    """
    return sorted(_read(place), key=lambda anchor: anchor.seal)


def line_of(anchor: Anchor) -> bytes:
    """*anchor* as a line, without its end."""
    return msgspec.json.encode(anchor)


def _read(place: Path) -> Iterator[Anchor]:
    suffixes = (_SUFFIX, _MAIL)
    paths = sorted(path for path in place.iterdir() if path.name.endswith(suffixes)) if place.is_dir() else [place]
    for path in paths:
        held = path.read_bytes()
        for line in (_body_of(held) if path.suffix == _MAIL else held).splitlines():
            try:
                yield msgspec.json.decode(line, type=Anchor)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue  # half a line: the machine died while it was sent


def _body_of(mail: bytes) -> bytes:
    """What a mail says, however it was encoded on its way."""
    body = email.message_from_bytes(mail, policy=email.policy.default).get_body(("plain",))
    return b"" if body is None else str(body.get_content()).encode()
