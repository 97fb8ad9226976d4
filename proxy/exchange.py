"""One exchange as mitmproxy sees it: what is read from its flow and written to it, and what became of it so far."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

from mitmproxy.connection import Client
from mitmproxy.http import HTTPFlow, Response
from mitmproxy.http import Request as HTTPRequest

from policies.program import Shapes
from policies.transforms.handle import PREFIX
from proxy.answer import Empty, Mask, Treatment
from proxy.answer_headers import AnswerHeaders
from proxy.client_certificates import Shown
from proxy.cookies import Cookies, TooLarge
from proxy.decide import Forward
from proxy.grpc import is_grpc, trailers_only
from proxy.identity import cookies_in
from proxy.lasting import Lasting
from proxy.lean import made_of
from proxy.ledger import Ledger
from proxy.limits import Limited, Reached
from proxy.message import Headers, Malformed, Request, media_type_in, read_request, with_parameters
from proxy.pages import Notice, challenge_of, page, problem
from proxy.release import Release
from proxy.sessions import Session
from proxy.shadow import Asked
from proxy.socket_handshake import Handshake
from proxy.spool import Spooled
from proxy.system import System

type Streams = Callable[[bytes | None], list[bytes]]
"""What may be written for a part of an answer; see `Release`."""

_KEY = "yingbi"
EVENT_HEADER = b"yingbi-event"

# Never sent to a system behind: what is between two neighbours only, our credentials, and what would make an answer
# encoded, partial or conditional. `Host` is written anew.
_NOT_FORWARDED = frozenset(
    "connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer upgrade http2-settings "
    "expect authorization x-api-key signature signature-input content-digest accept-encoding range if-range if-match "
    "if-unmodified-since content-length transfer-encoding host last-event-id "
    "sec-websocket-key sec-websocket-version sec-websocket-protocol sec-websocket-extensions".split()
)
# Nor is what a system behind may take from a gateway it trusts: where the request came from, who asks, what is asked.
_CLAIMED = frozenset(
    "forwarded via x-real-ip x-client-ip x-cluster-client-ip true-client-ip x-host x-original-host x-original-url "
    "x-original-uri x-rewrite-url x-rewrite-uri x-http-method x-http-method-override x-method-override "
    "remote-user x-remote-user x-authenticated-user x-webauth-user front-end-https x-url-scheme x-script-name".split()
)
_CLAIMED_FAMILIES = ("x-forwarded-", "x-auth-request-", "x-ssl-", "x-client-cert", "yingbi-")
_LEAD_NOWHERE = frozenset(
    {"accept", "accept-charset", "accept-language", "content-type", "cookie", "origin", "user-agent"}
)
"""What no system takes for an address of its own, whatever stands in it."""
_REASON_PHRASES = {int(status): status.phrase.encode() for status in HTTPStatus}
_ENDING = frozenset({"malformed_request", "misdirected", "certificate_refused"})
"""Reasons after which a connection cannot be used: the rest of a request may follow, or its handshake is of no use."""
_CONDITIONAL = frozenset({"if-none-match", "if-modified-since"})


@dataclass(slots=True)
class Exchange:
    """What is known of one exchange; it lives in the flow's metadata."""

    ledger: Ledger
    request: Request | None = None
    certificate: Shown | None = None
    """What the caller has shown when the connection began, where the system takes that."""
    hsts: bytes = b""
    """What browsers are told of reaching this host by TLS alone; empty for nothing."""
    forward: Forward | None = None
    system: System | None = None
    treatment: Treatment | None = None
    answer_headers: Headers = field(default_factory=dict)
    """Of the system behind, as they came."""
    streaming: Release | None = None
    lasting: Lasting | None = None
    """What it was opened by, where it may last for hours."""
    socket: Handshake | None = None
    """Where a WebSocket is asked for."""
    idle_s: float | None = None
    """So long nothing may come of the answer; None: what is declared of the system."""
    relayed: Streams | None = None
    """What each message of a WebSocket goes through, guarded."""
    admitted_s: float = 0.0
    """Monotonic; when the request had arrived."""
    session: Session | None = None
    """The session of the system's own in which the caller has signed in; once the answer is there, as it goes on."""
    over: str = ""
    """The cookie of a session that is over, which the system behind does not get back."""
    spooled: Spooled | None = None
    """What the answer is kept in, where parts of it may be asked for."""
    sent_s: float = 0.0
    """Monotonic; when the request was sent on."""
    asked: Asked | None = None
    """What was decided about; None where nothing was."""
    limited: Limited | None = None
    """The limits that what is shown counts for; None: none, or not any more."""
    reached: Reached | None = None
    """The limit that acted on it."""
    failure: str = ""
    """Why the system behind did not answer, once that is known; one of `reasons.REASONS`."""
    is_sent: bool = False
    """Whether the request may have reached the system behind."""
    is_answered: bool = False
    """Whether the answer, or what stands in its place, has been written down and may be sent."""
    is_released: bool = False
    """Whether it is the answer of the system behind."""

    @property
    def wants_page(self) -> bool:
        """Whether a person is looking."""
        return self.request is None or self.request.wants_page

    @property
    def is_written_to(self) -> bool:
        """Whether it opens a WebSocket in which the caller may say something."""
        return self.socket is not None and self.forward is not None and self.forward.operation.body != Shapes()

    @property
    def may_have_acted(self) -> bool:
        """Whether the system behind may have carried something out: then the caller must not simply try again."""
        if self.failure == "upstream_unreachable":
            return False
        return self.is_sent and self.forward is not None and self.forward.acts


def exchange_of(flow: HTTPFlow) -> Exchange | None:
    """The exchange of *flow*, or None where its request was never read."""
    found = flow.metadata.get(_KEY)
    return found if isinstance(found, Exchange) else None


def begin_exchange(flow: HTTPFlow, ledger: Ledger) -> Exchange:
    """A new exchange for *flow*."""
    exchange = Exchange(ledger=ledger)
    flow.metadata[_KEY] = exchange
    return exchange


def source_ip_of(client: Client) -> str:
    """The address of whoever opened the connection."""
    return str(client.peername[0]) if client.peername else ""


def speaks_http2(flow: HTTPFlow) -> bool:
    """Whether HTTP/2 is spoken with the caller; what a request says of itself is no proof."""
    return flow.client_conn.alpn == b"h2"


def request_of(flow: HTTPFlow) -> Request:
    """The request of *flow*. Raises Malformed."""
    data = flow.request.data
    if not speaks_http2(flow) and data.http_version not in (b"HTTP/1.1", b"HTTP/1.0"):
        raise Malformed
    return read_request(
        method=data.method.decode("utf-8", "surrogateescape"),
        authority=data.authority.decode("utf-8", "surrogateescape"),
        target=data.path.decode("utf-8", "surrogateescape"),
        fields=data.headers.fields,
        source_ip=source_ip_of(flow.client_conn),
    )


def send_on(
    flow: HTTPFlow,
    request: Request,
    forward: Forward,
    upstream: tuple[str, str, int],
    cookies: Cookies,
    *,
    identity: tuple[str, str] | None = None,
    over: str = "",
    socket: Handshake | None = None,
) -> None:
    """Make *flow* go to *upstream* (scheme, host, port): without our credentials, with what the policy settled, and
    of its *cookies* those that it has set itself. *identity* is the header that says who asks, see `IdentityHeaders`;
    *over* the cookie of a session that is over, *socket* the WebSocket that it asks for.
    """
    scheme, host, port = upstream
    dropped = _NOT_FORWARDED if forward.operation.static else _NOT_FORWARDED | _CONDITIONAL
    fields = [(b"host", request.authority.encode())]  # also where only the target, or HTTP/2, has said it
    ours = identity[0] if identity is not None else ""
    for name, value in flow.request.headers.fields:
        key = name.lower().decode("ascii", "replace")
        if key in dropped or key in _CLAIMED or key.startswith(_CLAIMED_FAMILIES) or key == ours:
            continue
        if key == "cookie":
            value = _opened(value, cookies, over)
            if not value:
                continue
        if key == "referer":
            value = _referer(value, forward)
            if not value:
                continue
        elif PREFIX.encode() in value.lower() or (key not in _LEAD_NOWHERE and _tells_key(value, forward)):
            continue  # a handle stands for nothing there
        fields.append((name, value))
    fields += [
        (b"accept-encoding", b"identity"),
        (b"x-forwarded-for", request.source_ip.encode()),
        (b"x-forwarded-proto", b"https"),
        (b"x-forwarded-host", request.authority.encode()),
    ]
    if identity is not None and identity[1]:
        fields.append((identity[0].encode("ascii"), identity[1].encode("ascii")))
    if socket is not None:
        fields += socket.asks
    if forward.last_event:
        fields.append((b"last-event-id", forward.last_event.encode()))
    if forward.body or forward.acts:
        fields.append((b"content-length", str(len(forward.body)).encode()))
    came = flow.request.data
    # A request of its own: the core still reads the one that came to know when to close the caller's connection.
    flow.request = HTTPRequest(
        host=host,
        port=port,
        method=came.method,
        scheme=scheme.encode(),
        authority=b"",  # only a proxy is asked with it in the target
        path=_with_fixed(request.opened.encode("ascii") or came.path, forward),
        http_version=came.http_version,
        headers=made_of(fields),
        content=forward.body,
        trailers=None,
        timestamp_start=came.timestamp_start,
        timestamp_end=came.timestamp_end,
    )


def _tells_key(value: bytes, forward: Forward) -> bool:
    """Whether *value* leads to a key that the caller may not see: to be led there would be to try it."""
    return forward.view.links.hold_key(value.decode("utf-8", "replace"), forward.request.path)


def _referer(value: bytes, forward: Forward) -> bytes:
    """What the system behind is told of where the caller came from: an address of a page, as browsers send it.

    Without its path where a handle stands in it, which is of no use behind, or a key that the caller may not see. Empty
    where it is no such address: it would be whatever the caller wants to be led to.
    """
    try:
        split = urlsplit(value.decode("ascii"))
        told = split.scheme in ("http", "https") and bool(split.hostname) and "@" not in split.netloc
    except ValueError:
        return b""
    if not told or split.fragment:
        return b""
    if PREFIX.encode() in value.lower() or _tells_key(value, forward):
        return f"{split.scheme}://{split.netloc}/".encode("ascii")
    return value


def _with_fixed(path: bytes, forward: Forward) -> bytes:
    """*path* with the parameters that the policy always sends."""
    always = forward.operation.always
    return with_parameters(path.decode("ascii"), always).encode("ascii") if always else path


def _opened(line: bytes, cookies: Cookies, over: str) -> bytes:
    """A `Cookie` as the system behind may see it, without the one called *over*."""
    pairs = cookies_in({"cookie": [line.decode("utf-8", "surrogateescape")]})
    opened = [(name, cookies.opened(name, token)) for name, token in pairs if name != over]
    return "; ".join(f"{name}={value}" for name, value in opened if value is not None).encode(
        "utf-8", "surrogateescape"
    )


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
    if not static:
        fields += [(b"cache-control", b"private, no-store"), (b"vary", b"Cookie, Authorization")]
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
        (b"x-content-type-options", b"nosniff"),
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
