"""`python -m tests.bench.exporting PORT CA PROTOCOL COUNT`: callers who export all that there is, and read it at once.

It prints a line once each of them has got more than is held before an answer flows, and goes on until it is ended.
"""

import ssl
import sys
import threading
from pathlib import Path

from h2.events import DataReceived

from tests.http2 import Caller, calling, secured

BEGUN = 1536 * 1024
"""Bytes of an answer that flows."""
TARGET = "/letters/all"
HOST = "people.localhost"


def main(port: int, ca: Path, protocol: str, count: int) -> None:
    begun = threading.Semaphore(0)
    export = _over_http_2 if protocol == "h2" else _over_http_1
    for _ in range(count):
        threading.Thread(target=export, args=(port, ca, begun), daemon=True).start()
    for _ in range(count):
        begun.acquire()
    print("begun", flush=True)
    sys.stdin.read()


class _Got:
    """How much one of them has got."""

    def __init__(self, begun: threading.Semaphore) -> None:
        self._begun = begun
        self._bytes = 0

    def add(self, count: int) -> None:
        before, self._bytes = self._bytes, self._bytes + count
        if before < BEGUN <= self._bytes:
            self._begun.release()


def _over_http_1(port: int, ca: Path, begun: threading.Semaphore) -> None:
    got = _Got(begun)
    with secured(port, ca, "http/1.1") as connection:
        connection.settimeout(None)
        connection.sendall(f"GET {TARGET} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        while piece := connection.recv(1 << 18):
            got.add(len(piece))


def _over_http_2(port: int, ca: Path, begun: threading.Semaphore) -> None:
    got = _Got(begun)
    with calling(port, ca) as caller:
        caller.raw.settimeout(None)
        caller.ask(1, {":method": "GET", ":scheme": "https", ":authority": HOST, ":path": TARGET})
        _read_on(caller, got)


def _read_on(caller: Caller, got: _Got) -> None:
    while True:
        event = caller.hear(DataReceived)
        assert isinstance(event, DataReceived)
        assert event.flow_controlled_length is not None
        got.add(event.flow_controlled_length)
        caller.speaking.acknowledge_received_data(event.flow_controlled_length, 1)
        caller.say()


if __name__ == "__main__":
    try:
        main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    except (ConnectionError, ssl.SSLError):
        sys.exit(1)
