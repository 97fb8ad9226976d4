"""A load generator: some connections that ask again as soon as they are answered, until the time is up.

`python -m tests.bench.load PORT SECONDS CONNECTIONS` reads the request from its input, and says how often it was
answered.
"""

import asyncio
import sys
import time
from dataclasses import dataclass
from functools import partial
from typing import cast

import uvloop

CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it."""

    requests: int
    seconds: float
    latencies: tuple[float, ...]
    """In seconds, sorted."""

    @property
    def per_second(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


class _Asking(asyncio.Protocol):
    def __init__(self, request: bytes, deadline: float, done: "asyncio.Future[None]") -> None:
        self._request, self._deadline, self._done = request, deadline, done
        self._missing = 0
        self._head = b""
        self.latencies: list[float] = []
        self.wrong = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def _ask(self) -> None:
        self._asked = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if not self._missing:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            head, body = self._head[:end].lower(), self._head[end + 4 :]
            self.wrong += b" 200 " not in head[:16]
            length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            self._missing, self._head = length - len(body), b""
        else:
            self._missing -= len(data)
        if self._missing <= 0:
            self._missing = 0
            self.latencies.append(time.perf_counter() - self._asked)
            if time.perf_counter() < self._deadline:
                self._ask()
            else:
                self._transport.close()
                if not self._done.done():
                    self._done.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(error or ConnectionError("the connection ended before the time was up"))


async def load(port: int, request: bytes, seconds: float, connections: int = CONNECTIONS) -> Load:
    """The load that *connections* put on the server at *port* for some *seconds*. Raises where an answer is not 200."""
    loop = asyncio.get_running_loop()
    start = time.perf_counter()
    asking, waits = [], []
    for _ in range(connections):
        done: asyncio.Future[None] = loop.create_future()
        _, protocol = await loop.create_connection(partial(_Asking, request, start + seconds, done), "127.0.0.1", port)
        asking.append(protocol)
        waits.append(done)
    await asyncio.gather(*waits)
    if any(one.wrong for one in asking):
        raise RuntimeError("an answer was not 200")
    latencies = sorted(latency for one in asking for latency in one.latencies)
    return Load(len(latencies), time.perf_counter() - start, tuple(latencies))


if __name__ == "__main__":
    port, seconds, connections = sys.argv[1:]
    print(uvloop.run(load(int(port), sys.stdin.buffer.read(), float(seconds), int(connections))).requests)
