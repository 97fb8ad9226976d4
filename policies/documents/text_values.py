"""The values in a running text of whose place something tells: in tables, below labels, under the names of columns, and
in lists of names.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from policies.documents.continued import continued
from policies.documents.document import Within
from policies.documents.heading_words import FREE_TEXT, HIDDEN, category_of_heading, is_nobodys
from policies.documents.labels import is_clause
from policies.documents.listed import names_listed
from policies.documents.sql_values import definitions_in, sql_values
from policies.documents.text_tables import Line, cells_in

LONGEST_BELOW = 64
"""Characters of a value that stands below its label."""
_LABEL = re.compile(
    r"[ \t\u3000>]*(?:[-*+•]|#{1,6}|[0-9]{1,3}[.、)）])?[ \t\u3000]*(?:\*\*|__)?"
    r"【?([^:：*_【】\[\]|=.…0-9、，,。；]{1,40})"
)
_BEHIND_LABEL = re.compile(r"】?(?:\*\*|__)?[ \t]*([:：])?(?:\*\*|__)?[ \t]*")
_ITEM = re.compile(r"[ \t\u3000>]*(?:[-*+•:：][ \t]|[0-9]{1,3}[.、)）][ \t]*)?[ \t\u3000]*")
_NO_VALUE = re.compile(r"[。！？!?=]|[:：]\s*\S|^[-_*#|+ ]+$")
_LABELLED_LINE = re.compile(r"[ \t]*([A-Za-z\u4e00-\u9fff]{1,20})[ \t]*[:：]")
_NULL = "null"
_NAME = "姓名"


@dataclass(frozen=True, slots=True)
class Value:
    """What stands under or below something that tells of it; or a heading, whose key is None."""

    start: int
    end: int
    text: str
    key: str | None
    line: int
    row: int = 0
    spelled: Callable[[str], str] = str


def values_in(text: str, all_lines: Sequence[Line], within: Within) -> list[Value]:
    """The values in *text* of whose place something tells, in order, apart from one another."""

    def is_one(label: str) -> bool:
        return within.is_label(label) and not is_clause(label)

    found = list(_sql(text, all_lines)) if " INTO" in text.upper() or "COPY " in text else []
    found += (Value(start, end, text[start:end], key, line) for start, end, key, line in continued(all_lines, is_one))
    within.check_time()
    made = _lines_made(text, all_lines)
    for number, row in enumerate(cells_in(all_lines, is_one), 1):
        cells = (each for each in row if each.line not in made)
        found += (Value(each.start, each.end, each.text, each.key, each.line, number) for each in cells)
    within.check_time()
    found += _below_labels(all_lines, is_one, made | {value.line for value in found})
    for start, end, line in names_listed(all_lines):
        found.append(Value(start, end, text[start:end], _NAME, line.number))
    kept: list[Value] = []
    taken = bytearray(len(text))
    for value in found:
        if taken.find(1, value.start, value.end) < 0 and value.end > value.start:
            kept.append(value)
            taken[value.start : value.end] = b"\1" * (value.end - value.start)
    return kept


def _sql(text: str, all_lines: Sequence[Line]) -> Iterator[Value]:
    starts = [line.start for line in all_lines]
    for start, end, column, row, is_quoted in sql_values(text):
        value = text[start:end]
        if value.strip() and value.lower() != _NULL:
            number = _line_at(starts, start)
            yield Value(start, end, value, column, number, -row, str if is_quoted else partial("'{}'".format))


def _lines_made(text: str, all_lines: Sequence[Line]) -> set[int]:
    """The numbers of the lines in which tables of a database are made: no value stands in them."""
    starts = [line.start for line in all_lines]
    spans = ((_line_at(starts, start), _line_at(starts, end)) for start, end in definitions_in(text))
    return {number for first, last in spans for number in range(first, last + 1)}


def _line_at(starts: Sequence[int], place: int) -> int:
    return bisect_right(starts, place)


def _below_labels(all_lines: Sequence[Line], is_label: Callable[[str], bool], apart: set[int]) -> Iterator[Value]:
    """Values each of which stands on a line below the one that is its label; *apart*: lines that are in tables."""
    at = 0
    while at < len(all_lines) - 1:
        at += 1
        line = all_lines[at - 1]
        label, has_colon = _label_of(line.text, is_label)
        if not label or line.number in apart:
            continue
        below = at
        if not all_lines[below].text.strip() and (has_colon or line.text.lstrip().startswith("#")):
            below += 1
        first = below
        while below < len(all_lines):
            value = all_lines[below]
            item = _ITEM.match(value.text)
            begins = item.end() if item is not None else 0
            said = value.text[begins:].rstrip()
            is_item = begins > 0 and bool(value.text[:begins].strip())
            if not _is_value(said, is_label, has_colon=has_colon) or value.number in apart:
                break
            if below > first and not is_item:
                break
            start = value.start + begins
            yield Value(start, start + len(said), said, label, value.number)
            below += 1
            if not is_item:
                break
        at = max(at, below) if below > first else at


def _label_of(text: str, is_label: Callable[[str], bool]) -> tuple[str, bool]:
    """The label that is all of a line, empty where it is none, and whether a colon stands behind it."""
    match = _LABEL.match(text) if len(text) <= LONGEST_BELOW else None
    if match is None:
        return "", False
    behind = _BEHIND_LABEL.match(text, match.end())
    if behind is None or behind.end() < len(text):
        return "", False
    label = match[1].strip()
    if not label or not is_label(label) or category_of_heading(label) in (None, FREE_TEXT):
        return "", False
    return label, behind[1] is not None


def _is_value(said: str, is_label: Callable[[str], bool], *, has_colon: bool) -> bool:
    """Whether a line that says *said* may be the value of the label above it."""
    if not said or len(said) > LONGEST_BELOW or HIDDEN in said or is_nobodys(said) or is_label(said):
        return False
    if (labelled := _LABELLED_LINE.match(said)) and (is_label(labelled[1]) or is_nobodys(labelled[1])):
        return False
    return has_colon or _NO_VALUE.search(said) is None
