"""Running text as a file: notes, logs, configurations, dumps of databases, whatever people write in lines.

What stands in tables, below labels and under the names of columns is looked at as that; each line is read by itself,
and so are lines that are one paragraph. What any of these readings hides is hidden, all else stays octet for octet.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial

from policies.documents.continued import continued
from policies.documents.document import Text, Within
from policies.documents.headings import FREE_TEXT, HIDDEN, category_of_heading, is_heading, is_nobodys
from policies.documents.labels import is_clause, values_alone
from policies.documents.listed import names_listed
from policies.documents.look import Look
from policies.documents.marks import drawn
from policies.documents.markup import HTML
from policies.documents.nobodys import is_nobodys_value
from policies.documents.plain import EVERY, Plain, decoded, lines
from policies.documents.sql_values import definitions_in, sql_values
from policies.documents.text_tables import Line, cells_in, lines_of
from policies.documents.torn import passages_in, sure_over_breaks
from policies.formats.found import found_as
from policies.formats.masker import Kind
from policies.recognisers.keys_cn import key_that_tells
from policies.transforms.make import REDACTED

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
_HAS_TABLE = re.compile("<t[dh][ >]", re.IGNORECASE)
"""As Markdown may hold tables of pages."""
_NULL = "null"
_NAME = "姓名"


@dataclass(frozen=True, slots=True)
class _Value:
    """What stands under or below something that tells of it; or a heading, whose key is None."""

    start: int
    end: int
    text: str
    key: str | None
    line: int
    row: int = 0
    spelled: Callable[[str], str] = str


class TextFile(Plain):
    """See `Document`; any text is one."""

    def texts(self, data: bytes, within: Within) -> Iterator[Text]:
        """See `Document.texts`."""
        text, *_ = decoded(data)
        all_lines = lines_of(text)
        values = _values(text, all_lines, within)
        hidden: dict[int, list[tuple[int, int]]] = {}
        in_cells: set[int] = set()
        for value in values:
            if value.key is not None and _tells(value.key) and not is_nobodys_value(value.key, value.text.strip()):
                yield Text(f"line {value.line}", value.text, value.key)
                _put(hidden, all_lines, value.start, value.end)
            elif value.row > 0:
                in_cells.add(value.line - 1)
                yield Text(f"line {value.line}", value.text, value.key or "")
        for passage, start, end, category in sure_over_breaks(all_lines):
            yield Text(f"line {passage.lines[0]}", passage.text[start:end], key_that_tells(category))
            for span in passage.spans(start, end):
                _put(hidden, all_lines, *span)
        if _HAS_TABLE.search(text):
            yield from (each for each in HTML.texts(text.encode(), within) if each.key)
        within_passages: set[int] = set()
        for passage in passages_in(
            all_lines, frozenset(number - 1 for number in (*hidden, *(value.line for value in values)))
        ):
            within_passages.update(passage.lines)
            yield Text(f"line {all_lines[passage.lines[0]].number}", _as_drawn(passage.text))
        for at, line in enumerate(all_lines):
            if at % EVERY == 0:
                within.check_time()
            if at not in within_passages and at not in in_cells and line.text.strip():
                shown = _as_drawn(_without(line, hidden.get(line.number, [])))
                yield Text(f"line {line.number}", shown)
                if HIDDEN not in shown:
                    yield from (Text(f"line {line.number}", each[1]) for each in values_alone(shown))

    def mask(self, data: bytes, look: Look, within: Within) -> bytes:
        """See `Document.mask`."""
        if look.text.kind is not Kind.SCAN:
            return super().mask(data, look, within)
        text, mark, codec = decoded(data)
        all_lines = lines_of(text)
        values = _values(text, all_lines, within)
        edits, claimed = _edits(values, look)
        out = _Hidden(text, edits, claimed)
        apart = frozenset(value.line - 1 for value in values)
        for passage, start, end, category in sure_over_breaks(all_lines):
            out.hide(passage.spans(start, end), look, found_as(category, "checksum"))
        read: set[int] = set()
        for passage in passages_in(all_lines, apart):
            read.update(passage.lines)
            for span in _quiet(look).spans(passage.text):
                out.hide(passage.spans(span.start, span.end), look, span.categories)
        for cell in values:
            if cell.key is not None and look.action(cell.key, cell.text).kind is Kind.SCAN:
                read.add(cell.line - 1)
                for span in _quiet(look).spans(cell.text):
                    out.hide([(cell.start + span.start, cell.start + span.end)], look, span.categories)
        for at, line in enumerate(all_lines):
            if at % EVERY == 0:
                within.check_time()
            if line.text.strip():
                plain = drawn(line.text)
                for span in _quiet(look).spans(line.text, reads=plain is None and at not in read):
                    out.hide([(line.start + span.start, line.start + span.end)], look, span.categories)
                if plain is not None:
                    for span in _quiet(look).spans(plain.text):
                        places = plain.spans(span.start, span.end)
                        out.hide([(line.start + a, line.start + b) for a, b in places], look, span.categories)
                for start, said, reading in values_alone(line.text):
                    for span in _quiet(look).spans(said):
                        part = (span.start, span.end) if reading is None else reading.span(span.start, span.end)
                        out.hide([(line.start + start + part[0], line.start + start + part[1])], look, span.categories)
        written = out.written()
        if _HAS_TABLE.search(written):
            written = HTML.mask(written.encode(), look, within).decode()
        return mark + written.encode(codec)


class _Hidden:
    """What of *text* is hidden: *edits* are made, and what else is within what they have *claimed* stays."""

    def __init__(self, text: str, edits: list[tuple[int, int, str]], claimed: Sequence[tuple[int, int]]) -> None:
        self._text = text
        self._edits = edits
        self._taken = bytearray(len(text))
        for start, end in claimed:
            self._taken[start:end] = b"\1" * (end - start)

    def hide(self, spans: Iterator[tuple[int, int]] | list[tuple[int, int]], look: Look, told: tuple[str, ...]) -> None:
        """Put stars in the place of what of *spans* is not taken, and count it, if there is any, as what is *told*."""
        is_new = False
        for first, last in spans:
            start = self._taken.find(0, first, last)
            while start >= 0:
                end = self._taken.find(1, start, last)
                end = last if end < 0 else end
                if self._text[start:end].strip():
                    self._edits.append((start, end, REDACTED))
                    is_new = True
                self._taken[start:end] = b"\1" * (end - start)
                start = self._taken.find(0, end, last)
        if is_new:
            look.tally.count_found(told)

    def written(self) -> str:
        """The text with all that became of it; what is hidden side by side has one mark."""
        pieces: list[str] = []
        at = 0
        for start, end, new in sorted(self._edits):
            if start == at and pieces and new == pieces[-1] == REDACTED:
                at = end
                continue
            pieces += [self._text[at:start], new]
            at = end
        return "".join([*pieces, self._text[at:]])


def _edits(values: Sequence[_Value], look: Look) -> tuple[list[tuple[int, int, str]], list[tuple[int, int]]]:
    """What becomes of *values*, and which stretches are settled by that. Raises Withheld."""
    edits: list[tuple[int, int, str]] = []
    claimed: list[tuple[int, int]] = []
    rows: dict[int, list[_Value]] = {}
    for number, value in enumerate(values):
        if value.key is None:
            edits += _in_heading(value, look)
            claimed.append((value.start, value.end))
        else:
            rows.setdefault(value.row or -1 - number, []).append(value)
    for row in rows.values():
        keys, texts = [value.key or "" for value in row], [value.text for value in row]
        subject = look.subject_in(keys, texts)
        for value, action in zip(row, look.row(keys, texts), strict=True):
            if action.kind is not Kind.SCAN:
                new = look.done(value.text, action, subject)
                if new != value.text:
                    edits.append((value.start, value.end, value.spelled(new)))
                claimed.append((value.start, value.end))
    return edits, claimed


def _in_heading(value: _Value, look: Look) -> Iterator[tuple[int, int, str]]:
    """What becomes of what is somebody's in a heading, as in 联系人李雷电话."""
    for span in _quiet(look).spans_untold(value.text):
        if not is_heading(value.text[span.start : span.end]):
            look.tally.count_found(span.categories)
            yield value.start + span.start, value.start + span.end, REDACTED


def _as_drawn(text: str) -> str:
    """*text* without its marks; as it is where something of it is hidden, which looks like one."""
    plain = drawn(text) if HIDDEN not in text else None
    return text if plain is None else plain.text


def _tells(key: str) -> bool:
    return category_of_heading(key) not in (None, FREE_TEXT)


def _quiet(look: Look) -> Look:
    """*look*, counting by itself what may be found in another reading as well."""
    quiet = copy(look)
    quiet.tally = look.tally.apart()
    return quiet


def _values(text: str, all_lines: Sequence[Line], within: Within) -> list[_Value]:
    """The values in *text* of whose place something tells, in order, apart from one another."""

    def is_one(label: str) -> bool:
        return within.is_label(label) and not is_clause(label)

    found = list(_sql(text, all_lines)) if " INTO" in text.upper() or "COPY " in text else []
    found += (_Value(start, end, text[start:end], key, line) for start, end, key, line in continued(all_lines, is_one))
    within.check_time()
    made = _lines_made(text, all_lines)
    for number, row in enumerate(cells_in(all_lines, is_one), 1):
        cells = (each for each in row if each.line not in made)
        found += (_Value(each.start, each.end, each.text, each.key, each.line, number) for each in cells)
    within.check_time()
    found += _below_labels(all_lines, is_one, made | {value.line for value in found})
    for start, end, line in names_listed(all_lines):
        found.append(_Value(start, end, text[start:end], _NAME, line.number))
    kept: list[_Value] = []
    taken = bytearray(len(text))
    for value in found:
        if taken.find(1, value.start, value.end) < 0 and value.end > value.start:
            kept.append(value)
            taken[value.start : value.end] = b"\1" * (value.end - value.start)
    return kept


def _sql(text: str, all_lines: Sequence[Line]) -> Iterator[_Value]:
    starts = [line.start for line in all_lines]
    for start, end, column, row, is_quoted in sql_values(text):
        value = text[start:end]
        if value.strip() and value.lower() != _NULL:
            number = _line_at(starts, start)
            yield _Value(start, end, value, column, number, -row, str if is_quoted else partial("'{}'".format))


def _lines_made(text: str, all_lines: Sequence[Line]) -> set[int]:
    """The numbers of the lines in which tables of a database are made: no value stands in them."""
    starts = [line.start for line in all_lines]
    spans = ((_line_at(starts, start), _line_at(starts, end)) for start, end in definitions_in(text))
    return {number for first, last in spans for number in range(first, last + 1)}


def _line_at(starts: Sequence[int], place: int) -> int:
    return bisect_right(starts, place)


def _below_labels(all_lines: Sequence[Line], is_label: Callable[[str], bool], apart: set[int]) -> Iterator[_Value]:
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
            yield _Value(start, start + len(said), said, label, value.number)
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


def _put(hidden: dict[int, list[tuple[int, int]]], all_lines: Sequence[Line], start: int, end: int) -> None:
    """Note that *start* to *end* is told of by itself."""
    at = bisect_right(all_lines, start, key=lambda line: line.start) - 1
    line = all_lines[at]
    hidden.setdefault(line.number, []).append((start - line.start, end - line.start))


def _without(line: Line, spans: list[tuple[int, int]]) -> str:
    """What *line* says, with stars in the place of *spans*."""
    pieces, at = [], 0
    for start, end in sorted(spans):
        pieces += [line.text[at:start], REDACTED]
        at = max(at, end)
    return "".join([*pieces, line.text[at:]])


TEXT = TextFile(
    "text",
    (".txt", ".md", ".markdown", ".log", ".text", ".sql", ".ini", ".conf", ".cfg", ".properties", ".yaml", ".yml"),
    lines,
)
"""Whatever is text, whatever it is called."""
