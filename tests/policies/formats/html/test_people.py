"""Rows of pages that do not say whose they are: each counts as a person of its own, however the page is built."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.formats.html.body import HtmlMasker
from policies.formats.html.whose import Seen
from policies.formats.masker import Tally
from policies.formats.said import Said
from tests.policies.formats.html.test_records import LAYOUTS, SHAPE, value
from tests.policies.formats.html.test_whose import MINE, OTHER, page_shape
from tests.policies.formats.masking import DIGESTER, tally

CLEAR = replace(SHAPE, record=page_shape(1).record)
"""Where everything is shown; in `SHAPE` everything personal is hidden."""
TABLE = "<table><tbody>{}</tbody></table>"


def read(page: str, shape: object = CLEAR, said: Said | None = None) -> Tally:
    made = CLEAR if shape is CLEAR else SHAPE
    masker = HtmlMasker(made, tally(), "utf-8", lambda *form: "sealed", said, Seen(made.record))
    masker.feed(page.encode())
    masker.close()
    return masker.tally


def row(*fields: tuple[str, str]) -> str:
    return f"<tr>{''.join(value(name, text, 'td') for name, text in fields)}</tr>"


def counted(page: str, shape: object = CLEAR) -> tuple[int, int]:
    """How many people it names, and how many it shows besides."""
    found = read(page, shape)
    return len(found.subjects), len(found.unnamed)


A, B, C = ("name", "甲某"), ("name", "乙某"), ("name", "丙某")
PHONE, ID_A, ID_B = ("mobile", "13800138000"), ("id_no", MINE), ("id_no", OTHER)
PAGES: dict[str, tuple[str, tuple[int, int]]] = {
    "rows that name everybody": (TABLE.format(row(A, ID_A) + row(B, ID_B)), (2, 0)),
    "rows that name nobody": (TABLE.format(row(A) + row(B) + row(C)), (0, 3)),
    "one row that names nobody": (TABLE.format(row(A)), (0, 1)),
    "some that do": (TABLE.format(row(A, ID_A) + row(B) + row(C)), (1, 2)),
    "two of one name": (TABLE.format(row(A, ("city", "x")) + row(A, ("city", "y")) + row(B)), (0, 3)),
    "a list": (f"<ul><li>{value(*A)}<li>{value(*B)}</ul>", (0, 2)),
    "cards": ("".join(f"<div>{value(*each)}<p>{value('city', 'x')}</div>" for each in (A, B)), (0, 2)),
    "a line of many": (f"<p>{value(*A)}, {value(*B)}, {value(*C)}</p>", (0, 3)),
    "a line of many, one of them named": (f"<p>{value(*ID_A)} {value(*A)}, {value(*B)}, {value(*C)}</p>", (1, 2)),
    "a cell of many": (TABLE.format(f'<tr><td class="col-name">{"<br>".join((A[1], B[1], C[1]))}</td></tr>'), (0, 3)),
    "a cell of lines whose owner is named": (
        TABLE.format(f'<tr><td class="col-name">{A[1]}<br>{B[1]}</td>{value(*ID_A, "td")}</tr>'), (1, 0)
    ),
    "elements that do not lie in one another": (f"<div>{value(*A)}</p></section>{value(*B)}</div>", (0, 2)),
    "a heading that repeats the record": (
        f"<h1>{value(*A)}</h1><dl>{value(*A, 'dd')}{value(*ID_A, 'dd')}</dl>", (1, 0)
    ),
    "a heading of somebody else": (f"<h1>{value(*B)}</h1><dl>{value(*A, 'dd')}{value(*ID_A, 'dd')}</dl>", (1, 1)),
    "a record of nobody in its parts": ("".join(f"<p>{value(name, text)}</p>" for name, text in (A, PHONE)), (0, 1)),
    "a list of one name": (TABLE.format(row(A, ("city", "x")) * 2 + row(A, ("city", "y"))), (0, 3)),
    "a heading above rows": (f"<h2>{value(*A)}</h2>" + TABLE.format(row(A, ID_A) + row(B, ID_B)), (2, 0)),
    "a heading above rows of others": (f"<h2>{value(*C)}</h2>" + TABLE.format(row(A, ID_A) + row(B)), (1, 2)),
    "nothing but what is public": (TABLE.format(row(("city", "x")) + row(("city", "y"))), (0, 0)),
    "empty rows": (TABLE.format(row(("name", "")) + row(("name", " "))), (0, 0)),
    "in a template": (f'<script type="text/template">{TABLE.format(row(A) + row(B))}</script>', (0, 2)),
    "controls": ('<form><input name="name" value="甲某"></form><form><input name="name" value="乙某"></form>', (0, 2)),
    "a control beside its owner": (
        f'<form><input name="name" value="甲某"><input name="id_no" value="{MINE}"></form>', (1, 0)
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PAGES)
def test_each_row_without_a_name_is_a_person(case: str) -> None:
    page, expected = PAGES[case]
    assert counted(page) == expected


@pytest.mark.parametrize("case", PAGES)
def test_of_what_is_hidden_nobody_is_counted(case: str) -> None:
    assert counted(PAGES[case][0], SHAPE)[1] == 0


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_record_is_one_person_in_whatever_layout(layout: str) -> None:
    assert counted(LAYOUTS[layout]([A, PHONE])) == (0, 1)
    assert counted(LAYOUTS[layout]([A, PHONE, ID_A])) == (1, 0)


def test_the_same_row_is_the_same_person_and_another_row_another() -> None:
    first, again = read(TABLE.format(row(A) + row(B))), read(TABLE.format(row(B) + row(C)))
    assert len(first.unnamed.keys() & again.unnamed.keys()) == 1
    assert len(first.unnamed.keys() | again.unnamed.keys()) == 3
    twice = read(TABLE.format(row(A, ("city", "x")) + row(A, ("city", "x")) + row(B)))
    assert len(twice.unnamed) == 3, "who is told apart by nothing may be two"


def test_nothing_can_be_read_from_what_it_is_known_by() -> None:
    (known,) = read(TABLE.format(row(A, PHONE))).unnamed
    assert known.startswith(f"{DIGESTER.epoch}:")
    assert len(known) == len(DIGESTER(MINE))


def test_what_the_caller_has_said_himself_shows_him_nobody() -> None:
    page = '<form><input name="name" value="甲某"></form><form><input name="name" value="乙某"></form>'
    assert len(read(page, said=Said(["甲某", "乙某"])).unnamed) == 0


@given(st.lists(st.tuples(st.sampled_from("甲乙丙丁"), st.booleans()), max_size=12))
def test_of_a_table_nobody_is_left_out(people: list[tuple[str, bool]]) -> None:
    """Every row is counted: by its number, where it has one, and else for itself."""
    rows = [
        row(("name", name), ("city", str(place)), *([("id_no", f"11010119900307{place:04d}")] if is_named else []))
        for place, (name, is_named) in enumerate(people)
    ]
    named, unnamed = counted(TABLE.format("".join(rows)))
    assert named == sum(is_named for _, is_named in people)
    if len(people) > 1:
        assert unnamed == len(people) - named
