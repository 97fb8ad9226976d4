"""Every personal value of the register, and a search for any of them in what a caller was sent.

The search knows nothing of how the gateway finds or masks anything. It reads an answer in every way that a reader
could (references, percent-encoding and escapes spelled out, tags taken away, full-width digits, separators) and looks
up each stretch that could be a value.
"""

import html
import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from deploy.demo.register.numbers import old_resident_id

_DIGITS = re.compile(r"[0-9](?:[\s.\-]?[0-9])*[Xx]?")
_SEPARATORS = re.compile(r"[\s.\-]")
_HAN = re.compile(r"[\u4e00-\u9fff·]{2,}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ROAD = re.compile(r"\D+(?=\d)")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_TAG = re.compile(r"<[^>]*>")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")

MASKED = ("name", "id_no", "mobile", "bank_card", "email", "address", "birth_date", "household_no")


@dataclass(frozen=True, slots=True)
class Truth:
    """The personal values by the kind of field they stand in, as they can be looked up."""

    rows: dict[str, list[dict[str, object]]]
    names: frozenset[str]
    numbers: dict[str, str]
    """Digits, without separators: which field they are of."""
    emails: frozenset[str]
    dates: frozenset[str]
    places: frozenset[str]
    """Roads, villages and estates of all addresses."""
    lengths: tuple[int, ...] = (11, 15, 16, 17, 18, 19)
    """Of numbers that are looked for inside of longer ones. Those of households are too short for that: a time in
    milliseconds holds as many digits. They count where they stand alone."""

    def found_in(self, text: str, *, but: frozenset[str] = frozenset()) -> set[tuple[str, str]]:
        """Field and value of everything personal that can be read out of *text*, but for the fields named."""
        found: set[tuple[str, str]] = set()
        for reading in _readings(text):
            found.update(self._found(reading))
        return {(kind, value) for kind, value in found if kind not in but}

    def _found(self, text: str) -> Iterator[tuple[str, str]]:
        for run in _HAN.findall(text):
            yield from self._in_words(run)
        for match in _DIGITS.finditer(text):
            digits = _SEPARATORS.sub("", match[0]).upper()
            if digits in self.numbers:
                yield self.numbers[digits], digits
            for length in self.lengths:
                for start in range(len(digits) - length + 1):
                    if (kind := self.numbers.get(digits[start : start + length])) is not None:
                        yield kind, digits[start : start + length]
        for address in _EMAIL.findall(text):
            if address.lower() in self.emails:
                yield "email", address
        for day in _DATE.findall(text):
            if day in self.dates:
                yield "birth_date", day

    def _in_words(self, run: str) -> Iterator[tuple[str, str]]:
        for start in range(len(run)):
            for end in range(start + 2, min(len(run), start + 12) + 1):
                if run[start:end] in self.names:
                    yield "name", run[start:end]
                elif run[start:end] in self.places:
                    yield "address", run[start:end]


def truth_of(database: Path) -> Truth:
    """Everything personal in *database*."""
    with closing(sqlite3.connect(database)) as opened:
        opened.row_factory = sqlite3.Row
        rows = {
            table: [dict(row) for row in opened.execute(f"SELECT * FROM {table} ORDER BY id")]
            for table in ("residents", "households")
        }
    residents = rows["residents"]
    numbers: dict[str, str] = {}
    for person in residents:
        id_no, born = str(person["id_no"]), str(person["birth_date"])
        numbers |= {id_no: "id_no", str(person["mobile"]): "mobile", str(person["bank_card"]): "bank_card"}
        if born < "2000":
            numbers[old_resident_id(id_no)] = "id_no"
    numbers |= {str(row["household_no"]): "household_no" for row in rows["households"]}
    return Truth(
        rows=rows,
        names=frozenset(str(person["name"]) for person in residents),
        numbers=numbers,
        emails=frozenset(str(person["email"]).lower() for person in residents),
        dates=frozenset(str(person["birth_date"]) for person in residents),
        places=frozenset(place for person in residents for place in _places_in(person)),
    )


def _places_in(person: dict[str, object]) -> list[str]:
    """The words of an address behind the street, which the register shows to everybody."""
    address = str(person["address"])
    behind = address[address.index(str(person["street"])) + len(str(person["street"])) :]
    words = (word.removeprefix("号").removeprefix("组") for word in _ROAD.findall(behind))
    return [word for word in words if len(word) > 2]


def _readings(text: str) -> Iterator[str]:
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    yield plain
    spelled = html.unescape(unquote(unquote(plain)))
    spelled = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), spelled)
    if spelled != plain:
        yield unicodedata.normalize("NFKC", spelled)
    if "<" in spelled:
        yield _INVISIBLE.sub("", unicodedata.normalize("NFKC", _TAG.sub("", spelled)))
