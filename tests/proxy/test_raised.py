"""What is recorded besides while a measure raises the log: it tells askers and questions apart, and shows nothing."""

import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.overlay import OverlayEntry, Tightening
from policies.program import KEY_PATTERN
from proxy.message import Malformed, Request, read_request
from proxy.raised import MOST_ABOUT, raised_by
from proxy.system import System
from siem.record.event import Raised
from tests.policies.compiled import DATA_KEYS, SECRET, program
from tests.policies.formats.masking import DIGESTER
from tests.tightening import entry

SYSTEM = System(program(), "digest", DIGESTER, SECRET, DATA_KEYS)
RAISES = entry(Tightening.RAISE_LOGGING)
FIREFOX, CURL = ("user-agent", "Mozilla/5.0 (X11) 110105"), ("user-agent", "curl/8.5.0")
ID_NO = "11010519491231002X"


def request(target: str, *fields: tuple[str, str], method: str = "GET") -> Request:
    head = (("host", "people.localhost"), *fields)
    return read_request(
        method=method,
        authority="",
        target=target,
        fields=tuple((name.encode(), value.encode()) for name, value in head),
        source_ip="127.0.0.1",
    )


def told(asked: Request, body: bytes = b"", *entries: OverlayEntry) -> Raised | None:
    operation = SYSTEM.routes.find(asked.method, asked.path)
    return raised_by(entries or (RAISES,), asked, operation, body, SYSTEM, DIGESTER, version=b"HTTP/1.1")


def needed(asked: Request, body: bytes = b"") -> Raised:
    found = told(asked, body)
    assert found is not None
    return found


def test_only_a_measure_for_it_raises_the_log() -> None:
    others = [entry(kind, since=RAISES.until) for kind in (Tightening.MASK_HARDER, Tightening.PRESERVE_EVIDENCE)]
    assert told(request("/people"), b"", *others) is None
    found = told(request("/people"), b"", *others, RAISES, replace(RAISES, id="C-1.0.2"))
    assert found is not None
    assert found.by == (RAISES.id, "C-1.0.2")
    assert (found.version, found.bytes_in, found.client, found.about, found.asked) == ("1.1", 0, "", (), ())


ASKED = {
    "paging": ("/people?page=2", ("page",), ()),
    "a filter": ("/people?city=Harbin&city=x", ("city",), ("Harbin", "x")),
    "a search": (f"/people?q={ID_NO.lower()}", ("q",), (ID_NO,)),
    "what is not declared": (f"/people?debug={ID_NO}&page=1", ("?", "page"), ()),
    "what names no record": ("/people/7", (), ()),
    "no operation": (f"/nothing/{ID_NO}?a=b", ("?",), ()),
}


@pytest.mark.parametrize("case", ASKED)
def test_it_is_told_what_was_asked_by_the_names_of_the_policy_and_whom_about_by_digest(case: str) -> None:
    target, asked, about = ASKED[case]
    found = needed(request(target))
    assert found.about == tuple(map(DIGESTER, about))
    assert found.asked == asked


def test_the_key_in_a_path_is_told_of_by_its_digest() -> None:
    asked = request(f"/people/{ID_NO.lower()}")
    operation = SYSTEM.routes.find("GET", asked.path)
    assert operation is not None
    keyed = msgspec.structs.replace(operation, id="GET /people/{key}", path=f"/people/{KEY_PATTERN}")
    found = raised_by((RAISES,), asked, keyed, b"", SYSTEM, DIGESTER, version=b"HTTP/2.0")
    assert found is not None
    assert (found.about, found.version) == ((DIGESTER(ID_NO),), "2")


def test_a_person_who_was_asked_about_is_found_by_the_digest_that_the_log_knows_them_by() -> None:
    assert needed(request(f"/people?q={ID_NO.lower()}")).about == (DIGESTER(ID_NO),)


def test_the_same_question_has_the_same_digest_and_another_has_another() -> None:
    first = needed(request("/people?q=a&page=2", FIREFOX))
    assert needed(request("/people?page=2&q=a", CURL)).question == first.question
    others = [
        ("/people?q=a&page=3", b""),
        ("/people?q=a", b""),
        ("/people/a?page=2", b""),
        ("/people?q=a&page=2", b"x"),
    ]
    assert len({first.question, *(needed(request(target), body).question for target, body in others)}) == 5
    assert needed(request("/people", method="POST"), b"").question != needed(request("/people"), b"").question


def test_another_program_with_the_same_credential_is_told_apart() -> None:
    assert needed(request("/people", FIREFOX)).client == needed(request("/people/7", FIREFOX)).client
    assert needed(request("/people", FIREFOX)).client != needed(request("/people", CURL)).client
    assert needed(request("/people", CURL, ("accept-language", "en"))).client != needed(request("/people", CURL)).client


def test_no_more_is_told_than_an_event_may_hold() -> None:
    many = "&".join(f"city={number}" for number in range(MOST_ABOUT + 20))
    found = needed(request(f"/people?{many}"))
    assert len(found.about) == MOST_ABOUT
    assert found.asked == needed(request("/people?city=1")).asked


@given(
    name=st.text("abcdefgh", min_size=6, max_size=9),
    value=st.text("0123456789xyzXYZ", min_size=6, max_size=20),
    body=st.binary(min_size=6, max_size=40),
    said=st.text("mnopqrstu/. ", min_size=6, max_size=30).map(str.strip).filter(lambda text: len(text) > 5),
)
def test_nothing_that_was_sent_stands_in_what_is_told(name: str, value: str, body: bytes, said: str) -> None:
    target = f"/people/{value}?{name}={value}&q={value}&city={value}"
    try:
        asked = request(target, ("user-agent", said), ("accept-language", said))
    except Malformed:
        return
    written: Any = json.loads(msgspec.json.encode(needed(asked, body)))
    plain = json.dumps({**written, "by": []}, ensure_ascii=False)
    assert name not in plain
    assert value not in plain
    assert said not in plain
    assert written["bytes_in"] == len(body)
