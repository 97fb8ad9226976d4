"""Reads identifiers out of a leaked sample: a column of a table, or whatever a text holds. Nothing of it is kept.

No error repeats anything of the sample: not even the name of a column, which may be a person where a head is missing.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from policies.digest import canonical
from policies.recognisers.checksums import is_resident_id
from policies.recognisers.scan import scan

LARGEST = 64 * 1024 * 1024
"""Octets of a sample."""
FEWEST_CHARACTERS, LONGEST_CELL = 4, 64
"""A cell of fewer characters names nobody, and one of more does by what is found in it."""
CATEGORIES = ("resident_id", "mobile")
"""What is looked for in a text: what subjects are known by."""

_ENCODINGS = ("utf-8-sig", "gb18030")
_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_ROUNDED = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]{2}", re.IGNORECASE)
"""What a spreadsheet makes of a long number: its last digits are lost."""
_HIDDEN = re.compile(r"[*＊●•■]{2}|X{4}|x{4}|…")
_DELIMITERS = ",\t;|"


class BadSample(Exception):
    """The sample cannot be read. The message says how to give it, Chinese and English, and nothing of the sample."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The identifiers of a sample."""

    identifiers: tuple[str, ...] = field(repr=False)
    """In canonical form, each once, in the order of the sample."""
    read: int
    """How many there were, again and again as well."""
    masked: int
    """Cells in which characters are hidden: nobody can be told by them."""
    rounded: int
    """Cells whose last digits a spreadsheet has lost."""
    not_any: int
    """Cells that name nobody."""

    def counts(self) -> dict[str, int]:
        """How many identifiers there are of each kind."""
        kinds = [_kind_of(each) for each in self.identifiers]
        return {kind: kinds.count(kind) for kind in (*CATEGORIES, "other") if kind in kinds}


def read_sample(data: bytes, column: str | None = None) -> Sample:
    """The identifiers in *data*: of the column with that name or number (from 1) of a CSV, or of all the text.

    Raises BadSample.
    """
    if len(data) > LARGEST:
        raise BadSample(f"样本大于 {LARGEST >> 20} MiB，请截取一部分 / larger than that: take a part of it")
    text = _text_of(data)
    sample = _sample_of(_found_in(text) if column is None else _column_of(text, column))
    if not sample.identifiers:
        raise BadSample(
            f"样本中没有可查的标识：已掩码 {sample.masked}，电子表格丢了末几位 {sample.rounded}，"
            f"不是标识 {sample.not_any}"
            " / no identifiers to look for: so many are masked, so many were rounded by a spreadsheet, so many are none"
        )
    return sample


def _text_of(data: bytes) -> str:
    if data.startswith((b"PK\x03\x04", b"%PDF")):
        raise BadSample(
            "样本是压缩包、Office 或 PDF 文件，请另存为 CSV 或文本 / a ZIP, Office or PDF file: save it as CSV or text"
        )
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadSample("样本不是 UTF-8、UTF-16 或 GB 18030 文本 / the sample is no text in UTF-8, UTF-16 or GB 18030")


def _column_of(text: str, column: str) -> Iterator[str]:
    csv.field_size_limit(LARGEST)
    head = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    if not rows:
        raise BadSample("样本是空的 / the sample is empty")
    names = [name.strip().casefold() for name in rows[0]]
    wanted = column.strip().casefold()
    if wanted in names:
        place, rows = names.index(wanted), rows[1:]
    elif column.isascii() and column.isdigit() and 1 <= int(column) <= len(names):
        place = int(column) - 1
    else:
        raise BadSample(
            f"样本第一行没有这个列名；它有 {len(names)} 列，也可以写第几列，如 --column 1"
            f" / its first row has no column of that name: it has {len(names)}, and --column 1 names the first"
        )
    return (row[place] for row in rows if len(row) > place)


def _found_in(text: str) -> Iterator[str]:
    for hit in scan(text):
        if hit.category in CATEGORIES:
            yield text[hit.start : hit.end]


def _sample_of(cells: Iterable[str]) -> Sample:
    found: dict[str, None] = {}
    read = masked = rounded = not_any = 0
    for cell in cells:
        text = cell.strip().strip("'\"=\t ")
        if _ROUNDED.fullmatch(text):
            rounded += 1
        elif _HIDDEN.search(text):
            masked += 1
        elif identifiers := _identifiers_in(text):
            read += len(identifiers)
            found.update(dict.fromkeys(identifiers))
        else:
            not_any += 1
    return Sample(tuple(found), read, masked, rounded, not_any)


def _identifiers_in(cell: str) -> list[str]:
    """What *cell* names somebody by: itself, or what stands in it among words."""
    plain = canonical(cell) if len(cell) <= LONGEST_CELL else ""
    if _kind_of(plain) != "other":
        return [plain]
    if among := list(_found_in(cell)):
        return [canonical(each) for each in among]
    return [plain] if len(plain) >= FEWEST_CHARACTERS and any(map(str.isdigit, plain)) else []


def _kind_of(identifier: str) -> str:
    if is_resident_id(identifier):
        return "resident_id"
    return "mobile" if _MOBILE.fullmatch(identifier) else "other"
