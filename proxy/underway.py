"""The exchanges under way: which there are, and which must end because they are forbidden, too slow or in the way."""

import time
from collections.abc import Callable, Iterator
from typing import Protocol

import msgspec
from mitmproxy.connection import Client
from mitmproxy.http import HTTPFlow

from proxy.exchange import Exchange, exchange_of, source_ip_of

SLOWEST_READER = 32 * 1024
"""Bytes that a caller must take in a second, once he has been given some time to begin."""


class Leaving(msgspec.Struct, frozen=True):
    """An answer that is with its connection until the caller has taken it."""

    connection: "Holds"
    reach: int
    """Up to where it reaches in what was written to the connection."""
    exchange: Exchange
    until_s: float
    """Monotonic; he is not waited for longer."""

    @property
    def is_there(self) -> bool:
        """Whether some of it has not been taken."""
        return self.connection.has_untaken(self.reach)


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
        reader_s: float = 60.0,
    ) -> None:
        self._forbidden = forbidden
        self._drop_upstream = drop_upstream
        self._connection_of = connection_of
        self._flows: dict[str, HTTPFlow] = {}
        self._reader_s = reader_s
        self._leaving: list[Leaving] = []

    def __len__(self) -> int:
        return len(self._flows)

    @property
    def taken(self) -> int:
        """See `admission.Places`."""
        return len(self._flows) + len(self._leaving)

    def sources(self) -> Iterator[str]:
        """See `admission.Places`."""
        for flow in self._flows.values():
            yield source_ip_of(flow.client_conn)
        self._leaving = self._still_leaving()
        for leaving in self._leaving:
            request = leaving.exchange.request
            yield request.source_ip if request is not None else ""

    def add(self, flow: HTTPFlow) -> None:
        """Look after *flow* from now on."""
        self._flows[flow.id] = flow

    def forget(self, flow: HTTPFlow) -> None:
        """*flow* needs no looking after any more, if it did."""
        self._flows.pop(flow.id, None)
        exchange = exchange_of(flow)
        if exchange is not None and exchange.masking is not None:
            exchange.masking.end()

    def of(self, client: Client) -> list[HTTPFlow]:
        """Those that came on the connection of *client*."""
        return [flow for flow in self._flows.values() if flow.client_conn is client]

    def released(self, client: Client, exchange: Exchange) -> None:
        """The answer of *exchange* is with the connection of *client* now, which holds it until he has taken it."""
        connection = self._connection_of(client)
        if connection is not None:
            until_s = time.monotonic() + self._reader_s + exchange.ledger.bytes_out / SLOWEST_READER
            self._leaving.append(Leaving(connection, connection.written, exchange, until_s))

    def tick(self) -> None:
        """End what is now forbidden, and what the system behind or the caller lets wait for too long."""
        moment = time.monotonic()
        for flow, exchange in self._exchanges():
            assert exchange.system is not None
            if exchange.streaming is not None and (reason := self._forbidden(exchange)) is not None:
                exchange.streaming.abort(reason)
            elif exchange.streaming is not None and exchange.streaming.awaits is not None:
                continue  # the system behind is not asked for more meanwhile
            elif exchange.masking is None and moment > _moved_s(exchange) + (
                exchange.idle_s or exchange.system.program.timeout_s
            ):
                self._end(flow, exchange, "upstream_too_slow")
        self._leaving = [leaving for leaving in self._still_leaving() if not self._is_taken_back(leaving, moment)]

    def leave(self, *, silent_s: float, still_s: float) -> None:
        """End what will hardly end by itself, because the worker is to stop.

        That is what a system behind has not answered for *silent_s*, and an answer that stood still for *still_s*.
        """
        moment = time.monotonic()
        for flow, exchange in self._exchanges():
            if moment >= _moved_s(exchange) + (silent_s if exchange.streaming is None else still_s):
                self._end(flow, exchange, "gateway_stopping")

    def _still_leaving(self) -> list[Leaving]:
        """The answers of which some has not been taken, in order. What a caller was given before what he has taken, he
        has taken as well: of one who has it all the kernel is asked once, however many answers he had.
        """
        have_it_all: set[int] = set()
        there: list[Leaving] = []
        for leaving in reversed(self._leaving):
            whose = id(leaving.connection)
            if whose in have_it_all:
                continue
            if leaving.is_there:
                there.append(leaving)
            else:
                have_it_all.add(whose)
        there.reverse()
        return there

    def _is_taken_back(self, leaving: Leaving, moment: float) -> bool:
        """Whether what is left of the answer must not go, or is not waited for, and does not go any more."""
        if moment <= leaving.until_s and self._forbidden(leaving.exchange) is None:
            return False
        leaving.connection.abort()
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
            if exchange.masking is not None:
                exchange.masking.end(tells=True)
            self._drop_upstream(flow)  # the core then says that it ended, and the caller gets its page


def _moved_s(exchange: Exchange) -> float:
    """When the exchange last came further: the request was sent on, or a window of the answer went through."""
    return exchange.streaming.moved_s if exchange.streaming is not None else exchange.sent_s
