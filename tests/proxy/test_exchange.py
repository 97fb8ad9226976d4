"""What is read from a flow, and what is written to it on either side."""

from typing import Any

import pytest
from mitmproxy.http import HTTPFlow

from proxy.answer import Empty, Mask
from proxy.exchange import exchange_of, request_of
from proxy.identity import COOKIE
from proxy.look_at import answer_headers_of
from proxy.message import Malformed
from proxy.pages import Notice
from proxy.send_on import send_on
from proxy.write_answer import EVENT_HEADER, write_head, write_own, write_page
from tests.gateway import CLERK_KEY
from tests.proxy.parts import Parts, answer_of, flow_of

UPSTREAM = ("https", "hall.internal", 8443)


def admitted(parts: Parts, flow: HTTPFlow) -> Any:
    """The exchange of *flow*, once the gate has let its request pass."""
    parts.serve()
    parts.gate.begin(flow)
    exchange = exchange_of(flow)
    assert exchange is not None
    parts.gate.admit(flow, exchange)
    assert flow.response is None, exchange
    return exchange


def sealed(parts: Parts, name: str, value: str) -> str:
    """What a browser holds where the system behind has set a cookie."""
    kept = parts.current.systems["people.localhost"].cookies.sealed(f"{name}={value}")
    assert kept is not None
    return kept.partition("=")[2]


def headers(fields: Any) -> dict[str, str]:
    return {name.decode().lower(): value.decode() for name, value in fields}


def test_what_is_sent_on_says_who_asks_and_holds_none_of_our_credentials(parts: Parts) -> None:
    parts.serve()
    b, d = sealed(parts, "b", "2"), sealed(parts, "d", '张 "4"')
    flow = flow_of(
        accept="text/html",
        cookie=f"a=1; {COOKIE}={CLERK_KEY}; b={b}; c={b}; d={d}",
        connection="keep-alive, TE",
        keep_alive="timeout=5",
        te="trailers",
        expect="100-continue",
        accept_encoding="br",
        range="bytes=0-9",
        if_none_match="x",
        x_forwarded_for="6.6.6.6",
        x_original_url="/admin",
        yingbi_purpose="all",
        accept_language="zh",
    )
    admitted(parts, flow)
    sent = headers(flow.request.headers.fields)
    assert sent == {
        "host": "people.localhost",
        "accept": "text/html",
        "accept-language": "zh",
        "cookie": 'b=2; d=张 "4"',
        "accept-encoding": "identity",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "people.localhost",
    }
    assert (flow.request.scheme, flow.request.host, flow.request.port) == ("http", "127.0.0.1", 9)


@pytest.mark.parametrize("shown", [{"authorization": "Bearer x"}, {"x_api_key": "ybk_x"}])
def test_a_credential_goes_no_further(parts: Parts, shown: dict[str, Any]) -> None:
    flow = flow_of(**shown)
    exchange = admitted(parts, flow_of())
    send_on(flow, exchange.request, exchange.forward, UPSTREAM, exchange.system.cookies)
    assert not {"authorization", "x-api-key"} & set(headers(flow.request.headers.fields))
    assert (flow.request.scheme, flow.request.host, flow.request.port) == UPSTREAM


def test_a_cookie_that_was_only_ours_is_left_out(parts: Parts) -> None:
    exchange = admitted(parts, flow_of())
    flow = flow_of(cookie=f"{COOKIE}=secret")
    send_on(flow, exchange.request, exchange.forward, UPSTREAM, exchange.system.cookies)
    assert "cookie" not in headers(flow.request.headers.fields)


@pytest.mark.parametrize(
    ("header", "value", "expected"),
    [
        ("referer", "https://people.localhost/people/{}?page=2", "https://people.localhost/"),
        ("referer", "{}", None),
        ("referer", "https://[{}", None),
        ("hx-current-url", "https://people.localhost/people/{}", None),
        ("x-id", "a {}", None),
        ("x-id", "yb", "yb"),
    ],
)
def test_no_handle_is_sent_on_in_a_header(parts: Parts, header: str, value: str, expected: str | None) -> None:
    flow = flow_of()
    flow.request.headers[header] = value.format("yb~" + "A" * 75)
    admitted(parts, flow)
    assert headers(flow.request.headers.fields).get(header) == expected


@pytest.mark.parametrize(
    ("target", "kept"), [("/people", set()), ("/files/a.css", {"if-none-match", "if-modified-since"})]
)
def test_only_static_files_may_be_asked_for_on_condition(parts: Parts, target: str, kept: set[str]) -> None:
    flow = flow_of(target=target, if_none_match="x", if_modified_since="x", if_match="x")
    admitted(parts, flow)
    assert {name for name in headers(flow.request.headers.fields) if name.startswith("if-")} == kept


def test_an_old_version_and_two_hosts_are_not_read() -> None:
    flow = flow_of()
    flow.request.data.http_version = b"HTTP/0.9"
    with pytest.raises(Malformed):
        request_of(flow)
    flow = flow_of()
    flow.request.data.authority = b"other.localhost"
    with pytest.raises(Malformed):
        request_of(flow)


def test_only_a_connection_that_speaks_http_2_may_say_so() -> None:
    flow = flow_of()
    flow.request.data.http_version = b"HTTP/2.0"
    with pytest.raises(Malformed):
        request_of(flow)
    flow.client_conn.alpn = b"h2"
    assert request_of(flow).path == "/people"


def answered(
    parts: Parts, treatment: Any, *, length: int | None = 2, last: bool = False, **more: Any
) -> dict[str, str]:
    flow = flow_of()
    exchange = admitted(parts, flow)
    flow.response = answer_of(b"{}", **more)
    flow.response.reason = "13800138000"
    exchange.answer_headers = answer_headers_of(flow)
    exchange.treatment = treatment
    write_head(flow, exchange, length=length, last=last, too_large=lambda: parts.said.append("too large"))
    assert flow.response.reason == "OK", "what a system behind says there may be anything"
    written = headers(flow.response.headers.fields)
    assert written.pop(EVENT_HEADER.decode()) == exchange.ledger.event
    return written


MASKED: Any = Mask(masker=None, content_type="application/json", format="json")  # type: ignore[arg-type]
ALWAYS = {"cache-control": "private, no-store", "vary": "Cookie, Authorization"}


def test_headers_that_nobody_declared_do_not_leave(parts: Parts) -> None:
    written = answered(parts, MASKED, server="x", x_citizen="张三丰", etag='"1"', age="7", allow="GET")
    assert written == {"content-type": "application/json", "content-length": "2", "allow": "GET", **ALWAYS}


def test_a_header_that_holds_personal_data_does_not_leave(parts: Parts) -> None:
    assert "referrer-policy" not in answered(parts, MASKED, referrer_policy="13800138000")


def test_a_cookie_leaves_sealed(parts: Parts) -> None:
    written = answered(parts, MASKED, set_cookie="phone=13800138000; HttpOnly")
    assert written["set-cookie"].startswith("phone=y1.")
    assert written["set-cookie"].endswith("; HttpOnly")
    assert "13800138000" not in written["set-cookie"]


def test_a_cookie_that_is_too_large_is_left_out_and_that_is_said(parts: Parts) -> None:
    assert "set-cookie" not in answered(parts, MASKED, set_cookie=f"a={'x' * 4000}")
    assert parts.said == ["too large"]


def test_an_answer_says_how_it_ends(parts: Parts) -> None:
    assert "transfer-encoding" not in answered(parts, Empty(), length=0)
    assert answered(parts, MASKED, length=None)["transfer-encoding"] == "chunked"
    assert answered(parts, MASKED, last=True)["connection"] == "close"


@pytest.mark.parametrize("as_page", [True, False])
def test_a_page_in_place_of_an_answer(as_page: bool) -> None:
    flow = flow_of()
    write_page(flow, Notice(reason="not_ready", event="E-1"), as_page=as_page, challenge=False, last=False)
    assert flow.response is not None
    written = headers(flow.response.headers.fields)
    assert written["content-type"] == ("text/html; charset=utf-8" if as_page else "application/problem+json")
    assert written["content-length"] == str(len(flow.response.raw_content or b""))
    assert (written["cache-control"], written["yingbi-event"], written["retry-after"]) == ("no-store", "E-1", "5")
    assert "connection" not in written


def test_a_page_says_how_to_come_back_and_when_not_to_go_on() -> None:
    flow = flow_of("HEAD")
    write_page(flow, Notice(reason="bad_credential", event="-"), as_page=True, challenge=True, last=False)
    assert flow.response is not None
    assert headers(flow.response.headers.fields)["www-authenticate"] == 'Bearer realm="yingbi"'
    assert flow.response.raw_content == b""
    write_page(flow, Notice(reason="malformed_request", event="-"), as_page=True, challenge=False, last=False)
    assert headers(flow.response.headers.fields)["connection"] == "close"


def test_a_page_of_our_own() -> None:
    flow = flow_of()
    write_own(flow, 303, ((b"location", b"/"),), b"", "E-1")
    assert flow.response is not None
    assert headers(flow.response.headers.fields) == {
        "location": "/",
        "content-length": "0",
        "cache-control": "no-store",
        "yingbi-event": "E-1",
    }


def test_who_must_be_told_that_it_was_carried_out(parts: Parts) -> None:
    """Only of what may have acted, and only once it may have reached the system behind."""
    question = admitted(parts, flow_of())
    write = admitted(parts, flow_of("POST", cookie=f"{COOKIE}={CLERK_KEY}"))
    assert (question.may_have_acted, write.may_have_acted) == (False, True)
    write.failure = "upstream_broke_off"
    assert write.may_have_acted
    write.failure = "upstream_unreachable"
    assert not write.may_have_acted
    write.failure, write.is_sent = "", False
    assert not write.may_have_acted
