"""Cookies of systems behind: nobody but the gateway reads them, and only what a system has set comes back to it."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.keys.data_keys import DataKey, DataKeys
from proxy.cookies import LARGEST, Cookies, TooLarge
from proxy.identity.caller import COOKIE, KEY_PREFIX
from tests.policies.compiled import DATA_KEYS
from tests.rig import ID_NO, MOBILE, NAME

HALL, OTHER = Cookies(DATA_KEYS, "hall"), Cookies(DATA_KEYS, "register")
LATER = Cookies(DataKeys("b" * 8, {"b" * 8: DataKey("b" * 8, b"2" * 32)}), "hall")
VALUES = st.text(st.characters(exclude_characters=";", exclude_categories=["C"]), max_size=60).map(str.strip)


def token_of(set_cookie: str | None) -> str:
    assert set_cookie is not None
    return set_cookie.partition("=")[2].partition(";")[0]


@given(value=VALUES)
def test_what_was_set_comes_back_and_is_not_readable_on_the_way(value: str) -> None:
    token = token_of(HALL.sealed(f"messages={value}; Path=/"))
    assert HALL.opened("messages", token) == value
    read = base64.urlsafe_b64decode(token.rpartition(".")[2] + "==").decode("latin-1")
    assert len(value) < 4 or value not in token + read


def test_bytes_that_are_no_text_come_back_too() -> None:
    assert HALL.opened("a", token_of(HALL.sealed("a=\udcd5\udcc5"))) == "\udcd5\udcc5"


def test_a_cookie_counts_for_its_system_and_its_name_and_as_it_was_sealed() -> None:
    token = token_of(HALL.sealed("sessionid=abc"))
    assert OTHER.opened("sessionid", token) is None
    assert LATER.opened("sessionid", token) is None
    assert HALL.opened("csrftoken", token) is None
    assert HALL.opened("Sessionid", token) is None
    altered = token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:]
    for forged in (altered, token[:-1], token + "A", "abc", "", NAME, token.upper()):
        assert HALL.opened("sessionid", forged) is None


def test_nothing_tells_that_a_value_is_the_same_again() -> None:
    assert HALL.sealed("a=1") != HALL.sealed("a=1")


ATTRIBUTES = {
    "Path=/admin": "Path=/admin",
    "path=/": "Path=/",
    "Max-Age=1209600": "Max-Age=1209600",
    "Max-Age=-1": "Max-Age=-1",
    "expires=Thu, 01 Jan 1970 00:00:00 GMT": "Expires=Thu, 01 Jan 1970 00:00:00 GMT",
    "Expires=Thursday, 01-Jan-70 00:00:00 GMT": "Expires=Thursday, 01-Jan-70 00:00:00 GMT",
    "HttpOnly": "HttpOnly",
    "secure": "Secure",
    "SameSite=Lax": "SameSite=Lax",
    "Partitioned": "Partitioned",
    "HttpOnly=张三": "HttpOnly",
    "Domain=localhost": None,
    "Comment=zhang": None,
    f"Path=/{NAME}": None,
    f"Path=/{MOBILE}": None,
    "Path=/%E5%BC%A0": None,
    f"Max-Age={MOBILE}": None,
    f"Expires={NAME}": None,
    "SameSite=zhang": None,
    NAME: None,
    "": None,
}


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_an_attribute_is_one_that_is_known(attribute: str) -> None:
    kept = HALL.sealed(f"a=1; {attribute}")
    assert kept is not None
    assert kept.partition("; ")[2] == (ATTRIBUTES[attribute] or "")


@pytest.mark.parametrize(
    "pair", [f"{NAME}=1", f"p{MOBILE}=1", f"x.{ID_NO}=1", "a b=1", "=1", "alone", "", "a" * 65 + "=1"]
)
def test_a_name_that_is_not_plain_is_not_kept(pair: str) -> None:
    assert HALL.sealed(pair) is None


@pytest.mark.parametrize("name", [COOKIE, COOKIE.upper()])
def test_no_system_sets_the_cookie_that_people_are_signed_in_by(name: str) -> None:
    assert HALL.sealed(f"{name}={KEY_PREFIX}x; Path=/; Secure") is None


def test_one_that_no_browser_would_keep_is_too_large() -> None:
    kept = HALL.sealed(f"a={'x' * 2900}")
    assert kept is not None
    assert len(kept) < LARGEST
    with pytest.raises(TooLarge):
        HALL.sealed(f"a={'x' * 3100}")
