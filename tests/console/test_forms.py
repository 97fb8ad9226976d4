import contextlib
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.api.field import Sent
from console.forms import LONGEST_TEXT, MOST_FIELDS, Mistyped, Typed, read_form
from incident.duty.duties import Grade

BEIJING = timezone(timedelta(hours=8))
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=TURNING))


@given(st.dictionaries(TEXT, TEXT, max_size=8))
def test_what_a_browser_sends_is_what_was_typed(fields: dict[str, str]) -> None:
    typed = read_form(urlencode(fields).encode())
    assert {name: typed.get(name) for name in fields} == fields


@given(st.binary(max_size=200))
def test_any_bytes_are_a_form_or_refused(body: bytes) -> None:
    with contextlib.suppress(ValueError):
        read_form(body)


def test_lines_end_in_one_way_and_controls_are_dropped() -> None:
    typed = read_form(urlencode({"a": "one\r\ntwo\rthree\nfour\tfive\x00\x1b[31m\x7f\u202e\u2066\x9b"}).encode())
    assert typed.get("a") == "one\ntwo\nthree\nfour\tfive[31m"


@pytest.mark.parametrize("body", [b"a", b"a=1&b", b"\xff=1", b"&".join([b"a=1"] * (MOST_FIELDS + 1))])
def test_what_is_no_form(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_form(body)


def test_an_empty_form_has_no_field() -> None:
    assert read_form(b"").fields == {}
    assert Typed({}).get("a", "otherwise") == "otherwise"
    assert Typed({"a": []}).get("a") == ""


def test_texts_are_without_blanks_around_and_not_too_long() -> None:
    typed = Typed({"a": ["  甲 乙 \n"], "long": ["长" * (LONGEST_TEXT + 1)], "empty": [" "]})
    assert typed.text("a") == "甲 乙"
    assert typed.text("missing") == ""
    for name, read in (("long", typed.text), ("empty", typed.needed), ("missing", typed.needed)):
        with pytest.raises(Mistyped) as wrong:
            read(name)
        assert wrong.value.field == name
        assert wrong.value.zh


def test_check_boxes_and_fields_of_one_kind() -> None:
    typed = read_form(b"check=a&check=b&input%3Ax=1&input%3Ay=2&other=3")
    assert typed.several("check") == ("a", "b")
    assert typed.several("none") == ()
    assert typed.starting("input:") == {"x": "1", "y": "2"}


def test_choices() -> None:
    assert Typed({"grade": ["large"]}).choice("grade", Grade) is Grade.LARGE
    for wrong in ("", "Large", "huge"):
        with pytest.raises(Mistyped):
            Typed({"grade": [wrong]}).choice("grade", Grade)


@pytest.mark.parametrize(("typed", "read"), [("0", 0), ("24", 24), (" 7 ", 7), ("007", 7)])
def test_numbers(typed: str, read: int) -> None:
    assert Typed({"n": [typed]}).number("n", least=0, most=24) == read


@pytest.mark.parametrize("typed", ["", "25", "-1", "1.5", "١", "1e1", "0x1", "9" * 50])
def test_what_is_no_number(typed: str) -> None:
    with pytest.raises(Mistyped, match="from 0 to 24"):
        Typed({"n": [typed]}).number("n", least=0, most=24)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2026-11-23T18:05", datetime(2026, 11, 23, 10, 5, tzinfo=UTC)),
        ("2026-11-23T18:05:30", datetime(2026, 11, 23, 10, 5, 30, tzinfo=UTC)),
        ("2026-11-23 18:05", datetime(2026, 11, 23, 10, 5, tzinfo=UTC)),
        ("2026-11-23T00:00", datetime(2026, 11, 22, 16, 0, tzinfo=UTC)),
    ],
)
def test_times_are_of_the_zone(typed: str, read: datetime) -> None:
    assert Typed({"at": [typed]}).moment("at", BEIJING) == read


@pytest.mark.parametrize(
    "typed",
    ["", "昨天", "2026-11-23T18:05Z", "2026-11-23T18:05+00:00", "2026-13-01T00:00", "0001-01-01T00:00", "18:05"],
)
def test_what_is_no_time(typed: str) -> None:
    with pytest.raises(Mistyped):
        Typed({"at": [typed]}).moment("at", BEIJING)


@pytest.mark.parametrize("sent", ["1900-01-01T00:00Z", "9999-12-31T23:59-14:00"])
def test_of_a_time_that_names_its_zone_the_year_is_what_is_wrong(sent: str) -> None:
    with pytest.raises(Mistyped, match="look at the year"):
        Sent({"start": [sent]}).instant("start", UTC)
    with pytest.raises(Mistyped, match="with its zone"):
        Sent({"start": [sent[:16]]}).instant("start", UTC)
