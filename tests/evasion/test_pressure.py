"""A worker that has too much to do says so before it has done anything, and what it does goes on."""

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from h2.events import ConnectionTerminated

from tests.front import HTTP_2, VERSIONS, Front
from tests.gateway import CLERK_KEY, hurry, wait_until
from tests.http2 import calling
from tests.proxy.test_gate import has_ended
from tests.rig import Rig, ended, reads, rigged, shows_nothing
from tests.scripted import Asked, Connection, Script, answering

REQUEST = b"GET /people HTTP/1.1\r\nHost: people.localhost\r\n\r\n"
ROW = "1,张三丰,11010519491231002X,13800138000\r\n".encode()
ROWS = ROW * 4_000
WRONG_FRAME = b"\0\0\1\2\0\0\0\0\1\0"
"""A priority of one byte, where there must be five (RFC 9113, 6.3)."""
LARGE = b"id,name,id_no,mobile\r\n" + ROWS


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Rig]:
    """A gateway that takes on two exchanges at once."""
    with rigged(tmp_path, exchanges=2, source_share=1.0) as made:
        yield made


class Held:
    """A system behind that answers once it may."""

    def __init__(self) -> None:
        self.go_on = threading.Event()

    def __call__(self, connection: Connection, asked: Asked) -> None:
        assert self.go_on.wait(60)
        answering(b'{"total": 1}')(connection, asked)


def asking(rig: Rig, opened: contextlib.ExitStack, source: str = "127.0.0.1", *, buffer: int = 0) -> socket.socket:
    """Somebody at the address *source* who has asked and has read nothing."""
    connection = opened.enter_context(socket.socket())
    connection.settimeout(60)
    if buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.bind((source, 0))
    connection.connect(("127.0.0.1", rig.gateway.port))
    connection.sendall(REQUEST)
    return connection


def answer_on(connection: socket.socket) -> tuple[int, bytes]:
    """Status and body of an answer with a length."""
    received = b""
    while not ended(received):
        piece = connection.recv(65536)
        assert piece, received
        received += piece
    status, _, body = reads(received)
    return status, body


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_is_too_many_is_told_before_anything_is_done(busy: Rig, method: str) -> None:
    held = Held()
    busy.behind.script = held
    with contextlib.ExitStack() as opened:
        first = [asking(busy, opened) for _ in range(2)]
        wait_until(lambda: len(busy.behind.asked) == 2, 10)
        write = f"X-Api-Key: {CLERK_KEY}\r\nContent-Type: application/json\r\n"
        status, headers, body = reads(busy.ask(method=method, headers=write, body=b"{}" * (method == "POST")))
        document = json.loads(body)
        assert (status, headers["retry-after"], document["reason"]) == (503, "5", "too_busy")
        assert "carried_out" not in document
        assert busy.behind.asked == []  # since then nobody was asked
        last = busy.gateway.events()[-1]
        assert (last["event"]["reason"], last["event"]["id"]) == ("too_busy", document["event"])
        held.go_on.set()
        assert [answer_on(connection) for connection in first] == [(200, b'{"total":1}')] * 2
        assert reads(busy.ask())[0] == 200
    assert busy.gateway.counters()["refused_busy"] == 1


def test_one_address_leaves_room_for_others(tmp_path: Path) -> None:
    held = Held()
    with rigged(tmp_path, exchanges=4, source_share=0.5) as rig, contextlib.ExitStack() as opened:
        rig.behind.script = held
        for _ in range(2):
            asking(rig, opened)
        wait_until(lambda: len(rig.behind.asked) == 2, 10)
        assert answer_on(asking(rig, opened))[0] == 503
        other = asking(rig, opened, "127.0.0.2")
        wait_until(lambda: len(rig.behind.asked) == 3, 10)
        held.go_on.set()
        assert answer_on(other)[0] == 200


def test_who_does_not_read_keeps_his_place(busy: Rig) -> None:
    """Else each answer that nobody reads would be one more to hold."""
    busy.behind.script = answering(LARGE * 4, "text/csv")
    with contextlib.ExitStack() as opened:
        slow = [asking(busy, opened, buffer=4096) for _ in range(2)]
        wait_until(lambda: (busy.gateway.counters()["live"], busy.gateway.counters()["held"]) == (0, 2), 20)
        assert answer_on(asking(busy, opened))[0] == 503
        status, body = answer_on(slow[0])
        assert (status, shows_nothing(body)) == (200, True)
        wait_until(lambda: busy.gateway.counters()["held"] == 1, 10)
        assert answer_on(asking(busy, opened))[0] == 200


@pytest.mark.parametrize("last", [b"", WRONG_FRAME], ids=["he leaves", "he is hung up on"])
def test_who_is_gone_gives_up_the_places_of_all_that_he_has_asked(tmp_path: Path, last: bytes) -> None:
    """A few connections at most are opened for him. What waits for its turn is over when he is gone, not never."""
    head = {":method": "GET", ":scheme": "https", ":authority": "people.localhost", ":path": "/people"}
    with rigged(tmp_path, tls=True) as rig:
        held = rig.behind.script = Held()
        with calling(rig.gateway.port, rig.gateway.home / "tls" / "ca.pem") as caller:
            for stream in range(1, 40, 2):
                caller.ask(stream, head)
            wait_until(lambda: rig.gateway.counters()["live"] == 20, 10)
            caller.say(last)
            if last:
                caller.hear(ConnectionTerminated)
        wait_until(lambda: rig.gateway.counters()["live"] == 0, 10)
        held.go_on.set()
        assert "caller_left" in {event["event"]["reason"] for event in rig.gateway.events()}


def is_closed_unread(rig: Rig) -> bool:
    with contextlib.ExitStack() as opened:
        try:
            return asking(rig, opened).recv(1) == b""
        except ConnectionError:
            return True


def test_connections_beyond_the_limit_are_closed_unread(tmp_path: Path) -> None:
    with rigged(tmp_path, connections=2, source_share=1.0) as rig, contextlib.ExitStack() as opened:
        kept = [asking(rig, opened) for _ in range(2)]
        assert [answer_on(connection)[0] for connection in kept] == [200, 200]
        assert is_closed_unread(rig)
        kept[0].close()
        wait_until(lambda: rig.gateway.counters()["connections"] == 1, 10)
        assert answer_on(asking(rig, opened))[0] == 200
        assert rig.gateway.counters()["refused_connections"] == 1


def test_who_reads_too_slowly_is_cut_and_gives_up_his_place(tmp_path: Path) -> None:
    with rigged(tmp_path, exchanges=1, reader_s=0.0) as rig, contextlib.ExitStack() as opened:
        rig.behind.script = answering(b"id,name,id_no,mobile\r\n" + ROW * 1_000, "text/csv")
        slow = asking(rig, opened, buffer=4096)
        wait_until(lambda: has_ended(slow), 60)
        received = b""
        with contextlib.suppress(ConnectionError):
            while piece := slow.recv(65536):
                received += piece
        assert not ended(received)
        assert shows_nothing(received)
        wait_until(lambda: answer_on(asking(rig, opened))[0] == 200, 10)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_worker_that_cannot_follow_takes_on_no_more(tmp_path: Path, version: str) -> None:
    """As if each turn of its loop came too late: who asks alone is served, and whoever comes meanwhile is not."""
    held = Held()
    with rigged(tmp_path, tls=True, late_s=-1.0) as rig, ThreadPoolExecutor() as apart:
        rig.behind.script = held
        front = Front(rig, version)
        wait_until(lambda: rig.gateway.counters()["ready"] == 0, 10)
        few = [apart.submit(front.ask) for _ in range(4)]  # half of the eighth part of its places
        wait_until(lambda: rig.gateway.counters()["live"] == 4, 10)
        assert front.ask().reason == "too_busy"
        held.go_on.set()
        assert [each.result(60).status for each in few] == [200] * 4


def flooding(sent: list[int]) -> Script:
    """A script that sends rows for as long as they are taken, and notes how many bytes went."""

    def script(connection: Connection, asked: Asked) -> None:
        connection.raw.settimeout(2)
        with contextlib.suppress(OSError):
            connection.raw.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n")
            for piece in (LARGE, *[ROWS] * 500):
                connection.raw.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
                sent.append(len(piece))
        connection.close()

    return script


def test_what_a_caller_does_not_let_out_is_not_fetched(tmp_path: Path) -> None:
    """Over HTTP/2 a caller says how much he takes; what is more must not pile up here."""
    sent: list[int] = []
    with rigged(tmp_path, tls=True) as rig:
        hurry(rig.gateway, timeout_s=2)
        rig.behind.script = flooding(sent)
        front = Front(rig, HTTP_2)
        with calling(rig.gateway.port, rig.gateway.home / "tls" / "ca.pem") as caller:
            head = {":method": "GET", ":scheme": "https", ":authority": "people.localhost", ":path": "/people"}
            caller.ask(1, head)
            wait_until(lambda: "close" in [event["event"]["action"] for event in rig.gateway.events()], 60)
        assert sum(sent) < 16 * 1024 * 1024
        rig.behind.script = answering(b'{"total": 1}')
        wait_until(lambda: front.ask().status == 200, 10)
