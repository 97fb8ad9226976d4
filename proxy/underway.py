"""The exchanges under way: which there are, and which must end because they are forbidden, too slow or in the way."""

import time
from collections.abc import Callable, Iterator

from mitmproxy.http import HTTPFlow

from proxy.exchange import Exchange, exchange_of


class Underway:
    """Exchanges that a system behind has been asked for and whose answer has not gone yet."""

    def __init__(
        self, *, forbidden: Callable[[Exchange], str | None], drop_upstream: Callable[[HTTPFlow], None]
    ) -> None:
        self._forbidden = forbidden
        self._drop_upstream = drop_upstream
        self._flows: dict[str, HTTPFlow] = {}

    def __len__(self) -> int:
        return len(self._flows)

    def add(self, flow: HTTPFlow) -> None:
        """Look after *flow* from now on."""
        self._flows[flow.id] = flow

    def forget(self, flow: HTTPFlow) -> None:
        """*flow* needs no looking after any more, if it did."""
        self._flows.pop(flow.id, None)

    def tick(self) -> None:
        """End what is now forbidden, and what the system behind or the caller lets wait for too long."""
        moment = time.monotonic()
        for flow, exchange in self._exchanges():
            assert exchange.system is not None
            if exchange.streaming is not None and (reason := self._forbidden(exchange)) is not None:
                exchange.streaming.abort(reason)
            elif moment > _moved_s(exchange) + exchange.system.program.timeout_s:
                self._end(flow, exchange, "upstream_too_slow")

    def leave(self, *, silent_s: float, still_s: float) -> None:
        """End what will hardly end by itself, because the worker is to stop.

        That is what a system behind has not answered for *silent_s*, and an answer that stood still for *still_s*.
        """
        moment = time.monotonic()
        for flow, exchange in self._exchanges():
            if moment >= _moved_s(exchange) + (silent_s if exchange.streaming is None else still_s):
                self._end(flow, exchange, "gateway_stopping")

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
