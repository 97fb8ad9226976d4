"""`python -m tests.bench.second_core SETTINGS.json`: an experiment, a worker with another HTTP/1.1 core.

The gate is the real one, and so are the log, the policies and the identities. In the place of mitmproxy's layers stands
the least that carries the common case: plain HTTP/1.1, requests without body, answers with a length, connections to the
system behind that all callers share. It is here to measure what such a core would bring (docs/decisions/0027); what it
lacks to be one is said there. It refuses what it does not know, but nobody has tried to get past it.
"""

import asyncio
import gc
import socket
import sys
import time
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import uvloop
from mitmproxy.connection import Client, ConnectionState, Server
from mitmproxy.http import HTTPFlow, Request, Response

from proxy.addon import Hooks
from proxy.http1 import fault_of
from proxy.lean import made_of
from proxy.listening import BACKLOG
from proxy.worker import Worker
from proxy.worker_settings import WorkerSettings
from tests.run_worker import settings_in

NOWHERE = Server(address=None)


class Pool:
    """Connections to systems behind that are open and free, for whichever caller comes next."""

    def __init__(self) -> None:
        self._free: dict[tuple[str, int], deque[Behind]] = {}

    async def taken(self, address: tuple[str, int]) -> "Behind":
        """One that is free, or a new one. Raises OSError."""
        free = self._free.setdefault(address, deque())
        while free:
            behind = free.pop()
            if not behind.is_over:
                return behind
        _, behind = await asyncio.get_running_loop().create_connection(lambda: Behind(self, address), *address)
        return behind

    def give_back(self, behind: "Behind") -> None:
        """*behind* has brought its answer, and can bring another."""
        self._free[behind.address].append(behind)


class Behind(asyncio.Protocol):
    """A connection to a system behind: one request at a time."""

    def __init__(self, pool: Pool, address: tuple[str, int]) -> None:
        self.address = address
        self.is_over = False
        self._pool = pool
        self._caller: Calling | None = None
        self._received = bytearray()
        self._missing = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def ask(self, caller: "Calling", request: bytes) -> None:
        """Send *request*; *caller* is told what comes."""
        self._caller, self._missing = caller, -1
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        received = self._received
        received += data
        if self._caller is None:
            self.end()
            return
        if self._missing < 0:
            end = received.find(b"\r\n\r\n")
            if end < 0:
                return
            line, *lines = bytes(received[:end]).split(b"\r\n")
            del received[: end + 4]
            fields = _fields_in(lines)
            length = _length_in(fields)
            if not line.startswith(b"HTTP/1.1 ") or not line[9:12].isdigit() or length is None:
                self._fail("upstream_malformed")
                return
            self._missing = length
            if not self._caller.head(int(line[9:12]), fields):
                self.end()
                return
        if len(received) >= self._missing:
            body = bytes(received[: self._missing])
            del received[: self._missing]
            caller, self._caller = self._caller, None
            if received:
                self.end()
            else:
                self._pool.give_back(self)
            caller.answered(body)

    def connection_lost(self, error: Exception | None) -> None:
        self._fail("upstream_broke_off")

    def _fail(self, reason: str) -> None:
        caller, self._caller = self._caller, None
        self.end()
        if caller is not None:
            caller.failed(reason)

    def end(self) -> None:
        self.is_over = True
        self._caller = None
        self._transport.abort()


class Calling(asyncio.Protocol):
    """A caller's connection: one request at a time, and the gate's hooks as mitmproxy would call them."""

    def __init__(self, hooks: Hooks, pool: Pool) -> None:
        self._hooks = hooks
        self._pool = pool
        self._received = bytearray()
        self._flow: HTTPFlow | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._client = Client(
            peername=transport.get_extra_info("peername"),
            sockname=transport.get_extra_info("sockname"),
            timestamp_start=time.time(),
            state=ConnectionState.OPEN,
        )

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._flow is None:
            self._read()

    def connection_lost(self, error: Exception | None) -> None:
        if self._flow is not None:
            self._hooks.error(self._flow)
        self._flow = None

    def _read(self) -> None:
        head = bytes(self._received)
        end = head.find(b"\r\n\r\n")
        if fault_of(head) is not None:
            self._transport.abort()
            return
        if end < 0:
            return
        del self._received[: end + 4]
        line, *lines = head[:end].split(b"\r\n")
        method, target, version = line.split(b" ")
        fields = _fields_in(lines)
        if version != b"HTTP/1.1" or method not in (b"GET", b"HEAD") or _length_in(fields, empty=0) != 0:
            self._transport.abort()
            return
        moment = time.time()
        flow = self._flow = HTTPFlow(self._client, NOWHERE, live=True)
        flow.request = Request("", 0, method, b"http", b"", target, version, made_of(fields), b"", None, moment, moment)
        self._hooks.requestheaders(flow)
        self._hooks.request(flow)
        if flow.response is not None:
            self._hooks.responseheaders(flow)
            self._hooks.response(flow)
            self._write()
            return
        asked = flow.request.data
        parts = [asked.method + b" " + asked.path + b" HTTP/1.1\r\n"]
        parts += [name + b": " + value + b"\r\n" for name, value in asked.headers.fields]
        request = b"".join([*parts, b"\r\n"])
        asyncio.get_running_loop().create_task(self._ask((asked.host, asked.port), request))

    async def _ask(self, address: tuple[str, int], request: bytes) -> None:
        try:
            behind = await self._pool.taken(address)
        except OSError:
            self.failed("upstream_unreachable")
            return
        behind.ask(self, request)

    def head(self, status: int, fields: tuple[tuple[bytes, bytes], ...]) -> bool:
        """The head of the answer has come; whether its body is wanted."""
        flow = self._flow
        if flow is None:
            return False
        moment = time.time()
        flow.response = Response(b"HTTP/1.1", status, b"", made_of(fields), None, None, moment, moment)
        self._hooks.responseheaders(flow)
        if flow.metadata["yingbi"].is_answered:
            self._write()
            return False
        return True

    def answered(self, body: bytes) -> None:
        """The answer has come whole."""
        flow = self._flow
        if flow is None:
            return
        assert flow.response is not None
        flow.response.data.content = body
        self._hooks.response(flow)
        self._write()

    def failed(self, reason: str) -> None:
        """There is no answer."""
        if self._flow is not None:
            self._flow.metadata["yingbi"].failure = reason
            self._hooks.error(self._flow)
            self._write()

    def _write(self) -> None:
        assert self._flow is not None
        assert self._flow.response is not None
        data = self._flow.response.data
        self._flow = None
        parts = [b"HTTP/1.1 %d %s\r\n" % (data.status_code, data.reason)]
        parts += [name + b": " + value + b"\r\n" for name, value in data.headers.fields]
        self._transport.write(b"".join([*parts, b"\r\n", data.content or b""]))
        if self._received:
            self._read()


def _fields_in(lines: list[bytes]) -> tuple[tuple[bytes, bytes], ...]:
    parts = [line.partition(b":") for line in lines]
    return tuple([(name, value.strip(b" \t")) for name, _, value in parts])


def _length_in(fields: tuple[tuple[bytes, bytes], ...], *, empty: int | None = None) -> int | None:
    """The length that *fields* declare; *empty* where they declare none, None where they are not plain about it."""
    names = [name.lower() for name, _ in fields]
    if b"transfer-encoding" in names or names.count(b"content-length") > 1:
        return None
    if b"content-length" not in names:
        return empty
    declared = fields[names.index(b"content-length")][1]
    return int(declared) if declared.isdigit() else None


async def listen(settings: WorkerSettings, hooks: Hooks) -> None:
    """Take callers on the port of the *settings*."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listening.bind((settings.host, settings.port))
    pool = Pool()
    await asyncio.get_running_loop().create_server(lambda: Calling(hooks, pool), sock=listening, backlog=BACKLOG)


async def main() -> None:
    settings = settings_in(Path(sys.argv[-1]))
    worker = Worker(settings, lambda: datetime.now(UTC))
    hooks = Hooks(worker.gate)
    core: Any = worker.proxy
    core.setup_servers = lambda: listen(settings, hooks)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    await worker.run()


if __name__ == "__main__":
    uvloop.run(main())
