"""HTTP/1 towards callers: what could be read in two ways is refused unread, and errors are pages of ours."""

import re
from typing import ClassVar

from mitmproxy import http
from mitmproxy.connection import ConnectionState
from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.layers.http import _http1
from mitmproxy.proxy.layers.http._base import ReceiveHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    HttpEvent,
    RequestProtocolError,
    ResponseEndOfMessage,
    ResponseHeaders,
)

from proxy import lean
from proxy.arriving import ARRIVING
from proxy.error_page import coded, error_response
from proxy.gate import Gate
from proxy.stream import LARGEST_REQUEST

LONGEST_HEAD = 64 * 1024
SWITCHING = 101
"""The status by which HTTP ends on a connection."""
LARGEST_AHEAD = LARGEST_REQUEST + LONGEST_HEAD
"""Bytes of further requests that a caller may send before the answer to the first has come."""

HEAD_ENDS = b"\r\n\r\n"
_LINE_FEED = 0x0A
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
"""None of them is a blank, though the core takes some away around a value as if they were: others do not."""
_REQUEST_LINE = re.compile(rb"\S+ \S+ \S+")
"""With one blank between its parts and none around it: others split it elsewhere."""

type Commands = layer.CommandGenerator[None]


class StrictServer(_http1.Http1Server):
    """HTTP/1 towards callers: a head with bare line ends, control characters or too many bytes is refused unread.

    The head of an answer leaves together with the first bytes of its body, in one packet where they fit; that of one
    that is streamed goes at once, for nobody knows when anything follows.
    """

    gate: ClassVar[Gate]
    """Set by `core.install`."""
    _head: bytes = b""
    _seen = 0
    """Bytes of a head that have come and were looked at."""

    def _handle_event(self, event: events.Event) -> Commands:
        """As the core does; and a request that has come ahead is read when its turn has come."""
        if not isinstance(event, events.Wakeup):
            yield from super()._handle_event(event)
        elif self.conn.state is ConnectionState.OPEN:  # or who asked has left meanwhile, and nothing is done for him
            yield from self.state(events.DataReceived(self.conn, b""))

    def send(self, event: HttpEvent) -> Commands:
        """As the core does, but the head waits for what follows it at once."""
        interim = isinstance(event, ResponseHeaders) and event.response.status_code == 100
        for command in super().send(event):
            if isinstance(command, commands.SendData):
                if isinstance(event, ResponseHeaders) and not (event.end_stream or interim or event.response.stream):
                    self._head = command.data
                    continue
                command = commands.SendData(command.connection, self._head + command.data)
                self._head = b""
            yield command
        if interim:
            self.response = None  # the answer is still to come, be it only that the request is too large
        elif self._head and isinstance(event, ResponseEndOfMessage):
            yield commands.SendData(self.conn, self._head)
            self._head = b""

    def wait(self, event: events.Event) -> Commands:
        """As the core does, but who goes on sending while an answer is waited for has gone too far."""
        if isinstance(event, events.DataReceived) and len(self.buf) > LARGEST_AHEAD:
            event = events.ConnectionClosed(self.conn)
        yield from super().wait(event)

    def mark_done(self, *, request: bool = False, response: bool = False) -> Commands:
        """As the core does, but only a WebSocket becomes a tunnel, and no answer of ours ends with the connection.

        The next request is not read here: whoever said that the answer has ended, a connection behind or this one, is
        still about it and could not begin anew. Nor is a row of requests then handled each within the one before it.
        """
        if request:
            ARRIVING.ended(self.conn.id)
        self.request_done = self.request_done or request
        self.response_done = self.response_done or response
        if not self.request_done:
            return
        if not self.response_done:
            self.state = self.wait
            return
        assert self.request is not None
        assert self.response is not None
        if self.response.status_code == SWITCHING:  # which the gate alone says
            yield from self.make_pipe()
            return
        if closes(self.request) or closes(self.response):
            yield commands.CloseConnection(self.conn)
            self.state = self.done
            return
        self.request_done = self.response_done = False
        self.request = self.response = None
        self.stream_id += 2
        self.state = self.read_headers
        if self.buf:
            yield commands.RequestWakeup(0)

    def read_headers(self, event: events.ConnectionEvent) -> Commands:
        """Refuse, or let the core read."""
        if isinstance(event, events.DataReceived):
            fault = fault_of(bytes(self.buf), self._seen)
            if fault is not None:
                yield from self._turn_away(fault)
                return
        asked = self.stream_id
        for command in super().read_headers(event):
            if isinstance(command, commands.SendData):  # all that the core ever says while it reads is an error
                yield from self._turn_away(400)
                return
            yield command
        self._seen = len(self.buf) if self.stream_id == asked and self.request is None else 0
        # The rest of a head, or of a body, is still to come; what came may be a blank line alone. What is behind a
        # request that has been answered may be a whole one, whose turn comes once the caller has taken his answers.
        came = self.buf or (isinstance(event, events.DataReceived) and event.data)
        if self.stream_id == asked and (came if self.request is None else not self.request_done):
            ARRIVING.begun(self.conn.id)

    def read_body(self, event: events.Event) -> Commands:
        """Let the core read; it does not know trailers, which come after everything was decided, nor a line that never
        ends: what is left of what came is the beginning of a chunk, or of trailers.
        """
        try:
            yield from super().read_body(event)
        except NotImplementedError:
            yield from self._broken()
            return
        if self.state == self.read_body and len(self.buf) > LONGEST_HEAD:
            yield from self._broken()

    def _broken(self) -> Commands:
        yield commands.CloseConnection(self.conn)
        yield ReceiveHttp(RequestProtocolError(self.stream_id, "malformed_request", ErrorCode.GENERIC_CLIENT_ERROR))
        self.state = self.done

    def _turn_away(self, status: int) -> Commands:
        event = self.gate.withholding.turn_away(self.context.client, status)
        answer = error_response(status, coded("malformed_request", event, as_page=True))
        yield commands.SendData(self.conn, answer)
        yield commands.CloseConnection(self.conn)
        self.state = self.done


def closes(message: http.Message) -> bool:
    """Whether *message* says that its connection ends with it."""
    return lean.connection_close(message.data.http_version, message.data.headers)


def fault_of(data: bytes | bytearray, seen: int = 0) -> int | None:
    """The status that the beginning of a request must be refused with, if it must be.

    The first *seen* bytes were looked at before, and neither was there a fault nor the end of the head: whoever sends
    byte by byte does not have all of them looked at each time.
    """
    end = data.find(HEAD_ENDS, max(0, seen - 3))
    head = data[:end] if end >= 0 else data[_unseen(data, seen) :]
    if end >= 0 and not _REQUEST_LINE.fullmatch(head.partition(b"\r\n")[0]):
        return 400
    if (end if end >= 0 else len(data)) > LONGEST_HEAD:
        return 431
    bare = head.replace(b"\r\n", b"")
    # A carriage return at the very end may be followed by its line feed in the next packet.
    bare = bare.removesuffix(b"\r") if end < 0 else bare
    if _CONTROL.search(bare) or b"\r\n " in head or b"\r\n\t" in head:
        return 400
    return None


def _unseen(data: bytes | bytearray, seen: int) -> int:
    """Where to look from: what is wrong may begin two bytes before what is new, and no line end is taken apart."""
    start = max(0, seen - 2)
    return start - 1 if start and data[start] == _LINE_FEED else start
