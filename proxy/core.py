"""Where we depart from mitmproxy's core, and why. Each departure has a test that fails without it.

The core was made for people who debug: it quotes what it could not parse, has no bounds, and lets an answer begin
before anybody has looked at it. What stands here is put in the place of its own classes once, by `install`.
"""

import logging
import re
from collections.abc import Callable
from typing import Any, ClassVar

from h11._readers import Http10Reader
from mitmproxy import connection, http
from mitmproxy import flow as flows
from mitmproxy.connection import ConnectionState
from mitmproxy.net.http import http1
from mitmproxy.net.http.http1 import read
from mitmproxy.proxy import commands, context, events, layer, mode_servers
from mitmproxy.proxy.layers import http as http_layers
from mitmproxy.proxy.layers import tls as tls_layers
from mitmproxy.proxy.layers.http import _http1
from mitmproxy.proxy.layers.http._base import ReceiveHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    HttpEvent,
    RequestProtocolError,
    ResponseData,
    ResponseEndOfMessage,
    ResponseHeaders,
    ResponseProtocolError,
)
from mitmproxy.proxy.layers.http._hooks import HttpErrorHook, HttpRequestHeadersHook, HttpResponseHeadersHook

from proxy import lean
from proxy.arriving import ARRIVING
from proxy.client_hello import ClientHello
from proxy.connection import Connection
from proxy.error_page import coded, error_response
from proxy.exchange import Exchange, exchange_of
from proxy.gate import Gate
from proxy.http2 import StrictHttp2Server
from proxy.http2_upstream import StrictHttp2Client
from proxy.tls_ends import CUT, StrictServerTls

LARGEST_REQUEST = 1024 * 1024
"""Bytes of a request's body; it is always read whole before anything is decided."""
LARGEST_BUFFERED = 1024 * 1024
"""Bytes of an answer's body that are held before it is streamed instead."""
LONGEST_HEAD = 64 * 1024
SWITCHING = 101
"""The status by which HTTP ends on a connection."""
LARGEST_AHEAD = LARGEST_REQUEST + LONGEST_HEAD
"""Bytes of further requests that a caller may send before the answer to the first has come."""

_REQUEST_LINE = re.compile(rb"\S+ \S+ \S+")
"""With one blank between its parts and none around it: others split it elsewhere."""

type Commands = layer.CommandGenerator[None]


class Stream(http_layers.HttpStream):
    """One request and its answer, with bounds, and with pages of ours in place of the core's."""

    gate: ClassVar[Gate]
    """Set by `install`: there is one gate in a process."""
    _is_waiting = False
    """Whether it will be told that time has passed."""

    def check_body_size(self, request: bool) -> layer.CommandGenerator[bool]:
        """Refuse a request that is too large; begin to stream an answer that is. Replaces options of the core that
        would stream an answer past every hook.
        """
        if request:
            return (yield from self._check_request_size())
        exchange = exchange_of(self.flow)
        if exchange is not None and len(self.response_body_buf) > LARGEST_BUFFERED:
            yield from self._begin_to_stream(exchange)
        return False

    def _check_request_size(self) -> layer.CommandGenerator[bool]:
        fields = self.flow.request.headers.fields  # its `get` is slow, and every request comes here
        declared = next((value for name, value in fields if name.lower() == b"content-length"), b"")
        size = len(self.request_body_buf) or (int(declared) if declared.isdigit() else 0)
        if size <= LARGEST_REQUEST:
            return False
        self.flow.error = flows.Error("request_too_large")
        if not self.request_body_buf:
            yield HttpRequestHeadersHook(self.flow)
        if (exchange := exchange_of(self.flow)) is not None:
            exchange.failure = "request_too_large"
        yield HttpErrorHook(self.flow)
        yield from self._answer_with_error("request_too_large", ErrorCode.REQUEST_TOO_LARGE)
        return True

    def _begin_to_stream(self, exchange: Exchange) -> Commands:
        """The answer has outgrown the buffer: from here on its windows are released one by one."""
        body = bytes(self.response_body_buf)
        self.response_body_buf.clear()  # type: ignore[no-untyped-call]
        if self.gate.streaming.begin(self.flow, exchange):
            yield from self.start_response_stream()
            yield from self.handle_event(ResponseData(self.stream_id, body))
        else:
            yield from self._withheld()

    def state_wait_for_response_headers(self, event: HttpEvent) -> Commands:
        """As the core does, but an answer that is withheld ends here: its body is not even read."""
        assert isinstance(event, ResponseHeaders)
        self.flow.response = event.response
        if (yield from self.check_invalid(False)):
            return
        yield HttpResponseHeadersHook(self.flow)
        if (yield from self.check_killed(True)):
            return
        exchange = exchange_of(self.flow)
        if exchange is not None and exchange.is_answered and exchange.streaming is None:
            yield from self._withheld()
        elif self.flow.response.stream:
            yield from self.start_response_stream()
        else:
            self.server_state = self.state_consume_response_body

    def state_stream_response_body(self, event: events.Event) -> Commands:
        """As the core does, but what it has been given may wait for more: then it asks to be told when it must go."""
        yield from super().state_stream_response_body(event)
        if isinstance(event, ResponseData):
            yield from self._wait_for_more()

    def _handle_event(self, event: events.Event) -> Commands:
        """As the core does; and what has waited for long enough goes, if no more has come."""
        if self.child_layer is not None:
            yield from self.passthrough(event)
            return
        if not isinstance(event, events.Wakeup):
            yield from super()._handle_event(event)
            return
        self._is_waiting = False
        if self.server_state == self.state_stream_response_body and self.flow.response is not None:
            stream: Any = self.flow.response.stream
            for chunk in stream(None):
                yield http_layers.SendHttp(ResponseData(self.stream_id, chunk), self.context.client)
            yield from self._wait_for_more()

    def _wait_for_more(self) -> Commands:
        exchange = exchange_of(self.flow)
        due_in_s = exchange.streaming.due_in_s if exchange is not None and exchange.streaming is not None else None
        if due_in_s is not None and not self._is_waiting:
            self._is_waiting = True
            yield commands.RequestWakeup(due_in_s)

    def _withheld(self) -> Commands:
        """Send the page that the gate has put in place of the answer, and let the connection behind go."""
        yield http_layers.SendHttp(
            RequestProtocolError(self.stream_id, "withheld", ErrorCode.CANCEL), self.context.server
        )
        yield from self._send_page()

    def _send_page(self) -> Commands:
        assert self.flow.response is not None
        content = self.flow.response.raw_content
        yield http_layers.SendHttp(
            ResponseHeaders(self.stream_id, self.flow.response, not content), self.context.client
        )
        if content:
            yield http_layers.SendHttp(ResponseData(self.stream_id, content), self.context.client)
        yield from self.flow_done()

    def flow_done(self) -> Commands:
        """As the core does. Then the stream lets go of itself, or it would hold both bodies until the next collection
        of garbage, which counts objects and not what they weigh.
        """
        exchange = exchange_of(self.flow)
        if exchange is not None and exchange.relayed is not None:
            yield from self._relay(exchange)
            return
        yield from super().flow_done()
        if exchange is not None and exchange.is_released:
            self.gate.underway.released(self.flow.client_conn, exchange)
        self._let_go()

    def _relay(self, exchange: Exchange) -> Commands:
        """A WebSocket has been agreed on: what comes from now on are its frames."""
        self.child_layer = self.gate.sockets.relay(self.flow, exchange, self.context)
        yield from self.child_layer.handle_event(events.Start())
        yield http_layers.SendHttp(ResponseEndOfMessage(self.stream_id), self.context.client)

    def _let_go(self) -> None:
        self.client_state = self.server_state = _over
        self.context.layers.clear()

    def handle_protocol_error(self, event: RequestProtocolError | ResponseProtocolError) -> Commands:
        """As the core does, but where an answer can still be given, it is the gate's page and quotes nothing."""
        if self.client_state is _over:
            yield http_layers.DropStream(self.stream_id)
            return
        if isinstance(event, RequestProtocolError) and (asking := exchange_of(self.flow)) is not None:
            asking.failure = asking.failure or "caller_left"
        waiting = self.server_state in (self.state_wait_for_response_headers, self.state_consume_response_body)
        if isinstance(event, ResponseProtocolError) and waiting and self.client_state == self.state_done:
            exchange = exchange_of(self.flow)
            if exchange is not None:
                exchange.failure = exchange.failure or failure_of(event)
            self.flow.error = flows.Error(event.message)
            yield HttpErrorHook(self.flow)
            if exchange is not None and exchange.is_answered and event.code is not ErrorCode.KILL:
                yield from self._send_page()
                return
        yield from super().handle_protocol_error(event)
        self._let_go()

    def check_invalid(self, request: bool) -> layer.CommandGenerator[bool]:
        """As the core does, without quoting what was found invalid."""
        invalid = False
        for command in super().check_invalid(request):
            if isinstance(command, http_layers.SendHttp) and isinstance(command.event, ResponseProtocolError):
                command.event.message = self._coded("malformed_request" if request else "upstream_malformed")
                invalid = True
            elif isinstance(command, HttpErrorHook) and (exchange := exchange_of(self.flow)) is not None:
                exchange.failure = "malformed_request" if request else "upstream_malformed"
            yield command
        return invalid

    def _answer_with_error(self, reason: str, code: ErrorCode) -> Commands:
        error = ResponseProtocolError(self.stream_id, self._coded(reason), code)
        yield http_layers.SendHttp(error, self.context.client)
        self.client_state = self.state_errored
        self.flow.live = False

    def _coded(self, reason: str) -> str:
        exchange = exchange_of(self.flow)
        is_head = self.flow.request.method == "HEAD"
        if exchange is None:
            return coded(reason, "-", as_page=True, is_head=is_head)
        return coded(reason, exchange.ledger.event, as_page=exchange.wants_page, is_head=is_head)


def _over(event: HttpEvent) -> Commands:
    """What a stream that is over makes of anything: nothing."""
    yield from ()


class StrictServer(_http1.Http1Server):
    """HTTP/1 towards callers: a head with bare line ends, control characters or too many bytes is refused unread.

    The head of an answer leaves together with the first bytes of its body, in one packet where they fit; that of one
    that is streamed goes at once, for nobody knows when anything follows.
    """

    _head: bytes = b""

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
        if _closes(self.request) or _closes(self.response):
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
            fault = fault_of(bytes(self.buf))
            if fault is not None:
                yield from self._turn_away(fault)
                return
        asked = self.stream_id
        for command in super().read_headers(event):
            if isinstance(command, commands.SendData):  # all that the core ever says while it reads is an error
                yield from self._turn_away(400)
                return
            yield command
        # The rest of a head, or of a body, is still to come. What is behind a request that has been answered may be a
        # whole one, whose turn comes once the caller has taken his answers.
        if self.stream_id == asked and (self.buf if self.request is None else not self.request_done):
            ARRIVING.begun(self.conn.id)

    def read_body(self, event: events.Event) -> Commands:
        """Let the core read; it does not know trailers, which come after everything was decided."""
        try:
            yield from super().read_body(event)
        except NotImplementedError:
            yield commands.CloseConnection(self.conn)
            yield ReceiveHttp(RequestProtocolError(self.stream_id, "malformed_request", ErrorCode.GENERIC_CLIENT_ERROR))

    def _turn_away(self, status: int) -> Commands:
        event = Stream.gate.withholding.turn_away(self.context.client, status)
        answer = error_response(status, coded("malformed_request", event, as_page=True))
        yield commands.SendData(self.conn, answer)
        yield commands.CloseConnection(self.conn)
        self.state = self.done


def _closes(message: http.Message) -> bool:
    return bool(http1.connection_close(message.http_version, message.headers))  # type: ignore[no-untyped-call]


class StrictClient(_http1.Http1Client):
    """HTTP/1 towards systems behind: bounded heads, and trailers end the answer instead of the connection handler."""

    def read_headers(self, event: events.ConnectionEvent) -> Commands:
        """Refuse a head that never ends, or that begins with an empty line, or let the core read.

        The core skips an empty line or fails at it, as the packets happen to come.
        """
        if isinstance(event, events.DataReceived) and self.stream_id is not None:
            data = bytes(self.buf)
            if data[:1] in (b"\r", b"\n") or (len(data) > LONGEST_HEAD and b"\n\r\n" not in data[:LONGEST_HEAD]):
                yield from self._broken()
                return
        yield from super().read_headers(event)

    def read_body(self, event: events.Event) -> Commands:
        """Let the core read; it does not know trailers, nor whether what ends with the connection was cut."""
        ends_it = isinstance(event, events.ConnectionClosed) and isinstance(self.body_reader, Http10Reader)
        if ends_it and self.conn in CUT:
            yield from self._broken()
            return
        try:
            yield from super().read_body(event)
        except NotImplementedError:
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
        if is_last or _closes(self.request) or _closes(self.response):
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


def failure_of(event: ResponseProtocolError) -> str:
    """Why the system behind did not answer, from how the core says it."""
    if event.code is ErrorCode.CONNECT_FAILED:
        return "upstream_unreachable"
    closed = event.message.startswith(("server closed connection", "HTTP/1 protocol error: peer closed"))
    return "upstream_broke_off" if closed else "upstream_malformed"


def fault_of(data: bytes) -> int | None:
    """The status that the beginning of a request must be refused with, if it must be."""
    end = data.find(b"\r\n\r\n")
    head = data if end < 0 else data[:end]
    if end >= 0 and not _REQUEST_LINE.fullmatch(head.partition(b"\r\n")[0]):
        return 400
    if len(head) > LONGEST_HEAD:
        return 431
    bare = head.replace(b"\r\n", b"")
    # A carriage return at the very end may be followed by its line feed in the next packet.
    bare = bare.removesuffix(b"\r") if end < 0 else bare
    if b"\n" in bare or b"\r" in bare or b"\0" in bare or b"\r\n " in head or b"\r\n\t" in head:
        return 400
    return None


class ScrubbedLog(logging.Handler):
    """Takes what the core logs, which may hold bytes of bodies, and passes on where it was said and how grave it is."""

    def __init__(self, said: Callable[[str, str, str], None]) -> None:
        super().__init__(logging.WARNING)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        """Pass on the logger, the level and the kind of exception; never the message."""
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        self._said(record.name, record.levelname, kind)


def install(gate: Gate, said: Callable[[str, str, str], None]) -> None:
    """Put everything in its place. *said* is told about log records: logger, level, kind of exception."""
    Stream.gate = StrictHttp2Server.gate = gate
    http_layers.HttpStream = Stream  # type: ignore[misc]
    http_layers.Http1Server = StrictServer  # type: ignore[attr-defined]
    http_layers.Http1Client = StrictClient  # type: ignore[attr-defined]
    _http1.make_error_response = error_response
    http_layers.Http2Server = StrictHttp2Server  # type: ignore[attr-defined]
    http_layers.Http2Client = StrictHttp2Client  # type: ignore[attr-defined]
    tls_layers.ServerTLSLayer = StrictServerTls  # type: ignore[misc]
    Connection.broke = staticmethod(gate.withholding.broke)
    Connection.admission = gate.admission
    Connection.turned_away = staticmethod(gate.withholding.turned_away)
    mode_servers.ProxyConnectionHandler = Connection  # type: ignore[misc]
    http.Headers.get = lean.first_value  # type: ignore[method-assign, assignment]
    http.Headers.__contains__ = lean.holds  # type: ignore[method-assign, assignment]
    http_layers.HttpLayer.event_to_child = lean.event_to_child  # type: ignore[method-assign, assignment]
    http1.connection_close = lean.connection_close
    http1.expected_http_body_size = lean.body_size
    read._read_headers = lean.read_headers  # type: ignore[assignment]
    flows.uuid = connection.uuid = lean.Numbered()  # type: ignore[assignment, attr-defined]
    tls_layers.ClientHello = ClientHello  # type: ignore[assignment, attr-defined]
    context.Context.fork = lean.fork  # type: ignore[method-assign, assignment]
    layer.Layer.handle_event = lean.handle_event  # type: ignore[method-assign, assignment]
    # None of our hooks waits, so a layer that calls one goes on at once instead of being told later that it has ended.
    commands.StartHook.blocking = False
    # The core checks the type of every field of every message in Python: a quarter of the time of a small request.
    http.MessageData.__post_init__ = lambda self: None  # type: ignore[method-assign]
    for name in ("mitmproxy", "asyncio", "mitmproxy_rs"):
        logger = logging.getLogger(name)
        logger.handlers = [ScrubbedLog(said)]
        logger.propagate = False
        logger.setLevel(logging.WARNING)
