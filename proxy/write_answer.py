"""What a caller gets: the head of an answer that is released, a page in the place of one, or something of our own."""

import time
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus

from mitmproxy.http import HTTPFlow, Response

from policies.policy import ANYONE
from proxy.answer import JSONP, Empty, Mask
from proxy.answer_headers import AnswerHeaders
from proxy.cookies import TooLarge
from proxy.exchange import Exchange, exchange_of, speaks_http2
from proxy.grpc import is_grpc, trailers_only
from proxy.lean import made_of
from proxy.marks import mark_headers, with_name
from proxy.message import media_type_in
from proxy.pages import Notice, challenge_of, page, problem

EVENT_HEADER = b"yingbi-event"
_BY_CALLER = (b"vary", b"Cookie, Authorization")
_NO_SNIFFING = (b"x-content-type-options", b"nosniff")
_REASON_PHRASES = {int(status): status.phrase.encode() for status in HTTPStatus}
_ENDING = frozenset({"malformed_request", "misdirected", "certificate_refused"})
"""Reasons after which a connection cannot be used: the rest of a request may follow, or its handshake is of no use."""


def write_head(
    flow: HTTPFlow,
    exchange: Exchange,
    *,
    length: int | None,
    last: bool,
    too_large: Callable[[], None],
    cookies: Iterable[str] = (),
) -> None:
    """Give the answer the headers that may leave; *length* of its body in bytes, or None where it is streamed.

    *last*: nothing more is answered on the connection. *too_large* is called for a cookie that is lost for its size.
    *cookies* are the gateway's own.
    """
    assert flow.response is not None
    assert exchange.request is not None
    assert exchange.forward is not None
    assert exchange.system is not None
    static = bool(exchange.forward.operation.static) and not isinstance(exchange.treatment, Empty)
    answered = AnswerHeaders(
        headers=exchange.answer_headers,
        request=exchange.request,
        forward=exchange.forward,
        system=exchange.system,
        is_static=static,
    )
    fields = [(name.encode("ascii"), value.encode("ascii")) for name, value in answered.passing()]
    if not static and not exchange.system.is_learning:
        fields += [(b"set-cookie", cookie.encode("ascii")) for cookie in _sealed_cookies(exchange, too_large)]
    fields += [(b"set-cookie", cookie.encode("ascii")) for cookie in cookies]
    if isinstance(exchange.treatment, Mask):
        fields.append((b"content-type", exchange.treatment.content_type.encode("ascii", "replace")))
        if exchange.treatment.format == JSONP:  # a caller says how it begins: it is to be taken for nothing else
            fields = [*(field for field in fields if field[0] != _NO_SNIFFING[0]), _NO_SNIFFING]
    if not static:
        fields += [(b"cache-control", b"private, no-store"), _BY_CALLER]
    elif ANYONE not in exchange.forward.operation.allow:  # whoever keeps it for others would show it to them as well
        fields = [field for field in fields if field[0] not in (b"cache-control", b"expires", b"vary")]
        fields += [(b"cache-control", b"private, no-cache"), _BY_CALLER]
    fields = [*with_name(fields, exchange), *mark_headers(exchange.ledger.mark)]
    if exchange.spooled is not None:
        fields += exchange.spooled.headers
    if length is not None:
        fields.append((b"content-length", str(length).encode()))
    elif not speaks_http2(flow):
        fields.append((b"transfer-encoding", b"chunked"))
    fields += [(EVENT_HEADER, exchange.ledger.event.encode()), *_transport_security(flow)]
    if last and not speaks_http2(flow):
        fields.append((b"connection", b"close"))
    response = _response(flow.response.status_code, fields)
    response.stream = flow.response.stream
    flow.response = response


def _sealed_cookies(exchange: Exchange, too_large: Callable[[], None]) -> Iterator[str]:
    assert exchange.system is not None
    bound = exchange.system.identity.sessions.bound(exchange.session)
    for value in exchange.answer_headers.get("set-cookie", ()):
        try:
            cookie = exchange.system.cookies.sealed(value, bound)
        except TooLarge:
            too_large()
            continue
        if cookie is not None:
            yield cookie


def write_page(flow: HTTPFlow, notice: Notice, *, as_page: bool, challenge: bool, last: bool) -> None:
    """Put what *notice* says in the place of the answer. *last*: nothing more is answered on the connection."""
    status, _ = notice.answers_with
    media_type, _ = media_type_in(flow.request.headers.get("content-type", ""))
    if is_grpc(media_type):
        status, body, said = HTTPStatus.OK, b"", trailers_only(notice, media_type)
    else:
        body = page(notice) if as_page else problem(notice)
        said = [(b"content-type", b"text/html; charset=utf-8" if as_page else b"application/problem+json")]
    fields = [
        *said,
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'"),
        _NO_SNIFFING,
        (EVENT_HEADER, notice.event.encode()),
        *_transport_security(flow),
    ]
    if challenge:
        fields.append((b"www-authenticate", challenge_of(notice).encode("ascii")))
    if status == 503 or notice.retry_s:
        fields.append((b"retry-after", str(notice.retry_s or 5).encode()))
    if (last or notice.reason in _ENDING) and not speaks_http2(flow):
        fields.append((b"connection", b"close"))
    flow.response = _response(status, fields, b"" if flow.request.method == "HEAD" else body)


def write_switch(flow: HTTPFlow, fields: Iterable[tuple[bytes, bytes]], event: str) -> None:
    """Agree to speak something else than HTTP from here on."""
    flow.response = _response(101, (*fields, (EVENT_HEADER, event.encode())))


def write_own(flow: HTTPFlow, status: int, headers: tuple[tuple[bytes, bytes], ...], body: bytes, event: str) -> None:
    """Answer with something of the gateway's own. *event*: by which it is found in the log; empty: it is not there."""
    own = [(b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store"), *_transport_security(flow)]
    if event:
        own.append((EVENT_HEADER, event.encode()))
    flow.response = _response(status, (*headers, *own), body)


def _transport_security(flow: HTTPFlow) -> list[tuple[bytes, bytes]]:
    """Source: RFC 6797, 6.1."""
    exchange = exchange_of(flow)
    return [(b"strict-transport-security", exchange.hsts)] if exchange is not None and exchange.hsts else []


def _response(status: int, fields: Iterable[tuple[bytes, bytes]], body: bytes | None = None) -> Response:
    """A response with the standard's reason phrase: what a system behind says there may be anything."""
    reason = _REASON_PHRASES.get(status, b"")
    moment = time.time()
    return Response(b"HTTP/1.1", status, reason, made_of(fields), body, None, moment, moment)
