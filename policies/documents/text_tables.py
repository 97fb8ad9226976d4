"""Tables in running text: where their cells stand, and what heads each of them.

A table is lines beside each other that are parted alike: by tabs, by bars (as Markdown and terminals draw them), by
gaps, by ampersands (as LaTeX has it), or by commas below a head that says so. Lines that only rule are passed over.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from policies.documents.heading_words import (
    FREE_TEXT,
    asks_for_somebody,
    category_of_heading,
    describes_field,
    is_heading,
    is_nobodys,
    key_under,
    tells,
)
from policies.documents.headings import Headings
from policies.documents.labels import is_clause
from policies.documents.nobodys import is_nobodys_value
from policies.recognisers.persons.given_names import surname_length

MOST_CELLS = 64
"""Of a row."""
_RULE = re.compile(
    r"(?=[^\n]*[-=─━═])[ \t|+\-:=┌┬┐├┼┤└┴┘─━│┃╔╦╗╠╬╣╚╩╝═║]{2,400}|[ \t]*\\(?:[a-z]{1,12}rule|hline)[ \t]*"
)
_BARS = re.compile(r"(?<!\\)[|│┃║｜]")
_GAP = re.compile(r"[ \u3000]{2,}|\t[ \t\u3000]*|\u3000")
_MARKED = re.compile(r"(\*{1,2}|__|`)([^*`|]{1,200})\1")
"""A cell in bold, in italics or as code."""
_LEADERS = re.compile(r"…|\.{3}|_{2}(?!\w)|(?<=\w\w)__")
"""What leads from a label to its value, or is to be filled in."""
_LISTED = ",，;；、w"
"""What parts the cells of a table that its head alone makes one; `w`: words, by single blanks."""
_TOTALS = frozenset("合计 小计 总计 共计".split())
FEWEST_ROWS = {"|": 1, "\t": 1, "&": 1, " ": 2}
_WORD = re.compile("[\"']?[\\w\u4e00-\u9fff（）()/·*]{1,24}[\"']?")
_SPREAD = re.compile("(?<![\u4e00-\u9fff])[\u4e00-\u9fff](?:[ \u3000]{1,6}[\u4e00-\u9fff]){1,3}(?![\u4e00-\u9fff])")
"""A word that is spread to the width of others, which stand above and below it."""
_WIDE = 0x1100
"""From here on a character is drawn as wide as two."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text, without its end."""

    start: int
    text: str
    number: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table."""

    start: int
    """In the text that the table stands in."""
    end: int
    text: str
    key: str | None
    """What heads it, empty where nothing does; None for a heading."""
    line: int


type _Row = dict[int, tuple[int, int]]
"""By columns, where the cells that are not empty begin and end in their line."""


def lines_of(text: str) -> list[Line]:
    """The lines of *text*, empty ones as well."""
    found, start = [], 0
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        found.append(Line(start, line.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"), number))
        start += len(line)
    return found


def cells_in(lines: Sequence[Line], is_label: Callable[[str], bool]) -> Iterator[list[Cell]]:
    """The rows of all tables in *lines*, of which some cell has a label: each as its cells."""
    at = 0
    while at < len(lines):
        kind = _kind_of(lines[at].text)
        if not kind:
            at += 1
            continue
        end = at + 1
        while end < len(lines) and (_RULE.fullmatch(lines[end].text) or _goes_on(lines[end].text, kind)):
            end += 1
        yield from _rows_of(lines[at:end], kind, is_label)
        at = end


def _kinds_of(line: str) -> str:
    """How *line* may be parted, the likeliest first."""
    if not line or line.isspace() or _RULE.fullmatch(line):
        return ""
    line = _unspread(line)
    found = "|" if _BARS.search(line) else ""
    found += "\t" if "\t" in line.strip() else ""
    found += "&" if "&" in line and line.rstrip().endswith("\\\\") else ""
    found += " " if _GAP.search(line.strip()) and not _LEADERS.search(line) else ""
    found += "".join(each for each in _LISTED[:-1] if each in line)
    return found or ("w" if " " in line.strip() else "")


def _kind_of(line: str) -> str:
    return _kinds_of(line)[:1]


def _goes_on(line: str, kind: str) -> bool:
    """Whether *line* may be a row of a table parted by *kind*: gaps and commas stand in others as well."""
    return kind in (_kinds_of(line) if kind in "|\t&" else _kind_of(line))


def _rows_of(lines: Sequence[Line], kind: str, is_label: Callable[[str], bool]) -> Iterator[list[Cell]]:
    """The rows of one table, whose lines are parted by *kind*."""
    rules = {line.number for line in lines if _RULE.fullmatch(line.text)}
    rows = [(line, _parted(line.text, kind)) for line in lines if line.number not in rules]
    if kind in _LISTED:
        for table in _listed(rows, is_label):
            yield from _headed(table, is_label, is_ruled=True)
        return
    while rows and rows[0][0].number + 1 not in rules and not _may_begin(_texts(*rows[0]), is_label):
        del rows[0]
    if len(rows) < FEWEST_ROWS[kind]:
        return
    asks = rows[0][0].number + 1 in rules and any(map(asks_for_somebody, _texts(*rows[0]).values()))
    if not asks and not any(is_label(text) for row in rows for text in _texts(*row).values()):
        return
    if kind == " ":
        rows = _by_place(rows, is_label)
    yield from _headed(rows, is_label, is_ruled=rows[0][0].number + 1 in rules)


def _may_begin(row: dict[int, str], is_label: Callable[[str], bool]) -> bool:
    """Whether a table may begin with *row*: a head, or a label and its value, and no record that ends with a label."""
    labels = [column for column, text in row.items() if is_label(text)]
    if not labels:
        return False
    return labels[0] != max(row) or not any(any(map(str.isdigit, text)) for text in row.values())


def _headed(
    rows: Sequence[tuple[Line, _Row]], is_label: Callable[[str], bool], *, is_ruled: bool
) -> Iterator[list[Cell]]:
    """*rows* of one table as cells. *is_ruled*: whether a rule stands below the first."""
    texts = [_texts(*row) for row in rows]
    keys = _keys_below_head(texts, is_label) if _has_plain_head(texts, is_ruled=is_ruled) else _keys(texts, is_label)
    for (line, row), heads in zip(rows, keys, strict=True):
        yield [
            Cell(
                line.start + a,
                line.start + b,
                line.text[a:b],
                _unless_nobodys(heads[column], line.text[a:b]),
                line.number,
            )
            for column, (a, b) in row.items()
        ]


def _unless_nobodys(key: str | None, text: str) -> str | None:
    return "" if key and is_nobodys_value(key, text) else key and key_under(key, text)


def _keys(texts: Sequence[dict[int, str]], is_label: Callable[[str], bool]) -> Iterator[dict[int, str | None]]:
    """What heads each cell of the rows, of which nobody knows whether they are a list or a form."""
    headings = Headings(is_label)
    for row, following in pairwise((*texts, None)):
        assert row is not None
        yield headings.keys(row, following)


def _has_plain_head(texts: Sequence[dict[int, str]], *, is_ruled: bool) -> bool:
    """Whether the first row is a head and nothing else: all rows are parted alike, and no other begins with a label.

    A form has a label in each row. *is_ruled*: a rule stands below the first row.
    """
    head, *rows = texts
    told = {column for column, text in head.items() if _is_personal(text)}
    if is_ruled and not told:
        return True
    rests = [text for row in rows for column, text in row.items() if column == min(row) and _is_personal(text)]
    if rows and not rests and told & {column + 1 for column in told}:
        return True  # a form has no label beside another
    if not told or len(rows) < 1 + (not is_ruled) or any(len(row) > len(head) for row in rows):
        return False
    return not any(_is_personal(text) for row in rows for text in row.values())


def _keys_below_head(
    texts: Sequence[dict[int, str]], is_label: Callable[[str], bool]
) -> Iterator[dict[int, str | None]]:
    """What heads each cell of the rows below one that is a head, or stands before it where that tells nothing."""
    head, *rows = texts
    yield dict.fromkeys(head)
    for row in rows:
        keys: dict[int, str | None] = {}
        told = not describes_field([row[column] for column in sorted(row)])
        for column, text in row.items():
            above, before = head.get(column, ""), row.get(column - 1, "")
            if text in _TOTALS or (not _is_personal(above) and is_label(text)):
                keys[column] = None
            elif told and not is_label(above) and _is_personal(before) and not is_nobodys_value(before, text):
                keys[column] = before
            else:
                keys[column] = above
        yield keys


def _is_personal(text: str) -> bool:
    return tells(text) and not is_clause(text) and category_of_heading(text) != FREE_TEXT


def _unspread(line: str) -> str:
    """*line* with other signs in the place of the blanks within words that are spread."""
    return line if line.isascii() else _SPREAD.sub(_filled, line)


def _filled(match: re.Match[str]) -> str:
    word = re.sub("[ \u3000]", "", match[0])
    is_one = is_heading(word) or (len(word) < 4 and surname_length(word, 0))
    return re.sub("[ \u3000]", "_", match[0]) if is_one else match[0]


def _texts(line: Line, row: _Row) -> dict[int, str]:
    return {column: line.text[a:b] for column, (a, b) in row.items()}


def _parted(line: str, kind: str) -> _Row:
    """The cells of *line*, without what only stands around their texts."""
    end = len(line.rstrip().removesuffix("\\\\")) if kind == "&" else len(line)
    line = _unspread(line) if kind == " " else line
    pattern = _BARS if kind == "|" else _GAP if kind == " " else re.compile("[ ]+" if kind == "w" else re.escape(kind))
    ends = [match.span() for match in pattern.finditer(line, 0, end)][:MOST_CELLS]
    begins = [0, *(last for _, last in ends)]
    stops = [*(first for first, _ in ends), end]
    found: _Row = {}
    for column, (start, stop) in enumerate(zip(begins, stops, strict=True)):
        while start < stop and line[start].isspace():
            start += 1
        while start < stop and line[stop - 1].isspace():
            stop -= 1
        if (marked := _MARKED.fullmatch(line, start, stop)) is not None:
            start, stop = marked.span(2)
        if start < stop:
            found[column] = (start, stop)
    return found


def _listed(rows: list[tuple[Line, _Row]], is_label: Callable[[str], bool]) -> Iterator[list[tuple[Line, _Row]]]:
    """Those of *rows* that are tables with a head: a clause with commas is none, and no words with blanks are."""
    at = 0
    while at < len(rows) - 1:
        at += 1
        line, row = rows[at - 1]
        cells = list(_texts(line, row).values()) if row else []
        if not any(map(is_label, cells)) or not all(map(_WORD.fullmatch, cells)):
            continue
        heads = [cell for cell in cells if is_label(cell) or is_nobodys(cell)]
        if 2 * len(heads) > len(cells) > 1:
            below = at
            while below < len(rows) and len(cells) - 1 <= len(rows[below][1]) <= len(cells) + 1:
                below += 1
            if below > at:
                yield rows[at - 1 : below]
            at = below


def _by_place(rows: list[tuple[Line, _Row]], is_label: Callable[[str], bool]) -> list[tuple[Line, _Row]]:
    """*rows* in columns: where one has as many cells as the head by their order, or else by where they are drawn."""
    head: list[tuple[int, int]] = []
    found = []
    for line, row in rows:
        spans = list(row.values())
        drawn = [(_width(line.text[:a]), _width(line.text[:b])) for a, b in spans]
        if any(is_label(line.text[a:b]) for a, b in spans) and len(spans) > 1:
            if len(spans) != len(head) or all(is_label(line.text[a:b]) for a, b in spans):
                head = drawn
            found.append((line, dict(enumerate(spans))))
        elif not head or len(spans) == len(head):
            found.append((line, dict(enumerate(spans))))
        else:
            placed: _Row = {}
            for (left, right), span in zip(drawn, spans, strict=True):
                column = min(range(len(head)), key=lambda each: _apart(head[each], left, right))
                while column in placed:
                    column += 1
                placed[column] = span
            found.append((line, placed))
    return found


def _apart(head: tuple[int, int], left: int, right: int) -> int:
    """How far from *head* something is drawn: less than nothing where they stand above each other."""
    return max(head[0], left) - min(head[1], right)


def _width(text: str) -> int:
    return len(text) if text.isascii() else sum(1 if ord(char) < _WIDE else 2 for char in text)
