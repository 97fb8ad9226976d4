"""Lays what a page says on a sheet on which its lines lie level, where the page is turned or written on sideways."""

from array import array

from policies.documents.painted.sheet import Cell, Sheet
from policies.documents.painted.way import STRAIGHT, Box, quarters_back

_LEVEL, _DOWN, _BACK, _UP = range(4)
"""Which way lines run on the picture, in quarters of a turn to the right."""


def level(cells: list[Cell], width: int, height: int) -> Sheet:
    """The sheet of *cells*, which stand on a picture of *width* and *height*: turned as most of their letters are."""
    quarters = _quarters(cells)
    if quarters == _LEVEL:
        return Sheet(cells, STRAIGHT)
    way = quarters_back(quarters, width, height)
    return Sheet([_turned(cell, quarters, width, height) for cell in cells], way)


def _quarters(cells: list[Cell]) -> int:
    """Which way most letters of *cells* follow each other."""
    letters = [0, 0, 0, 0]
    for cell in cells:
        if len(cell.text) > 1:
            first, last = cell.box(0, 1), cell.box(len(cell.text) - 1)
            right, down = last[0] - first[0], last[1] - first[1]
            if abs(right) >= abs(down):
                letters[_LEVEL if right >= 0 else _BACK] += len(cell.text)
            else:
                letters[_DOWN if down > 0 else _UP] += len(cell.text)
    return max(range(4), key=lambda quarters: letters[quarters])


def _turned(cell: Cell, quarters: int, width: int, height: int) -> Cell:
    edges = array("f")
    for index in range(len(cell.text)):
        edges.extend(_box_turned(cell.box(index, index + 1), quarters, width, height))
    return Cell(cell.text, edges, cell.sure, cell.exact)


def _box_turned(box: Box, quarters: int, width: int, height: int) -> Box:
    left, top, right, bottom = box
    match quarters:
        case 1:
            return top, width - right, bottom, width - left
        case 2:
            return width - right, height - bottom, width - left, height - top
        case _:
            return height - bottom, left, height - top, right
