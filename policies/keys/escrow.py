"""The escrowed backup: files encrypted under a key that nobody has, and the three shares of that key.

Any two shares open it; one tells nothing, and neither does the backup alone. A share is four lines that a person can
type from paper: of 32 signs that are not mistaken for each other, with two more in each line by which a slip shows.
"""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from policies.keys.data_keys import KEY_BYTES, derive_key
from policies.keys.shamir import combine, split

FORMAT = 1
THRESHOLD, SHARES = 2, 3
LINES = 4
_ID_BYTES = 6
_NONCE_BYTES = 12
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U."""
_MISREAD = str.maketrans("ILO", "110")
_LINE = re.compile(r"^\s*([1-4])\s*[:：.]\s*([0-9A-Za-z \t-]+?)\s*$", re.MULTILINE)
_LINE_SIGNS = 16
_CHECK_SIGNS = 2


class BadShare(Exception):
    """The share cannot be read. *line* is the first line that is wrong, from 1; 0 where not all of them are there."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


class BadBackup(Exception):
    """The backup does not open: it was altered or cut, or the shares are of another one."""


class Share:
    """The share *number* of the key of *backup*, an id in hexadecimal."""

    __slots__ = ("_secret", "backup", "number")

    def __init__(self, backup: str, number: int, secret: bytes) -> None:
        self.backup = backup
        self.number = number
        self._secret = secret

    def spelled(self) -> list[str]:
        """Its lines, as they are written on paper."""
        head = bytes([FORMAT, self.number]) + bytes.fromhex(self.backup)
        value = int.from_bytes(head + self._secret)
        signs = "".join(_SIGNS[value >> 5 * place & 31] for place in reversed(range(LINES * _LINE_SIGNS)))
        lines = [signs[start : start + _LINE_SIGNS] for start in range(0, len(signs), _LINE_SIGNS)]
        return [f"{number}: {_grouped(line)}  {_check(number, line)}" for number, line in enumerate(lines, 1)]

    def __repr__(self) -> str:
        return f"Share({self.backup!r}, {self.number})"

    def __reduce__(self) -> str:
        raise TypeError("a share is not pickled")


@dataclass(frozen=True, slots=True)
class Backup:
    """What stands in a backup for everybody to read."""

    id: str
    made_at: datetime


def seal_backup(files: Mapping[str, bytes], now: datetime) -> tuple[Backup, bytes, list[Share]]:
    """A backup of *files*, as its file has it, and its shares. The key between them is forgotten here."""
    backup = Backup(secrets.token_hex(_ID_BYTES), now)
    key = secrets.token_bytes(KEY_BYTES)
    nonce, head = secrets.token_bytes(_NONCE_BYTES), _head(backup)
    body = json.dumps({name: base64.b64encode(data).decode() for name, data in files.items()}).encode()
    sealed = nonce + _aead(key).encrypt(nonce, body, head)
    written = json.dumps({**json.loads(head), "sealed": base64.b64encode(sealed).decode()}, indent=1)
    shares = split(key, threshold=THRESHOLD, count=SHARES)
    return backup, written.encode() + b"\n", [Share(backup.id, number, share) for number, share in shares.items()]


def read_backup(data: bytes) -> Backup:
    """What stands in the backup *data* for everybody to read. Raises BadBackup."""
    return _read(data)[0]


def open_backup(data: bytes, shares: Iterable[Share]) -> dict[str, bytes]:
    """The files in the backup *data*. Raises BadBackup, also where *shares* are too few."""
    backup, sealed = _read(data)
    fitting = {share.number: share._secret for share in shares if share.backup == backup.id}
    if len(fitting) < THRESHOLD:
        raise BadBackup
    # All that are given are used: a third that does not fit must not pass for one that does.
    try:
        body = _aead(combine(fitting)).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _head(backup))
    except (InvalidTag, ValueError):
        raise BadBackup from None
    return {name: base64.b64decode(text) for name, text in json.loads(body).items()}


def read_line(number: int, text: str) -> str:
    """The signs of line *number* in *text*, without its check. Raises BadShare where it was mistyped."""
    signs = re.sub(r"[\s-]", "", text).upper().translate(_MISREAD)
    line = signs[:-_CHECK_SIGNS]
    if len(line) != _LINE_SIGNS or not set(signs) <= set(_SIGNS) or signs[-_CHECK_SIGNS:] != _check(number, line):
        raise BadShare(number)
    return line


def read_share(text: str) -> Share:
    """The share in *text*, which may hold anything else around its four lines. Raises BadShare."""
    lines = {int(match[1]): match[2] for match in _LINE.finditer(text)}
    if sorted(lines) != list(range(1, LINES + 1)):
        raise BadShare(0)
    signs = "".join(read_line(number, lines[number]) for number in sorted(lines))
    value = 0
    for sign in signs:
        value = value << 5 | _SIGNS.index(sign)
    data = value.to_bytes(2 + _ID_BYTES + KEY_BYTES)
    if data[0] != FORMAT or not 1 <= data[1] <= SHARES:
        raise BadShare(1)
    return Share(data[2 : 2 + _ID_BYTES].hex(), data[1], data[2 + _ID_BYTES :])


def _read(data: bytes) -> tuple[Backup, bytes]:
    try:
        found = json.loads(data)
        backup = Backup(found["backup"], datetime.fromisoformat(found["made_at"]))
        sealed = base64.b64decode(found["sealed"], validate=True)
        if found["made_at"] != backup.made_at.isoformat():  # the time can be written otherwise: not by us
            raise ValueError
        if found["format"] != FORMAT or not re.fullmatch(rf"[0-9a-f]{{{2 * _ID_BYTES}}}", backup.id):
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadBackup from None
    return backup, sealed


def _head(backup: Backup) -> bytes:
    return json.dumps({"format": FORMAT, "backup": backup.id, "made_at": backup.made_at.isoformat()}).encode()


def _aead(key: bytes) -> AESGCM:
    return AESGCM(derive_key(key, "yingbi escrow", str(FORMAT)))


def _grouped(line: str) -> str:
    return " ".join(line[start : start + 4] for start in range(0, len(line), 4))


def _check(number: int, line: str) -> str:
    hashed = int.from_bytes(hashlib.sha256(f"yingbi share {number} {line}".encode()).digest()[:2])
    return _SIGNS[hashed >> 5 & 31] + _SIGNS[hashed & 31]
