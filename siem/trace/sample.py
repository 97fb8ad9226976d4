"""Finds the identifiers in a leaked sample: in a column of a table, or in all its text. Nothing of it is kept.

No error repeats anything of the sample: not even the name of a column, which may be a person where a head is missing.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from policies.digest import canonical
from policies.recognisers.checksums import is_resident_id
from policies.recognisers.scan import scan
from siem.record.mark import NO_MARKS, Marks, marks_in
from siem.spoiled import has_lost_digits, has_wrong_check, is_rounded, rounded_in
from siem.trace.opened import BadSample, Opened, opened, rows_of

FEWEST_CHARACTERS, LONGEST_CELL = 4, 64
"""A cell of fewer characters names nobody, and one of more does by what is found in it."""
CATEGORIES = ("resident_id", "mobile")
"""What is looked for in a text: what subjects are known by."""

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_HINT = (
    "。表格请用 --column 写明列名或第几列，没有说明的 15 位号码和其他编号只在列中认得"
    "; of a table name the column with --column: numbers of 15 digits and others are known by their column alone"
)
_HIDDEN = re.compile(r"[*＊●•■]{2}|X{4}|x{4}|…")


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
    misspelled: int = 0
    """Resident IDs among those read whose check digit is wrong: looked for as they stand."""
    marks: Marks = NO_MARKS
    """The serials in it and in its name."""

    def counts(self) -> dict[str, int]:
        """How many identifiers there are of each kind."""
        kinds = [_kind_of(each) for each in self.identifiers]
        return {kind: kinds.count(kind) for kind in (*CATEGORIES, "other") if kind in kinds}


def read_sample(data: bytes, column: str | None = None, name: str = "") -> Sample:
    """The identifiers in *data*: of the column with that name or number (from 1) of a table, or of all the text.

    Serials are looked for in all of it and in *name*, that of its file; where there are any, it need name nobody.
    Raises BadSample.
    """
    named = marks_in(name)
    try:
        document = opened(data)
    except BadSample:
        if not named.read:
            raise
        document = Opened("")  # a file that is not read may bear its serial in its name
    inside = marks_in(document.text)
    marks = Marks(tuple(dict.fromkeys([*named.read, *inside.read])), named.unreadable + inside.unreadable)
    try:
        sample = _whole_text(document.text) if column is None else _sample_of(_column_of(document, column))
    except BadSample:
        if not marks.read:
            raise
        sample = _sample_of(())
    sample = replace(sample, marks=marks)
    if not sample.identifiers and not marks.read:
        raise BadSample(
            f"样本中没有可查的标识：已掩码 {sample.masked}，电子表格丢了末几位 {sample.rounded}，"
            f"不是标识 {sample.not_any}"
            " / no identifiers to look for: so many are masked, so many were rounded by a spreadsheet, so many are none"
            f"{_HINT if column is None else ''}"
        )
    return sample


def _column_of(document: Opened, column: str) -> Iterator[str]:
    rows = rows_of(document)
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


def _whole_text(text: str) -> Sample:
    sample = _sample_of(_found_in(text))
    return replace(sample, rounded=sample.rounded + rounded_in(text))


def _found_in(text: str) -> Iterator[str]:
    for hit in scan(text):
        if hit.category in CATEGORIES:
            yield text[hit.start : hit.end]


def _sample_of(cells: Iterable[str]) -> Sample:
    found: dict[str, None] = {}
    read = masked = rounded = not_any = misspelled = cut = 0
    for cell in cells:
        text = cell.strip().strip("'\"=\t ")
        if is_rounded(text):
            rounded += 1
            cut += has_lost_digits(text)
        elif _HIDDEN.search(text):
            masked += 1
        elif identifiers := _identifiers_in(text):
            read += len(identifiers)
            misspelled += sum(map(has_wrong_check, identifiers))
            found.update(dict.fromkeys(identifiers))
        else:
            not_any += 1
    if cut:  # of those that a spreadsheet has cut short, one in eleven has by chance the right check digit
        lucky = [each for each in found if _kind_of(each) == "resident_id" and has_lost_digits(each)]
        for each in lucky:
            del found[each]
        read, rounded = read - len(lucky), rounded + len(lucky)
    return Sample(tuple(found), read, masked, rounded, not_any, misspelled)


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
