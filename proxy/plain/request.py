"""The reader of requests of the plain core: it knows the common case and nothing else.

INVARIANT: it refuses nothing and repairs nothing. Whatever is not the common case, down to the last byte, is left for
mitmproxy's layers to read or to refuse, so that there is one place where a request is refused (docs/decisions/0027).
"""

import re
import time

import msgspec
from mitmproxy.http import Request

from proxy.http1 import HEAD_ENDS, LONGEST_HEAD, fault_of
from proxy.lean import connection_close, made_of
from proxy.message import Malformed, Said, may_carry_files, read_said
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


class Fields(msgspec.Struct, frozen=True):
    """The lines of a head but for the first, as far as they do not depend on it."""

    written: bytes = b""
    """Each behind the end of the line before."""
    fields: tuple[tuple[bytes, bytes], ...] = ()
    hosts: int = 0
    """How many name a host."""
    lengths: tuple[bytes, ...] = ()
    """What is said of how long the body is."""
    said: Said | None = None
    """What they say to whoever decides; None where he refuses them, once they are his to read."""
    closes: bool = False
    """Whether they say that the connection ends with the answer."""


class Head(msgspec.Struct, frozen=True):
    """The head of a request."""

    method: bytes
    target: bytes
    fields: tuple[tuple[bytes, bytes], ...]
    length: int
    """Of itself, in bytes."""
    size: int
    """Of the body behind it."""


class RequestReader:
    """Reads requests one after the other, each from what has come, which grows until it is whole.

    Of what comes in pieces only what is new is looked at, or who sends byte by byte would cost more with each. A caller
    says much the same of each of his requests but for the first line: what is written as it was is not read again.
    """

    def __init__(self) -> None:
        self._seen = 0
        """Bytes that were looked at and are not all of a head."""
        self._head: Head | None = None
        """Of a request whose body has not come whole."""
        self._known = Fields()
        """Of the last request, which were found to be common."""

    @property
    def said(self) -> Said | None:
        """What the headers of the last request say; None where they are refused, by whoever asks."""
        return self._known.said

    @property
    def closes(self) -> bool:
        """Whether the last request says that its connection ends with it."""
        return self._known.closes

    def read(self, came: bytes | bytearray) -> tuple[Request, int] | None:
        """The request that *came* begins with and how many bytes it has, or None while they have not all come.

        Raises NotCommon where it is anything but a request of HTTP/1.1 without a body, or with one whose length is
        said; then nothing more can be read.
        """
        head = self._head = self._head or self._head_of(came)
        if head is None:
            self._seen = len(came)
            return None
        whole = head.length + head.size
        if len(came) < whole:
            return None
        self._seen, self._head = 0, None
        body, moment = bytes(came[head.length : whole]), time.time()
        fields = made_of(head.fields)
        request = Request(
            "", 0, head.method, b"http", b"", head.target, b"HTTP/1.1", fields, body, None, moment, moment
        )
        return request, whole

    def _head_of(self, came: bytes | bytearray) -> Head | None:
        end = came.find(HEAD_ENDS, max(0, self._seen - 3))
        head = bytes(came[:end]) if 0 <= end <= LONGEST_HEAD else b""
        first = (head + b"\r\n").find(b"\r\n")
        if head[first:] != self._known.written or not head:
            if fault_of(came, self._seen) is not None:
                raise NotCommon
            if end < 0:
                return None
            self._known = _read_fields(head[first:])
        # Where the rest is as it was, the first line alone could be at fault, and `fault_of` asks less of it than this.
        line = _LINE.fullmatch(head, 0, first)
        if line is None:
            raise NotCommon
        method, target = line.groups()
        return Head(method, target, self._known.fields, len(head) + len(HEAD_ENDS), _body_size(method, self._known))


def _read_fields(written: bytes) -> Fields:
    if _FIELDS.fullmatch(written) is None:
        raise NotCommon
    fields, hosts, lengths = [], 0, []
    for line in written[2:].split(b"\r\n") if written else ():
        name, _, value = line.partition(b":")
        name_below, value = name.lower(), value.strip()
        if name_below in _UNCOMMON or (name_below == b"connection" and value.lower() not in _COMMON_OPTIONS):
            raise NotCommon
        if name_below == b"content-type" and may_carry_files(value.decode("latin-1")):
            raise NotCommon  # files may have to be waited for before anything is asked behind
        hosts += name_below == b"host"
        if name_below == b"content-length":
            lengths.append(value)
        fields.append((name, value))
    read = tuple(fields)
    return Fields(written, read, hosts, tuple(lengths), _said_in(read), connection_close(b"HTTP/1.1", made_of(read)))


def _said_in(fields: tuple[tuple[bytes, bytes], ...]) -> Said | None:
    try:
        return read_said("", fields)
    except Malformed:
        return None


def _body_size(method: bytes, said: Fields) -> int:
    lengths = said.lengths
    # That a DELETE has a body need not be said, and that a POST has none must be.
    if said.hosts != 1 or len(lengths) > (method not in _WITHOUT_BODY) or (not lengths and method in _WITH_LENGTH):
        raise NotCommon
    size = int(lengths[0]) if lengths and _LENGTH.fullmatch(lengths[0]) else 0
    if size > LARGEST_REQUEST or (lengths and lengths[0] != b"%d" % size):
        raise NotCommon
    return size
