"""Which texts lead to hidden keys: what is read of them, and how much."""

from collections.abc import Collection
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.guesses import DEEPEST, MOST_READ, MOST_SEGMENTS, Guesses


class Leads:
    """A system whose records lie under `/r/`, and whose parameter `after` holds a key. It counts what it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def leads_to_hidden(self, path: str) -> bool:
        self.asked += 1
        return path.startswith("/r/") and path.count("/") == 2 and len(path) > 3

    def held_in(self, path: str, name: str) -> Collection[object]:
        return {name} if name == "after" else ()


def nested(depth: int) -> str:
    return "/r/7" if depth == 0 else f"/x?a={quote(nested(depth - 1), safe='')}"


@pytest.mark.parametrize(
    ("text", "base", "holds"),
    [
        ("/r/7", "", True),
        ("r/7", "", True),
        ("r/7", "/x/y", True),
        ("7/", "/r/6", False),
        ("./7", "/r/6", True),
        ("../r/7", "/x", True),
        ("../../../r/7", "/x/y", True),
        (" /r/7\n", "", True),
        ("/r\\7", "", True),
        ("%2Fr%2F7", "", True),
        ("https://elsewhere.example/r/7#x", "", True),
        ("/x#/r/7", "", True),
        ("after=7", "", True),
        ("page=2&after=7", "/x", True),
        ("?after=7", "/x", True),
        ("after=", "", False),
        *((nested(depth), "", True) for depth in range(DEEPEST + 3)),
        ("7", "/r/6", False),
        ("好吗?", "/r/6", False),
        ("a=b", "/r/6", False),
        ("?", "/r/6", False),
        ("", "", False),
        ("2026/11/26", "/r/6", False),
        ("男/女", "", False),
        ("a=b", "/x", False),
        ("a\\b", "/x", False),
        ("好吗?", "", False),
        ("http://[x/r/7", "", False),
        ("////[x", "", False),
    ],
)
def test_which_texts_lead_to_a_key(text: str, base: str, holds: bool) -> None:
    assert Guesses(Leads(), base).hold_key(text) is holds


WORDS = st.lists(st.text("r7ab男-.", min_size=1, max_size=3), min_size=1, max_size=3).map("/".join)


@given(WORDS, st.sampled_from(["", "/", "/r/6", "/x/y"]))
def test_a_plain_path_is_read_like_any_other(words: str, base: str) -> None:
    assert Guesses(Leads(), base).hold_key(f"{words}/") is Guesses(Leads(), base).hold_key(f"./{words}/")
    assert Guesses(Leads(), base).hold_key(f"/{words}") is Guesses(Leads(), base).hold_key(f"/{words}#")


@pytest.mark.parametrize(
    "text",
    [
        "/q?" + "&".join(f"a={quote(nested(3).replace('7', ''), safe='')}{n}" for n in range(3_000)),
        "#/" * 30_000,
        "%25" * 30_000 + "2f",
        "&".join(f"{n}=/x{n}." for n in range(30_000)),
        "../" * 30_000,
    ],
)
def test_what_is_read_of_a_text_is_bounded(text: str) -> None:
    leads = Leads()
    Guesses(leads).hold_key(text)
    assert leads.asked <= MOST_READ


def test_what_is_read_of_a_request_is_bounded_and_nothing_is_read_twice() -> None:
    leads = Leads()
    guesses = Guesses(leads)
    assert not any(guesses.hold_key("/x?a=/y") for _ in range(MOST_READ))
    assert leads.asked <= 4
    assert any(guesses.hold_key(f"/x?a=/y?{n}") for n in range(MOST_READ))


def test_a_path_may_lead_on_from_anywhere_in_it() -> None:
    assert Guesses(Leads()).path_holds_key("/r/7")
    assert Guesses(Leads()).path_holds_key("/on/r/7")
    assert Guesses(Leads()).path_holds_key("/x?after=7")
    assert not Guesses(Leads()).path_holds_key("/on/x/7")
    assert not Guesses(Leads()).path_holds_key("/x" * MOST_SEGMENTS)
    assert Guesses(Leads()).path_holds_key("/x" * (MOST_SEGMENTS + 1))
