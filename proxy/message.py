"""What the proxy knows of a request, without the library that received it, and what it refuses to know.

INVARIANT: a request that two servers could read differently is refused here, before anything is decided about it.
"""

import json
import re
from typing import Any
from urllib.parse import parse_qsl, quote, unquote_plus, unquote_to_bytes, urlencode, urljoin, urlsplit

import msgspec

from policies.documents.registry import named_by

MOST_HEADERS = 100
LONGEST_HEADERS = 32 * 1024
LONGEST_TARGET = 8 * 1024
MOST_PARAMETERS = 200

_BAD_IN_HEADER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_BAD_IN_TARGET = re.compile("[^!-~]|#")
"""What no target is made of, and readers of addresses leave out: blanks, controls, all that is not ASCII."""
# An escape that is left once all are decoded is one that another server decodes again.
_BAD_IN_PATH = re.compile(r"[\x00-\x1f\x7f\\]|//|/\.{1,2}(?:/|\Z)|%[0-9A-Fa-f]{2}")
_ENCODED_SEPARATOR = re.compile(r"%(?:2f|5c|00)", re.IGNORECASE)
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PLAIN_PAIR = "[A-Za-z0-9_.~-]+=[A-Za-z0-9_.~-]*"
_PLAIN_TARGET = re.compile(rf"((?:/[A-Za-z0-9_-]+)+)(?:\?({_PLAIN_PAIR}(?:&{_PLAIN_PAIR}){{0,19}}))?")
"""What most targets are: nothing in them is encoded, and everybody reads them alike."""
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}")
_PORT = re.compile(r"\d{0,5}")
_METHOD = re.compile(r"[A-Z]{3,10}")
_CONNECTION_OPTIONS = frozenset("close keep-alive upgrade te trailer trailers http2-settings proxy-connection".split())
"""What may be said of a connection. The name of any other header would have that taken away behind our back."""

type Headers = dict[str, list[str]]
"""Values by lower-case name, in order."""


class Malformed(Exception):
    """The request can be read in two ways, or in none."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request, read strictly."""

    method: str
    host: str
    """In lower case, without the port."""
    authority: str
    """The `Host` as it came."""
    path: str
    """Percent-decoded."""
    query: tuple[tuple[str, str], ...]
    headers: Headers
    source_ip: str
    opened: str = ""
    """The target to send on in the place of the one that came, where something in it was sealed."""
    kept: dict[str, Any] = {}
    """What was found out about its headers alone, by whoever keeps it: it holds for each request that has the same."""

    @property
    def wants_page(self) -> bool:
        """Whether a person is looking at the answer."""
        return "text/html" in ",".join(self.headers.get("accept", ()))

    @property
    def media_type(self) -> str:
        """Of the body, in lower case, without parameters; empty where none is named, or more than one."""
        return media_type_in(self.content_type)[0] if "content-type" in self.headers else ""

    @property
    def content_type(self) -> str:
        """What the body is said to be; empty where nothing is said, or more than one thing."""
        said = self.headers.get("content-type", [])
        return said[0] if len(said) == 1 else ""


class Said(msgspec.Struct, frozen=True):
    """What the headers of a request say: the same in each request that has the same."""

    fields: tuple[tuple[bytes, bytes], ...]
    """Those that were read."""
    headers: Headers
    authority: str
    """See `Request`."""
    host: str
    kept: dict[str, Any]
    """See `Request`."""


def read_request(
    *,
    method: str,
    authority: str,
    target: str,
    fields: tuple[tuple[bytes, bytes], ...],
    source_ip: str,
    said: Said | None = None,
) -> Request:
    """The request. Raises Malformed where any part of it is not plain.

    *authority* is what stands in the request line or in HTTP/2's pseudo-header; it must not differ from `Host`. *said*
    is what `read_said` made of these two before, if it did.
    """
    if not _METHOD.fullmatch(method):
        raise Malformed
    said = said or read_said(authority, fields)
    path, query = read_target(target)
    return Request(
        method=method,
        host=said.host,
        authority=said.authority,
        path=path,
        query=query,
        headers=said.headers,
        source_ip=source_ip,
        kept=said.kept,
    )


def read_said(authority: str, fields: tuple[tuple[bytes, bytes], ...]) -> Said:
    """What *fields* say, and *authority*; see `read_request`. Raises Malformed."""
    headers = read_headers(fields)
    named = headers.get("host", [authority])
    if len(named) != 1 or (authority and named[0].lower() != authority.lower()):
        raise Malformed
    authority = named[0]
    options = {option.strip().lower() for line in headers.get("connection", ()) for option in line.split(",")}
    if not options <= _CONNECTION_OPTIONS | {""}:
        raise Malformed
    host, _, port = authority.partition(":")
    if not _HOST.fullmatch(host) or not _PORT.fullmatch(port):
        raise Malformed
    return Said(fields, headers, authority, host.lower().rstrip("."), {})


def read_headers(fields: tuple[tuple[bytes, bytes], ...]) -> Headers:
    """The headers by name. Raises Malformed for too many, and for control characters (a folded line is one)."""
    if len(fields) > MOST_HEADERS or sum([len(name) + len(value) for name, value in fields]) > LONGEST_HEADERS:
        raise Malformed
    headers: Headers = {}
    for name, value in fields:
        text = value.decode("utf-8", "surrogateescape")
        if _BAD_IN_HEADER.search(text):
            raise Malformed
        key = name.decode("ascii", "replace").lower()
        if "_" in key:  # another server may read Transfer_Encoding as Transfer-Encoding
            raise Malformed
        if key in headers:
            headers[key].append(text)
        else:
            headers[key] = [text]
    return headers


def read_target(target: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Path and parameters of a request target in origin form, decoded. Raises Malformed."""
    if len(target) <= LONGEST_TARGET and (plain := _PLAIN_TARGET.fullmatch(target)) is not None:
        path, query = plain.groups("")
        pairs = (pair.partition("=") for pair in query.split("&") if query)
        return path, tuple([(name, value) for name, _, value in pairs])
    return _read_any_target(target)


def _read_any_target(target: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    if len(target) > LONGEST_TARGET or not target.startswith("/") or _BAD_IN_TARGET.search(target):
        raise Malformed
    if ";" in target:  # begins a parameter of the path for some servers, and the next of the query for others
        raise Malformed
    written, _, query = target.partition("?")
    if _ENCODED_SEPARATOR.search(written) or _BAD_ESCAPE.search(target):
        raise Malformed
    try:
        path = unquote_to_bytes(written).decode("utf-8")
        pairs = parse_qsl(
            query, keep_blank_values=True, strict_parsing=False, errors="strict", max_num_fields=MOST_PARAMETERS
        )
    except ValueError:
        raise Malformed from None
    if _BAD_IN_PATH.search(path) or any(_BAD_IN_HEADER.search(text) for pair in pairs for text in pair):
        raise Malformed
    return path, tuple(pairs)


def target_of(path: str, query: tuple[tuple[str, str], ...]) -> str:
    """The target of a request, decoded, in one spelling."""
    return json.dumps([path, query], ensure_ascii=False)


def target_of_form(request: Request, action: str) -> str:
    """The target that a form on the page of *request* is sent to, or "" where that is not behind the same name."""
    page = f"//{request.authority}{quote(request.path)}?{urlencode(request.query)}"
    try:
        there = urlsplit(urljoin(page, action.strip()))
        path, query = read_target(f"{there.path}?{there.query}")
    except (ValueError, Malformed):
        return ""
    return target_of(path, query) if there.netloc == request.authority else ""


def is_sent_here(request: Request, action: str, *, asks: bool) -> bool:
    """Whether a form on the page of *request*, with *action*, leads to where that went. *asks*: by what it holds."""
    target = target_of_form(request, action)
    if asks and target:
        return bool(json.loads(target)[0] == request.path)
    return target == target_of(request.path, request.query)


def with_parameters(target: str, fixed: tuple[tuple[str, str], ...]) -> str:
    """*target* with exactly the *fixed* values of those parameters, whatever it said of them."""
    path, _, query = target.partition("?")
    names = {name for name, _ in fixed}
    kept = [pair for pair in query.split("&") if pair and unquote_plus(pair.partition("=")[0]) not in names]
    return f"{path}?{'&'.join([*kept, urlencode(fixed)])}"


def may_carry_files(content_type: str) -> bool:
    """Whether a body of *content_type* may hold a file that is looked into before it is sent on."""
    media_type, _ = media_type_in(content_type)
    return media_type.startswith(("multipart/", "image/")) or bool(named_by(media_type))


def media_type_in(content_type: str) -> tuple[str, str]:
    """The media type and the charset of a `Content-Type`, both in lower case; an empty charset where none is named."""
    media_type, *parameters = content_type.split(";")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return media_type.strip().lower(), value.strip().strip('"').lower()
    return media_type.strip().lower(), ""
