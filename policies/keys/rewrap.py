"""Makes the tokens in exported rows anew under the current key, and leaves every other byte as it is.

No database behind is ours to write to: its rows are exported, go through here, and are imported again.
"""

import csv
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policies.keys.data_keys import BadToken, DataKeys
from policies.transforms.encrypt import Cipher, Method
from policies.transforms.sealed import FIELD

TOKEN = re.compile(rf"({'|'.join(Method)})\.([0-9a-f]{{8}})\.[A-Za-z0-9_-]+")
_BLANK = " \t\r\n"
"""What an empty value may hold. No other blanks: bytes of a cell may be read as them that are half a character."""

type Piece = tuple[str, str | None]
"""A text of a row, and the field whose value it is; None for what is no value."""


class UnreadableRow(Exception):
    """A row is not what rows of its kind of file are."""


@dataclass(slots=True)
class Counts:
    """What was found so far."""

    rows: int = 0
    made_anew: int = 0
    current: int = 0
    """Tokens that are under the current key already."""
    failed: int = 0
    """Tokens that do not open where they stand, and tokens within another text: left as they are."""
    plain: int = 0
    """Values of fields that are stored encrypted, and are not: left as they are."""


class Rewrap:
    """Rewraps the rows of one system.

    *fields* says by column which field its values are; any other column is the field of its name, of *record* where one
    is given. *stored* are the fields that the system stores encrypted.
    """

    def __init__(
        self,
        keys: DataKeys,
        system: str,
        fields: Mapping[str, str],
        record: str,
        counts: Counts,
        stored: Collection[str],
    ) -> None:
        self.counts = counts
        self._stored = frozenset(stored)
        self._current = keys.current.id
        self._ciphers = {method: Cipher(keys, FIELD, method) for method in Method}
        self._system = system
        self._fields = fields
        self._record = record

    def row(self, raw: bytes, pieces: Iterable[Piece]) -> bytes:
        """The row *raw* with its tokens made anew; *pieces* are its texts, in their order."""
        self.counts.rows += 1
        parts: list[bytes] = []
        at = 0
        for text, column in pieces:
            tokens = list(TOKEN.finditer(text))
            if not tokens and text.strip(_BLANK) and column is not None and self._field_of(column) in self._stored:
                self.counts.plain += 1
            for found in tokens:
                token = found[0]
                start = raw.find(token.encode(), at)
                whole = column is not None and token == text
                again = self._again(token, found, column or "") if whole and start >= 0 else None
                if again is None:
                    self.counts.failed += 1
                if start >= 0:
                    parts += [raw[at:start], (again or token).encode()]
                    at = start + len(token)
        return b"".join([*parts, raw[at:]])

    def _again(self, token: str, found: re.Match[str], column: str) -> str | None:
        cipher, key_id = self._ciphers[Method(found[1])], found[2]
        context = (self._system, self._field_of(column))
        try:
            value = cipher.decrypt(token, *context)
        except BadToken:
            return None
        if key_id == self._current:
            self.counts.current += 1
            return token
        self.counts.made_anew += 1
        return cipher.encrypt(value, *context)

    def _field_of(self, column: str) -> str:
        named = self._fields.get(column)
        return named if named is not None else f"{self._record}.{column}" if self._record else column


def csv_rows(lines: Iterable[bytes], header: list[str] | None = None) -> Iterator[tuple[bytes, list[Piece]]]:
    """Each row of a CSV file with its texts, the header first unless it is known. Quoted cells may hold line ends.

    Raises UnreadableRow.

    Bytes are told apart as in UTF-8 and GB 18030 alike: neither writes a comma or a quote within another character.
    """
    taken: list[bytes] = []

    def read() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line.decode("latin-1")

    csv.field_size_limit(2**31 - 1)
    for cells in _cells(read()):
        raw = b"".join(taken)
        taken.clear()
        if header is None:
            header = csv_header(raw)
            yield raw, [(cell, None) for cell in cells]
        else:
            names = [*header, *[None] * len(cells)]
            yield raw, list(zip(cells, names, strict=False))
    if taken:
        yield b"".join(taken), []


def _cells(lines: Iterable[str]) -> Iterator[list[str]]:
    try:
        yield from csv.reader(lines)
    except csv.Error:
        raise UnreadableRow from None


def csv_header(raw: bytes) -> list[str]:
    """The columns that the first row *raw* of a CSV file names."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", "replace")
    return next(_cells([text]), [])


def json_rows(lines: Iterable[bytes]) -> Iterator[tuple[bytes, list[Piece]]]:
    """Each line of a file of JSON lines with its texts. Raises UnreadableRow."""
    for line in lines:
        try:
            pieces = list(_pieces(json.loads(line, object_pairs_hook=_Pairs), None)) if line.strip() else []
        except (ValueError, RecursionError):
            raise UnreadableRow from None
        yield line, pieces


class _Pairs(list[tuple[str, Any]]):
    """An object, with keys that stand in it twice."""


def _pieces(value: object, column: str | None) -> Iterator[Piece]:
    match value:
        case str():
            yield value, column
        case _Pairs():
            for key, inner in value:
                yield key, None
                yield from _pieces(inner, key)
        case list():
            for inner in value:
                yield from _pieces(inner, column)
        case None:
            return
        case _:  # numbers and booleans hold no token, and are plain where one belongs
            yield str(value), column
