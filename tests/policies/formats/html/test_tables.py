import re
import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.formats.html.body import HtmlMasker
from policies.formats.html.shape import HtmlShape, Selector
from policies.formats.html.tables import Tables
from policies.formats.html.tokens import Attribute, StartTag
from policies.operations import Headings
from tests.policies.formats.masking import RECORD, UNDECLARED, cuts, in_pieces, tally, whole

BY_HEADER = HtmlShape(
    record=RECORD,
    undeclared=replace(UNDECLARED, restore=True),
    selectors=(Selector(element="td", css_class=re.compile(r"col-(?P<field>.+)")),),
    own_control=re.compile("box"),
    tables=Headings.HEADER,
    titles={"姓名": "name", "Phone number": "mobile"},
)
BY_ROW = replace(BY_HEADER, tables=Headings.FIRST_CELL)
HEAD = "<tr><th>id</th><th>姓名</th><th></th><th>Other</th></tr>"


def masked(page: str, shape: HtmlShape = BY_HEADER) -> str:
    return whole(lambda: HtmlMasker(shape, tally(), "utf-8", lambda action, carried: ""), page.encode()).decode()


CELLS = {
    "a row": (
        "<tr><td>1</td><td>张三</td><td></td><td>x</td></tr>",
        "<tr><td>1</td><td>张**</td><td></td><td>***</td></tr>",
    ),
    "a row without ends": ("<tr><td>1<td>张三<td><td>x", "<tr><td>1<td>张**<td><td>***"),
    "rows without ends": ("<tr><td>1<td>张三<tr><td>2<td>李四", "<tr><td>1<td>张**<tr><td>2<td>李**"),
    "a heading of a row": ("<tr><th>1</th><th>张三</th></tr>", "<tr><th>1</th><th>张**</th></tr>"),
    "more cells than headings": ("<tr><td>1<td>张三<td><td><td>王五</tr>", "<tr><td>1<td>张**<td><td><td>***</tr>"),
    "other headings below": (
        "<tr><th>姓名<th>id<tr><td>张三<td>1",
        "<tr><th>姓名<th>i**<tr><td>***<td>***",
    ),
    "a cell across columns": (
        "<tr><td colspan=2>1</td><td>x</td><td>张三</td></tr>",
        "<tr><td colspan=2>***</td><td>***</td><td>***</td></tr>",
    ),
    "a cell across rows": (
        "<tr><td rowspan=2>1</td><td>张三</td></tr><tr><td>李四</td><td>5</td></tr>",
        "<tr><td rowspan=2>1</td><td>***</td></tr><tr><td>***</td><td>***</td></tr>",
    ),
    "text where no value is": ("<tr><td>1<td>张三<td><i>李四</i></tr>", "<tr><td>1<td>张**<td><i>***</i></tr>"),
    "links and buttons where no value is": (
        '<tr><td>1<td>张三<td><input name=box type=checkbox><a href="/7" data-pk="7" title="张三">x</a></tr>',
        '<tr><td>1<td>张**<td><input name=box type=checkbox><a href="/7" data-pk="7" title="***">***</a></tr>',
    ),
    "a cell that its class tells of": (
        '<tr><td class="col-id">1</td><td>张三</td></tr>',
        '<tr><td class="col-id">1</td><td>张**</td></tr>',
    ),
    "a section of its own": (
        "</thead><tbody><tr><td>1<td>张三</tbody><tfoot><tr><td>9<td>张三</tfoot>",
        "</thead><tbody><tr><td>1<td>张**</tbody><tfoot><tr><td>9<td>张**</tfoot>",
    ),
    "cells without a row": ("<tbody><td>1<td>张三</tbody><td>2", "<tbody><td>1<td>张**</tbody><td>2"),
    "a table within": (
        "<tr><td>1<td><table><tr><td>张三</table>李四<td>",
        "<tr><td>1<td><table><tr><td>张**</table><td>",
    ),
    "a table within what is shown": (
        "<tr><td>1<td>x<td><table><tr><td>张三</td></tr></table></td><td>李四</td>",
        "<tr><td>1<td>***<td><table><tr><td>***</td></tr></table></td><td>***</td>",
    ),
}


@pytest.mark.parametrize("case", CELLS)
def test_a_cell_is_what_the_head_of_its_column_says(case: str) -> None:
    rows, expected = CELLS[case]
    assert masked(f"<table>{HEAD}{rows}</table>") == f"<table>{HEAD}{expected}</table>"


HEADS = {
    "with tags and blanks": ("<tr><th>id<th>\n <a href='/s'>Phone\n <b>number</b></a> </th></tr>", "138****8000"),
    "with a control": ("<tr><th><input name=box><th>Phone number", "138****8000"),
    "in a section": ("<thead><th>id<th>Phone number</thead>", "138****8000"),
    "across columns": ("<tr><th colspan=2>Phone number</tr>", "***"),
    "across a strange number of them": ("<tr><th>id<th colspan=1x>Phone number</tr>", "***"),
    "across rows": ("<tr><th>id<th rowspan=2>Phone number</tr>", "***"),
    "that nobody knows": ("<tr><th>id<th>phone number</tr>", "***"),
    "of cells that are no headings": ("<tr><td>id<td>Phone number</tr>", "***"),
    "with a cell that is none": ("<tr><th>id<td>Phone number</tr>", "***"),
    "below a row of values": ("<tr><td>x<td>y<tr><th>id<th>Phone number</tr>", "***"),
    "of another table": ("<tr><th>id<th>Phone number</tr></table><table>", "***"),
    "nowhere": ("", "***"),
}


@pytest.mark.parametrize("case", HEADS)
def test_where_no_head_tells_all_is_hidden(case: str) -> None:
    head, shown = HEADS[case]
    page = masked(f"<table>{head}<tr><td>1</td><td>13800138000</td></tr></table>")
    assert page.endswith(f"<td>{shown}</td></tr></table>")


def test_a_cell_outside_of_a_table_is_hidden() -> None:
    assert masked("<td>张三</td>") == "<td>***</td>"


def test_what_a_cell_hides_is_hidden_wherever_it_stands() -> None:
    page = masked(f"<title>张三丰</title><table>{HEAD}<tr><td>1<td>张三丰</table><p>张三丰")
    assert page == f"<title>***</title><table>{HEAD}<tr><td>1<td>张**</table><p>***"


def test_a_cell_that_names_the_subject_is_counted() -> None:
    masker = HtmlMasker(BY_HEADER, tally(), "utf-8", lambda action, carried: "")
    page = "<table><tr><th>id_no<tr><td>11010519491231002X<tr><td>110105194912310011</table>"
    masker.feed(page.encode())
    masker.close()
    taken = masker.tally.take()
    assert (len(taken.subjects), dict(taken.fields)) == (2, {3: 2})


ROWS = {
    "a field": ("<tr><td>姓名</td><td>张三</td></tr>", "<tr><td>姓名</td><td>张**</td></tr>"),
    "a heading": ("<tr><th>mobile<td>13800138000", "<tr><th>mobile<td>138****8000"),
    "a field of two values": ("<tr><td>姓名<td>张三<td>李四", "<tr><td>姓名<td>张**<td>***"),
    "a heading of two values": ("<tr><th>姓名<td>张三<td>李四", "<tr><th>姓名<td>张**<td>李**"),
    "two pairs in a row": ("<tr><th>id<td>7<th>姓名<td>张三", "<tr><th>id<td>7<th>姓名<td>张**"),
    "pairs that are all cells": ("<tr><td>id<td>7<td>姓名<td>张三", "<tr><td>id<td>7<td>***<td>***"),
    "a heading of several rows": (
        "<tr><th rowspan=2>id<td>7<tr><td>张三<td>李四",
        "<tr><th rowspan=2>id<td>***<tr><td>***<td>***",
    ),
    "what nobody declared": ("<tr><td>别名<td>张三", "<tr><td>***<td>***"),
    "a list of persons": ("<tr><td>张三<td>1<tr><td>李四<td>2", "<tr><td>***<td>***<tr><td>***<td>***"),
    "a list with its head": (
        "<thead><tr><th>Column<th>Value</thead><tr><td>id<td>7",
        "<thead><tr><th>Column<th>Value</thead><tr><td>id<td>7",
    ),
    "no name at all": ("<tr><td><td>张三", "<tr><td><td>***"),
    "a second row of the same": ("<tr><td>id<td>7<tr><td><td>张三", "<tr><td>id<td>7<tr><td><td>***"),
}


@pytest.mark.parametrize("case", ROWS)
def test_a_cell_is_what_the_first_of_its_row_says(case: str) -> None:
    rows, expected = ROWS[case]
    assert masked(f"<table>{rows}</table>", BY_ROW) == f"<table>{expected}</table>"


ADDRESS = '<td class="col-address">'
WITHIN = {
    "a cell of no declared field": ("<tr><th>Other<tr><td>王小明</table>", "<tr><th>Other<tr><td>***</table>"),
    "a cell of a declared one": ("<tr><th>姓名<tr><td>王小明</table>", "<tr><th>姓名<tr><td>王**</table>"),
    "a cell that its class tells of": ("<tr><td class=col-name>王小明</table>", "<tr><td class=col-name>王**</table>"),
    "the first one": ("<tr><td>王小明<td>x</table>", "<tr><td>***<td>***</table>"),
    "the head": ("<tr><th>手机13800<b>138000</b></table>", "<tr><th>手机***<b></b></table>"),
    "what it is called": ("<caption>13800138000</caption></table>", "<caption>***</caption></table>"),
    "one in it": (
        "<tr><th>address<tr><td>x<table><tr><td>王小明</table></table>",
        "<tr><th>address<tr><td>x<table><tr><td>***</table></table>",
    ),
    "a control": ("<tr><td><input name=x value=王小明></table>", '<tr><td><input name=x value="***"></table>'),
}


@pytest.mark.parametrize("case", WITHIN)
def test_a_table_within_what_is_shown_is_read_as_any_other(case: str) -> None:
    rows, expected = WITHIN[case]
    page = masked(f"<table><tr>{ADDRESS}文三路<table>{rows}1号</td></tr></table>")
    assert page == f"<table><tr>{ADDRESS}文三路<table>{expected}1号</td></tr></table>"


def test_a_table_within_what_is_shown_is_free_text_where_tables_tell_nothing() -> None:
    page = masked("<td class=col-address>文三路<table><tr><td>手机13800138000</table>", replace(BY_HEADER, tables=None))
    assert page == "<td class=col-address>文三路<table><tr><td>手机***</table>"


def test_by_rows_a_table_within_what_is_shown_shows_no_heading_that_is_none() -> None:
    page = masked("<td class=col-address><table><tr><td>王小明<td>x<tr><td>id<td>7</table>", BY_ROW)
    assert page == "<td class=col-address><table><tr><td>***<td>***<tr><td>id<td>7</table>"


def test_a_cell_across_many_columns_weighs_no_more_than_it_is_written_with() -> None:
    tables = Tables(Headings.HEADER, {})
    wide = StartTag("", "th", (Attribute("colspan", "1000", 0),))
    tracemalloc.start()
    for _ in range(1_000):
        for tag in (StartTag("", "table"), *[wide] * 20):
            tables.take(tag)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1_000_000


def test_a_heading_behind_many_columns_is_that_of_its_own() -> None:
    head, cells = "<tr><th colspan=1000>x<th>id", "<td colspan=1000>7<td>7"
    assert masked(f"<table>{head}<tr>{cells}</table>") == f"<table>{head}<tr><td colspan=1000>***<td>7</table>"


WORDS = st.sampled_from(
    [
        *"<table> </table> <tr> </tr> <td> </td> <th> </th> <thead> </thead> <tbody> <b> </b> 张三丰 姓名 name".split(),
        "<td colspan=2>",
        "<th rowspan=2>",
        "<input name=x value=张三丰>",
        " ",
    ]
)


@given(st.lists(WORDS, max_size=30), cuts, st.sampled_from([BY_HEADER, BY_ROW]))
def test_any_split_gives_the_same(words: list[str], places: list[int], shape: HtmlShape) -> None:
    def make() -> HtmlMasker:
        return HtmlMasker(shape, tally(), "utf-8", lambda action, carried: "")

    page = "".join(words).encode()
    assert in_pieces(make, page, places) == whole(make, page)


@given(st.lists(WORDS, max_size=30), st.sampled_from([BY_HEADER, BY_ROW]))
def test_nothing_in_a_cell_of_no_declared_field_is_shown(words: list[str], shape: HtmlShape) -> None:
    shape = replace(shape, titles={})
    page = masked(f"<table><tr><th>x<tr><td>{''.join(words).replace('name', '')}<td>王小明", shape)
    assert "王小明" not in page
