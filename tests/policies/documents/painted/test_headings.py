"""Which cells stand under or behind a heading, on pages drawn as rows of words with gaps between them."""

from array import array
from dataclasses import replace

import pytest

from policies.documents.painted.headings import keyed, may_tell
from policies.documents.painted.sheet import Cell, Sheet
from policies.recognisers.field_names.category import category_of_key

WIDTH, HEIGHT, COLUMN = 10.0, 12.0, 150.0


def sheet(*rows: str) -> Sheet:
    """Cells are parted by `|`; each begins in its column."""
    cells = []
    for line, row in enumerate(rows):
        for column, text in enumerate(row.split("|")):
            if text:
                cells.append(cell(text, column * COLUMN, line * HEIGHT * 2))
    return Sheet(cells)


def cell(text: str, left: float, top: float) -> Cell:
    edges = array("f")
    for place in range(len(text)):
        edges.extend((left + place * WIDTH, top, left + (place + 1) * WIDTH, top + HEIGHT))
    return Cell(text, edges)


def under(page: Sheet) -> set[tuple[str, str]]:
    telling = {name for name in may_tell(page) if category_of_key(name) is not None}
    return {(page.cells[number].text[start:end], key) for number, start, end, key in keyed(page, telling)}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            ["序号|姓名|手机号", "1|甲某|一", "2|乙某|二"],
            {("甲某", "姓名"), ("乙某", "姓名"), ("一", "手机号"), ("二", "手机号")},
        ),
        (
            ["姓名|甲某|性别|男", "民族|汉|学历|本科"],
            {("甲某", "姓名"), ("男", "性别"), ("汉", "民族"), ("本科", "学历")},
        ),
        (["姓名", "甲某"], {("甲某", "姓名")}),
        (["申请人：甲某，已受理"], {("甲某", "申请人")}),
        (["申请人：甲某 联系电话：一 窗口：三"], {("甲某", "申请人"), ("一", "联系电话")}),
        (["申请人：|甲某，已受理"], {("甲某", "申请人")}),
        (["序号|事项", "1|登记"], set()),
        (["姓名|手机号", "", "", "", "", "", "甲某|一"], set()),
        (["联系电话：一二三", "请携带材料"], {("一二三", "联系电话")}),
        (["联系电话13900", "请携带材料"], set()),
        (["住址|某路", "联系电话：一二三", "请携带材料"], {("某路", "住址"), ("一二三", "联系电话")}),
    ],
    ids=[
        "table",
        "form",
        "above",
        "label",
        "labels",
        "label apart",
        "tells nothing",
        "far below",
        "label and value above",
        "the same without a colon",
        "label below a form",
    ],
)
def test_a_heading_tells_of_what_stands_where_it_should(rows: list[str], expected: set[tuple[str, str]]) -> None:
    found = under(sheet(*rows))
    assert expected <= found
    assert "请携带材料" not in {text for text, _ in found}
    assert bool(found) == bool(expected)


def test_one_column_of_a_table_is_enough() -> None:
    assert {("甲某", "姓名"), ("乙某", "姓名")} <= under(sheet("序号|姓名|部门", "1|甲某|一科", "2|乙某|二科"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("身份证号1101011990030745", "1101011990030745"),
        ("联系电话为1390000", "1390000"),
        ("受理编号1390000", None),
    ],
)
def test_a_number_behind_a_label_is_its_value_where_it_was_read_by_eye(text: str, value: str | None) -> None:
    exact = cell(text, 0, 0)
    assert under(Sheet([exact])) == set()
    assert {said for said, _ in under(Sheet([replace(exact, exact=False)]))} == ({value} if value else set())


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        (["姓名|甲某", "住址|某路8号", "类型 急难型", "请携带材料"], {"类型 急难型", "请携带材料"}),
        (["姓名|甲某|联系电话|一", "身份证号 110101", "住址|某路8号", "请携带材料"], {"请携带材料"}),
    ],
)
def test_a_label_below_others_of_a_form_heads_nothing_below_it(rows: list[str], shown: set[str]) -> None:
    found = under(sheet(*rows))
    assert ("某路8号", "住址") in found
    assert not shown & {text for text, _ in found}


def test_below_the_first_rows_of_a_form_a_head_is_still_one() -> None:
    page = sheet("填报人|甲某", "姓名|部门", "乙某|一科", "丙某|二科")
    assert {("乙某", "姓名"), ("丙某", "姓名")} <= under(page)


def test_a_heading_in_the_middle_of_a_wide_column_tells_of_what_begins_at_its_edge() -> None:
    head = [cell("序号", 0, 0), cell("姓名", 120, 0), cell("电话", 260, 0)]
    rows = [cell("1", 0, 24), cell("甲乙", 60, 24), cell("一", 220, 24), cell("2", 0, 48), cell("丙丁", 60, 48)]
    assert under(Sheet([*head, *rows])) == {("甲乙", "姓名"), ("丙丁", "姓名"), ("一", "电话")}
