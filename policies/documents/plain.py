"""Files that are plain text of some form, masked where they stand: text, tables, JSON.

For files on a desk and in packages: what an operation answers is masked by what it declares. A text is read as UTF-8,
UTF-16 with its mark, or GB 18030, and written as it was.
"""

import codecs
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
from urllib.parse import quote_plus, unquote_plus

from policies.documents.codings import NO_TEXT, is_of_rival, may_be_text
from policies.documents.document import MALFORMED, Text, Within
from policies.documents.formulas import with_joined
from policies.documents.heading_words import is_heading
from policies.documents.headings import Headings
from policies.documents.json_members import members
from policies.documents.listed import names_listed
from policies.documents.look import Look
from policies.documents.pieces import LONGEST_PLACE, Piece, Pieces
from policies.documents.text_tables import Line, lines_of
from policies.formats.free_text import hide
from policies.formats.json.keys import is_telling_key
from policies.formats.masker import Withheld
from policies.transforms.make import REDACTED

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CODECS = ("utf-8", "gb18030")
_OTHERWISE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:\{\\rtf|%!PS|%PDF-)"
    rb"|.{0,8192}?^(?:content-transfer-encoding:[ \t]*(?:base64|quoted-printable)"
    rb"|[^:\r\n]{0,200};encoding=(?:b|quoted-printable)\b)",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
"""What spells its words in codes of its own: RTF, PostScript, PDF, mails, cards. As a text it seems to hold none."""
_DELIMITERS = ",\t;|"
_SAYS_DELIMITER = re.compile(r"sep=([,\t;|])\r?\n")
"""A first line by which a table tells a program what parts its cells."""
_QUOTED = re.compile(r'"(?:[^"]|"")*+"')
SAMPLE = 50
"""Lines of a table by which it is told what parts its cells."""
_NAME = "姓名"
_ITEM = "1、"
"""Before a cell that heads nothing, for it is listed with those above and below it."""
LONGEST_LISTED = 200_000
"""Characters of a table without a head in which lists of names are looked for."""
EVERY = 1_000
"""So many pieces are looked at between two looks at the clock."""


class Plain:
    """One form of plain text, whose values *pieces* finds."""

    media_types: tuple[str, ...] = ()

    def __init__(self, name: str, endings: tuple[str, ...], pieces: Pieces) -> None:
        self.name = name
        self.endings = endings
        self._pieces = pieces

    def is_one(self, data: bytes) -> bool:
        """See `Document.is_one`: any text is one whose words stand in it as they are, and its name says which."""
        try:
            decoded(data)
        except Withheld:
            return False
        return not spells_otherwise(data)

    def texts(self, data: bytes, within: Within) -> Iterator[Text]:
        """See `Document.texts`."""
        text, *_ = decoded(data)
        for number, piece in enumerate(_opened(self._pieces(text, within.is_label), within.is_label)):
            if number % EVERY == 0:
                within.check_time()
            if piece.text.strip():
                yield Text(piece.place, piece.text, piece.key or "")

    def mask(self, data: bytes, look: Look, within: Within) -> bytes:
        """See `Document.mask`."""
        text, mark, codec = decoded(data)
        return mark + _masked(self._pieces, text, look, within).encode(codec)


def _opened(found: Iterator[Piece], is_label: Callable[[str], bool]) -> Iterator[Piece]:
    """The pieces *found*, and those that they consist of in their place."""
    for piece in found:
        if piece.inner is None:
            yield piece
        else:
            within = _opened(piece.inner(piece.text, is_label), is_label)
            yield from (replace(each, place=f"{piece.place}{each.place}"[:LONGEST_PLACE]) for each in within)


def _masked(pieces: Pieces, text: str, look: Look, within: Within) -> str:
    """*text* with what becomes of each of its *pieces*. Raises Withheld."""
    edits: list[tuple[int, int, str]] = []
    for number, (piece, new) in enumerate(_settled(pieces(text, within.is_label), look, within)):
        if number % EVERY == 0:
            within.check_time()
        if new != piece.text:
            edits.append((piece.start, piece.end, piece.spelled(new)))
    out, at = [], 0
    for start, end, new in sorted(edits):  # a heading within a row is settled before what stands before it
        out += [text[at:start], new]
        at = end
    return "".join([*out, text[at:]])


def _settled(pieces: Iterable[Piece], look: Look, within: Within) -> Iterator[tuple[Piece, str]]:
    """Each of *pieces* with what becomes of it, those of a row together."""
    row: list[Piece] = []
    for piece in pieces:
        if row and piece.row != row[0].row:
            yield from _of_row(row, look)
            row = []
        if piece.row and piece.key is not None:
            row.append(piece)
        elif piece.inner is not None:
            yield piece, _masked(piece.inner, piece.text, look, within)
        else:
            yield (
                piece,
                hide(piece.text, look.spans(piece.text)) if not piece.key else look.masked(piece.text, piece.key),
            )
    yield from _of_row(row, look)


def _of_row(row: list[Piece], look: Look) -> Iterator[tuple[Piece, str]]:
    keys, values = [piece.key or "" for piece in row], [piece.text for piece in row]
    subject = look.subject_in(keys, values)
    for piece, action in zip(row, look.row(keys, values), strict=True):
        yield piece, look.done(piece.text, action, subject)


def decoded(data: bytes) -> tuple[str, bytes, str]:
    """The text that *data* is, its mark and its codec. Raises Withheld."""
    mark, codec = next(((mark, codec) for mark, codec in _MARKS if data.startswith(mark)), (b"", ""))
    for each in [codec] if codec else _CODECS:
        try:
            text = data.removeprefix(mark).decode(each)
        except UnicodeDecodeError:
            continue
        if (
            NO_TEXT.search(text)
            or text.encode(each) != data.removeprefix(mark)
            or is_of_rival(data.removeprefix(mark), text, each, is_marked=bool(mark))
        ):
            break
        return text, mark, each
    raise Withheld(MALFORMED)


def spells_otherwise(data: bytes) -> bool:
    """Whether *data* begins like what has codes of its own for its words, which a reader of texts does not know."""
    return _OTHERWISE.match(data) is not None


def is_doubtful(data: bytes) -> bool:
    """Whether *data* is some text, of which nobody knows the charset."""
    try:
        decoded(data)
    except Withheld:
        return may_be_text(data)
    return False


def lines(text: str, is_label: Callable[[str], bool]) -> Iterator[Piece]:
    """The lines of *text*."""
    start = 0
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        if line.strip():
            yield Piece(start, start + len(line), line, str, f"line {number}")
        start += len(line)


def cells(text: str, is_label: Callable[[str], bool]) -> Iterator[Piece]:
    """The cells of the table *text*. Raises Withheld."""
    delimiter = _delimiter_of(text)
    headings = Headings(is_label)
    rows = _rows(text, delimiter)
    row = next(rows, None)
    named = _named_in(text, delimiter, row or [], is_label)
    number = 0
    while row is not None:
        following = next(rows, None)
        number += 1
        texts = {column: value.strip() for column, (_, _, value) in enumerate(row) if value.strip()}
        later = None
        if following is not None:
            later = {column: value.strip() for column, (_, _, value) in enumerate(following) if value.strip()}
        keys = headings.keys(texts, later)
        for column, (start, end, value) in enumerate(row):
            if value.strip():
                place = f"column {column + 1}"
                key = _NAME if not keys[column] and (start, end) in named else keys[column]
                yield _cell(start, end, value, delimiter, place, key, number)
        row = following


def _cell(start: int, end: int, value: str, delimiter: str, place: str, key: str | None, row: int) -> Piece:
    """The piece of a cell. Of a formula that puts something together all goes, for it would put it together again."""
    said = with_joined(value) if value.lstrip().startswith("=") else value
    spelled = _quoting(delimiter) if said == value else lambda new: REDACTED
    return Piece(start, end, said, spelled, place, key, row)


def _delimiter_of(text: str) -> str:
    """What parts the cells of the table *text*: what the first line says, or has, unless few others have that; else
    what most lines have as often.
    """
    if said := _SAYS_DELIMITER.match(text):
        return said[1]
    bare = _QUOTED.sub('""', text[:LONGEST_LISTED])
    lines = list(islice((line for line in bare.splitlines() if line.strip()), SAMPLE))
    first = max(_DELIMITERS, key=lines[0].count) if lines else _DELIMITERS[0]
    if 2 * sum(first in line for line in lines) >= len(lines):
        return first
    usual = {
        each: max(
            ((n, count) for count, n in Counter(line.count(each) for line in lines).items() if count), default=(0, 0)
        )
        for each in _DELIMITERS
    }
    return max(_DELIMITERS, key=lambda each: usual[each])


def _named_in(
    text: str, delimiter: str, head: Iterable[tuple[int, int, str]], is_label: Callable[[str], bool]
) -> frozenset[tuple[int, int]]:
    """Where names stand in the table *text* whose first row, *head*, heads nothing."""
    has_head = any(is_label(value.strip()) or is_heading(value.strip()) for _, _, value in head)
    if has_head or not is_label(_NAME) or len(text) > LONGEST_LISTED:
        return frozenset()
    found = {(start, end) for start, end, _ in names_listed(lines_of(text))}
    columns: dict[int, list[Line]] = {}
    ends: dict[int, int] = {}
    for number, row in enumerate(_rows(text, delimiter)):
        is_item = number > 0 or any(map(str.isdigit, "".join(value for _, _, value in row)))
        for column, (start, end, value) in enumerate(row):
            ends[start] = end
            columns.setdefault(column, []).append(Line(start, _ITEM * is_item + value.strip(), number))
    for lines in columns.values():
        listed = ((line, end - start) for start, end, line in names_listed(lines))
        found |= {(line.start, ends[line.start]) for line, size in listed if size == len(line.text.removeprefix(_ITEM))}
    return frozenset(found)


def _quoting(delimiter: str) -> Callable[[str], str]:
    return lambda new: (
        '"' + new.replace('"', '""') + '"' if any(each in new for each in (delimiter, '"', "\n")) else new
    )


def _rows(text: str, delimiter: str) -> Iterator[list[tuple[int, int, str]]]:
    """The rows of *text* that are not empty: start, end and value of each cell.

    Raises Withheld for a quote that is never closed.
    """
    rest = rf"[^{re.escape(delimiter)}\r\n]*+"
    cell = re.compile(rf'("(?:[^"]|"")*+"{rest}|(?!"){rest})({re.escape(delimiter)}|\r\n|\n|\r|\Z)')
    row: list[tuple[int, int, str]] = []
    at = 0
    while at < len(text) or row:
        found = cell.match(text, at)
        if found is None:
            raise Withheld(MALFORMED, line=len((text[:at] + ".").splitlines()))
        value = found[1]
        row.append((found.start(1), found.end(1), _unquoted(value)))
        at = found.end()
        if found[2] != delimiter:
            if any(each[2] for each in row):
                yield row
            row = []
            if not found[2]:
                return


def _unquoted(cell: str) -> str:
    """What *cell* says; what stands behind its quotes belongs to it, as programs read it."""
    quoted = _QUOTED.match(cell)
    return cell if quoted is None else quoted[0][1:-1].replace('""', '"') + cell[quoted.end() :]


def fields(text: str, is_label: Callable[[str], bool]) -> Iterator[Piece]:
    """The values of the URL-encoded form *text*."""
    start = 0
    for pair in text.rstrip("\r\n").split("&"):
        name, _, value = pair.partition("=")
        key, begins = unquote_plus(name), start + len(name) + 1
        if value:
            place = "*" if is_telling_key(key) else key[:LONGEST_PLACE]
            yield Piece(begins, begins + len(value), unquote_plus(value), quote_plus, place, key)
        start += len(pair) + 1


TABLE = Plain("csv", (".csv", ".tsv", ".tab"), cells)
JSON = Plain("json", (".json", ".ndjson", ".jsonl", ".geojson", ".json5", ".jsonc", ".jsonp"), members)
FORM = Plain("form", (".form",), fields)
