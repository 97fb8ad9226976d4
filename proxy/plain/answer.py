"""The reader of answers of the plain core: one of a system behind, by the same rules as `core.StrictClient`.

Heads, lengths and chunks are read by the same functions as there; what differs is that no layer stands between. A head
that comes whole and in the plainest words is read by `plain_head`.
"""

from collections.abc import Iterator
from enum import Enum

import h11
from h11._readers import Http10Reader
from h11._receivebuffer import ReceiveBuffer
from mitmproxy.http import Request, Response
from mitmproxy.net.http import http1, validate
from mitmproxy.proxy.layers.http import _http1

from proxy import lean
from proxy.exchange import Answer
from proxy.http1 import LONGEST_HEAD, closes
from proxy.http1_upstream import is_status_line
from proxy.plain.head import BODILESS, HeadReader


class Unreadable(Exception):
    """What came is no answer. Nothing of it is quoted."""


class BrokenOff(Exception):
    """The answer has ended before its end."""


class End(Enum):
    """The answer has been read to its end."""

    END = "end"


type Read = Response | bytes | End


class AnswerReader:
    """Reads the answer to *request*, and its head by *heads*. Any split of what is fed gives the same answer."""

    def __init__(self, request: Request, heads: HeadReader) -> None:
        self._request = request
        self._heads = heads
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
        if response.status_code in BODILESS or response.data.http_version != b"HTTP/1.1":
            return False
        return not (response.closes if isinstance(response, Answer) else closes(response))

    def feed(self, data: bytes) -> Iterator[Read]:
        """What *data* brings. Raises Unreadable."""
        if self._response is None:
            may_be_plain = not self._received and self._request.data.method in lean.WITH_BODY
            plain = self._heads.read(data) if may_be_plain else None
            if plain is None:
                self._received += data
                head = self._head()
                if head is None:
                    return
                yield head
                data = b""
            else:
                answer, length, size = plain
                self._response, self._body = answer, _http1.make_body_reader(size)
                yield answer
                data = data[length:]
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

    def _head(self) -> Response | None:
        received = bytes(self._received)
        if received[:1] in (b"\r", b"\n"):
            raise Unreadable
        if len(received) > LONGEST_HEAD and b"\n\r\n" not in received[:LONGEST_HEAD]:
            raise Unreadable
        lines = self._received.maybe_extract_lines()
        if not lines:
            return None
        if not is_status_line(bytes(lines[0])):
            raise Unreadable
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
