"""A system behind that says exactly what a test wants, byte for byte, and remembers what it was asked."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Asked:
    """One request, as it arrived."""

    head: bytes
    body: bytes

    @property
    def line(self) -> str:
        return self.head.split(b"\r\n", 1)[0].decode("latin-1")

    @property
    def headers(self) -> dict[str, str]:
        pairs = (line.partition(b":") for line in self.head.split(b"\r\n")[1:] if line)
        return {name.decode("latin-1").lower(): value.strip().decode("latin-1") for name, _, value in pairs}


type Script = Callable[["Connection", Asked], None]


class Connection:
    """The script's end of a connection."""

    def __init__(self, raw: socket.socket, stop: threading.Event) -> None:
        self.raw = raw
        self.stop = stop

    def say(self, data: bytes) -> None:
        """Send *data*."""
        with contextlib.suppress(OSError):
            self.raw.sendall(data)

    def hang(self) -> None:
        """Say nothing more until the test ends or the gateway gives up."""
        self.raw.settimeout(0.1)
        while not self.stop.is_set():
            try:
                if not self.raw.recv(1):
                    return
            except TimeoutError:
                continue
            except OSError:
                return

    def close(self) -> None:
        """End the connection, properly."""
        with contextlib.suppress(OSError):
            self.raw.shutdown(socket.SHUT_RDWR)
        self.raw.close()


@dataclass
class Scripted:
    """A running system behind. Change `script` at any time."""

    port: int
    script: Script
    asked: list[Asked] = field(default_factory=list)


@contextlib.contextmanager
def scripted(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[Scripted]:
    """A system behind that does what *script* says for each request, behind *tls* where one is given."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # what is accepted inherits it
    stop = threading.Event()
    system = Scripted(listening.getsockname()[1], script)
    threads: list[threading.Thread] = []

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                raw, _ = listening.accept()
                thread = threading.Thread(target=serve, args=(raw,), daemon=True)
                threads.append(thread)
                thread.start()

    def serve(plain: socket.socket) -> None:
        with plain, contextlib.suppress(OSError), tls.wrap_socket(plain, server_side=True) if tls else plain as raw:
            rest = b""
            while not stop.is_set():
                while b"\r\n\r\n" not in rest:
                    piece = raw.recv(65536)
                    if not piece:
                        return
                    rest += piece
                head, rest = rest.split(b"\r\n\r\n", 1)
                asked = Asked(head, b"")
                length = int(asked.headers.get("content-length", "0"))
                while len(rest) < length:
                    rest += raw.recv(65536)
                asked.body, rest = rest[:length], rest[length:]
                system.asked.append(asked)
                system.script(Connection(raw, stop), asked)

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield system
    finally:
        stop.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        accepting.join(5)
        for thread in threads:
            thread.join(5)


def answering(body: bytes, content_type: str = "application/json", status: str = "200 OK", *more: str) -> Script:
    """A script that answers every request with *body*."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}", *more]
    answer = "\r\n".join([*lines, "", ""]).encode("latin-1") + body
    return lambda connection, asked: connection.say(answer)


def saying(data: bytes, *, close: bool = True) -> Script:
    """A script that answers every request with exactly *data*."""

    def script(connection: Connection, asked: Asked) -> None:
        connection.say(data)
        if close:
            connection.close()

    return script
