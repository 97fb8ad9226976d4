"""What of a request is sent on to the system behind."""

from collections.abc import Collection
from urllib.parse import urlsplit

from mitmproxy.http import HTTPFlow
from mitmproxy.http import Request as HTTPRequest

from policies.transforms.handle import PREFIX
from proxy.cookies import Cookies
from proxy.identity.caller import cookies_in
from proxy.lean import made_of
from proxy.message import Request, with_parameters
from proxy.sockets.handshake import Handshake
from proxy.trace_context import TRACE_HEADERS, traced
from proxy.verdict import Forward

# Never sent to a system behind: what is between two neighbours only, our credentials, and what would make an answer
# encoded, partial or conditional. `Host` is written anew.
_NOT_FORWARDED = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer upgrade http2-settings "
    b"expect authorization x-api-key signature signature-input content-digest accept-encoding range if-range if-match "
    b"if-unmodified-since content-length transfer-encoding host last-event-id "
    b"sec-websocket-key sec-websocket-version sec-websocket-protocol sec-websocket-extensions".split()
)
# Nor is what a system behind may take from a gateway it trusts: where the request came from, who asks, what is asked.
_CLAIMED = frozenset(
    b"forwarded via x-real-ip x-client-ip x-cluster-client-ip true-client-ip x-host x-original-host x-original-url "
    b"x-original-uri x-rewrite-url x-rewrite-uri x-http-method x-http-method-override x-method-override "
    b"remote-user x-remote-user x-authenticated-user x-webauth-user front-end-https x-url-scheme x-script-name".split()
)
_CLAIMED_FAMILIES = (b"x-forwarded-", b"x-auth-request-", b"x-ssl-", b"x-client-cert", b"yingbi-")
_TRACE_HEADERS = frozenset(name.encode() for name in TRACE_HEADERS)
_HANDLES = PREFIX.encode()
_LEAD_NOWHERE = frozenset(
    {b"accept", b"accept-charset", b"accept-language", b"content-type", b"cookie", b"origin", b"user-agent"}
)
"""What no system takes for an address of its own, whatever stands in it."""
_CONDITIONAL = frozenset({b"if-none-match", b"if-modified-since"})
"""Sent on for files that are the same for everybody."""
_DROPPED = _NOT_FORWARDED | _CLAIMED | _TRACE_HEADERS
_SENT = "sent"


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
    trace: Collection[str] = (),
) -> None:
    """Make *flow* go to *upstream* (scheme, host, port): without our credentials, with what the policy settled, and
    of its *cookies* those that it has set itself. *identity* is the header that says who asks, see `IdentityHeaders`;
    *over* the cookie of a session that is over, *socket* the WebSocket that it asks for, *trace* which headers of a
    trace are declared to pass.
    """
    scheme, host, port = upstream
    said = request.kept.get(_SENT)
    if said is None:
        said = request.kept[_SENT] = _said_in(flow.request.headers.fields)
    is_static = bool(forward.operation.static)
    fields = [(b"host", request.authority.encode())]  # also where only the target, or HTTP/2, has said it
    ours = identity[0].encode("ascii") if identity is not None else b""
    for name, value, key in said:
        if key == ours or (key in _CONDITIONAL and not is_static):
            continue
        if key == b"cookie":
            value = _opened(value, cookies, over)
            if not value:
                continue
        if key == b"referer":
            value = _referer(value, forward)
            if not value:
                continue
        elif _HANDLES in value.lower() or (key not in _LEAD_NOWHERE and _tells_key(value, forward)):
            continue  # a handle stands for nothing there
        fields.append((name, value))
    if not request.headers.keys().isdisjoint(TRACE_HEADERS):
        fields += [(name.encode(), value.encode("ascii")) for name, value in traced(request.headers, trace)]
    fields += [
        (b"accept-encoding", b"identity"),
        (b"x-forwarded-for", request.source_ip.encode()),
        (b"x-forwarded-proto", b"https"),
        (b"x-forwarded-host", request.authority.encode()),
    ]
    if identity is not None and identity[1]:
        fields.append((ours, identity[1].encode("ascii")))
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


def _said_in(fields: tuple[tuple[bytes, bytes], ...]) -> tuple[tuple[bytes, bytes, bytes], ...]:
    """Name, value and name in lower case of those *fields* that may be sent on, whatever is asked."""
    named = [(name, value, name.lower()) for name, value in fields]
    return tuple([each for each in named if each[2] not in _DROPPED and not each[2].startswith(_CLAIMED_FAMILIES)])


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
    if _HANDLES in value.lower() or _tells_key(value, forward):
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
