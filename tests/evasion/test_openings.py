"""Connections on which no request ever begins: each takes a place among those that a worker takes on."""

import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Iterator

import pytest

from tests.gateway import Gateway
from tests.patience import PATIENCE_S
from tests.rig import Rig, rigged
from tests.scripted import answering

GREETING = b"\x16\x03\x01\x02\x00\x01"
"""The first bytes of a record of 512, in which a greeting of TLS would come."""
REQUEST = b"GET /people HTTP/1.1\r\nHost: people.localhost\r\n\r\n"


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    # So long that whoever means to ask has the time, also on a busy machine.
    with rigged(tmp_path_factory.mktemp("openings"), tls=True, request_s=3.0) as made:
        yield made


def plain(gateway: Gateway) -> socket.socket:
    return socket.create_connection(("127.0.0.1", gateway.port), timeout=0.05)


def secured(gateway: Gateway, *protocols: str) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=gateway.home / "tls" / "ca.pem")
    context.set_alpn_protocols(list(protocols or ("http/1.1",)))
    connection = socket.create_connection(("127.0.0.1", gateway.port), timeout=PATIENCE_S)
    made = context.wrap_socket(connection, server_hostname="localhost")
    made.settimeout(0.05)
    return made


def is_cut(connection: socket.socket, drip: bytes, limit_s: float = 60) -> bool:
    """Whether it is, although *drip* is sent again and again."""
    end_s = time.monotonic() + limit_s
    while time.monotonic() < end_s:
        try:
            if drip:
                connection.sendall(drip)
            if not connection.recv(65536):
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
OPENINGS: dict[str, tuple[Callable[[Gateway], socket.socket], bytes, bytes]] = {
    "nothing": (plain, b"", b""),
    "half a greeting": (plain, GREETING, b""),
    "a greeting byte by byte": (plain, GREETING, b"\0"),
    "nothing behind the greeting": (secured, b"", b""),
    "blank lines": (secured, b"", b"\r\n"),
    "HTTP/2 without a request": (lambda gateway: secured(gateway, "h2"), PREFACE, b""),
}


@pytest.mark.parametrize("case", OPENINGS)
def test_who_begins_no_request_is_cut(rig: Rig, case: str) -> None:
    opened, first, drip = OPENINGS[case]
    with contextlib.closing(opened(rig.gateway)) as connection:
        if first:
            connection.sendall(first)
        assert is_cut(connection, drip)


def test_who_has_asked_may_be_silent_for_longer_but_sends_no_blank_lines(rig: Rig) -> None:
    rig.behind.script = answering(b'{"total": 1}')
    with contextlib.closing(secured(rig.gateway)) as kept, contextlib.closing(plain(rig.gateway)) as other:
        kept.settimeout(60)
        for _ in range(2):
            kept.sendall(REQUEST)
            received = b""
            while b'{"total":1}' not in received:
                piece = kept.recv(65536)
                assert piece, received
                received += piece
            assert is_cut(other, b"")  # so long the first was silent
        kept.settimeout(0.05)
        assert is_cut(kept, b"\r\n")
