"""Which cells of a page stand under or behind a heading that tells what they hold.

A page has no table: there are only words beside and below each other. So a heading tells of what stands below it where
its row looks like the head of a table, of what stands behind it where not, and of both where that is in doubt.
"""

import re
from collections.abc import Container, Iterator
from itertools import pairwise

from policies.documents.painted.sheet import Sheet
from policies.documents.painted.way import Box

MOST_GAP = 3.0
"""Times the height of a heading: what stands further below does not belong to its column."""
LONGEST = 20
"""Characters of a heading."""

_LABEL = re.compile(rf"([^\s:：]{{1,{LONGEST}}})\s*[:：]\s*")

_GLUED = re.compile(rf"([\u4e00-\u9fff]{{2,{LONGEST}}}?)[为是]?\s*([0-9][0-9A-Za-z*·\- ]{{3,}})")
"""A label and a number right behind it: in what was read by eye, one that no check knows any more."""
_SPACED = re.compile(rf"([\u4e00-\u9fff]{{2,{LONGEST}}}) +\S")
"""A label and its value in the cells beside each other of a table that has little room."""
LEAST_OF_HEAD = 3
"""Cells of a row that is the head of a list whatever stands below it: a form has as many with values among them."""
_MAY_HEAD = re.compile("[\u4e00-\u9fffA-Za-z_/()（）·]{2,12}")
"""What may head a column, by its characters."""
_HOLDS_VALUE = re.compile(r"[:：].|\d{3}|^\d+$")
"""In a cell that says what it tells of: what stands below is none of that."""

_PARTING = re.compile(rf"[，。；;]|\s+[^\s:：]{{1,{LONGEST}}}\s*[:：]|\s{{2,}}")
"""What ends a value: a clause, the next label, a gap."""


def may_tell(sheet: Sheet) -> set[str]:
    """Whatever in *sheet* may be a heading."""
    whole = {_name(cell.text) for cell in sheet.cells}
    labels = {match[1] for cell in sheet.cells for each in (_LABEL, _GLUED) for match in each.finditer(cell.text)}
    labels |= {match[1] for cell in sheet.cells if (match := _SPACED.match(cell.text))}
    return {name for name in whole | labels if 0 < len(name) <= LONGEST and not _HOLDS_VALUE.search(name)}


def keyed(sheet: Sheet, telling: Container[str]) -> Iterator[tuple[int, int, int, str]]:
    """Cells, from which character to which, with the heading that they stand under or behind, one of *telling*."""
    for number, cell in enumerate(sheet.cells):
        for match in _LABEL.finditer(cell.text):
            end = _end_of_value(cell.text, match.end())
            if match[1] in telling and end > match.end():
                yield number, match.end(), end, match[1]
        for match in () if cell.exact else _GLUED.finditer(cell.text):
            if match[1] in telling:
                yield number, match.start(2), match.end(2), match[1]
    for number, name, is_sentence in _in_table(sheet, telling):
        text = sheet.cells[number].text
        yield number, 0, _end_of_value(text, 0) if is_sentence else len(text), name


def _end_of_value(text: str, start: int) -> int:
    """Where the value ends that begins at *start*: before the next clause or label."""
    parting = _PARTING.search(text, start)
    return parting.start() if parting else len(text)


def _name(text: str) -> str:
    return text.strip().rstrip(":：").rstrip()


def _in_table(sheet: Sheet, telling: Container[str]) -> Iterator[tuple[int, str, bool]]:
    """Cells with their headings; and whether the heading is a label, behind which a sentence may go on."""
    boxes = [cell.box() for cell in sheet.cells]
    headings = {number: name for number, cell in enumerate(sheet.cells) if (name := _name(cell.text)) in telling}
    labels = {
        number
        for number, cell in enumerate(sheet.cells)
        if any(match[1] in telling for match in _LABEL.finditer(cell.text))
    }
    spaced = {
        number
        for number, cell in enumerate(sheet.cells)
        if (match := _SPACED.match(cell.text)) is not None and match[1] in telling
    }
    values = {
        number
        for row in sheet.rows
        for number, behind in pairwise(row)
        if number in headings and behind not in headings
    }
    """Headings behind which a value may stand."""
    for index, row in enumerate(sheet.rows):
        here = [number for number in row if number in headings]
        if not here:
            continue
        below = sheet.rows[index + 1 :]
        head = (
            row
            if len(row) >= LEAST_OF_HEAD and all(_MAY_HEAD.fullmatch(sheet.cells[each].text) for each in row)
            else []
        )
        stops = labels | spaced | headings.keys()
        under = {number: list(_column(boxes, number, head, below, stops)) for number in here}
        is_head = len(here) > 1 and sum(map(bool, under.values())) > 1
        is_grid = len(row) > 1 and bool(below) and all(_overlapping(boxes, number, below[0]) for number in row)
        for number in here:
            place = row.index(number)
            behind = row[place + 1] if place + 1 < len(row) and row[place + 1] not in headings else None
            if behind is not None and not is_head:
                yield behind, headings[number], sheet.cells[number].text.endswith((":", "："))
            is_of_form = (
                behind is not None
                and not _MAY_HEAD.fullmatch(sheet.cells[behind].text.strip())
                and _is_below(boxes, number, sheet.rows[index - 1] if index else [], values | spaced)
            )
            if (behind is None or is_head or is_grid) and not is_of_form:
                yield from ((cell, headings[number], False) for cell in under[number])


def _column(boxes: list[Box], heading: int, head: list[int], rows: list[list[int]], labels: set[int]) -> Iterator[int]:
    """The cells under *heading*, down to the next of *labels*, which say what stands there, or a wide gap; and those
    right before it that stand under no cell of its *head*: over a wide column a heading stands in the middle.
    """
    first = max((boxes[each][2] for each in head if boxes[each][0] < boxes[heading][0]), default=0.0)
    _, top, _, bottom = boxes[heading]
    height, reached = bottom - top, bottom
    for row in rows:
        found = _overlapping(boxes, heading, row)
        if not found and head:
            found = [each for each in row if first <= boxes[each][0] and boxes[each][2] <= boxes[heading][0]]
        if found and boxes[found[0]][1] - reached > MOST_GAP * height:
            return
        if not labels.isdisjoint(found):
            return
        yield from found
        reached = max([reached, *(boxes[number][3] for number in found)])


def _overlapping(boxes: list[Box], heading: int, row: list[int]) -> list[int]:
    left, _, right, _ = boxes[heading]
    return [number for number in row if boxes[number][0] < right and boxes[number][2] > left]


def _is_below(boxes: list[Box], heading: int, above: list[int], labels: set[int]) -> bool:
    """Whether one of *labels* is in the row *above*, right over *heading*, as in forms, which have columns of them."""
    left, top, _, bottom = boxes[heading]
    return any(abs(boxes[number][0] - left) < bottom - top for number in above if number in labels)
