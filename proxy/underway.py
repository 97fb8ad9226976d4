"""The exchanges under way: which there are, and which must end because they are forbidden, too slow or in the way."""

import time
from collections.abc import Callable, Iterator
from typing import Protocol

from mitmproxy.connection import Client
from mitmproxy.http import HTTPFlow

from proxy.exchange import Exchange, exchange_of


class Holds(Protocol):
    """A caller's connection, which holds what he has not taken yet."""

    @property
    def written(self) -> int:
        """Bytes that were given to it so far."""

    def has_untaken(self, reach: int) -> bool:
        """Whether the caller has not taken the first *reach* bytes."""

    def abort(self) -> None:
        """End it, with all that it holds."""


class Underway:
    """Exchanges that a system behind has been asked for and whose answer has not gone yet."""

    def __init__(
        self,
        *,
        forbidden: Callable[[Exchange], str | None],
        drop_upstream: Callable[[HTTPFlow], None],
        connection_of: Callable[[Client], Holds | None],
    ) -> None:
        self._forbidden = forbidden
        self._drop_upstream = drop_upstream
        self._connection_of = connection_of
        self._flows: dict[str, HTTPFlow] = {}
        self._leaving: list[tuple[Holds, int, Exchange]] = []
        """Answers that are with their connections, and up to where they reach there."""

    def __len__(self) -> int:
        return len(self._flows)

    def add(self, flow: HTTPFlow) -> None:
        """Look after *flow* from now on."""
        self._flows[flow.id] = flow

    def forget(self, flow: HTTPFlow) -> None:
        """*flow* needs no looking after any more, if it did."""
        self._flows.pop(flow.id, None)

    def released(self, client: Client, exchange: Exchange) -> None:
        """The answer of *exchange* is with the connection of *client* now, which holds it until he has taken it."""
        connection = self._connection_of(client)
        if connection is not None:
            self._leaving.append((connection, connection.written, exchange))

    def tick(self) -> None:
        """End what is now forbidden, and what the system behind or the caller lets wait for too long."""
        moment = time.monotonic()
        for flow, exchange in self._exchanges():
            assert exchange.system is not None
            if exchange.streaming is not None and (reason := self._forbidden(exchange)) is not None:
                exchange.streaming.abort(reason)
            elif moment > _moved_s(exchange) + (exchange.idle_s or exchange.system.program.timeout_s):
                self._end(flow, exchange, "upstream_too_slow")
        self._leaving = [
            (connection, reach, exchange)
            for connection, reach, exchange in self._leaving
            if connection.has_untaken(reach) and not self._is_taken_back(connection, exchange)
        ]

    def leave(self, *, silent_s: float, still_s: float) -> None:
        """End what will hardly end by itself, because the worker is to stop.

        That is what a system behind has not answered for *silent_s*, and an answer that stood still for *still_s*.
        """
        moment = time.monotonic()
        for flow, exchange in self._exchanges():
            if moment >= _moved_s(exchange) + (silent_s if exchange.streaming is None else still_s):
                self._end(flow, exchange, "gateway_stopping")

    def _is_taken_back(self, connection: Holds, exchange: Exchange) -> bool:
        """Whether what is left of the answer must not go, and does not any more."""
        if self._forbidden(exchange) is None:
            return False
        connection.abort()
        return True

    def _exchanges(self) -> Iterator[tuple[HTTPFlow, Exchange]]:
        for flow in list(self._flows.values()):
            exchange = exchange_of(flow)
            if exchange is not None:
                yield flow, exchange

    def _end(self, flow: HTTPFlow, exchange: Exchange, reason: str) -> None:
        if exchange.streaming is not None:
            exchange.streaming.abort(reason)
        elif not exchange.failure:
            exchange.failure = reason
            self._drop_upstream(flow)  # the core then says that it ended, and the caller gets its page


def _moved_s(exchange: Exchange) -> float:
    """When the exchange last came further: the request was sent on, or a window of the answer went through."""
    return exchange.streaming.moved_s if exchange.streaming is not None else exchange.sent_s
