"""What a caller gets in place of the core's own errors, which quote what could not be read and say who we are."""

from mitmproxy import http
from mitmproxy.net.http import http1

from proxy.exchange import EVENT_HEADER
from proxy.pages import Notice, page, problem

type Fields = list[tuple[bytes, bytes]]


def coded(reason: str, event: str, *, as_page: bool) -> str:
    """A message that the core carries to where an error is written; see `error_of`."""
    return f"{reason} {event} {'page' if as_page else 'problem'}"


def error_of(status: int, message: str) -> tuple[Fields, bytes]:
    """Headers and body of an error. *message* counts only where `coded` made it: any other could quote anything."""
    reason, event, form = "malformed_request" if status < 500 else "upstream_malformed", "-", "page"
    if message.endswith((" page", " problem")) and message.count(" ") == 2:
        reason, event, form = message.split(" ")
    notice = Notice(reason=reason, event=event, status=status)
    body = page(notice) if form == "page" else problem(notice)
    content_type = b"text/html; charset=utf-8" if form == "page" else b"application/problem+json"
    fields = [(b"content-type", content_type), (b"cache-control", b"no-store"), (EVENT_HEADER, event.encode())]
    return fields, body


def error_response(status_code: int, message: str = "") -> bytes:
    """A whole HTTP/1 response for such an error; nothing follows it on the connection."""
    fields, body = error_of(status_code, message)
    response = http.Response.make(status_code, body, http.Headers([(b"connection", b"close"), *fields]))
    assembled: bytes = http1.assemble_response(response)  # type: ignore[no-untyped-call]
    return assembled
