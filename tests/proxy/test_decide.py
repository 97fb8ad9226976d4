"""What is to be done with a request: a table of questions and callers, and of what is laid on top."""

import json
import math
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from policies.ask import SAID
from policies.formats.html.forms import Held
from policies.overlay import Overlay, OverlayEntry, Tightening
from proxy.decide import decide, stopped
from proxy.identity.caller import NOBODY, Caller
from proxy.identity.tokens import strength
from proxy.message import Request, read_request, target_of
from proxy.system import System
from proxy.verdict import Forward, Refuse
from siem.record.event import CallerKind
from tests.policies.compiled import DATA_KEYS, SECRET, program
from tests.policies.formats.masking import DIGESTER
from tests.policies.granted import program_of
from tests.proxy.parts import NOW

SYSTEM = System(program(), "digest", DIGESTER, SECRET, DATA_KEYS)
CASE = frozenset({"case-handling"})
CLERK = Caller(id="li", kind=CallerKind.STAFF, posts=frozenset({"clerk"}), purposes=CASE, credential="jwt:x:7")
OTHER = Caller(id="wu", kind=CallerKind.STAFF, posts=frozenset({"guard"}), purposes=CASE, credential="jwt:x:8")
JSON = (b"content-type", b"application/json")
FORM = (b"content-type", b"application/x-www-form-urlencoded")
PARTS = (b"content-type", b"multipart/form-data; boundary=xx")


def in_parts(name: str, value: str, more: str = "") -> bytes:
    """A form of one part."""
    return f'--xx\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n--xx--\r\n'.encode()


def request(method: str = "GET", target: str = "/people", *fields: tuple[bytes, bytes]) -> Request:
    return read_request(
        method=method,
        authority="",
        target=target,
        fields=((b"host", b"people.localhost"), *fields),
        source_ip="127.0.0.1",
    )


def outcome(asked: Request, body: bytes = b"", caller: Caller = NOBODY, *entries: OverlayEntry) -> str:
    overlay = Overlay(generation=1, entries=entries)
    verdict = decide(asked, body, SYSTEM, caller, overlay, NOW)
    return verdict.reason if isinstance(verdict, Refuse) else "forward"


QUESTIONS = {
    "a list": ("GET", "/people", NOBODY, "forward"),
    "its head": ("HEAD", "/people", NOBODY, "forward"),
    "a page of it": ("GET", "/people?page=2", NOBODY, "forward"),
    "one person": ("GET", "/people/7", NOBODY, "forward"),
    "something unknown": ("GET", "/people/7/secrets", NOBODY, "operation_not_declared"),
    "a known path by another method": ("PUT", "/people", CLERK, "operation_not_declared"),
    "what is refused to everybody": ("DELETE", "/people/7", CLERK, "operation_refused"),
    "a search of what all may see": ("GET", "/people?q=x", NOBODY, "forward"),
    "a filter on it": ("GET", "/people?city=x", NOBODY, "forward"),
    "a filter on a name": ("GET", "/people?name=x", NOBODY, "question_about_hidden_field"),
    "the same by who may see it": ("GET", "/people?name=x", CLERK, "forward"),
    "a mask in the path": ("GET", "/people/138****8000", NOBODY, "mask_returned"),
    "a mask in the path, encoded": ("GET", "/people/%2A%2A%2A", NOBODY, "mask_returned"),
    "the same by another post": ("GET", "/people?name=x", OTHER, "question_about_hidden_field"),
    "a prefix of an ID number": ("GET", "/people?id_no__startswith=1", CLERK, "question_about_hidden_field"),
    "a sort by a name": ("GET", "/people?sort=name", NOBODY, "question_about_hidden_field"),
    "a sort by nothing declared": ("GET", "/people?sort=x", CLERK, "parameter_not_declared"),
    "an unknown parameter": ("GET", "/people?debug=1", CLERK, "parameter_not_declared"),
    "a refused one": ("GET", "/people?where=1", CLERK, "parameter_refused"),
    "a static file": ("GET", "/files/a.css", NOBODY, "forward"),
}


@pytest.mark.parametrize("case", QUESTIONS)
def test_questions(case: str) -> None:
    method, target, caller, expected = QUESTIONS[case]
    assert outcome(request(method, target), caller=caller) == expected


WRITES = {
    "by nobody": ((JSON,), b"{}", NOBODY, "sign_in_needed"),
    "of a value": ((JSON,), b'{"mobile": "13900139000"}', CLERK, "forward"),
    "of a mask": ((JSON,), b'{"mobile": "139****9000"}', CLERK, "mask_returned"),
    "of a mask in an undeclared field": ((JSON,), b'{"x": "***"}', CLERK, "mask_returned"),
    "of no JSON": ((JSON,), b'{"mobile"', CLERK, "body_unreadable"),
    "of a key twice": ((JSON,), b'{"name": "x", "name": "y"}', CLERK, "body_unreadable"),
    "of a form": ((FORM,), b"city=x", CLERK, "forward"),
    "of a form that is none": ((FORM,), b"city=%ff", CLERK, "body_unreadable"),
    "of a form in another charset": (((*FORM[:1], FORM[1] + b"; charset=utf-7"),), b"city=x", CLERK, "body_unreadable"),
    "of a form in parts": ((PARTS,), in_parts("city", "x"), CLERK, "forward"),
    "of a mask in a part": ((PARTS,), in_parts("mobile", "139****9000"), CLERK, "mask_returned"),
    "of parts without an end": ((PARTS,), in_parts("city", "x")[:-4], CLERK, "body_unreadable"),
    "of parts that nothing stands between": (
        ((b"content-type", b"multipart/form-data"),),
        in_parts("city", "x"),
        CLERK,
        "body_unreadable",
    ),
    "of a file": ((PARTS,), in_parts("city", "x", '; filename="x.png"'), CLERK, "file_refused"),
    "of two kinds": ((JSON, FORM), b"city=x", CLERK, "body_not_declared"),
    "of JSON in another charset": (((JSON[0], b"application/json; charset=utf-16"),), b"{}", CLERK, "body_unreadable"),
    "of another kind": (((b"content-type", b"text/plain"),), b"x", CLERK, "body_not_declared"),
    "of no kind": ((), b"x", CLERK, "body_not_declared"),
    "of something encoded": ((JSON, (b"content-encoding", b"gzip")), b"{}", CLERK, "body_not_declared"),
    "on a condition": ((JSON, (b"if-match", b'"x"')), b"{}", CLERK, "precondition_refused"),
    "on another": ((JSON, (b"if-unmodified-since", b"x")), b"{}", CLERK, "precondition_refused"),
    "of nothing": ((), b"", CLERK, "forward"),
}


@pytest.mark.parametrize("case", WRITES)
def test_writes(case: str) -> None:
    fields, body, caller, expected = WRITES[case]
    assert outcome(request("POST", "/people", *fields), body, caller) == expected


def test_a_safe_method_takes_no_body() -> None:
    assert outcome(request(), b"x") == "body_not_declared"


def test_the_field_that_holds_a_mask_is_named_as_declared() -> None:
    verdict = decide(request("POST", "/people", JSON), b'{"mobile": "139****9000"}', SYSTEM, CLERK, Overlay(), NOW)
    assert isinstance(verdict, Refuse)
    assert verdict.field == "person.mobile"


def test_what_the_policy_drops_is_not_sent_on() -> None:
    verdict = decide(request("POST", "/people", JSON), b'{"city": "x", "note": "***"}', SYSTEM, CLERK, Overlay(), NOW)
    assert isinstance(verdict, Forward)
    assert verdict.body == b'{"city":"x"}'
    assert verdict.acts


def entry(kind: Tightening, *, minutes: int = 60, system: str = "people", target: str = "") -> OverlayEntry:
    until = NOW + timedelta(minutes=minutes)
    return OverlayEntry(id="1", kind=kind, system=system, target=target, until=until, reason="r", by="b")


TIGHTENED = {
    "a caller": (entry(Tightening.BLOCK_CALLER, target="li"), "caller_blocked"),
    "another caller": (entry(Tightening.BLOCK_CALLER, target="wu"), "forward"),
    "a caller of another system": (entry(Tightening.BLOCK_CALLER, system="hall", target="li"), "forward"),
    "a caller everywhere": (entry(Tightening.BLOCK_CALLER, system="", target="li"), "caller_blocked"),
    "a credential": (entry(Tightening.BLOCK_CREDENTIAL, target="jwt:x:7"), "caller_blocked"),
    "an operation": (entry(Tightening.STOP_OPERATION, target="GET /people"), "operation_stopped"),
    "another operation": (entry(Tightening.STOP_OPERATION, target="GET /people/{id}"), "forward"),
    "a system": (entry(Tightening.STOP_SYSTEM), "operation_stopped"),
    "a system, until a moment ago": (entry(Tightening.STOP_SYSTEM, minutes=0), "forward"),
    "all grants": (entry(Tightening.MASK_HARDER), "question_about_hidden_field"),
}


@pytest.mark.parametrize("case", TIGHTENED)
def test_a_tightening_comes_before_every_permission(case: str) -> None:
    laid_on_top, expected = TIGHTENED[case]
    assert outcome(request("GET", "/people?name=x"), b"", CLERK, laid_on_top) == expected


def test_a_stop_counts_for_what_is_not_even_declared() -> None:
    assert outcome(request("GET", "/nothing"), b"", CLERK, entry(Tightening.STOP_SYSTEM)) == "operation_stopped"


def test_of_several_tightenings_each_counts() -> None:
    harder, block = entry(Tightening.MASK_HARDER), entry(Tightening.BLOCK_CALLER, target="li")
    assert stopped((harder,), None, NOBODY) is None
    assert stopped((harder, block), None, NOBODY) == "caller_blocked"


BEGUN = {
    "no session": (None, None),
    "nobody knows when": (-math.inf, "session_revoked"),
    "before": (NOW.timestamp() - 1, "session_revoked"),
    "at that moment": (NOW.timestamp(), None),
}


@pytest.mark.parametrize("case", BEGUN)
def test_sessions_that_were_begun_before_count_no_more(case: str) -> None:
    begun, expected = BEGUN[case]
    revoked = replace(entry(Tightening.BLOCK_CALLER, target="li"), kind=Tightening.REVOKE_SESSIONS, since=NOW)
    assert stopped((revoked,), None, replace(CLERK, begun=begun)) == expected


CLAIMED: dict[str, tuple[dict[str, object], float]] = {
    "when it was made": ({"iat": 7}, 7),
    "refreshed, the sign-in counts": ({"iat": 7, "auth_time": 3}, 3),
    "neither": ({}, -math.inf),
    "no time": ({"iat": True}, -math.inf),
    "no number": ({"iat": math.nan}, -math.inf),
}


@pytest.mark.parametrize("case", CLAIMED)
def test_a_token_was_begun_when_its_bearer_signed_in(case: str) -> None:
    claims, begun = CLAIMED[case]
    assert strength(claims)["begun"] == begun


def test_what_is_masked_harder_is_masked_as_for_nobody_in_particular() -> None:
    overlay = Overlay(generation=1, entries=(entry(Tightening.MASK_HARDER),))
    verdict = decide(request(), b"", SYSTEM, CLERK, overlay, NOW)
    assert isinstance(verdict, Forward)
    assert verdict.view is SYSTEM.views.strictest


@pytest.mark.parametrize("written", ["token", "{encrypt: aes}", "{encrypt: sm4}"])
def test_what_is_masked_harder_has_nothing_opened(written: str) -> None:
    """The token that one grant shows must not become what an overlay shows everybody, nor be opened under it. Nor may
    what the declaration keeps: whoever was shown tokens has not seen it."""
    of_tokens = program_of(clerks=f"sees: {{person_name: {written}}}")
    system = System(of_tokens, "digest", DIGESTER, SECRET, DATA_KEYS)
    name = next(place for place, field in enumerate(of_tokens.fields) if field.name == "person.name")
    harder = Overlay(generation=1, entries=(entry(Tightening.MASK_HARDER),))

    def decided(asked: Request, caller: Caller, overlay: Overlay, body: bytes = b"") -> Forward | Refuse:
        return decide(asked, body, system, caller, overlay, NOW)

    shown = decided(request(), CLERK, Overlay())
    assert isinstance(shown, Forward)
    token = shown.view.actions[name].apply("张三丰")
    asked = request("GET", f"/people?name={token}")
    opened = decided(asked, CLERK, Overlay())
    assert isinstance(opened, Forward)
    assert parse_qsl(urlsplit(opened.request.opened).query) == [("name", "张三丰")]
    for caller in (NOBODY, CLERK):
        masked = decided(request(), caller, harder)
        assert isinstance(masked, Forward)
        assert masked.view.actions[name].apply("张三丰") == "***"
        assert all(action.opens is None for action in masked.view.actions)
        refused = decided(asked, caller, harder)
        assert isinstance(refused, Refuse)
        assert refused.reason == "mask_returned"
    written_back = decided(request("POST", "/people", JSON), CLERK, harder, json.dumps({"name": token}).encode())
    assert isinstance(written_back, Refuse)
    assert written_back.reason == "mask_returned"


@pytest.mark.parametrize(
    "narrowed",
    [
        "operations: ['GET /people/{id}']",
        "networks: [10.0.0.0/8]",
        "hours: {days: [sat, sun], from: '08:00', to: '17:00'}",
    ],
)
@pytest.mark.parametrize("more", ["who: {posts: [clerk]}", "who: {callers: [li], all_posts: [clerk]}"])
def test_a_token_is_opened_only_where_its_sender_cannot_read_it_elsewhere(narrowed: str, more: str) -> None:
    """Written here, into a record that an application shows to him there, it would be read there."""
    grants = {"tokens": "sees: {person_name: token}"}
    alone, both = (
        System(program_of(**each), "digest", DIGESTER, SECRET, DATA_KEYS)
        for each in (grants, {**grants, "other": f"{more}, {narrowed}"})
    )
    name = next(place for place, field in enumerate(alone.program.fields) if field.name == "person.name")
    shown = decide(request(), b"", alone, CLERK, Overlay(), NOW)
    assert isinstance(shown, Forward)
    body = json.dumps({"name": shown.view.actions[name].apply("张三丰")}).encode()
    written = request("POST", "/people", JSON)
    opened = decide(written, body, alone, CLERK, Overlay(), NOW)
    assert isinstance(opened, Forward)
    assert json.loads(opened.body) == {"name": "张三丰"}
    refused = decide(written, body, both, CLERK, Overlay(), NOW)
    assert isinstance(refused, Refuse)
    assert (refused.reason, refused.field) == ("mask_returned", "person.name")


def test_a_grant_ends_when_it_was_to_end() -> None:
    later = NOW + timedelta(days=3650)
    verdict = decide(request("GET", "/people?name=x"), b"", SYSTEM, CLERK, Overlay(), later)
    assert isinstance(verdict, Refuse)
    assert verdict.reason == "question_about_hidden_field"


def forwarded(asked: Request, body: bytes = b"") -> Forward:
    verdict = decide(asked, body, SYSTEM, CLERK, Overlay(), NOW)
    assert isinstance(verdict, Forward)
    return verdict


def test_what_was_said_once_and_sent_on_as_it_was_may_be_said_again() -> None:
    verdict = forwarded(request("GET", "/people?city=x&page=1&page=2"))
    assert (verdict.asked, verdict.sent) == ({"city": "x"}, {})
    verdict = forwarded(request("POST", "/people", FORM), b"city=x&id=1&id=2&note=")
    assert (verdict.asked, verdict.sent) == ({}, {"city": "x", "note": ""})
    form = b"".join(in_parts(name, "x")[:-8] for name in ("city", "id")) + b"--xx--\r\n"
    assert forwarded(request("POST", "/people", PARTS), form).sent == {"city": "x", "id": "x"}


def test_what_a_form_carried_in_the_place_of_a_mask_is_nobodys_words() -> None:
    target = target_of("/people", ())
    sealed = SYSTEM.seal_form(
        target, Held({"new": [("***", "true")], "city": [("***", "x")]}, {"id": ["1"]}), CLERK, NOW
    )
    body = f"new=***&id=1&yingbi-sealed={sealed}".encode()
    verdict = forwarded(request("POST", "/people", FORM), body)
    assert (verdict.body, verdict.sent) == (b"new=true&id=1", {"id": "1"})


def test_what_a_handle_stands_for_is_not_said_again() -> None:
    """An address and a form may hold what an earlier page has put there: to say it again would tell it."""
    handle = SYSTEM.holder(CLERK, NOW).handle("云州", SAID)
    asked = forwarded(request("GET", f"/people?city={handle}"))
    assert (asked.request.query, asked.asked) == ((("city", "云州"),), {})
    sent = forwarded(request("POST", "/people", FORM), f"city={handle}&id=1".encode())
    assert (sent.body, sent.sent) == (urlencode({"city": "云州", "id": "1"}).encode(), {"id": "1"})
