"""The reader of requests of the plain core: it knows the common case and nothing else.

INVARIANT: it refuses nothing and repairs nothing. Whatever is not the common case, down to the last byte, is left for
mitmproxy's layers to read or to refuse, so that there is one place where a request is refused (docs/decisions/0027).
"""

import re
import time

from mitmproxy.http import Request

from proxy.http1 import fault_of
from proxy.lean import made_of
from proxy.stream import LARGEST_REQUEST

_LINE = re.compile(rb"(GET|HEAD|POST|PUT|PATCH|DELETE) (/[!-~]*) HTTP/1\.1")
_WITHOUT_BODY, _WITH_LENGTH = (b"GET", b"HEAD"), (b"POST", b"PUT", b"PATCH")
_LENGTH = re.compile(rb"0|[1-9][0-9]{0,6}")
_FIELDS = re.compile(rb"(?:\r\n[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[^\r\n\0]*)*")
"""Names are tokens. Source: RFC 9110, 5.1."""
_UNCOMMON = frozenset({b"transfer-encoding", b"expect", b"upgrade", b"http2-settings", b"trailer"})
"""What says that a body does not come whole and by its length, or asks for something else than an answer."""
_COMMON_OPTIONS = (b"close", b"keep-alive")


class NotCommon(Exception):
    """What has come is for mitmproxy's layers to read."""


def read_common(received: bytes) -> tuple[Request, int] | None:
    """The request that *received* begins with and how many bytes it has, or None while they have not all come.

    Raises NotCommon where it is anything but a request of HTTP/1.1 without a body, or with one whose length is said.
    """
    if fault_of(received) is not None:
        raise NotCommon
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    first = received.find(b"\r\n")
    line = _LINE.fullmatch(received, 0, first)
    if line is None or _FIELDS.fullmatch(received, first, end) is None:
        raise NotCommon
    method, target = line.groups()
    fields, hosts, lengths = [], 0, []
    for written in received[first + 2 : end].split(b"\r\n") if end > first else ():
        name, _, value = written.partition(b":")
        name_below, value = name.lower(), value.strip()
        if name_below in _UNCOMMON or (name_below == b"connection" and value.lower() not in _COMMON_OPTIONS):
            raise NotCommon
        hosts += name_below == b"host"
        if name_below == b"content-length":
            lengths.append(value)
        fields.append((name, value))
    # That a DELETE has a body need not be said, and that a POST has none must be.
    if hosts != 1 or len(lengths) > (method not in _WITHOUT_BODY) or (not lengths and method in _WITH_LENGTH):
        raise NotCommon
    size = int(lengths[0]) if lengths and _LENGTH.fullmatch(lengths[0]) else 0
    if size > LARGEST_REQUEST or (lengths and lengths[0] != b"%d" % size):
        raise NotCommon
    start = end + 4
    body = received[start : start + size]
    if len(body) < size:
        return None
    moment = time.time()
    request = Request("", 0, method, b"http", b"", target, b"HTTP/1.1", made_of(fields), body, None, moment, moment)
    return request, start + size
