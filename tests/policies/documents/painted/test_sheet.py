"""Cells as rows and as texts, and back to places."""

from hypothesis import given
from hypothesis import strategies as st

from policies.documents.painted.sheet import Sheet
from tests.policies.documents.painted.test_headings import cell

_PAGE = Sheet([cell("一二三", 0, 0), cell("四五", 0, 30), cell("六", 200, 1)])


def test_cells_beside_each_other_are_one_row() -> None:
    assert _PAGE.rows == [[0, 2], [1]]


def test_a_page_is_read_as_it_comes_as_it_stands_and_without_breaks() -> None:
    assert [reading.text for reading in _PAGE.readings()] == ["一二三\n四五\n六", "一二三 六\n四五", "一二三四五六"]


def test_a_line_that_is_a_field_of_its_own_is_not_read_on_from_the_one_before() -> None:
    page = Sheet(
        [cell("住址：某路", 0, 0), cell("八号", 0, 30), cell("时限：五日", 0, 60), cell("302室，电话：", 0, 90)]
    )
    *_, unbroken = page.readings()
    assert unbroken.text == "住址：某路八号\n时限：五日302室，电话："


def test_what_is_found_over_two_lines_is_painted_on_both() -> None:
    *_, unbroken = _PAGE.readings()
    assert list(_PAGE.boxes(unbroken, 2, 4)) == [(20.0, 0.0, 30.0, 12.0), (0.0, 30.0, 10.0, 42.0)]


@given(
    st.lists(st.tuples(st.text("一二三", min_size=1, max_size=4), st.integers(0, 9), st.integers(0, 9)), max_size=12)
)
def test_every_character_of_every_reading_has_its_place(cells: list[tuple[str, int, int]]) -> None:
    page = Sheet([cell(text, x * 60.0, y * 20.0) for text, x, y in cells])
    assert sorted(number for row in page.rows for number in row) == list(range(len(cells)))
    for reading in page.readings():
        assert len(reading.text) == len(reading.places)
        for letter, (number, index) in zip(reading.text, reading.places, strict=True):
            assert letter in " \n" if number < 0 else letter == page.cells[number].text[index]
