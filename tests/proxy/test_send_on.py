"""What the system behind is sent."""

from typing import Any

import pytest

from proxy.identity.caller import COOKIE
from proxy.send_on import send_on
from tests.gateway import CLERK_KEY
from tests.proxy.parts import Parts, admitted, flow_of, headers_in

UPSTREAM = ("https", "hall.internal", 8443)


def sealed(parts: Parts, name: str, value: str) -> str:
    """What a browser holds where the system behind has set a cookie."""
    kept = parts.current.systems["people.localhost"].cookies.sealed(f"{name}={value}")
    assert kept is not None
    return kept.partition("=")[2]


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
    sent = headers_in(flow.request.headers.fields)
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
    assert not {"authorization", "x-api-key"} & set(headers_in(flow.request.headers.fields))
    assert (flow.request.scheme, flow.request.host, flow.request.port) == UPSTREAM


def test_a_cookie_that_was_only_ours_is_left_out(parts: Parts) -> None:
    exchange = admitted(parts, flow_of())
    flow = flow_of(cookie=f"{COOKIE}=secret")
    send_on(flow, exchange.request, exchange.forward, UPSTREAM, exchange.system.cookies)
    assert "cookie" not in headers_in(flow.request.headers.fields)


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
    assert headers_in(flow.request.headers.fields).get(header) == expected


@pytest.mark.parametrize(
    ("target", "kept"), [("/people", set()), ("/files/a.css", {"if-none-match", "if-modified-since"})]
)
def test_only_static_files_may_be_asked_for_on_condition(parts: Parts, target: str, kept: set[str]) -> None:
    flow = flow_of(target=target, if_none_match="x", if_modified_since="x", if_match="x")
    admitted(parts, flow)
    assert {name for name in headers_in(flow.request.headers.fields) if name.startswith("if-")} == kept
