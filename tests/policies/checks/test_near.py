from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.checks.near import Near, folded_name, named_within, names_of
from policies.compiling.shapes import pattern_of

FIELDS = ("mobile", "id_no", "_id", "姓名", "line1")
PERSON = Near(names_of(pattern_of("person[{field}]"), FIELDS))
ROWS = Near(names_of(pattern_of("form-{any}-{field}"), FIELDS))
PLAIN = Near(FIELDS)


@pytest.mark.parametrize(
    "name",
    ["Mobile", "mobile ", "\tmobile", "mobile[]", "mobile[0]", "mobile[a][b]", "[mobile]", "mobile[", "mobile[0\0]",
     "ｍｏｂｉｌｅ", "móbile", "mo\u200bbile", "mobile\0", "MOBİLE", "mobıle", "m\u0007obile", "idNo", "id-no", "id.no",
     "id no", "ID__NO", "idno", "Id_No[]", "_ID", ".id[]", "姓 名", "line_1", "LINE１",
     "mobile\0x"],
)  # fmt: skip
def test_a_lenient_reader_may_take_it_for_a_declared_name(name: str) -> None:
    assert name in PLAIN


@pytest.mark.parametrize(
    "name",
    [*FIELDS, "id", "_mobile", "mobile_", "mobile2", "mobiles", "automobile", "person[mobile]", "mobile.x", "姓",
     "line2", "", "[]", "名姓", "mobile_confirm"],
)  # fmt: skip
def test_another_name_is_another_and_a_declared_one_is_itself(name: str) -> None:
    assert name not in PLAIN


def test_names_of_controls_are_folded_whole() -> None:
    for name in (
        "Person[mobile]",
        "person[Mobile]",
        "person[mobile][]",
        "person.mobile",
        "person[id-no]",
        "personMobile",
    ):
        assert (name in PERSON) == (name != "person[mobile]"), name
    for name in ("person[mobile]", "person[x]", "mobile", "person"):
        assert name not in PERSON
    for name in ("Form-0-mobile", "form-0-Mobile", "form-ab_c-id.no", "form-0-mobile[]", "form_0_mobile"):
        assert name in ROWS, name
    for name in ("form-mobile", "form--mobile", "form-0-x", "mobile"):
        assert name not in ROWS, name
    assert names_of(pattern_of("chosen.{any}"), ()) == ["chosen.\ua66e"]
    assert names_of("", FIELDS) == []


@pytest.mark.parametrize(
    ("name", "field"),
    [("person[mobile]", "m"), ("form-0-Mobile", "m"), ("!mobile", "m"), ("x.id_no.y", "i"), ("mobile:x", "m"),
     ("mobile,", "m"), ("mobile", "m"), ("mobile_confirm", None), ("_mobile", None), ("automobile", None), ("", None)],
)  # fmt: skip
def test_a_name_may_hold_that_of_a_field(name: str, field: str | None) -> None:
    assert named_within(name, {"mobile": "m", "idno": "i"}) == field


CHANGES: dict[str, Callable[[str], str]] = {
    "in capitals": str.upper,
    "as a title": str.title,
    "with a blank": lambda name: f" {name}",
    "as a list": lambda name: f"{name}[]",
    "with an index": lambda name: f"{name}[1]",
    "with dots": lambda name: name.replace("_", "."),
    "with zeros": "\0".join,
    "with an accent": lambda name: f"{name[:1]}\u0301{name[1:]}",
    "with a line end": lambda name: f"{name}\u2028",
}


@given(st.sampled_from(FIELDS), st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=5))
def test_however_a_name_is_changed_it_is_near(name: str, changed: list[str]) -> None:
    written = name
    for change in changed:
        written = CHANGES[change](written)
    assert written == name or written in PLAIN


@given(st.text(max_size=12))
def test_what_is_folded_is_folded_once(name: str) -> None:
    once = folded_name(name)
    assert folded_name(once) == once
