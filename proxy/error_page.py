"""What a caller gets in place of the core's own errors, which quote what could not be read and say who we are."""

import re

from mitmproxy import http
from mitmproxy.net.http import http1

from proxy.pages import Notice, page, problem
from proxy.write_answer import EVENT_HEADER

_CODED = re.compile(r"(\w+) (\S+) ((?:head of a )?(?:page|problem))")

type Fields = list[tuple[bytes, bytes]]


def coded(reason: str, event: str, *, as_page: bool, is_head: bool = False) -> str:
    """A message that the core carries to where an error is written; see `error_of`. *is_head*: a HEAD was asked."""
    return f"{reason} {event} {'head of a ' if is_head else ''}{'page' if as_page else 'problem'}"


def error_of(status: int, message: str) -> tuple[Fields, bytes]:
    """Headers and body of an error. *message* counts only where `coded` made it: any other could quote anything.

    The body is empty where a HEAD is answered: whoever asked it would take a body for the next answer.
    """
    reason, event, form = "malformed_request" if status < 500 else "upstream_malformed", "-", "page"
    if (made := _CODED.fullmatch(message)) is not None:
        reason, event, form = made.groups()
    notice = Notice(reason=reason, event=event, status=status)
    is_page = form.endswith("page")
    content_type = b"text/html; charset=utf-8" if is_page else b"application/problem+json"
    fields = [(b"content-type", content_type), (b"cache-control", b"no-store"), (EVENT_HEADER, event.encode())]
    if form.startswith("head"):
        return fields, b""
    return fields, page(notice) if is_page else problem(notice)


def error_response(status_code: int, message: str = "") -> bytes:
    """A whole HTTP/1 response for such an error; nothing follows it on the connection."""
    fields, body = error_of(status_code, message)
    response = http.Response.make(status_code, body, http.Headers([(b"connection", b"close"), *fields]))
    assembled: bytes = http1.assemble_response(response)  # type: ignore[no-untyped-call]
    return assembled
