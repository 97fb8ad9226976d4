"""The hooks through which mitmproxy calls the gate: one short method each, and a failure of any of them withholds."""

from collections.abc import Mapping

from mitmproxy.connection import Client
from mitmproxy.http import HTTPFlow
from mitmproxy.tcp import TCPFlow
from mitmproxy.udp import UDPFlow

from proxy.exchange import exchange_of
from proxy.gate import Gate
from proxy.guard import withhold_on_failure

# Every hook of mitmproxy through which content of an exchange could pass, and what becomes of it. A test compares this
# with mitmproxy's own list: a hook that a new version adds must be entered here before anything passes it.
CONTENT_HOOKS: Mapping[str, str] = {
    "requestheaders": "masked",
    "request": "masked",
    "responseheaders": "masked",
    "response": "masked",
    "error": "masked",
    "http_connect": "refused",
    "http_connect_upstream": "refused",
    "http_connected": "refused",
    "http_connect_error": "refused",
    "websocket_start": "refused",
    "websocket_message": "refused",
    "websocket_end": "refused",
    "tcp_start": "refused",
    "tcp_message": "refused",
    "tcp_end": "refused",
    "tcp_error": "refused",
    "udp_start": "refused",
    "udp_message": "refused",
    "udp_end": "refused",
    "udp_error": "refused",
    "dns_request": "refused",
    "dns_response": "refused",
    "dns_error": "refused",
    "socks5_auth": "refused",
}
CONTENTLESS_HOOKS = frozenset(
    "load running configure done update add_log client_connected client_disconnected server_connect server_connected "
    "server_disconnected server_connect_error tls_clienthello tls_start_client tls_start_server "
    "tls_established_client tls_established_server tls_failed_client tls_failed_server quic_start_client "
    "quic_start_server next_layer".split()
)


class Hooks:
    """Masks each answer on its way to the caller, or withholds it. Holds no logic of its own."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate

    def fail(self, flow: HTTPFlow, hook: str, kind: str) -> None:
        """See `guard.Fails`."""
        self.gate.withholding.fail(flow, hook, kind)

    @withhold_on_failure
    def requestheaders(self, flow: HTTPFlow) -> None:
        """A request begins to arrive."""
        self.gate.begin(flow)

    @withhold_on_failure
    def request(self, flow: HTTPFlow) -> None:
        """A request has arrived."""
        exchange = exchange_of(flow)
        assert exchange is not None
        if exchange.masking is not None:
            self.gate.forwarding.looked_into(flow, exchange)
        elif not exchange.admitted_s:  # else it has been, to see whether its files must be waited for
            self.gate.admit(flow, exchange)

    @withhold_on_failure
    def responseheaders(self, flow: HTTPFlow) -> None:
        """The head of an answer has arrived, or of a page of ours."""
        exchange = exchange_of(flow)
        assert exchange is not None
        if not exchange.is_answered:
            self.gate.inspect(flow, exchange)

    @withhold_on_failure
    def response(self, flow: HTTPFlow) -> None:
        """An answer has arrived whole, or has been streamed to its end."""
        exchange = exchange_of(flow)
        if exchange is None or exchange.relayed is None:  # a WebSocket begins now
            self.gate.underway.forget(flow)
        assert flow.response is not None
        flow.response.trailers = None
        assert exchange is not None
        if not exchange.is_answered:
            self.gate.releasing.release(flow, exchange)

    @withhold_on_failure
    def error(self, flow: HTTPFlow) -> None:
        """The caller has gone, or the system behind has failed."""
        self.gate.underway.forget(flow)
        exchange = exchange_of(flow)
        if exchange is None:
            return
        if exchange.streaming is not None:
            exchange.streaming.abort(exchange.failure or "upstream_broke_off")
        elif not exchange.is_answered:
            self.gate.withholding.withhold(flow, exchange, exchange.failure or "caller_left")

    def gone(self, client: Client) -> None:
        """Nothing more is heard or said on the connection of *client*. For one caller the core opens a few connections
        at once, and forgets what waited for its turn: it would be under way for ever.
        """
        for flow in self.gate.underway.of(client):
            self.error(flow)

    def http_connect(self, flow: HTTPFlow) -> None:
        """There is nothing to connect to but the systems declared."""
        self.gate.withholding.cut(flow)

    http_connect_upstream = http_connected = http_connect_error = http_connect
    # Upgrades are refused before they are sent on; this is the second door.
    websocket_start = websocket_message = websocket_end = http_connect

    def tcp_start(self, flow: TCPFlow | UDPFlow) -> None:
        """Nothing but HTTP is spoken here."""
        flow.kill()  # type: ignore[no-untyped-call]

    tcp_message = tcp_end = tcp_error = tcp_start
    udp_start = udp_message = udp_end = udp_error = tcp_start
    dns_request = dns_response = dns_error = tcp_start

    def socks5_auth(self, data: object) -> None:
        """Refused by saying nothing: without a yes nobody is let in."""
