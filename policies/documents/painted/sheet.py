"""What stands on one page or picture: cells, each a run of characters with the place of every one of them.

Places are in pixels, on a sheet on which lines lie level; its way leads to the picture that is painted.
"""

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from policies.documents.painted.way import STRAIGHT, Box, Way

BESIDE = 0.6
"""Cells stand in one row where their middles are no further apart, as a share of their height."""
_FIELD = re.compile("[\u4e00-\u9fff（）()/]{2,12}[ \u3000]*[:：]")
"""How a line begins that is a field of its own: what stands above it does not go on in it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Characters that stand beside each other with no wide gap."""

    text: str
    edges: array[float]
    """Four for each character: see `Box`."""
    sure: bool = True
    """Whether it was read without doubt; else it is painted over, whatever it says."""
    exact: bool = True
    """Whether it says itself what it says; else it was read by eye, which takes letters for digits."""

    def box(self, start: int = 0, end: int | None = None) -> Box:
        """What the characters from *start* to *end* cover."""
        edges = self.edges[start * 4 : len(self.text) * 4 if end is None else end * 4]
        return min(edges[0::4]), min(edges[1::4]), max(edges[2::4]), max(edges[3::4])


@dataclass(slots=True)
class Reading:
    """All cells as one text."""

    text: str
    places: list[tuple[int, int]]
    """Of each character of the text, its cell and where it stands in that; (-1, -1) for one that only parts two."""


@dataclass(slots=True)
class Sheet:
    """Cells in the order in which they were drawn, or read."""

    cells: list[Cell]
    way: Way = STRAIGHT
    """To the picture that was read."""
    again: bool = False
    """Whether it is another reading of what the sheet before it shows."""
    rows: list[list[int]] = field(init=False)
    """The numbers of cells beside each other, from left to right, row by row from the top."""

    def __post_init__(self) -> None:
        self.rows = rows_of([cell.box() for cell in self.cells])

    def readings(self) -> Iterator[Reading]:
        """As the cells come; as they stand; and as they come, without a break where a line ends in the middle of a
        number or a name, unless the next begins a field of its own: the value of a label would go on to the last line.
        """
        row_of = {number: index for index, row in enumerate(self.rows) for number in row}
        given = list(range(len(self.cells)))
        yield self._read(given, row_of, "\n")
        standing = [number for row in self.rows for number in row]
        if standing != given:
            yield self._read(standing, row_of, "\n")
        if len(self.rows) > 1:
            yield self._read(given, row_of, "")

    def _read(self, order: Sequence[int], row_of: dict[int, int], between_rows: str) -> Reading:
        texts: list[str] = []
        places: list[tuple[int, int]] = []
        before: int | None = None
        for number in order:
            if before is not None:
                between = " " if row_of[before] == row_of[number] else between_rows
                if not between and _FIELD.match(self.cells[number].text):
                    between = "\n"
                texts.append(between)
                places += [(-1, -1)] * len(between)
            text = self.cells[number].text
            texts.append(text)
            places += [(number, index) for index in range(len(text))]
            before = number
        return Reading("".join(texts), places)

    def boxes(self, reading: Reading, start: int, end: int) -> Iterator[Box]:
        """What the characters from *start* to *end* of *reading* cover, cell by cell."""
        of_cell: dict[int, list[int]] = {}
        for number, index in reading.places[start:end]:
            if number >= 0:
                of_cell.setdefault(number, []).append(index)
        for number, indexes in of_cell.items():
            yield self.cells[number].box(min(indexes), max(indexes) + 1)


def rows_of(boxes: Sequence[Box]) -> list[list[int]]:
    """The numbers of *boxes* that stand beside each other, from left to right, row by row from the top."""
    rows: list[list[int]] = []
    middle = height = 0.0
    for number in sorted(range(len(boxes)), key=lambda number: boxes[number][1] + boxes[number][3]):
        _, top, _, bottom = boxes[number]
        if rows and (top + bottom) / 2 - middle <= BESIDE * min(height, bottom - top):
            rows[-1].append(number)
        else:
            rows.append([number])
            middle, height = (top + bottom) / 2, bottom - top
    return [sorted(row, key=lambda number: boxes[number][0]) for row in rows]
