"""Radicals and characters."""

from hypothesis import given
from hypothesis import strategies as st

from policies.documents.painted.radicals import unified


def test_what_browsers_print_is_what_people_write() -> None:
    assert unified("王⼩明 ⻢⻰ ⾝份证号") == "王小明 马龙 身份证号"


@given(st.text())
def test_no_place_moves(text: str) -> None:
    assert len(unified(text)) == len(text)
    assert unified(unified(text)) == unified(text)
