"""The reader of answers of the plain core: one of a system behind, by the same rules as `core.StrictClient`.

Heads, lengths and chunks are read by the same functions as there; what differs is that no layer stands between. A head
that comes whole and in the plainest words is read at once, as those functions would read it (docs/decisions/0027).
"""

import re
import time
from collections.abc import Iterator
from enum import Enum

import h11
from h11._readers import Http10Reader
from h11._receivebuffer import ReceiveBuffer
from mitmproxy.http import Request, Response
from mitmproxy.net.http import http1, validate
from mitmproxy.proxy.layers.http import _http1

from proxy import lean
from proxy.http1 import LONGEST_HEAD, closes

_PLAIN_HEAD = re.compile(
    rb"HTTP/1\.1 ([2-5][0-9]{2}) ([!-~](?:[ -~]*[!-~])?)((?:\r\n[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t -~]*)+)\r\n\r\n"
)
_PLAIN_LENGTH = re.compile(rb"0|[1-9][0-9]{0,9}")
_BODILESS = (204, 205, 304)


class Unreadable(Exception):
    """What came is no answer. Nothing of it is quoted."""


class BrokenOff(Exception):
    """The answer has ended before its end."""


class End(Enum):
    """The answer has been read to its end."""

    END = "end"


type Read = Response | bytes | End


class AnswerReader:
    """Reads the answer to *request*. Any split of what is fed gives the same answer."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._received = ReceiveBuffer()
        self._body: _http1.TBodyReader | None = None
        self._response: Response | None = None
        self.is_whole = False

    @property
    def may_another_follow(self) -> bool:
        """Whether the connection may be shared: the answer had a body with an end of its own, nothing came behind it,
        in HTTP/1.1, and neither side ends the connection.

        After an answer that must not have a body none is shared: a system behind that sends one all the same would
        have its bytes taken for the next answer, which may be somebody else's.
        """
        response = self._response
        if not self.is_whole or response is None or self._received or isinstance(self._body, Http10Reader):
            return False
        if self._request.data.method == b"HEAD" or not 200 <= response.status_code < 600:
            return False
        if response.status_code in _BODILESS or response.data.http_version != b"HTTP/1.1":
            return False
        return not closes(response)

    def feed(self, data: bytes) -> Iterator[Read]:
        """What *data* brings. Raises Unreadable."""
        if self._response is None:
            plain = None if self._received else self._plain_head(data)
            if plain is None:
                self._received += data
                head = self._head()
                if head is None:
                    return
                yield head
                data = b""
            else:
                head, data, size = plain
                yield head
                if data and len(data) == size:
                    self.is_whole = True
                    yield data
                    yield End.END
                    return
        self._received += data
        yield from self._parts()

    def eof(self) -> Iterator[Read]:
        """What it means that nothing more comes. Raises Unreadable or BrokenOff."""
        if self.is_whole:
            return
        if not isinstance(self._body, Http10Reader):
            if self._body is None and self._received:
                raise Unreadable
            raise BrokenOff
        self.is_whole = True
        yield End.END

    def _plain_head(self, data: bytes) -> tuple[Response, bytes, int] | None:
        """The head that *data* begins with, what follows it, and the size of the body in bytes. None where it is left
        to `_head`: it has not come whole, is not in the plainest words, or not just the length of its body is said.
        """
        found = _PLAIN_HEAD.match(data, 0, LONGEST_HEAD)
        if found is None or self._request.data.method not in lean.WITH_BODY:
            return None
        status, reason, lines = found.groups()
        fields, lengths = [], []
        for line in lines[2:].split(b"\r\n"):
            name, _, value = line.partition(b":")
            value = value.strip()
            fields.append((name, value))
            name_below = name.lower()
            if name_below == b"content-length":
                lengths.append(value)
            elif name_below == b"transfer-encoding":
                return None
        if len(lengths) != 1 or _PLAIN_LENGTH.fullmatch(lengths[0]) is None or int(status) in _BODILESS:
            return None
        headers, size = lean.made_of(fields), int(lengths[0])
        response = Response(b"HTTP/1.1", int(status), reason, headers, None, None, time.time(), None)
        self._response, self._body = response, _http1.make_body_reader(size)
        return response, data[found.end() :], size

    def _head(self) -> Response | None:
        received = bytes(self._received)
        if received[:1] in (b"\r", b"\n"):
            raise Unreadable
        if len(received) > LONGEST_HEAD and b"\n\r\n" not in received[:LONGEST_HEAD]:
            raise Unreadable
        lines = self._received.maybe_extract_lines()
        if not lines:
            return None
        try:
            response = http1.read_response_head([bytes(line) for line in lines])
            validate.validate_headers(response)
            size = lean.body_size(self._request, response)
        except ValueError:
            raise Unreadable from None
        self._response, self._body = response, _http1.make_body_reader(size)
        return response

    def _parts(self) -> Iterator[Read]:
        assert self._body is not None
        while not self.is_whole:
            try:
                read = self._body(self._received)
            except h11.ProtocolError:
                raise Unreadable from None
            if read is None:
                if len(self._received) > LONGEST_HEAD:  # the line of a chunk, or trailers, that never end
                    raise Unreadable
                return
            if isinstance(read, h11.EndOfMessage):
                if read.headers:  # trailers come after everything was decided
                    raise Unreadable
                self.is_whole = True
                yield End.END
            elif read.data:
                yield bytes(read.data)
