"""A worker whose place another takes: nobody's request fails, on whatever connection it comes."""

import contextlib
import json
import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from h2.events import ConnectionTerminated, DataReceived, StreamEnded

from proxy.port import bound
from tests.evasion.altered import altered
from tests.gateway import wait_until
from tests.http2 import Caller, calling
from tests.patience import PATIENCE_S
from tests.rig import Rig, rigged
from tests.scripted import Asked, Connection, answering

HEAD = {":method": "GET", ":scheme": "https", ":authority": "people.localhost", ":path": "/people"}


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """A gateway whose only worker listens on a socket that outlasts it."""
    with rigged(tmp_path, tls=True, workers=0, handover_s=6.0) as made:
        yield made


def replaced(rig: Rig, listening: socket.socket) -> None:
    """Let another worker stand in the place of the last one."""
    before = rig.gateway.workers[-1]
    rig.gateway.start_worker(listening)
    before.send_signal(signal.SIGHUP)
    assert before.wait(60) == 0, rig.gateway.said()


@dataclass
class Load:
    """Callers who ask one after another, on kept connections and on new ones, and what became of it."""

    port: int
    ca: Path
    over: threading.Event = field(default_factory=threading.Event)
    answers: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def keeps(self) -> None:
        """On connections that are kept as long as the gateway keeps them."""
        context = ssl.create_default_context(cafile=self.ca)
        with httpx.Client(verify=context, trust_env=False, timeout=20) as client:
            while not self.over.wait(0.005):
                self._ask(client)

    def comes(self) -> None:
        """On a connection of its own each time."""
        context = ssl.create_default_context(cafile=self.ca)
        while not self.over.wait(0.02):
            with httpx.Client(verify=context, trust_env=False, timeout=20) as client:
                self._ask(client)

    def _ask(self, client: httpx.Client) -> None:
        url = f"https://localhost:{self.port}/people"
        try:
            self.answers.append(client.get(url, headers={"Host": "people.localhost"}).status_code)
        except httpx.HTTPError as error:
            self.failures.append(type(error).__name__)


def test_no_request_fails_while_workers_are_replaced(rig: Rig) -> None:
    rig.behind.script = answering(b'{"total": 1}')
    with bound("127.0.0.1", rig.gateway.port) as listening:
        rig.gateway.start_worker(listening)
        load = Load(rig.gateway.port, rig.gateway.home / "tls" / "ca.pem")
        callers = [threading.Thread(target=each) for each in (load.keeps, load.keeps, load.comes, load.comes)]
        for caller in callers:
            caller.start()
        try:
            for _ in range(2):
                replaced(rig, listening)
                seen = len(load.answers)
                wait_until(lambda seen=seen: len(load.answers) > seen + 20, 20)
        finally:
            load.over.set()
            for caller in callers:
                caller.join(30)
    assert load.failures == []
    assert set(load.answers) == {200}


def goes_away(caller: Caller) -> None:
    """*caller* hears so."""
    gone = caller.hear(ConnectionTerminated)
    assert isinstance(gone, ConnectionTerminated)
    assert (gone.error_code, gone.last_stream_id) == (0, 2**31 - 1)


@pytest.mark.parametrize("is_soon", [True, False], ids=["an answer is near", "an answer is far"])
def test_over_http_2_it_is_said_that_the_connection_goes_away(rig: Rig, is_soon: bool) -> None:
    """What is under way ends, and who is idle is told at once. Others are told with their answers, where those are near:
    there are clients who give up all that they wait for when they are told.
    """
    go_on = threading.Event()

    def script(connection: Connection, asked: Asked) -> None:
        assert go_on.wait(60)
        answering(b'{"total": 1}')(connection, asked)

    rig.behind.script = script
    if is_soon:  # also on a machine that others keep busy
        rig.gateway.runs = altered("patient")
    where = (rig.gateway.port, rig.gateway.home / "tls" / "ca.pem")
    with bound("127.0.0.1", rig.gateway.port) as listening, contextlib.ExitStack() as opened:
        first = rig.gateway.start_worker(listening)
        busy, idle = (opened.enter_context(calling(*where)) for _ in range(2))
        idle.say()
        busy.ask(1, HEAD)
        wait_until(lambda: len(rig.behind.asked) == 1, 10)
        wait_until(lambda: rig.gateway.counters()["connections"] == 2, 10)
        rig.gateway.start_worker(listening)
        first.send_signal(signal.SIGHUP)
        goes_away(idle)
        if is_soon:
            go_on.set()
            assert isinstance(busy.hear(StreamEnded, ConnectionTerminated), StreamEnded)
            assert b"".join(each.data or b"" for each in busy.heard if isinstance(each, DataReceived)) == b'{"total":1}'
            goes_away(busy)
        else:
            goes_away(busy)
            go_on.set()
            body = b""
            while b'{"total":1}' not in body:  # h2 reads nothing more of a connection that goes away
                piece = busy.raw.recv(65536)
                assert piece, body
                body += piece
        assert first.wait(60) == 0


def test_an_idle_connection_is_waited_for_and_then_ended(rig: Rig) -> None:
    rig.behind.script = answering(b'{"total": 1}')
    ca = rig.gateway.home / "tls" / "ca.pem"
    with bound("127.0.0.1", rig.gateway.port) as listening:
        first = rig.gateway.start_worker(listening)
        context = ssl.create_default_context(cafile=ca)
        with (
            socket.create_connection(("127.0.0.1", rig.gateway.port), timeout=PATIENCE_S) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as connection,
        ):
            rig.gateway.start_worker(listening)
            first.send_signal(signal.SIGHUP)
            wait_until(lambda: rig.gateway.counters(0)["ready"] == 0, 10)
            connection.sendall(b"GET /people HTTP/1.1\r\nHost: people.localhost\r\n\r\n")
            received = b""
            while piece := connection.recv(65536):
                received += piece
            assert b"connection: close" in received.lower()
            assert json.loads(received.partition(b"\r\n\r\n")[2]) == {"total": 1}
        assert first.wait(60) == 0
