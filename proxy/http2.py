"""HTTP/2 towards callers: everything that arrives has its time and its size, and errors are pages of ours."""

from typing import ClassVar

import h2.events
from h2.connection import ConnectionState
from h2.errors import ErrorCodes
from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import _http2
from mitmproxy.proxy.layers.http._events import ResponseEndOfMessage, ResponseProtocolError

from proxy.arriving import ARRIVING
from proxy.beside import Beside
from proxy.error_page import error_of
from proxy.gate import Gate
from proxy.leaving import GOING_AWAY, PATIENCE_S, AwaitLeaving

LARGEST_FRAME = 2**17
"""Bytes of a frame. The library looks at the length of one only once it is there."""
_FRAME, _HEAD = -1, -2
"""What arrives beside requests, which are numbered by their streams: a frame, and a head in several frames."""

HELD: set[str] = set()
"""The ids of the connections whose callers do not let go out what is there for them (flow control)."""

MOST_HELD = 256 * 1024
"""Bytes that may wait for a caller who does not let them go out, before no more is fetched for him."""
FULL: set[str] = set()
"""The ids of the connections for which more than `MOST_HELD` bytes wait."""

type Commands = layer.CommandGenerator[None]


class StrictHttp2Server(_http2.Http2Server):
    """One caller's connection."""

    gate: ClassVar[Gate]
    """Set by `core.install`."""
    _left: int = 0
    """Bytes of a frame that had not arrived whole when last looked at."""
    _is_leaving = _has_said_so = False
    """Whether the worker is to stop, and whether the caller has been told."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._beside = Beside(self.conn.id)

    def _handle_event(self, event: events.Event) -> Commands:
        if isinstance(event, events.DataReceived):
            self._beside.received()
        else:
            self._beside.moved()
        # What comes of a request that was taken back reaches nobody.
        is_answer = isinstance(event, ResponseEndOfMessage) and self.is_open_for_us(event.stream_id)
        if isinstance(event, events.Wakeup):
            yield from self._leave()
        elif isinstance(event, ResponseProtocolError) and self._may_answer(event):
            yield from self._answer(event)
        else:
            yield from super()._handle_event(event)
        if isinstance(event, events.Start):
            yield AwaitLeaving()
        if is_answer:
            self._beside.answered()
        if isinstance(event, ResponseEndOfMessage) and self.is_closed(event.stream_id):
            self.streams.pop(event.stream_id, None)  # the core keeps all there ever were
        if self._is_leaving and not self.h2_conn.open_inbound_streams:
            yield from self._say_so()
        self._note_what_waits()
        is_open = self.h2_conn.state_machine.state is not ConnectionState.CLOSED
        if isinstance(event, events.DataReceived) and is_open:
            yield from self._watch(len(event.data))

    def _leave(self) -> Commands:
        """Say so with the last answer that is under way, or after a while. There are clients who give up what is under
        way when they hear it, though it will be answered (httpcore does).
        """
        if self._is_leaving or not self.h2_conn.open_inbound_streams:
            yield from self._say_so()
        else:
            self._is_leaving = True
            yield commands.RequestWakeup(PATIENCE_S)

    def _say_so(self) -> Commands:
        if not self._has_said_so:
            self._has_said_so = True
            yield commands.SendData(self.conn, GOING_AWAY)

    def _note_what_waits(self) -> None:
        waiting = [part for parts in self.h2_conn.stream_buffers.values() for part in parts]
        if waiting:
            HELD.add(self.conn.id)
        else:
            HELD.discard(self.conn.id)
        if sum(len(part.data) for part in waiting) > MOST_HELD:
            FULL.add(self.conn.id)
        else:
            FULL.discard(self.conn.id)

    def handle_h2_event(self, event: h2.events.Event) -> layer.CommandGenerator[bool]:
        """As the core does, and note which requests have not arrived whole, and what nobody needs so much of."""
        if isinstance(event, h2.events.Event) and self._beside.saw(event):
            yield from self.protocol_error("too much that asks for nothing", ErrorCodes.ENHANCE_YOUR_CALM)
            return True
        match event:
            case h2.events.RequestReceived(stream_id=int(number), stream_ended=None):
                ARRIVING.begun(self.conn.id, number)
            case h2.events.StreamEnded(stream_id=int(number)) | h2.events.StreamReset(stream_id=int(number)):
                ARRIVING.ended(self.conn.id, number)
            case _:
                pass
        return (yield from super().handle_h2_event(event))

    def protocol_error(self, message: str, error_code: int = ErrorCodes.PROTOCOL_ERROR) -> Commands:
        """As the core does, but an event is written and the caller is told nothing but the code."""
        self.gate.withholding.turn_away(self.context.client, 400)
        self.h2_conn.close_connection(error_code)
        yield commands.SendData(self.conn, self.h2_conn.data_to_send())
        yield from self.close_connection("malformed_request")

    def _may_answer(self, event: ResponseProtocolError) -> bool:
        stream = self.h2_conn.streams.get(event.stream_id)
        is_begun = stream is None or stream.state_machine.headers_sent
        return self.is_open_for_us(event.stream_id) and not is_begun and event.code.http_status_code() is not None

    def _answer(self, event: ResponseProtocolError) -> Commands:
        status = event.code.http_status_code()
        assert status is not None
        fields, body = error_of(status, event.message)
        self.h2_conn.send_headers(event.stream_id, [(b":status", b"%d" % status), *fields], end_stream=not body)
        if body:
            self.h2_conn.send_data(event.stream_id, body, end_stream=True)
        yield commands.SendData(self.conn, self.h2_conn.data_to_send())

    def _watch(self, received: int) -> Commands:
        """Note what has arrived in part only: of a frame, or of a head."""
        buffer = self.h2_conn.incoming_buffer
        left = len(buffer._data)
        if left < self._left + received:  # a frame has come to its end
            ARRIVING.ended(self.conn.id, _FRAME)
        self._left = left
        if left > LARGEST_FRAME + 9:
            yield from self.protocol_error("a frame that is too large", ErrorCodes.FRAME_SIZE_ERROR)
            return
        if left or buffer._preamble_len:
            ARRIVING.begun(self.conn.id, _FRAME)
        if buffer._headers_buffer:
            ARRIVING.begun(self.conn.id, _HEAD)
        else:
            ARRIVING.ended(self.conn.id, _HEAD)
