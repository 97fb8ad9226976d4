"""The reader of requests of the plain core: it knows the common case and nothing else.

INVARIANT: it refuses nothing and repairs nothing. Whatever is not the common case, down to the last byte, is left for
mitmproxy's layers to read or to refuse, so that there is one place where a request is refused (docs/decisions/0027).
"""

import re
import time

from mitmproxy.http import Request

from proxy.http1 import fault_of
from proxy.lean import made_of

_LINE = re.compile(rb"(GET|HEAD) (/[!-~]*) HTTP/1\.1")
_FIELDS = re.compile(rb"(?:\r\n[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[^\r\n\0]*)*")
"""Names are tokens. Source: RFC 9110, 5.1."""
_UNCOMMON = frozenset({b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"http2-settings", b"trailer"})
"""What is said of a body, or asks for something else than an answer."""
_COMMON_OPTIONS = (b"close", b"keep-alive")


class NotCommon(Exception):
    """What has come is for mitmproxy's layers to read."""


def read_common(received: bytes) -> tuple[Request, int] | None:
    """The request that *received* begins with and the length of its head, or None while that has not come whole.

    Raises NotCommon where it is anything but a GET or HEAD of HTTP/1.1 without a body.
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
    fields, hosts = [], 0
    for written in received[first + 2 : end].split(b"\r\n") if end > first else ():
        name, _, value = written.partition(b":")
        name_below, value = name.lower(), value.strip()
        if name_below in _UNCOMMON or (name_below == b"connection" and value.lower() not in _COMMON_OPTIONS):
            raise NotCommon
        hosts += name_below == b"host"
        fields.append((name, value))
    if hosts != 1:
        raise NotCommon
    method, target = line.groups()
    moment = time.time()
    request = Request("", 0, method, b"http", b"", target, b"HTTP/1.1", made_of(fields), b"", None, moment, moment)
    return request, end + 4
