"""What a header's value could tell, in every spelling that a reader would undo."""

import base64
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.telling import tells
from tests.rig import ID_NO, MOBILE, NAME

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=2, max_size=6)
PLAIN = st.text(st.sampled_from("abcdefgh/-.?=&,"), max_size=12)
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "percent-encoded": lambda text: quote(text, safe=""),
    "encoded twice": lambda text: quote(quote(text, safe=""), safe=""),
    "encoded five times": lambda text: quote(quote(quote(quote(quote(text, safe="")))), safe=""),
    "every letter of it": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "with tildes": lambda text: quote(text, safe="").replace("%", "~"),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@given(text=HAN, before=PLAIN, behind=PLAIN)
def test_chinese_text_tells_in_every_spelling(spelling: str, text: str, before: str, behind: str) -> None:
    assert tells(f"{before} {SPELLINGS[spelling](text)} {behind}")


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("value", [ID_NO, MOBILE, NAME])
def test_what_was_planted_tells_in_every_spelling(spelling: str, value: str) -> None:
    assert tells(SPELLINGS[spelling](value))


@pytest.mark.parametrize(
    "value", ["M%FCller", "%D5%C5%C8%FD", "\udce5\udcbc\udca0", "a%0d%0ab", "138+0013+8000", "%25" * 9 + "E5"]
)
def test_what_is_not_plain_once_it_is_undone_tells(value: str) -> None:
    assert tells(value)


@pytest.mark.parametrize(
    "value",
    [
        "", "/admin/hall/application/7/change/", "/people?page=2&sort=-id", "3f2a9c0d4b5e6f708192a3b4c5d6e7f8",
        "text/html, application/json", "/x?next=%2Fadmin%2F%3Fp%3D1", "100%",
    ],
)  # fmt: skip
def test_what_is_plain_tells_nothing(value: str) -> None:
    assert not tells(value)


def test_what_the_caller_said_may_be_repeated_but_for_what_a_recogniser_knows() -> None:
    said = ("status__exact=%E5%BE%85%E5%8F%97%E7%90%86", MOBILE)
    assert not tells(f"/list?{quote('status__exact=待受理', safe='')}", said)
    assert tells(f"/list?q={quote('待受理张三')}", said)
    assert tells(f"/list?q={quote('张三')}", said)
    assert tells(f"/list?q={MOBILE}", said)
