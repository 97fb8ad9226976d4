"""What may happen to an answer on its way: any part of it packed, spelled, cut, doubled, mislabelled or lied about."""

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

import brotli
import zstandard
from hypothesis import strategies as st

from tests.evasion.message import BOTH, CHUNKED, LONG, NONE, SHORT, UNENDED, WHOLE, Message
from tests.spellings import ID_NO, MOBILE, NAME

CHARSETS = ["utf-8", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32"]
"""All of them hold the planted name: of one that does not, what is spelled in references would stand on the page alone."""
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
    "x-raw": lambda data: zlib.compress(data, wbits=-15),
    "base64": base64.b64encode,
}
STATUSES = [200, 201, 202, 203, 204, 206, 299, 301, 302, 304, 307, 400, 401, 403, 404, 409, 422, 500, 502, 503]
TYPES = [
    "application/json", "text/json", "application/problem+json", "text/csv", "text/html", "text/plain", "application/xml",
    "application/octet-stream", "application/xhtml+xml", "image/svg+xml", "text/javascript", "application/x-ndjson",
    "multipart/mixed; boundary=x", "text/event-stream", "application/grpc", "text/tab-separated-values", "",
]  # fmt: skip
SPELLED = [
    NAME, MOBILE, ID_NO, quote(NAME), base64.b64encode(NAME.encode()).decode(), MOBILE.encode().hex(), "138-0013-8000",
    f"<{MOBILE}>; rel=next", f"0; url=/people/{MOBILE}", f"/people/{MOBILE}?x={quote(NAME)}", f'"{MOBILE}"', f"phone={MOBILE}",
    f"attachment; filename*=UTF-8''{quote(NAME)}.csv", f'db;desc="{MOBILE}"', f"https://{MOBILE}@people.localhost/",
]  # fmt: skip
NAMES = [
    "ETag", "Last-Modified", "Digest", "Content-Digest", "Repr-Digest", "Content-MD5", "Link", "Location", "Refresh", "Set-Cookie",
    "Server-Timing", "SourceMap", "X-Debug", "X-Person", "Content-Disposition", "Content-Language", "Warning", "Age", "Vary",
    "Cache-Control", "Surrogate-Control", "CDN-Cache-Control", "Access-Control-Allow-Origin", "Content-Location", "Alt-Svc",
    "WWW-Authenticate", "Content-Security-Policy", "Report-To", "NEL", "Allow", "Retry-After", "Date", "Server", "Via", "Trailer",
    "Content-Range", "Accept-Ranges", "Proxy-Authenticate", "Upgrade", "Connection", "Keep-Alive", "Yingbi-Event", "Content-Type",
]  # fmt: skip
BEFORE = [
    b"HTTP/1.1 100 Continue\r\n\r\n",
    f"HTTP/1.1 103 Early Hints\r\nLink: </{MOBILE}>; rel=preload\r\n\r\n".encode(),
    f"HTTP/1.1 102 {MOBILE}\r\n\r\n".encode(),
    f"{MOBILE}\r\n".encode(),
    b"\r\n",
    f"HTTP/1.1 204 {NAME}\r\n\r\n".encode(),
]
FRAMINGS = [WHOLE, WHOLE, CHUNKED, CHUNKED, SHORT, LONG, UNENDED, BOTH, NONE]


def with_line(message: Message, name: str, value: str) -> Message:
    return replace(message, lines=(*message.lines, (name, value)))


def retyped(message: Message, content_type: str) -> Message:
    others = tuple(pair for pair in message.lines if pair[0].lower() != "content-type")
    return replace(message, lines=(*others, ("Content-Type", content_type)) if content_type else others)


def type_of(message: Message) -> str:
    return next((value for name, value in message.lines if name.lower() == "content-type"), "")


@st.composite
def mutated(draw: st.DrawFn, messages: st.SearchStrategy[Message]) -> Message:
    """One of *messages*, to which a few things have happened."""
    message = draw(_altered(draw(messages), 4))
    cuts = tuple(draw(st.lists(st.integers(0, max(1, len(message.body))), max_size=4)))
    return replace(message, framing=draw(st.sampled_from(FRAMINGS)), cuts=cuts, is_kept=draw(st.booleans()))


@st.composite
def cut(draw: st.DrawFn, messages: st.SearchStrategy[Message]) -> Message:
    """One of *messages*, which comes in pieces, as it should, and to which hardly anything else has happened."""
    message = draw(_altered(draw(messages), 2))
    cuts = tuple(draw(st.lists(st.integers(0, len(message.body)), min_size=1, max_size=4)))
    framing = draw(st.sampled_from([CHUNKED, CHUNKED, CHUNKED, WHOLE]))
    return replace(message, framing=framing, cuts=cuts, is_kept=draw(st.booleans()))


@st.composite
def _altered(draw: st.DrawFn, message: Message, most: int) -> Message:
    for name in draw(st.lists(st.sampled_from(sorted(_MUTATIONS)), max_size=most)):
        message = replace(_MUTATIONS[name](draw, message), told=[*message.told, name])
    for _ in range(draw(st.integers(0, 2))):
        message = with_line(message, draw(st.sampled_from(NAMES)), draw(st.sampled_from(SPELLED)))
    return message


def _packed(draw: st.DrawFn, message: Message) -> Message:
    name = draw(st.sampled_from(sorted(PACKED)))
    said = draw(st.sampled_from([name, "", "identity", "gzip", "gzip, br"]))
    packed = replace(message, body=PACKED[name](message.body))
    return with_line(packed, "Content-Encoding", said) if said else packed


def _recoded(draw: st.DrawFn, message: Message) -> Message:
    charset, said = (
        draw(st.sampled_from(CHARSETS)),
        draw(st.sampled_from(["", *CHARSETS, "utf-7", "big5", "latin-1", "x-user-defined"])),
    )
    body = message.body.decode("utf-8", "replace").encode(charset, "replace")
    plain = type_of(message).partition(";")[0]
    return retyped(replace(message, body=body), f"{plain}; charset={said}" if said else plain)


def _marked(draw: st.DrawFn, message: Message) -> Message:
    marks = [b"\xef\xbb\xbf", b"\xff\xfe", b"\0", b" ", b"\n"]
    if b"-->" not in message.body:  # or what is declared would stand in a comment, and what stands elsewhere be unknown
        marks.append(b"<!--")
    return replace(message, body=draw(st.sampled_from(marks)) + message.body)


def _truncated(draw: st.DrawFn, message: Message) -> Message:
    return replace(message, body=message.body[: draw(st.integers(0, len(message.body)))])


def _wrapped(draw: st.DrawFn, message: Message) -> Message:
    text = message.body.decode("utf-8", "replace")
    value = draw(st.sampled_from([text, base64.b64encode(message.body).decode(), message.body.hex(), json.dumps(text)]))
    key = draw(st.sampled_from(["x", "note", "items", "name", NAME]))
    body = json.dumps({key: draw(st.sampled_from([value, [value], {"name": value}, {key: [value]}]))})
    return retyped(replace(message, body=body.encode()), "application/json")


def _doubled(draw: st.DrawFn, message: Message) -> Message:
    return replace(
        message, body=draw(st.sampled_from([b" ", b"\n", b"\0", b",", b"\xef\xbb\xbf"])).join([message.body] * 2)
    )


def _escaped(draw: st.DrawFn, message: Message) -> Message:
    if "json" not in type_of(message):
        return message
    text = message.body.decode("utf-8", "replace")
    return replace(message, body="".join(f"\\u{ord(c):04x}" if 0xFF < ord(c) < 0x10000 else c for c in text).encode())


_MUTATIONS: dict[str, Callable[[st.DrawFn, Message], Message]] = {
    "packed": _packed,
    "recoded": _recoded,
    "truncated": _truncated,
    "wrapped": _wrapped,
    "doubled": _doubled,
    "escaped": _escaped,
    "retyped": lambda draw, message: retyped(message, draw(st.sampled_from(TYPES))),
    "typed twice": lambda draw, message: with_line(message, "Content-Type", draw(st.sampled_from(TYPES))),
    "with another status": lambda draw, message: replace(message, status=draw(st.sampled_from(STATUSES))),
    "with a reason": lambda draw, message: replace(message, reason=draw(st.sampled_from(SPELLED))),
    "behind another": lambda draw, message: replace(message, before=draw(st.sampled_from(BEFORE))),
    "followed by more": lambda draw, message: replace(
        message,
        after=draw(
            st.sampled_from(
                [f" {MOBILE}".encode(), f" 联系人{NAME}".encode(), b"HTTP/1.1 200 OK\r\n\r\n" + message.body]
            )
        ),
    ),
    "marked": _marked,
}
