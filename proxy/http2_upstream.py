"""HTTP/2 towards systems behind: what the standard does not allow ends the connection, and nothing of it is quoted.

An answer that a system has not finished is never taken for a whole one: resets, broken connections and lengths that do
not fit end it. Trailers, which come after everything was decided, and interim answers go no further than this.
"""

import re
import time
from typing import Any

import h2.events
from h2.errors import ErrorCodes
from mitmproxy import http
from mitmproxy.proxy import commands, context, events, layer
from mitmproxy.proxy.layers.http import _http2
from mitmproxy.proxy.layers.http._base import HttpEvent, ReceiveHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    RequestHeaders,
    RequestProtocolError,
    RequestTrailers,
    ResponseProtocolError,
)
from mitmproxy.proxy.layers.http._http_h2 import BufferedH2Connection

LARGEST_FRAME = 2**17
"""Bytes of a frame. The library looks at the length of one only once it is there."""
MOST_REMEMBERED = 1_000
"""Streams of one connection by the caller's numbers, before those that are over are forgotten."""
_STATUS = re.compile(rb"[2-5][0-9][0-9]")
_BROKE_OFF, _MALFORMED = "server closed connection", "upstream_malformed"

type Commands = layer.CommandGenerator[None]
type Header = tuple[bytes, bytes]


class Drained(h2.events.Event):
    """The system behind takes nothing new."""

    def __init__(self, last_stream_id: int) -> None:
        self.last_stream_id = last_stream_id
        """The last that it has taken."""


class DrainingConnection(BufferedH2Connection):
    """Goes on with what is under way when the other side takes nothing new, as servers say now and then."""

    def _receive_goaway_frame(self, frame: Any) -> tuple[list[Any], list[h2.events.Event]]:
        if frame.error_code != ErrorCodes.NO_ERROR:
            return super()._receive_goaway_frame(frame)
        return [], [Drained(frame.last_stream_id)]


class StrictHttp2Client(_http2.Http2Client):
    """One connection to a system behind."""

    def __init__(self, context: context.Context) -> None:
        super().__init__(context)
        self.h2_conn = DrainingConnection(self.h2_conf)
        self.h2_conn.local_settings.enable_push = 0
        self.h2_conn.local_settings.acknowledge()  # else the settings of before would be sent
        self._is_draining = self._is_over = False

    def _handle_event(self, event: events.Event) -> Commands:
        """As the core does; and what cannot be sent any more is not waited for."""
        if isinstance(event, RequestProtocolError) and self.stream_queue.pop(event.stream_id, None) is not None:
            return  # nobody waits for it any more, and it has not been sent
        if isinstance(event, HttpEvent) and self._is_draining and event.stream_id not in self.our_stream_id:
            if isinstance(event, RequestHeaders):
                yield _not_sent(event.stream_id)
            return
        if isinstance(event, RequestHeaders) and len(self.our_stream_id) > MOST_REMEMBERED:
            self._forget()
        yield from super()._handle_event(event)
        if isinstance(event, RequestProtocolError):
            self.streams.pop(event.stream_id, None)
        if self._is_draining and not self.streams and not self._is_over:
            yield from self.close_connection(_BROKE_OFF)
        while self.stream_queue and (self._is_draining or self._is_over):
            waiting, _ = self.stream_queue.popitem()
            yield _not_sent(waiting)

    def _forget(self) -> None:
        """Forget how the callers' numbers of streams that are over stand for ours."""
        live = {theirs: ours for theirs, ours in self.our_stream_id.items() if not self.is_closed(ours)}
        self.our_stream_id, self.their_stream_id = live, {ours: theirs for theirs, ours in live.items()}

    def _handle_event2(self, event: events.Event) -> Commands:
        match event:
            case RequestTrailers():
                return
            case RequestHeaders():
                self.last_activity = time.time()
                self.h2_conn.send_headers(event.stream_id, head_of(event.request), end_stream=event.end_stream)
                self.streams[event.stream_id] = _http2.StreamState.EXPECTING_HEADERS
                yield commands.SendData(self.conn, self.h2_conn.data_to_send())
            case _:
                yield from super()._handle_event2(event)
        if not self._is_over and len(self.h2_conn.incoming_buffer._data) > LARGEST_FRAME + 9:
            yield from self.protocol_error("a frame that is too large", ErrorCodes.FRAME_SIZE_ERROR)

    def handle_h2_event(self, event: h2.events.Event) -> layer.CommandGenerator[bool]:
        """As the core does, but for what a caller must not see or must not wait for."""
        match event:
            case h2.events.ResponseReceived(headers=headers) if not _is_proper(headers):
                yield from self.protocol_error("a status that is none")
                return True
            case h2.events.InformationalResponseReceived(headers=headers):
                if (b":status", b"101") in headers:
                    yield from self.protocol_error("another protocol")
                    return True
                return False
            case h2.events.TrailersReceived():
                return False
            case h2.events.StreamReset(stream_id=int(number)):
                if self.streams.pop(number, None) is not None:
                    yield ReceiveHttp(ResponseProtocolError(number, _BROKE_OFF, ErrorCode.GENERIC_SERVER_ERROR))
                return False
            case Drained(last_stream_id=int(last)):
                self._is_draining = True
                for number in [each for each in self.streams if each > last]:
                    del self.streams[number]
                    yield ReceiveHttp(ResponseProtocolError(number, _BROKE_OFF, ErrorCode.CONNECT_FAILED))
                return False
            case _:
                return (yield from super().handle_h2_event(event))

    def protocol_error(self, message: str, error_code: int = ErrorCodes.PROTOCOL_ERROR) -> Commands:
        """As the core does, but nobody is told more than the code."""
        self.h2_conn.close_connection(error_code)
        yield commands.SendData(self.conn, self.h2_conn.data_to_send())
        self._is_over = True
        yield from super().close_connection(_MALFORMED)

    def close_connection(self, msg: str) -> Commands:
        """The system behind has ended the connection, perhaps amid its answers."""
        self._is_over = True
        yield from super().close_connection(_BROKE_OFF)


def _not_sent(stream: int) -> ReceiveHttp:
    """The answer to a request, by the caller's number, that the system behind has not got."""
    return ReceiveHttp(ResponseProtocolError(stream, _BROKE_OFF, ErrorCode.CONNECT_FAILED))


def head_of(request: http.Request) -> list[Header]:
    """The head of *request*, whose host stands in `:authority` alone. Source: RFC 9113, 8.3.1."""
    data = request.data
    fields = [(name.lower(), value) for name, value in data.headers.fields]
    host = next((value for name, value in fields if name == b"host"), data.authority)
    return [
        (b":method", data.method),
        (b":scheme", data.scheme),
        (b":authority", host),
        (b":path", data.path),
        *((name, value) for name, value in fields if name != b"host"),
    ]


def _is_proper(headers: list[Header]) -> bool:
    """Whether a head has one status, of an answer, and says nothing else of itself."""
    own = [(name, value) for name, value in headers if name.startswith(b":")]
    return len(own) == 1 and own[0][0] == b":status" and _STATUS.fullmatch(own[0][1]) is not None
