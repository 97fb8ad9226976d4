"""What the connections of the plain HTTP/1.1 core share: the hooks, the systems it takes, the connections behind."""

import asyncio
from collections.abc import Callable

from mitmproxy.connection import Client
from mitmproxy.http import HTTPFlow, Request

from proxy.addon import Hooks
from proxy.connection import Connection
from proxy.exchange import exchange_of
from proxy.gate import Gate
from proxy.lean import first_value
from proxy.message import Said
from proxy.plain.asking import Asking
from proxy.plain.behind import Behind, Pool, Where
from proxy.plain.tls import NotSecured, Secured
from proxy.system import System
from proxy.tls.upstream import UpstreamTls


class LeadsBack(OSError):
    """At the address of a system behind this gateway itself answers."""


class PlainCore:
    """One for a worker that listens on *port*. *connection_of* finds a caller's connection; *upstream_tls* secures
    those behind.
    """

    def __init__(
        self, hooks: Hooks, connection_of: Callable[[Client], Connection | None], upstream_tls: UpstreamTls, port: int
    ) -> None:
        self.hooks = hooks
        self.gate: Gate = hooks.gate
        self._connection_of = connection_of
        self._upstream_tls = upstream_tls
        self._port = port
        self._pool = Pool(self._open, self.gate.turns)
        self._asking: dict[str, Asking] = {}
        """By the id of the flow."""

    def takes(self, request: Request, said: Said | None) -> bool:
        """Whether the system that *request* is for can be asked by this core, as far as is known before it is read. Its
        headers say what is *said*, where they are not refused.
        """
        host = said.host if said is not None else _host_of(request)
        system = self.gate.current.systems.get(host)
        return system is not None and _is_plain(system)

    def asking(self, flow: HTTPFlow) -> Asking | None:
        """What asks for *flow*, not begun yet. None where that cannot be: what is declared has changed meanwhile."""
        exchange, connection = exchange_of(flow), self._connection_of(flow.client_conn)
        if exchange is None or exchange.system is None or exchange.forward is None or connection is None:
            return None
        if not _is_plain(exchange.system):
            return None
        scheme, host, port = exchange.system.upstream
        tls = exchange.system.program.upstream_tls if scheme == "https" else None
        where = Where(exchange.system.name, host, port, tls, self._upstream_tls.generation)
        may_repeat = not exchange.forward.acts
        who = exchange.ledger.caller
        # From a front proxy the requests of many people come on one connection.
        caller = (flow.client_conn.id, exchange.forward.request.source_ip, who.id, who.on_behalf_of)
        asking = Asking(self._pool, where, connection, flow.request, caller, may_repeat=may_repeat)
        self._asking[flow.id] = asking
        return asking

    def forget(self, flow: HTTPFlow) -> None:
        """Nothing is asked for *flow* any more."""
        self._asking.pop(flow.id, None)

    def drop(self, flow: HTTPFlow) -> bool:
        """Give up the connection to the system behind; whoever waits learns of it. False where none is this core's."""
        asking = self._asking.get(flow.id)
        if asking is not None:
            asking.give_up()
        return asking is not None

    def tick(self) -> None:
        """See `Pool.tick`."""
        self._pool.tick()

    async def _open(self, behind: Behind) -> None:
        where, loop = behind.where, asyncio.get_running_loop()
        if where.tls is None:
            transport, _ = await loop.create_connection(lambda: behind, where.host, where.port)
            if self._leads_back(transport):
                transport.abort()
                raise LeadsBack
            return
        tls = self._upstream_tls.connection(where.tls, where.host)
        if tls is None:
            raise NotSecured
        opened: asyncio.Future[None] = loop.create_future()
        secured, _ = await loop.create_connection(lambda: Secured(behind, tls, opened), where.host, where.port)
        try:
            if self._leads_back(secured):
                raise LeadsBack
            await opened
        except (asyncio.CancelledError, LeadsBack):
            opened.cancel()
            secured.abort()
            raise

    def _leads_back(self, transport: asyncio.BaseTransport) -> bool:
        """Whether this very gateway answers there: what is asked of it would be asked again, until nothing is left."""
        peer, own = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        return bool(peer and own and peer[:2] == (own[0], self._port))


def _host_of(request: Request) -> str:
    host: str = first_value(request.headers, "host", "").partition(":")[0].lower().rstrip(".")
    return host


def _is_plain(system: System) -> bool:
    """Whether HTTP/1.1 is spoken with the system behind."""
    scheme, *_ = system.upstream
    return scheme == "http" or (scheme == "https" and not system.program.upstream_tls.http2)
