"""The tables of a page: which cell is in which column, whatever spans what, and what heads it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from policies.documents.headings import Headings
from policies.documents.held import Held, Place
from policies.formats.html.labels import spans_of
from policies.formats.html.tokens import StartTag


@dataclass(slots=True)
class Cell:
    """A cell, and where its texts stand."""

    texts: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    def add(self, text: str, place: Place) -> None:
        """Let *text*, which stands at *place*, be of it."""
        if text.strip():
            self.texts.append(text)
            self.places.append(place)

    @property
    def text(self) -> str:
        """What it says."""
        return "".join(self.texts).strip()


@dataclass(slots=True)
class Table:
    """A table, row by row, as its tags begin."""

    rows: list[dict[int, Cell]] = field(default_factory=list)
    cell: Cell | None = None
    column: int = 0
    spanned: dict[int, int] = field(default_factory=dict)
    """Columns that a cell of a row above reaches down into, and into how many rows more."""

    def begin_row(self) -> None:
        """A row begins."""
        self.cell, self.column = None, 0
        if self.rows:
            self.spanned = {column: left - 1 for column, left in self.spanned.items() if left > 1}
        self.rows.append({})

    def begin_cell(self, tag: StartTag) -> None:
        """A cell begins with *tag*."""
        if not self.rows:
            self.begin_row()
        while self.column in self.spanned:
            self.column += 1
        self.cell = self.rows[-1][self.column] = Cell()
        wide, deep = spans_of(tag)
        if deep > 1:
            self.spanned |= dict.fromkeys(range(self.column, self.column + wide), deep)
        self.column += wide

    def held(self, is_label: Callable[[str], bool], before: int) -> Iterator[Held]:
        """The cells that a heading tells of; the numbers of their rows follow that of the row *before*."""
        rows = [{column: cell for column, cell in row.items() if cell.text} for row in self.rows]
        rows = [row for row in rows if row]
        texts = [{column: cell.text for column, cell in row.items()} for row in rows]
        headings = Headings(is_label)
        for number, (row, shown, following) in enumerate(zip(rows, texts, [*texts[1:], None], strict=True), before + 1):
            keys = headings.keys(shown, following)
            if not any(key and is_label(key) for key in keys.values()):
                continue
            for column, cell in row.items():
                if (key := keys[column]) and not is_label(cell.text):
                    yield Held(cell.text, key, cell.places, row=number)
