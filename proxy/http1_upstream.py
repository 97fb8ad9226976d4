"""HTTP/1 towards systems behind: heads are bounded, and an answer that was cut is never taken for a whole one."""

import re

from h11._readers import Http10Reader
from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.layers.http import _http1
from mitmproxy.proxy.layers.http._base import ReceiveHttp
from mitmproxy.proxy.layers.http._events import ErrorCode, ResponseProtocolError

from proxy.http1 import LONGEST_HEAD, SWITCHING, closes
from proxy.tls.ends import CUT

_STATUS_LINE = re.compile(rb"HTTP/1\.[01] [0-9]{3}(?: .*)?", re.DOTALL)
"""Source: RFC 9112, 4. The core reads the number as Python does: `2_00`, `+200` and `0200` are 200 to it alone."""

type Commands = layer.CommandGenerator[None]


def is_status_line(line: bytes) -> bool:
    """Whether *line*, without its end, is the first of an answer in HTTP/1, however others read it."""
    return _STATUS_LINE.fullmatch(line) is not None


class StrictClient(_http1.Http1Client):
    """HTTP/1 towards systems behind: bounded heads, and trailers end the answer instead of the connection handler."""

    def read_headers(self, event: events.ConnectionEvent) -> Commands:
        """Refuse a head that never ends, or that begins with no line of a status, or let the core read.

        The core skips an empty line or fails at it, as the packets happen to come.
        """
        if isinstance(event, events.DataReceived) and self.stream_id is not None:
            data = bytes(self.buf)
            first, end, _ = data.partition(b"\n")
            is_other = bool(end) and not is_status_line(first.removesuffix(b"\r"))
            if is_other or data[:1] == b"\r" or (len(data) > LONGEST_HEAD and b"\n\r\n" not in data[:LONGEST_HEAD]):
                yield from self._broken()
                return
        yield from super().read_headers(event)

    def read_body(self, event: events.Event) -> Commands:
        """Let the core read; it does not know trailers, nor whether what ends with the connection was cut, nor a line
        that never ends: what is left of what came is the beginning of a chunk, or of trailers.
        """
        ends_it = isinstance(event, events.ConnectionClosed) and isinstance(self.body_reader, Http10Reader)
        if ends_it and self.conn in CUT:
            yield from self._broken()
            return
        try:
            yield from super().read_body(event)
        except NotImplementedError:
            yield from self._broken()
            return
        if self.state == self.read_body and len(self.buf) > LONGEST_HEAD:
            yield from self._broken()

    def mark_done(self, *, request: bool = False, response: bool = False) -> Commands:
        """As the core does, but only what we asked for becomes a tunnel; the last answer ends with the connection."""
        self.request_done = self.request_done or request
        self.response_done = self.response_done or response
        if not self.request_done or not self.response_done:
            return
        assert self.request is not None
        assert self.response is not None
        if self.response.status_code == SWITCHING and self.request.headers.get("upgrade") == "websocket":
            yield from self.make_pipe()
            return
        is_last = isinstance(self.body_reader, Http10Reader) or self.request.is_http2
        if is_last or closes(self.request) or closes(self.response):
            yield commands.CloseConnection(self.conn)
            self.state = self.done
            return
        self.request_done = self.response_done = False
        self.request = self.response = None
        self.stream_id = None
        self.state = self.read_headers
        if self.buf:
            yield from self.state(events.DataReceived(self.conn, b""))

    def _broken(self) -> Commands:
        assert self.stream_id is not None
        yield commands.CloseConnection(self.conn)
        yield ReceiveHttp(ResponseProtocolError(self.stream_id, "upstream_malformed", ErrorCode.GENERIC_SERVER_ERROR))
        self.state = self.done
