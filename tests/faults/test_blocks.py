"""A block of a caller while his answers flow: every worker cuts all of them, over both versions of HTTP, whether he
reads or not; and a worker that stood still meanwhile does so as soon as it goes on.
"""

import contextlib
import functools
import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from h2.events import ConnectionTerminated, DataReceived, StreamEnded, StreamReset

from policies.overlay import OverlayEntry, Tightening
from tests.front import HTTP_2, VERSIONS, Front
from tests.gateway import CLERK_KEY, wait_until
from tests.http2 import Caller, secured
from tests.rig import Rig, ended, rigged
from tests.scripted import Asked, Connection

ROWS = b"id,name,id_no,mobile\r\n" + (b"1" * 500 + b",x,11010519491231002X,13800138000\r\n") * 200
HELD = 3 * 1024 * 1024 // 2
"""More than a worker holds back before the first of an answer."""
CLERK = (("x-api-key", CLERK_KEY),)
HEAD = {":method": "GET", ":scheme": "https", ":authority": "people.localhost", ":path": "/people"}
BEGUN = 200_000
SMALL = 1 << 16
"""The window of who does not read: a worker soon has to wait for him."""
WINDOW = 2**30


def endless(connection: Connection, asked: Asked, *, then_s: float = 0.05) -> None:
    """Rows without an end, for as long as somebody takes them: enough to begin with, and then some each *then_s*."""
    connection.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n")
    piece, said = ROWS, 0
    connection.raw.settimeout(0.1)
    while not connection.stop.wait(0.02 if said < HELD else then_s):
        rest = memoryview(b"%x\r\n%s\r\n" % (len(piece), piece))
        said += len(piece)
        while rest and not connection.stop.is_set():
            try:
                rest = rest[connection.raw.send(rest) :]
            except TimeoutError:
                continue
            except OSError:
                return
        piece = ROWS.partition(b"\n")[2]


seldom = functools.partial(endless, then_s=1)
"""For who reads all that comes: a worker that had to mask for several such callers all the time would keep others
waiting for longer than a test waits."""


class Open:
    """An answer that flows, on a connection of its own."""

    def __init__(self, rig: Rig, version: str, *, is_reading: bool) -> None:
        self._stack = ExitStack()
        protocol = "h2" if version == HTTP_2 else "http/1.1"
        gateway = rig.gateway
        self._raw = self._stack.enter_context(secured(gateway.port, gateway.home / "tls" / "ca.pem", protocol))
        if not is_reading:
            self._raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        self._caller: Caller | None = None
        self.received = bytearray()
        self.is_whole = False
        if version == HTTP_2:
            self._caller = Caller(self._raw)
            self._caller.speaking.initiate_connection()
            if is_reading:
                self._caller.speaking.increment_flow_control_window(WINDOW)
                self._caller.speaking.update_settings({4: WINDOW})
            self._caller.ask(1, HEAD, *CLERK)
        else:
            lines = ["GET /people HTTP/1.1", "host: people.localhost", *(f"{name}: {value}" for name, value in CLERK)]
            self._raw.sendall("\r\n".join([*lines, "", ""]).encode())
        self._take(BEGUN if is_reading or version != HTTP_2 else 60_000)
        self._reading = threading.Thread(target=self._take, args=(2**40,), daemon=True)
        if is_reading and not self.is_whole:
            self._reading.start()

    def rest(self) -> None:
        """Take what there is still, until the connection ends."""
        if self._reading.is_alive():
            self._reading.join(10)
            assert not self._reading.is_alive(), "it flows still"
        self._take(2**40)

    def close(self) -> None:
        """Let it go."""
        with contextlib.suppress(OSError):
            self._raw.shutdown(socket.SHUT_RDWR)
        if self._reading.ident:
            self._reading.join(10)
        self._stack.close()

    def _take(self, most: int) -> None:
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while len(self.received) < most and not self.is_whole:
                if self._caller is None:
                    piece = self._raw.recv(1 << 20)
                    if not piece:
                        break
                    self.received += piece
                    self.is_whole = self._ends or (b"problem+json" in self.received and ended(bytes(self.received)))
                    continue
                match self._caller.hear(DataReceived, StreamEnded, StreamReset, ConnectionTerminated):
                    case DataReceived(data=bytes(data)):
                        self.received += data
                    case StreamEnded():
                        self.is_whole = True
                        break
                    case _:
                        break

    @property
    def _ends(self) -> bool:
        return self.received.endswith(b"\r\n0\r\n\r\n")


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """Two workers before a system whose answers never end."""
    with rigged(tmp_path_factory.mktemp("gateway"), tls=True, workers=2, drain_s=0.3) as made:
        yield made


@pytest.fixture
def rig(workers: Rig) -> Rig:
    """Where nobody is blocked."""
    workers.gateway.tighten()
    generation = workers.gateway.overlay.generation
    wait_until(lambda: all(workers.gateway.counters(number)["overlay"] == generation for number in (0, 1)), 10)
    return workers


def block(rig: Rig) -> None:
    until = datetime.now(UTC) + timedelta(minutes=60)
    rig.gateway.tighten(
        OverlayEntry(id="b", kind=Tightening.BLOCK_CALLER, target="window-7", until=until, reason="r", by="b")
    )


def opened(rig: Rig, version: str, stack: ExitStack, *, is_reading: bool) -> list[Open]:
    """Answers that flow, some from each worker."""
    rig.behind.script = seldom if is_reading else endless
    flowing: list[Open] = []
    for _ in range(60):
        if len(flowing) > 1 and all(rig.gateway.counters(number)["live"] for number in (0, 1)):
            break
        answer = Open(rig, version, is_reading=is_reading)
        stack.callback(answer.close)
        if not answer.is_whole:  # or it is the page of a worker that has too much to do
            flowing.append(answer)
    return flowing


def closed(rig: Rig) -> dict[str, str]:
    """Why each exchange that has been closed was, by its event."""
    events = [event["event"] for event in rig.gateway.events() if event["event"]["action"] == "close"]
    return {event["id"]: event.get("reason", "") for event in events}


def is_refused(rig: Rig, version: str) -> bool:
    """Whether who is blocked is refused for it, and not because the worker has too much to do."""
    reason = Front(rig, version).ask(headers=CLERK).reason
    assert reason in ("caller_blocked", "too_busy")
    return reason == "caller_blocked"


@pytest.mark.parametrize("is_reading", [True, False], ids=["and he reads", "and he does not read"])
@pytest.mark.parametrize("version", VERSIONS)
def test_a_block_cuts_what_flows_from_every_worker(rig: Rig, version: str, is_reading: bool) -> None:
    before = closed(rig)
    with ExitStack() as stack:
        flowing = opened(rig, version, stack, is_reading=is_reading)
        block(rig)
        wait_until(lambda: not any(rig.gateway.counters(number)["live"] for number in (0, 1)), 10)
        for answer in flowing:
            answer.rest()
            assert not answer.is_whole
        reasons = [reason for event, reason in closed(rig).items() if event not in before]
        assert reasons == ["caller_blocked"] * len(flowing)
    wait_until(lambda: is_refused(rig, version), 10)


@pytest.mark.parametrize("is_reading", [True, False], ids=["and he reads", "and he does not read"])
@pytest.mark.parametrize("version", VERSIONS)
def test_a_worker_that_stood_still_while_he_was_blocked_refuses_when_it_goes_on(
    rig: Rig, version: str, is_reading: bool
) -> None:
    """What flows from it is cut without an end, who asks it is refused, and the other worker need not wait for it."""
    stopped = rig.gateway.workers[0]
    before = closed(rig)
    with ExitStack() as stack:
        flowing = opened(rig, version, stack, is_reading=is_reading)
        stopped.send_signal(signal.SIGSTOP)
        block(rig)
        wait_until(lambda: not rig.gateway.counters(1)["live"], 10)
        stopped.send_signal(signal.SIGCONT)
        wait_until(lambda: not rig.gateway.counters(0)["live"], 10)
        for answer in flowing:
            answer.rest()
            assert not answer.is_whole
        reasons = [reason for event, reason in closed(rig).items() if event not in before]
        assert reasons == ["caller_blocked"] * len(flowing)
    for _ in range(6):  # of either worker
        wait_until(lambda: is_refused(rig, version), 10)
