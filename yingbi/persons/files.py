"""The files of a list of persons, in the age format (age-encryption.org/v1): X25519 and ChaCha20-Poly1305.

Within, a line of JSON each: what list it is, then each person, and at the end what was found and what is missing. A
file without its last line is no file: who opens it is told.
"""

import csv
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyrage

from yingbi.keys.age_key import NotOpened
from yingbi.persons.sources import CONTACTS

_PERSON = "person"


@dataclass(frozen=True, slots=True)
class Opened:
    """What one file holds."""

    head: Mapping[str, Any]
    people: Sequence[Mapping[str, str]]
    end: Mapping[str, Any]


def is_public_key(text: str) -> bool:
    """Whether *text* is a key that can be encrypted to: its check sum is right."""
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True


def encrypt(path: Path, recipient: str, lines: Iterator[bytes]) -> None:
    """Put *lines* in the new file *path*, 0600, encrypted as they come, and on the disk when this returns.

    Raises OSError, and what *lines* raises.
    """
    source = _Lines(lines)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        try:
            pyrage.encrypt_io(source, file, [pyrage.x25519.Recipient.from_str(recipient)])
        except pyrage.EncryptError:
            raise source.failure or OSError("the file cannot be written") from None
        file.flush()
        os.fsync(file.fileno())


class _Lines:
    """Lines as a file to be read."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._rest = b""
        self.failure: Exception | None = None

    def read(self, most: int = -1) -> bytes:
        """Some octets, and none at the end."""
        try:
            while not self._rest and (line := next(self._lines, None)) is not None:
                self._rest = line
        except Exception as failure:
            self.failure = failure
            raise
        piece, self._rest = (self._rest, b"") if most < 0 else (self._rest[:most], self._rest[most:])
        return piece


def open_file(path: Path, key: Path) -> Opened:
    """What is in *path*, for the holder of the key in *key*. Raises NotOpened."""
    try:
        secrets = [line.strip() for line in key.read_text("ascii").splitlines() if line and not line.startswith("#")]
        identities = [pyrage.x25519.Identity.from_str(secret) for secret in secrets]
    except (OSError, ValueError, pyrage.IdentityError):
        raise NotOpened(f"`{key}` 不是可用的私钥 / is no key that can be used") from None
    try:
        clear = pyrage.decrypt(path.read_bytes(), identities)
    except OSError as error:
        raise NotOpened(f"`{path}`: {error.strerror}") from None
    except pyrage.DecryptError:
        raise NotOpened(
            f"`{path}` 打不开：不是给这把私钥的，或已损坏 / cannot be opened: it is for another key, or damaged"
        ) from None
    try:
        head, *people, end = (json.loads(line) for line in clear.splitlines())
        return Opened(head, [each[_PERSON] for each in people], end["end"])
    except (ValueError, KeyError, TypeError):
        raise NotOpened(f"`{path}` 不是告知名单 / is no list of persons") from None


def line_of(record: Mapping[str, str]) -> bytes:
    """A person as a line; the number is left out."""
    return _line({_PERSON: {name: record[name] for name in CONTACTS if name in record}})


def head_of(**said: Any) -> bytes:
    """The first line."""
    return _line(said)


def end_of(**said: Any) -> bytes:
    """The last line."""
    return _line({"end": said})


def _line(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode() + b"\n"


def write_csv(people: Iterable[Mapping[str, str]], file: IO[str]) -> None:
    """The *people* as a table that a spreadsheet opens, where no cell is a formula."""
    writer = csv.DictWriter(file, CONTACTS)
    writer.writeheader()
    writer.writerows({name: _harmless(each.get(name, "")) for name in CONTACTS} for each in people)


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
