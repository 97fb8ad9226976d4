"""The texts of a page of OFD by where they stand: which are one text, which stand in a line, which below each other."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from policies.documents.document import MALFORMED
from policies.documents.units import Run, joined
from policies.formats.masker import Withheld

_SPACED = 1.5
"""So many times its height apart, texts of a line are two."""
_TALLEST = 1.2
"""So many times the size of its letters, a line is high at most."""


@dataclass(slots=True)
class Placed:
    """A text and where it stands on its page."""

    run: Run
    x: float
    y: float
    width: float
    height: float

    @classmethod
    def of(cls, run: Run) -> "Placed":
        """Where *run* stands. Raises Withheld where nobody can tell.

        Its box may be that of the page; then only its letters say how far it reaches.
        """
        around = next((frame for frame in reversed(run.marks) if frame.name == "TextObject"), None)
        try:
            said = around.attributes if around is not None else {}
            x, y, width, height = map(float, said.get("Boundary", "").split())
            own = run.element.attributes
            size = float(said.get("Size", "0")) or height
            letters = sum(size if char > "\u2e80" else size / 2 for char in run.text)
            width = min(width, max(letters, _advance(own.get("DeltaX", "")) + size))
            height = max(min(height, _TALLEST * size), 0.1)
            return cls(run, x + float(own.get("X", "0")), y + float(own.get("Y", "0")), width, height)
        except (ValueError, KeyError):
            raise Withheld(MALFORMED) from None


def _advance(deltas: str) -> float:
    """How far the last letter stands from the first, as `DeltaX` says it. Source: GB/T 33190, 11.3."""
    said, reached = iter(deltas.split()), 0.0
    for each in said:
        reached += int(next(said, "0")) * float(next(said, "0")) if each == "g" else float(each)
    return reached


@dataclass(slots=True)
class _Line:
    y: float
    each: list[Placed] = field(default_factory=list)


def lines_of(placed: list[Placed]) -> Iterator[list[Placed]]:
    """The texts that stand in one line, from left to right."""
    lines: list[_Line] = []
    for each in sorted(placed, key=lambda one: one.y):
        if not lines or each.y - lines[-1].y > each.height / 2:
            lines.append(_Line(each.y))
        lines[-1].each.append(each)
    for line in lines:
        yield sorted(line.each, key=lambda one: one.x)


def cells_of(line: list[Placed]) -> Iterator[list[Placed]]:
    """The texts of *line* that stand close to each other."""
    cell: list[Placed] = []
    for each in line:
        if cell and each.x - (cell[-1].x + cell[-1].width) > _SPACED * each.height:
            yield cell
            cell = []
        cell.append(each)
    if cell:
        yield cell


def in_columns(lines: list[list[list[Placed]]]) -> list[dict[int, list[Placed]]]:
    """The cells of *lines*, each by its column: those that stand below each other have the same."""
    columns: list[tuple[float, float]] = []
    places: dict[int, tuple[float, float]] = {}
    """By the identity of each cell, the column that it is in."""
    for line in sorted(lines, key=len, reverse=True):
        taken: set[tuple[float, float]] = set()
        for cell in line:
            left, right = cell[0].x, max(each.x + each.width for each in cell)
            shared = {each: min(each[1], right) - max(each[0], left) for each in columns if each not in taken}
            column = max(shared, key=lambda each: shared[each], default=(left, right))
            if shared.get(column, 0) <= 0:
                column = (left, right)
                columns.append(column)
            taken.add(column)
            places[id(cell)] = column
    order = {column: number for number, column in enumerate(sorted(set(columns)))}
    return [{order[places[id(cell)]]: cell for cell in line} for line in lines]


def said_in(cell: list[Placed]) -> str:
    """What the texts of *cell* say together."""
    return joined([each.run for each in cell])
