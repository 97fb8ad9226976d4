"""Connections to a system behind that callers share, where TLS is spoken on them: what lies between two answers."""

import contextlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from OpenSSL import SSL

from tests.gateway import Gateway, raw
from tests.patience import PATIENCE_S
from tests.proxy.tls.test_upstream import before, certified, towards
from tests.rig import ended, reads

GET = b"GET /people?page=%d HTTP/1.1\r\nHost: people.localhost\r\nConnection: close\r\n\r\n"


def answer(total: int) -> bytes:
    body = b'{"total": %d}' % total
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def total_of(running: Gateway, page: int) -> int:
    received = raw(running.port, GET % page)
    assert ended(received)
    return int(json.loads(reads(received)[2])["total"])


@dataclass
class Splitting:
    """A system behind that sends, with the answer to the first request of a connection, the first *count* bytes of the
    record of another answer, and the rest once it is asked again.
    """

    tls: ssl.SSLContext
    count: int
    connections: list[socket.socket] = field(default_factory=list)

    def serve(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                self.connections.append(connection)
                threading.Thread(target=self._speak, args=(connection,), daemon=True).start()

    def _speak(self, connection: socket.socket) -> None:
        came, goes = ssl.MemoryBIO(), ssl.MemoryBIO()
        speaking = self.tls.wrap_bio(came, goes, server_side=True)
        with connection, contextlib.suppress(OSError):
            while not self._is_greeted(speaking):
                connection.sendall(goes.read())
                came.write(connection.recv(65536))
            connection.sendall(goes.read())
            self._read_request(speaking, connection, came)
            speaking.write(answer(1))
            whole = goes.read()
            speaking.write(answer(99))
            other = goes.read()
            connection.sendall(whole + other[: self.count])
            self._read_request(speaking, connection, came)
            connection.sendall(other[self.count :])

    @staticmethod
    def _is_greeted(speaking: ssl.SSLObject) -> bool:
        try:
            speaking.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    @staticmethod
    def _read_request(speaking: ssl.SSLObject, connection: socket.socket, came: ssl.MemoryBIO) -> None:
        received = b""
        while not received.endswith(b"\r\n\r\n"):
            try:
                received += speaking.read(65536)
            except ssl.SSLWantReadError:
                piece = connection.recv(65536)
                if not piece:
                    raise ConnectionError from None
                came.write(piece)


@contextlib.contextmanager
def splitting(folder: Path, count: int) -> Iterator[tuple[Splitting, Gateway]]:
    system = Splitting(towards(certified(folder)), count)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=system.serve, args=(listening,), daemon=True).start()
        with before(folder, listening.getsockname()[1], "authority: office") as running:
            yield system, running
        listening.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("count", [3, 5, 40], ids=["half its head", "its head", "some of what it holds"])
def test_half_a_record_behind_an_answer_is_not_the_next(tmp_path: Path, count: int) -> None:
    """It is with OpenSSL: neither the kernel nor what was decrypted shows it, however long the connection rests."""
    with splitting(tmp_path, count) as (system, running):
        page, end_s = 0, time.monotonic() + 0.5  # so long that somebody else would have had it
        while time.monotonic() < end_s:
            assert total_of(running, page) == 1
            page += 1
        assert len(system.connections) == page


class Regreeting:
    """A system behind that greets anew with the answer to the first request of a connection, and then reads nothing."""

    def __init__(self, folder: Path) -> None:
        files = certified(folder)
        self._context = SSL.Context(SSL.TLS_SERVER_METHOD)
        self._context.set_max_proto_version(SSL.TLS1_2_VERSION)  # later ones know no other greeting
        self._context.use_certificate_chain_file(str(files.certificate))
        self._context.use_privatekey_file(str(files.key))
        self.connections: list[socket.socket] = []

    def serve(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                self.connections.append(connection)
                self._speak(connection)

    def _speak(self, connection: socket.socket) -> None:
        speaking = SSL.Connection(self._context, None)
        speaking.set_accept_state()
        self._until(speaking, connection, speaking.do_handshake)
        self._until(speaking, connection, lambda: speaking.recv(65536))
        speaking.sendall(answer(len(self.connections)))
        speaking.renegotiate()
        speaking.do_handshake()
        connection.sendall(speaking.bio_read(65536))

    @staticmethod
    def _until(speaking: SSL.Connection, connection: socket.socket, does: Callable[[], object]) -> None:
        is_done = False
        while not is_done:
            try:
                does()
                is_done = True
            except SSL.WantReadError:
                pass
            with contextlib.suppress(SSL.WantReadError):
                connection.sendall(speaking.bio_read(65536))
            if not is_done:
                speaking.bio_write(connection.recv(65536))


def test_what_cannot_be_asked_amid_another_greeting_is_asked_elsewhere(tmp_path: Path) -> None:
    """OpenSSL takes nothing then, and nobody would ever hear of what it has not taken."""
    system = Regreeting(tmp_path)
    with contextlib.ExitStack() as open_until_then:
        listening = open_until_then.enter_context(socket.create_server(("127.0.0.1", 0)))
        serving = threading.Thread(target=system.serve, args=(listening,), daemon=True)
        serving.start()
        running = open_until_then.enter_context(before(tmp_path, listening.getsockname()[1], "authority: office"))
        caller = open_until_then.enter_context(
            socket.create_connection(("127.0.0.1", running.port), timeout=PATIENCE_S)
        )
        for page in (1, 2):
            caller.sendall((GET % page).replace(b"Connection: close\r\n", b""))
            assert json.loads(reads(caller.recv(65536))[2]) == {"total": page}
        listening.shutdown(socket.SHUT_RDWR)
        serving.join(5)
        assert len(system.connections) == 2
        for connection in system.connections:
            connection.close()
