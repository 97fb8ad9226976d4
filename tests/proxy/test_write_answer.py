"""What callers are given."""

from typing import Any

import pytest

from proxy.answer import Empty, Mask
from proxy.look_at import answer_headers_of
from proxy.pages import Notice
from proxy.write_answer import EVENT_HEADER, write_head, write_own, write_page
from tests.proxy.parts import Parts, admitted, answer_of, flow_of, headers_in


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
    written = headers_in(flow.response.headers.fields)
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
    written = headers_in(flow.response.headers.fields)
    assert written["content-type"] == ("text/html; charset=utf-8" if as_page else "application/problem+json")
    assert written["content-length"] == str(len(flow.response.raw_content or b""))
    assert (written["cache-control"], written["yingbi-event"], written["retry-after"]) == ("no-store", "E-1", "5")
    assert "connection" not in written


def test_a_page_says_how_to_come_back_and_when_not_to_go_on() -> None:
    flow = flow_of("HEAD")
    write_page(flow, Notice(reason="bad_credential", event="-"), as_page=True, challenge=True, last=False)
    assert flow.response is not None
    assert headers_in(flow.response.headers.fields)["www-authenticate"] == 'Bearer realm="yingbi"'
    assert flow.response.raw_content == b""
    write_page(flow, Notice(reason="malformed_request", event="-"), as_page=True, challenge=False, last=False)
    assert headers_in(flow.response.headers.fields)["connection"] == "close"


def test_a_page_of_our_own() -> None:
    flow = flow_of()
    write_own(flow, 303, ((b"location", b"/"),), b"", "E-1")
    assert flow.response is not None
    assert headers_in(flow.response.headers.fields) == {
        "location": "/",
        "content-length": "0",
        "cache-control": "no-store",
        "yingbi-event": "E-1",
    }
