"""Callers who keep asking while something breaks, and remember what they were given."""

import contextlib
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.patience import PATIENCE_S
from tests.rig import ended, reads, shows_nothing

REQUEST = b"GET /people HTTP/1.1\r\nHost: people.localhost\r\n\r\n"


@dataclass
class Pressure:
    """What a number of callers have received so far, one request after the other on each connection."""

    port: int
    statuses: Counter[int] = field(default_factory=Counter)
    acknowledged: list[str] = field(default_factory=list)
    """The event ids of all answers that arrived whole."""
    broken: int = 0
    """Connections that ended in the middle of an answer, or could not be made."""
    leaked: list[bytes] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def go_on(self, pause_s: float) -> None:
        """Ask until it is over, on a new connection after each that broke."""
        while not self._stop.is_set():
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S) as connection:
                    while not self._stop.is_set():
                        self._note(_asked(connection))
                        self._stop.wait(pause_s)
            except OSError:
                with self._lock:
                    self.broken += 1

    def _note(self, answer: bytes) -> None:
        status, headers, _ = reads(answer)
        with self._lock:
            self.statuses[status] += 1
            self.acknowledged.append(headers["yingbi-event"])
            if not shows_nothing(answer):
                self.leaked.append(answer)

    def stop(self) -> None:
        self._stop.set()


def _asked(connection: socket.socket) -> bytes:
    connection.sendall(REQUEST)
    answer = b""
    while not ended(answer):
        piece = connection.recv(1 << 20)
        if not piece:
            raise ConnectionError
        answer += piece
    return answer


@contextlib.contextmanager
def pressure(port: int, *, callers: int = 4, pause_s: float = 0.01) -> Iterator[Pressure]:
    """Some *callers* who keep asking, each a *pause_s* after it was answered."""
    made = Pressure(port)
    threads = [threading.Thread(target=made.go_on, args=(pause_s,)) for _ in range(callers)]
    for thread in threads:
        thread.start()
    try:
        yield made
    finally:
        made.stop()
        for thread in threads:
            thread.join(30)
