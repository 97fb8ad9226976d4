"""How long after its publication an overlay holds: the first refusal on every worker, and the end of open streams."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from policies.overlay import OverlayEntry, Tightening
from tests.bench.figure import Bench, Figure, figure
from tests.gateway import CLERK_KEY, Gateway, gateway, wait_until
from tests.scripted import Asked, Connection, answering, scripted

WORKERS = 2
ROUNDS = 15
PROMISE = "1,000 ms, as promised"
HEAD = f"GET /people{{}} HTTP/1.1\r\nHost: people.localhost\r\nX-Api-Key: {CLERK_KEY}\r\n\r\n"
ROW = "7,张三丰,11010519491231002X,13800138000\r\n".encode()


@dataclass
class Caller:
    """One kept connection."""

    raw: socket.socket

    def ask(self, query: str = "") -> None:
        self.raw.sendall(HEAD.format(query).encode())

    def read(self) -> bytes:
        """What has come, a whole small answer or some of a large one; empty once the connection has ended."""
        with contextlib.suppress(OSError):
            return self.raw.recv(1 << 16)
        return b""


def figures(bench: Bench) -> list[Figure]:
    """Milliseconds from the publication of a block, to the last worker and to the last stream."""
    refused, cut = [], []
    with (
        scripted(behind) as upstream,
        gateway(bench.folder / "gateway", {"people": upstream.port}, workers=WORKERS, drain_s=0.2) as running,
    ):
        for number in range(ROUNDS):
            bench.progress(f"overlay, round {number + 1} of {ROUNDS}")
            with one_for_each_worker(running) as callers:
                refused.append(max(_after_block(running, callers, _until_refused)))
            with one_for_each_worker(running) as callers:
                for caller in callers:
                    caller.ask("?page=1")
                wait_until(lambda: running.counters(0)["live"] and running.counters(1)["live"], 10)
                cut.append(max(_after_block(running, callers, _until_cut)))
    return [
        figure("a block is published: refused by every worker after", refused, "ms", PROMISE),
        figure("a block is published: every open stream cut after", cut, "ms", PROMISE),
    ]


def behind(connection: Connection, asked: Asked) -> None:
    """A small answer, or one that never ends."""
    if "page=1" not in asked.line:
        return answering(b'{"total": 1}')(connection, asked)
    connection.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n")
    connection.say(_chunk(b"id,name,id_no,mobile\r\n" + ROW * 30_000))
    with contextlib.suppress(OSError):
        while not connection.stop.wait(0.005):
            connection.raw.sendall(_chunk(ROW))
    return None


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


@contextlib.contextmanager
def one_for_each_worker(running: Gateway) -> Iterator[list[Caller]]:
    """Connections that have led to each of the workers; the kernel deals them out as it likes."""
    found: dict[bytes, Caller] = {}
    with contextlib.ExitStack() as stack:
        while len(found) < WORKERS:
            caller = Caller(stack.enter_context(socket.create_connection(("127.0.0.1", running.port), timeout=10)))
            caller.ask()
            answer = caller.read()
            assert answer.startswith(b"HTTP/1.1 200"), answer
            start = answer.partition(b"yingbi-event: ")[2][:10]
            found.setdefault(start, caller)
        yield list(found.values())


def _after_block(running: Gateway, callers: list[Caller], until: Callable[[Caller], None]) -> list[float]:
    """Milliseconds for each of *callers*, from when the clerk's terminal is blocked; the block is lifted afterwards."""
    ready = threading.Barrier(len(callers) + 1)

    def watch(caller: Caller) -> float:
        ready.wait()
        until(caller)
        return time.perf_counter()

    with ThreadPoolExecutor(len(callers)) as pool:
        watching = [pool.submit(watch, caller) for caller in callers]
        ready.wait()
        published = time.perf_counter()
        running.tighten(block())
        ends = [each.result(10) for each in watching]
    running.tighten(replace(block(), id="lifted", target="nobody"))
    wait_until(lambda: all(running.counters(n)["overlay"] == running.overlay.generation for n in range(WORKERS)), 10)
    return [(end - published) * 1000 for end in ends]


def _until_refused(caller: Caller) -> None:
    answer = b"HTTP/1.1 200"
    while answer.startswith(b"HTTP/1.1 200"):
        caller.ask()
        answer = caller.read()
    assert b"caller_blocked" in answer, answer


def _until_cut(caller: Caller) -> None:
    while caller.read():
        pass


def block() -> OverlayEntry:
    """Against the terminal that asks."""
    return OverlayEntry(
        id="bench",
        kind=Tightening.BLOCK_CALLER,
        target="window-7",
        until=datetime.now(UTC) + timedelta(hours=1),
        reason="a measurement",
        by="bench",
    )
