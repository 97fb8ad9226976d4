"""The plain HTTP/1.1 core: what a caller says as long as it is the common case, and the gate's answers to it.

It stands where mitmproxy's `HttpLayer` would, behind TLS or not, and calls the hooks in the same order. Anything else
than the common case it hands over to an `HttpLayer`, with all that has not been read (docs/decisions/0027).
"""

from typing import Any

from mitmproxy import flow as flows
from mitmproxy import http
from mitmproxy.connection import Client, ConnectionState
from mitmproxy.http import HTTPFlow
from mitmproxy.proxy import commands, context, events, layer, layers
from mitmproxy.proxy.layers.http import HTTPMode

from proxy import stream
from proxy.addon import Hooks
from proxy.apart import AwaitMasking, AwaitPace
from proxy.arriving import ARRIVING
from proxy.exchange import exchange_of, note_said
from proxy.http1 import LARGEST_AHEAD, closes
from proxy.plain.answer import End
from proxy.plain.asking import Asking, Failed, Heard
from proxy.plain.core import PlainCore
from proxy.plain.request import NotCommon, RequestReader

type Commands = layer.CommandGenerator[None]


class Later(commands.RequestWakeup):
    """One that this layer has asked for. It may come once mitmproxy's read the connection, which know nothing of it."""


class PlainLayer(layer.Layer):
    """One caller's connection."""

    def __init__(self, context: context.Context, plain: PlainCore) -> None:
        super().__init__(context)
        self._plain = plain
        self._hooks: Hooks = plain.hooks
        self._received = bytearray()
        self._reader = RequestReader()
        self._flow: HTTPFlow | None = None
        """The exchange under way."""
        self._is_last = False
        """Whether its request says that the connection ends with it."""
        self._asking: Asking | None = None
        self._body: bytes | bytearray = b""
        """What has come of that of the answer, as long as none of it goes: of most all at once, which is not copied."""
        self._next: Later | None = None
        """By which it is told that a request that has come ahead may be read."""
        self._more: Later | None = None
        """By which it is told that what waits for more must go."""
        self._pace: AwaitPace | None = None
        """By which it is told that an answer that flows can go on."""
        self._masking: AwaitMasking | None = None
        """By which it is told that the document under way has been masked."""
        self._is_over = False
        self._rest: layers.HttpLayer | None = None
        """Who reads this connection once it is not the common case."""

    def _handle_event(self, event: events.Event) -> Commands:
        if self._is_over:
            return
        if isinstance(event, Heard):
            yield from self._hear(event)
        elif isinstance(event, events.Wakeup) and (
            isinstance(event.command, Later) or event.command is self._masking or event.command is self._pace
        ):
            yield from self._wake(event.command)
        elif self._rest is not None:
            yield from self._rest.handle_event(event)
        elif isinstance(event, events.DataReceived):
            yield from self._receive(event.data)
        elif isinstance(event, events.ConnectionClosed):
            yield from self._leave("caller_left")
        elif isinstance(event, events.Start) and self._client.alpn == b"h2":
            yield from self._hand_over()

    @property
    def _client(self) -> Client:
        return self.context.client

    def _hand_over(self) -> Commands:
        """Let mitmproxy's layers read from here on, with what has come already."""
        received = bytes(self._received)
        self._received.clear()
        self._rest = layers.HttpLayer(self.context, HTTPMode.transparent)
        yield from self._rest.handle_event(events.Start())
        if received:
            yield from self._rest.handle_event(events.DataReceived(self._client, received))

    def _receive(self, data: bytes) -> Commands:
        self._received += data
        if self._next is not None or self._flow is not None:
            if len(self._received) > LARGEST_AHEAD:  # who goes on sending while an answer is waited for
                yield from self._leave("caller_left")
            return
        try:
            common = self._reader.read(self._received)
        except NotCommon:
            yield from self._hand_over()
            return
        if common is None:
            ARRIVING.begun(self._client.id)
            return
        request, length = common
        if not self._plain.takes(request, self._reader.said):
            yield from self._hand_over()
            return
        ARRIVING.ended(self._client.id)
        del self._received[:length]
        yield from self._ask(request)

    def _ask(self, request: http.Request) -> Commands:
        flow = self._flow = HTTPFlow(self._client, self.context.server, live=True)
        flow.request, self._is_last = request, self._reader.closes
        note_said(flow, self._reader.said)
        self._hooks.requestheaders(flow)
        if not _is_killed(flow):
            self._hooks.request(flow)
        if _is_killed(flow):
            yield from self._end()
        elif flow.response is not None:  # the gate's own
            self._hooks.responseheaders(flow)
            self._hooks.response(flow)
            yield from self._send_whole(flow)
        else:
            self._asking = self._plain.asking(flow)
            if self._asking is None:
                yield from self._fail(flow, "not_ready")
            else:
                self._asking.begin()

    def _hear(self, heard: Heard) -> Commands:
        for what in heard.each:
            flow = self._flow
            if heard.asking is not self._asking or flow is None:  # it was for another exchange, or this one is over
                return
            match what:
                case bytes():
                    yield from self._part(flow, what)
                case http.Response():
                    yield from self._head(flow, what)
                case End():
                    self._asking = None
                    yield from self._whole(flow)
                case Failed(reason):
                    self._asking = None
                    yield from self._fail(flow, reason)

    def _head(self, flow: HTTPFlow, response: http.Response) -> Commands:
        flow.response = response
        self._hooks.responseheaders(flow)
        exchange = exchange_of(flow)
        if _is_killed(flow) or exchange is None:
            yield from self._end()
        elif exchange.is_answered and exchange.streaming is None:  # it is withheld: its body is not even read
            yield from self._send_whole(flow)
        elif flow.response.stream:
            yield commands.SendData(self._client, _head_of(flow.response))

    def _part(self, flow: HTTPFlow, data: bytes) -> Commands:
        assert flow.response is not None
        if flow.response.stream:
            yield from self._send_windows(flow, data)
            return
        if self._body:
            self._body = bytearray(self._body) if isinstance(self._body, bytes) else self._body
            self._body += data
        else:
            self._body = data
        if (exchange := exchange_of(flow)) is None or len(self._body) <= stream.most_held(exchange):
            return
        body, self._body = bytes(self._body), b""
        if self._plain.gate.streaming.begin(flow, exchange):
            yield commands.SendData(self._client, _head_of(flow.response))
            yield from self._send_windows(flow, body)
        else:
            yield from self._send_whole(flow)

    def _whole(self, flow: HTTPFlow) -> Commands:
        assert flow.response is not None
        if not flow.response.stream:
            flow.response.data.content = body = bytes(self._body)
            exchange = exchange_of(flow)
            job = self._plain.gate.whole.masking(flow, exchange, body) if exchange is not None else None
            if job is not None:
                self._masking = AwaitMasking(job)
                yield self._masking
                return
            self._hooks.response(flow)
            yield from self._send_whole(flow)
            return
        yield from self._send_windows(flow, b"")
        yield from self._streamed(flow)

    def _streamed(self, flow: HTTPFlow) -> Commands:
        """All of a streamed answer has come: end it, once all of it has gone."""
        if self._flow is None or self._pace is not None:
            return
        self._hooks.response(flow)
        exchange = exchange_of(flow)
        is_whole = exchange is not None and exchange.streaming is not None and exchange.streaming.is_whole
        if _is_killed(flow) or not is_whole:
            yield from self._end()
            return
        if flow.request.data.method != b"HEAD":
            yield commands.SendData(self._client, b"0\r\n\r\n")
        yield from self._done(flow)

    def _send_windows(self, flow: HTTPFlow, data: bytes | None) -> Commands:
        """Let the windows go that *data* completes, see `Release`; and ask to be told when those that wait must."""
        assert flow.response is not None
        streams: Any = flow.response.stream
        windows = b"".join([b"%x\r\n%s\r\n" % (len(window), window) for window in streams(data)])
        if _is_killed(flow):
            yield from self._end()
            return
        if windows:
            yield commands.SendData(self._client, windows)
        exchange = exchange_of(flow)
        streaming = exchange.streaming if exchange is not None else None
        if streaming is not None and self._pace is None and (job := streaming.awaits) is not None:
            self._pace = AwaitPace(job, None if self._asking is not None else "")
            yield self._pace
        if streaming is not None and self._more is None and (due_in_s := streaming.due_in_s) is not None:
            self._more = Later(due_in_s)
            yield self._more

    def _wake(self, command: commands.RequestWakeup) -> Commands:
        if command is self._next:
            self._next = None
            if self._client.state is ConnectionState.OPEN:  # or he has left meanwhile, and nothing is done for him
                yield from self._hand_over()
        elif command is self._masking:
            self._masking = None
            if self._flow is not None:
                self._hooks.response(self._flow)
                yield from self._send_whole(self._flow)
        elif command is self._pace:
            self._pace = None
            if (flow := self._flow) is not None:
                yield from self._send_windows(flow, None)
                if self._asking is None:
                    yield from self._streamed(flow)
        elif command is self._more:
            self._more = None
            if self._flow is not None:
                yield from self._send_windows(self._flow, None)

    def _fail(self, flow: HTTPFlow, reason: str) -> Commands:
        """There is no answer: send what the gate says instead, where none has begun."""
        exchange = exchange_of(flow)
        flow.error = flows.Error(reason)
        if exchange is not None:
            exchange.failure = exchange.failure or reason
        self._hooks.error(flow)
        if exchange is None or exchange.streaming is not None or flow.response is None or not exchange.is_answered:
            yield from self._end()
        else:
            yield from self._send_whole(flow)

    def _send_whole(self, flow: HTTPFlow) -> Commands:
        assert flow.response is not None
        if _is_killed(flow):
            yield from self._end()
            return
        content = b"" if flow.request.data.method == b"HEAD" else flow.response.data.content or b""
        yield commands.SendData(self._client, _head_of(flow.response) + content)
        yield from self._done(flow)

    def _done(self, flow: HTTPFlow) -> Commands:
        """The answer is with the connection."""
        assert flow.response is not None
        flow.live = False
        exchange = exchange_of(flow)
        is_last = self._is_last or closes(flow.response)
        self._forget()
        if exchange is not None and exchange.is_released:
            self._plain.gate.underway.released(self._client, exchange)
        if is_last:
            self._is_over = True
            yield commands.CloseConnection(self._client)
        elif self._received:
            self._next = Later(0)
            yield self._next

    def _leave(self, reason: str) -> Commands:
        """The caller has gone, or has gone too far."""
        flow = self._flow
        if flow is not None:
            if (exchange := exchange_of(flow)) is not None:
                exchange.failure = exchange.failure or reason
            self._hooks.error(flow)
        yield from self._end()

    def _end(self) -> Commands:
        """Nothing more is said."""
        if self._flow is not None:
            self._flow.live = False
        self._forget()
        self._received.clear()
        self._is_over = True
        yield commands.CloseConnection(self._client)

    def _forget(self) -> None:
        """The exchange is over; who still sends an answer to it is hung up on."""
        if self._asking is not None:
            self._asking.end()
        if self._flow is not None:
            self._plain.forget(self._flow)
        self._flow = self._asking = self._more = self._masking = self._pace = None
        self._body = b""


def _is_killed(flow: HTTPFlow) -> bool:
    """Whether the gate has cut the caller's connection."""
    return flow.error is not None and flow.error.msg == flows.Error.KILLED_MESSAGE


def _head_of(response: http.Response) -> bytes:
    data = response.data
    return b"HTTP/1.1 %d %s\r\n%b\r\n" % (data.status_code, data.reason, bytes(data.headers))
