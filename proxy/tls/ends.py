"""How TLS with a system behind ends: one that ends without a word, or with an alarm, has not come to its end.

The core takes an alarm of the other side for an end that it has passed on already, and whoever waits for an answer
waits until his time is over; and it takes a connection that was cut for one that was ended.
"""

from weakref import WeakSet

from mitmproxy.connection import ConnectionState, Server
from mitmproxy.proxy import events, layer
from mitmproxy.proxy.layers import tls
from OpenSSL import SSL

CUT: WeakSet[Server] = WeakSet()
"""Connections whose other side has not said that it is done: what ends with one of them is not whole.

Source: RFC 9112, 9.8.
"""


class StrictServerTls(tls.ServerTLSLayer):
    """TLS with a system behind."""

    def receive_data(self, data: bytes) -> layer.CommandGenerator[None]:
        """As the core does; and an alarm is the end."""
        yield from super().receive_data(data)
        if self.conn.state & ConnectionState.CAN_READ and self._has_ended:
            self.conn.state &= ~ConnectionState.CAN_READ
            self._cut()
            yield from self.event_to_child(events.ConnectionClosed(self.conn))

    def receive_close(self) -> layer.CommandGenerator[None]:
        """As the core does; and note that nothing was said before."""
        if not self._has_ended:
            self._cut()
        yield from super().receive_close()

    @property
    def _has_ended(self) -> bool:
        return bool(self.tls.get_shutdown() & SSL.RECEIVED_SHUTDOWN)

    def _cut(self) -> None:
        assert isinstance(self.conn, Server)
        CUT.add(self.conn)
