"""Pages whose lines run down, back or up: their rows are as they are read, and lead back to the picture."""

from array import array

import pytest

from policies.documents.painted.level import level
from policies.documents.painted.sheet import Cell
from policies.documents.painted.way import Box, Way, quarters_back
from tests.policies.documents.painted.test_headings import cell

WIDTH, HEIGHT = 600, 800
PAGE = [cell("姓名", 100, 100), cell("手机", 300, 100), cell("大牛", 100, 130), cell("一三九", 300, 130)]


def on_the_picture(way: Way, box: Box) -> Box:
    (left, top), (right, bottom) = way.point(*box[:2]), way.point(*box[2:])
    return min(left, right), min(top, bottom), max(left, right), max(top, bottom)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_rows_are_those_of_the_page_as_it_is_read(quarters: int) -> None:
    way = quarters_back(quarters, WIDTH, HEIGHT) if quarters else Way(1, 0, 0, 1, 0, 0)
    shown = []
    for each in PAGE:
        edges = array("f")
        for index in range(len(each.text)):
            edges.extend(on_the_picture(way, each.box(index, index + 1)))
        shown.append(Cell(each.text, edges))
    sheet = level(shown, WIDTH, HEIGHT)
    assert sheet.rows == [[0, 1], [2, 3]]
    for before, after in zip(shown, sheet.cells, strict=True):
        assert after.text == before.text
        assert on_the_picture(sheet.way, after.box()) == pytest.approx(before.box())
