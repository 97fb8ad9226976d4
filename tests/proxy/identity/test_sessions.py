"""What is learnt of who has signed in, and what a session cookie carries of it. Over sockets: `tests/evasion`."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.policy_kinds import Kind
from policies.program_callers import SessionRule
from proxy.cookies import Cookies
from proxy.identity.caller import BadCredential
from proxy.identity.names import Names
from proxy.identity.sessions import Session, Sessions
from siem.record.event import CallerKind
from tests.policies.compiled import DATA_KEYS, program
from tests.policies.formats.masking import DIGESTER

NOW = 1_000_000.0
PEOPLE = program()
COOKIES, OTHERS = Cookies(DATA_KEYS, "people"), Cookies(DATA_KEYS, "clinic")
RULE = SessionRule(
    cookie="sid",
    login="POST /login",
    subject="/user/id",
    subject_cookie="",
    posts="/roles",
    logout=("POST /logout",),
    purposes=("case-handling",),
    kind=Kind.STAFF,
    minutes=10,
)
SET = ["a=b", "sid=v; Path=/"]


def sessions(**changed: Any) -> Sessions:
    rule = msgspec.structs.replace(RULE, **changed)
    return Sessions(msgspec.structs.replace(PEOPLE, session=rule), Names(PEOPLE, DIGESTER))


STAFF = sessions()


def learnt(document: Any, made: Sessions = STAFF) -> Session | None:
    return made.learnt("POST /login", 200, SET, json.dumps(document).encode(), NOW)


def shown(session: Session, set_cookie: str = "sid=v", cookies: Cookies = COOKIES) -> Session | None:
    sealed = cookies.sealed(set_cookie, STAFF.bound(session))
    assert sealed is not None
    return STAFF.shown({"cookie": [sealed.partition(";")[0]]}, COOKIES)


VALUES = st.text(st.characters(exclude_characters=";", exclude_categories=["C"]), min_size=1, max_size=60).map(
    str.strip
)
TEXTS = st.text(min_size=1, max_size=40)


@given(value=VALUES, subject=TEXTS, posts=st.lists(TEXTS, max_size=5), until=st.integers(0, 2**40))
def test_what_is_bound_to_a_cookie_comes_back_with_its_value_and_from_no_other(
    value: str, subject: str, posts: list[str], until: int
) -> None:
    session = Session(id="i", subject=subject, posts=tuple(posts), until=until)
    found = shown(session, f"sid={value}")
    assert found == Session(id="i", subject=subject, posts=tuple(posts), until=until, value=value)
    assert shown(session, f"sid={value}", OTHERS) is None


def test_a_session_is_never_written_out_with_whose_it_is() -> None:
    session = Session(id="i", subject="110101199003077512", posts=(), until=9, value="a-cookie")
    assert repr(session) == "Session(id='i', posts=(), until=9, begun=0)"


def test_bytes_of_the_system_that_are_no_text_come_back() -> None:
    session = learnt({"user": {"id": "li"}, "roles": []})
    assert session is not None
    found = shown(session, "sid=\udcff")
    assert found is not None
    assert found.value == "\udcff"


@pytest.mark.parametrize(
    ("document", "subject", "posts"),
    [
        ({"user": {"id": "li"}, "roles": ["clerk", "lead", "clerk"]}, "li", ("clerk", "lead")),
        ({"user": {"id": 7}, "roles": "clerk"}, "7", ("clerk",)),
        ({"user": {"id": "王"}, "roles": []}, "王", ()),
    ],
)
def test_who_signs_in_is_who_the_answer_says(document: Any, subject: str, posts: tuple[str, ...]) -> None:
    session = learnt(document)
    assert session is not None
    assert (session.subject, session.posts, session.until) == (subject, posts, int(NOW) + 600)
    caller = STAFF.caller(session, NOW)
    assert (caller.id, caller.kind, caller.posts) == (subject, CallerKind.STAFF, frozenset(posts))
    assert caller.purposes == {"case-handling"}
    assert caller.credential == f"session:{session.id}"
    assert learnt(document) != session  # each has an id of its own


def test_pointers_are_those_of_the_standard() -> None:
    made = sessions(subject="/a~1b/~0c", posts="")
    session = learnt({"a/b": {"~c": "li"}}, made)
    assert session is not None
    assert session.subject == "li"
    assert learnt({"a": {"b": {"~c": "li"}}}, made) is None


def test_a_cookie_may_say_who_signs_in_also_where_one_is_sent_on() -> None:
    made = sessions(subject="", subject_cookie="uid", posts="")
    for status in (200, 302):
        session = made.learnt("POST /login", status, [*SET, "uid=li; Path=/"], None, NOW)
        assert session is not None
        assert session.subject == "li"
    for wrong in ([*SET], [*SET, "uid=li", "uid=wang"], [*SET, "uid="], [*SET, "UID=li"]):
        assert made.learnt("POST /login", 200, wrong, None, NOW) is None
    assert made.learnt("POST /login", 400, [*SET, "uid=li"], None, NOW) is None


def test_a_document_is_believed_only_where_it_is_the_answer() -> None:
    body = json.dumps({"user": {"id": "li"}, "roles": []}).encode()
    assert STAFF.learnt("POST /login", 302, SET, body, NOW) is None
    assert STAFF.learnt("POST /people", 200, SET, body, NOW) is None
    for none in (None, b"", b"{", b"[" * 100_000, body[:-1]):
        assert STAFF.learnt("POST /login", 200, SET, none, NOW) is None


def test_a_citizen_is_a_digest() -> None:
    made = sessions(kind=Kind.CITIZEN)
    session = learnt({"user": {"id": "110101199003077512"}, "roles": []}, made)
    assert session is not None
    assert made.caller(session, NOW).id == DIGESTER("110101199003077512")


def test_a_session_is_over_at_its_end() -> None:
    session = learnt({"user": {"id": "li"}, "roles": []})
    assert session is not None
    STAFF.caller(session, NOW + 599)
    with pytest.raises(BadCredential):
        STAFF.caller(session, NOW + 600)


def test_a_system_that_declares_none_knows_none() -> None:
    none = Sessions(PEOPLE, Names(PEOPLE, DIGESTER))
    session = learnt({"user": {"id": "li"}, "roles": []})
    assert session is not None
    assert none.shown({"cookie": ["sid=v"]}, COOKIES) is None
    assert none.learnt("POST /login", 200, SET, b"{}", NOW) is None
    assert none.bound(session) == {}
    assert not none.ends_with("POST /login")
    with pytest.raises(BadCredential):
        none.caller(session, NOW)


@pytest.mark.parametrize(
    ("set_cookies", "goes_on", "is_over"),
    [
        ([], True, False),
        (["other=x"], True, False),
        (["sid=v; Path=/"], True, False),
        (["sid=w"], False, True),
        (["sid="], False, True),
        (["sid=v", "sid=w"], False, True),
    ],
)
def test_a_session_goes_on_in_a_cookie_of_the_same_value(set_cookies: list[str], goes_on: bool, is_over: bool) -> None:
    session = Session(id="i", subject="li", posts=(), until=9, value="v")
    assert STAFF.binding(session, set_cookies) == (session if goes_on else None, is_over)
