"""Tables of a page whose cells nobody has marked: which heading says what a cell holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from policies.formats.html.tokens import EndTag, StartTag, Tag, Text, Token
from policies.operations import Headings

MOST_COLUMNS = 1_000
_CELLS = frozenset({"td", "th"})
_SECTIONS = frozenset({"thead", "tbody", "tfoot"})
OF_TABLE = _CELLS | {"caption"}
"""Elements that hold what a reader sees of a table."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table."""

    field: str | None = None
    """What it is a value of: "" where its heading says nothing, None where nobody can tell."""
    is_heading: bool = False
    """Whether it is none, but says itself what the others of its row hold."""


@dataclass(slots=True)
class _Table:
    """A table that is open, as far as it has been read."""

    columns: dict[int, str] | None = None
    """The fields of its columns by their places, once they are known; of one that stands for several, nothing."""
    in_head: bool = False
    row: dict[int, str] = field(default_factory=dict)
    """What the headings of this row say, by their places."""
    at: int = 0
    """How many columns of this row are taken."""
    has_values: bool = False
    """Whether this row has a cell that is no heading."""
    has_headings: bool = False
    """Whether this row has one that is."""
    had_values: bool = False
    """Whether a row before had a cell that is no heading."""
    is_moved: bool = False
    """Whether a cell of several rows moves those of the rows to come, so that nobody can tell what they hold."""


class Tables:
    """Follows the tables of one page.

    *headings* is where they say what a cell holds, None: nowhere; *titles* the fields that they call otherwise.
    """

    def __init__(self, headings: Headings | None, titles: Mapping[str, str]) -> None:
        self._headings = headings
        self._titles = titles
        self._open: list[_Table] = []
        self._depth = 0
        self._heading: list[str] | None = None  # the pieces of a column's heading that is being read
        self._heads = 0  # the place of its column

    @property
    def is_within_one(self) -> bool:
        """Whether a table is open, whatever is to be read out of it."""
        return self._depth > 0

    @property
    def reads_heading(self) -> bool:
        """Whether the heading of a column is open, whose content is to be read."""
        return self._heading is not None

    def take(self, token: Token) -> Cell | None:
        """Read *token*: the cell that begins with it, unless that is the heading of a column.

        Nothing of a cell is to be read but its end.
        """
        if isinstance(token, Tag) and token.name == "table":
            self._depth = max(0, self._depth + (1 if isinstance(token, StartTag) else -1))
        if self._headings is None:
            return None
        match token:
            case StartTag():
                return self._begin(token)
            case EndTag():
                self._end(token.name)
            case Text(raw=False) if self._heading is not None:
                self._heading.append(token.text)
            case _:
                pass
        return None

    def name(self, text: str) -> str:
        """The field that a row is about, now that its heading is known to say *text*."""
        field = self._named(text)
        if self._open:
            self._open[-1].row = {0: field}
        return field

    def _named(self, text: str) -> str:
        said = " ".join(text.split())
        return self._titles.get(said, said)

    def _begin(self, tag: StartTag) -> Cell | None:
        if tag.name == "table":
            self._end_heading()
            self._open.append(_Table())
        elif self._open and tag.name in _SECTIONS | {"tr"}:
            self._end_row()
            if tag.name in _SECTIONS:
                self._open[-1].in_head = tag.name == "thead"
        elif tag.name in _CELLS:
            return self._cell(tag)
        return None

    def _end(self, name: str) -> None:
        if name in _CELLS:
            self._end_heading()
        elif self._open and name in _SECTIONS | {"tr", "table"}:
            self._end_row()
            self._open[-1].in_head &= name not in _SECTIONS
            if name == "table":
                self._open.pop()

    def _cell(self, tag: StartTag) -> Cell | None:
        self._end_heading()
        if not self._open:
            return Cell()
        table = self._open[-1]
        place, width, is_one_row = table.at, _span(tag, "colspan"), _span(tag, "rowspan") == 1
        table.at += width
        if self._headings is Headings.FIRST_CELL:
            return self._cell_of_row(table, tag, place, is_one_row=is_one_row)
        if tag.name == "th":
            table.has_headings = True
        if table.columns is None and tag.name == "th" and not (table.has_values or table.had_values):
            if width == 1 and is_one_row:  # one that stands for several says of none what it holds
                self._heading, self._heads = [], place
            return None
        table.has_values |= tag.name == "td"
        columns = table.columns or {}
        if not is_one_row:
            table.columns = {}  # it moves the cells of rows to come
        return Cell(columns.get(place) if width == 1 else None)

    def _cell_of_row(self, table: _Table, tag: StartTag, place: int, *, is_one_row: bool) -> Cell | None:
        """A cell where the first of each row says what the next ones hold, and each `th` begins anew."""
        if table.in_head and tag.name == "th":
            return None
        if table.is_moved:
            return Cell()
        table.is_moved = not is_one_row
        if place == 0 or tag.name == "th":
            table.has_headings = tag.name == "th"
            return Cell(is_heading=True)
        if place > 1 and not table.has_headings:  # pairs without an end: which of them are headings, nobody says
            return Cell()
        return Cell(table.row.get(0))

    def _end_heading(self) -> None:
        if self._heading is not None:
            text, self._heading = "".join(self._heading), None
            self._open[-1].row[self._heads] = self._named(text)

    def _end_row(self) -> None:
        self._end_heading()
        table = self._open[-1]
        if self._headings is Headings.HEADER and table.has_headings and not table.has_values:
            # Below other headings than the first does not stand what stood below those.
            table.columns = table.row if table.columns is None else {}
        table.had_values |= table.has_values
        table.row, table.at, table.has_values, table.has_headings = {}, 0, False, False


def _span(tag: StartTag, name: str) -> int:
    """How many columns or rows the cell of *tag* takes: more than one wherever that is not plainly said."""
    said = (tag.value_of(name) or "1").strip()
    if said == "1":
        return 1
    return min(max(int(said), 2), MOST_COLUMNS) if said.isascii() and said.isdigit() and len(said) < 6 else 2
