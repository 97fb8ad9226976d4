"""One request and its answer as the core carries them between the caller, the hooks and the system behind."""

from typing import Any, ClassVar

from mitmproxy import flow as flows
from mitmproxy.proxy import commands, events, layer
from mitmproxy.proxy.layers import http as http_layers
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    HttpEvent,
    RequestEndOfMessage,
    RequestProtocolError,
    ResponseData,
    ResponseEndOfMessage,
    ResponseHeaders,
    ResponseProtocolError,
)
from mitmproxy.proxy.layers.http._hooks import (
    HttpErrorHook,
    HttpRequestHeadersHook,
    HttpRequestHook,
    HttpResponseHeadersHook,
)

from proxy.answer import Mask
from proxy.apart import AwaitMasking, AwaitPace
from proxy.error_page import coded
from proxy.exchange import Exchange, exchange_of
from proxy.gate import Gate
from proxy.message import may_carry_files

LARGEST_REQUEST = 1024 * 1024
"""Bytes of a request's body; it is always read whole before anything is decided."""
LARGEST_BUFFERED = 1024 * 1024
"""Bytes of an answer's body that are held before it is streamed instead."""


def most_held(exchange: Exchange) -> int:
    """Bytes of the answer to *exchange* that are held; a document goes as a whole or not at all."""
    treatment = exchange.treatment
    document = treatment.held_mib * 1024 * 1024 if isinstance(treatment, Mask) else 0
    return document or LARGEST_BUFFERED


type Commands = layer.CommandGenerator[None]


class Stream(http_layers.HttpStream):
    """One request and its answer, with bounds, and with pages of ours in place of the core's."""

    gate: ClassVar[Gate]
    """Set by `core.install`: there is one gate in a process."""
    _is_waiting = False
    """Whether it will be told that time has passed."""
    _pace: AwaitPace | None = None
    """By which it is told that an answer that flows can go on."""
    _has_come = False
    """Whether all of an answer that flows has."""

    def state_consume_request_body(self, event: events.Event) -> Commands:
        """As the core does, but files that are sent are looked into beside the loop before they go."""
        if isinstance(event, RequestEndOfMessage) and self._may_carry_files():
            self.flow.request.data.content = bytes(self.request_body_buf)
            yield HttpRequestHook(self.flow)
            exchange = exchange_of(self.flow)
            if exchange is not None and exchange.masking is not None:
                yield AwaitMasking(exchange.masking)
                return
            # What has been decided to be sent: the core calls the hook once more, which does nothing then.
            self.request_body_buf.clear()  # type: ignore[no-untyped-call]
            self.request_body_buf += self.flow.request.raw_content or b""
        yield from super().state_consume_request_body(event)

    def _may_carry_files(self) -> bool:
        fields = self.flow.request.headers.fields
        return any(
            name.lower() == b"content-type" and may_carry_files(value.decode("latin-1")) for name, value in fields
        )

    def check_body_size(self, request: bool) -> layer.CommandGenerator[bool]:
        """Refuse a request that is too large; begin to stream an answer that is. Replaces options of the core that
        would stream an answer past every hook.
        """
        if request:
            return (yield from self._check_request_size())
        exchange = exchange_of(self.flow)
        if exchange is not None and len(self.response_body_buf) > most_held(exchange):
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

    def state_consume_response_body(self, event: events.Event) -> Commands:
        """As the core does, but an answer that is a document is masked beside the loop before it goes."""
        exchange = exchange_of(self.flow)
        if isinstance(event, ResponseEndOfMessage) and exchange is not None:
            job = self.gate.whole.masking(self.flow, exchange, bytes(self.response_body_buf))
            if job is not None:
                yield AwaitMasking(job)
                return
        yield from super().state_consume_response_body(event)

    def state_stream_response_body(self, event: events.Event) -> Commands:
        """As the core does, but what it has been given may wait for more: then it asks to be told when it must go. What
        has to be waited for comes before the end.
        """
        if isinstance(event, ResponseEndOfMessage):
            self._has_come = True
            yield from self._send_windows(b"")
            if self._pace is None:
                yield from super().state_stream_response_body(event)
            return
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
        if isinstance(event.command, AwaitPace):
            if event.command is self._pace:
                yield from self._go_on()
            return
        if isinstance(event.command, AwaitMasking):
            if self.client_state == self.state_consume_request_body:
                yield from super().state_consume_request_body(RequestEndOfMessage(self.stream_id))
            elif self.server_state == self.state_consume_response_body:
                yield from super().state_consume_response_body(ResponseEndOfMessage(self.stream_id))
            return
        self._is_waiting = False
        if self.server_state == self.state_stream_response_body:
            yield from self._send_windows(None)

    def _go_on(self) -> Commands:
        """What an answer that flows has waited for is over."""
        self._pace = None
        if self.server_state == self.state_stream_response_body:
            yield from self._send_windows(None)
            if self._has_come and self._pace is None:
                yield from super().state_stream_response_body(ResponseEndOfMessage(self.stream_id))

    def _send_windows(self, data: bytes | None) -> Commands:
        """Let the windows go that *data* completes, see `Release`."""
        assert self.flow.response is not None
        stream: Any = self.flow.response.stream
        for chunk in stream(data):
            yield http_layers.SendHttp(ResponseData(self.stream_id, chunk), self.context.client)
        yield from self._wait_for_more()

    def _wait_for_more(self) -> Commands:
        exchange = exchange_of(self.flow)
        streaming = exchange.streaming if exchange is not None else None
        if streaming is not None and self._pace is None and (job := streaming.awaits) is not None:
            self._pace = AwaitPace(job, "" if self._has_come else self.flow.server_conn)
            yield self._pace
        due_in_s = streaming.due_in_s if streaming is not None else None
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


def failure_of(event: ResponseProtocolError) -> str:
    """Why the system behind did not answer, from how the core says it."""
    if event.code is ErrorCode.CONNECT_FAILED:
        return "upstream_unreachable"
    closed = event.message.startswith(("server closed connection", "HTTP/1 protocol error: peer closed"))
    return "upstream_broke_off" if closed else "upstream_malformed"
