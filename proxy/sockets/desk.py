"""Opens the WebSockets that systems behind agree to, and says what their messages go through."""

from functools import partial
from http import HTTPStatus

from mitmproxy.http import HTTPFlow
from mitmproxy.proxy.context import Context

from policies.formats.masker import Withheld
from proxy.answer import socket_treatment
from proxy.exchange import Exchange
from proxy.ledger import Clock
from proxy.reasons import reason_for_body
from proxy.sockets.handshake import Handshake, HandshakeRefused
from proxy.sockets.relay import Relay
from proxy.sockets.sent import message_to_send
from proxy.standing import Standing
from proxy.streaming import Streaming
from proxy.underway import Underway
from proxy.verdict import Refuse
from proxy.withholding import Withholding
from proxy.write_answer import write_switch
from siem.record.log import RecordFailed


class SocketDesk:
    """The WebSockets of one worker."""

    def __init__(
        self, now: Clock, *, streaming: Streaming, standing: Standing, withholding: Withholding, underway: Underway
    ) -> None:
        self._now = now
        self._streaming = streaming
        self._standing = standing
        self._withholding = withholding
        self._underway = underway

    def open(self, flow: HTTPFlow, exchange: Exchange, socket: Handshake) -> None:
        """The system behind speaks WebSocket: agree on it with the caller, or withhold it."""
        assert exchange.forward is not None
        assert exchange.forward.operation.websocket is not None
        assert exchange.system is not None
        ledger = exchange.ledger
        try:
            fields = socket.agreed(exchange.answer_headers)
            exchange.treatment = socket_treatment(exchange.forward, exchange.system, ledger.caller, self._now())
            ledger.format = exchange.treatment.format
            ledger.opened(HTTPStatus.SWITCHING_PROTOCOLS)
        except (HandshakeRefused, Withheld) as refused:
            self._withholding.withhold(flow, exchange, reason_for_body(refused.reason))
        except RecordFailed:
            self._withholding.withhold(flow, exchange, "record_failed")
        else:
            exchange.idle_s = exchange.forward.operation.websocket.idle_s
            exchange.relayed = self._streaming.streamed(flow, exchange, exchange.treatment.masker)
            write_switch(flow, fields, ledger.event)

    def relay(self, flow: HTTPFlow, exchange: Exchange, around: Context) -> Relay:
        """What carries the messages of a WebSocket that was opened."""
        assert exchange.relayed is not None
        assert exchange.streaming is not None
        assert exchange.forward is not None
        assert exchange.forward.operation.websocket is not None
        return Relay(
            around,
            release=exchange.streaming,
            guarded=exchange.relayed,
            sent=partial(self._message_of_caller, exchange),
            largest=exchange.forward.operation.websocket.largest_bytes,
            ended=lambda: self._ended(flow, exchange),
        )

    def _ended(self, flow: HTTPFlow, exchange: Exchange) -> None:
        """All has been said; what the caller has not taken of it can still be taken back."""
        self._underway.forget(flow)
        self._underway.released(flow.client_conn, exchange)

    def _message_of_caller(self, exchange: Exchange, text: str) -> bytes | Refuse:
        """What is sent on of a message, or why nothing is."""
        assert exchange.request is not None
        assert exchange.forward is not None
        assert exchange.system is not None
        if (reason := self._standing.forbidden(exchange)) is not None:
            return Refuse(reason=reason)
        return message_to_send(
            text, exchange.request, exchange.forward, exchange.system, exchange.ledger.caller, self._now()
        )
