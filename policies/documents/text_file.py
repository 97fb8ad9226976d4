"""Running text as a file: notes, logs, configurations, dumps of databases, whatever people write in lines.

What stands in tables, below labels and under the names of columns is looked at as that; each line is read by itself,
and so are lines that are one paragraph. What any of these readings hides is hidden, all else stays octet for octet.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from copy import copy

from policies.documents.document import Text, Within
from policies.documents.heading_words import FREE_TEXT, HIDDEN, category_of_heading, is_heading
from policies.documents.labels import values_alone
from policies.documents.look import Look
from policies.documents.marks import drawn
from policies.documents.markup import HTML
from policies.documents.nobodys import is_nobodys_value
from policies.documents.plain import EVERY, Plain, decoded, lines
from policies.documents.program_names import named_programs
from policies.documents.text_tables import Line, lines_of
from policies.documents.text_values import Value, values_in
from policies.documents.torn import passages_in, sure_over_breaks
from policies.formats.found import found_as
from policies.formats.masker import Kind
from policies.recognisers.field_names.category import key_that_tells
from policies.transforms.make import REDACTED

_HAS_TABLE = re.compile("<t[dh][ >]", re.IGNORECASE)
"""As Markdown may hold tables of pages."""


class TextFile(Plain):
    """See `Document`; any text is one."""

    def texts(self, data: bytes, within: Within) -> Iterator[Text]:
        """See `Document.texts`."""
        text, *_ = decoded(data)
        all_lines = lines_of(text)
        values = values_in(text, all_lines, within)
        hidden: dict[int, list[tuple[int, int]]] = {}
        in_cells: set[int] = set()
        for value in values:
            if value.key is not None and _tells(value.key) and not is_nobodys_value(value.key, value.text.strip()):
                yield Text(f"line {value.line}", value.text, value.key)
                _put(hidden, all_lines, value.start, value.end)
            elif value.row > 0:
                in_cells.add(value.line - 1)
                yield Text(f"line {value.line}", value.text, value.key or "")
        for start, end in named_programs(all_lines):
            _put(hidden, all_lines, start, end)
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
        values = values_in(text, all_lines, within)
        edits, claimed = _edits(values, look)
        claimed += named_programs(all_lines)
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
                for span in _quiet(look).spans(cell.text, cell.key):
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


def _edits(values: Sequence[Value], look: Look) -> tuple[list[tuple[int, int, str]], list[tuple[int, int]]]:
    """What becomes of *values*, and which stretches are settled by that. Raises Withheld."""
    edits: list[tuple[int, int, str]] = []
    claimed: list[tuple[int, int]] = []
    rows: dict[int, list[Value]] = {}
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


def _in_heading(value: Value, look: Look) -> Iterator[tuple[int, int, str]]:
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
