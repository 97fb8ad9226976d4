"""A TCP forwarder that can be cut: the network between us and a real server."""

import contextlib
import select
import socket
import threading
from collections.abc import Iterator


class Wire:
    """Forwards connections to *target* (host, port) while it is whole; a cut ends every connection."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self._whole = threading.Event()
        self._whole.set()
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.02)
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def cut(self) -> None:
        self._whole.clear()

    def mend(self) -> None:
        self._whole.set()

    def close(self) -> None:
        self._closing.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                near, _ = self._listener.accept()
            except TimeoutError:
                continue
            thread = threading.Thread(target=self._carry, args=(near,))
            self._threads.append(thread)
            thread.start()

    def _carry(self, near: socket.socket) -> None:
        with near, contextlib.suppress(OSError), socket.create_connection(self.target) as far:
            while self._whole.is_set() and not self._closing.is_set():
                ready, _, _ = select.select((near, far), (), (), 0.02)
                for end in ready:
                    data = end.recv(65536)
                    if not data or not self._whole.is_set():
                        return
                    (far if end is near else near).sendall(data)


@contextlib.contextmanager
def wire_to(host: str, port: int) -> Iterator[Wire]:
    wire = Wire((host, port))
    try:
        yield wire
    finally:
        wire.close()
