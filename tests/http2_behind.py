"""A system behind that speaks HTTP/2 over TLS, and says exactly what a test wants, frame by frame where it matters."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded
from h2.exceptions import ProtocolError
from hyperframe.frame import Frame

type Headers = list[tuple[bytes, bytes]]


@dataclass
class Asked:
    """One request, as it arrived."""

    stream: int
    headers: Headers
    body: bytes = b""

    def one(self, name: str) -> list[bytes]:
        """The values of the header *name*."""
        return [value for key, value in self.headers if key == name.encode()]


class Said:
    """The script's end of a connection."""

    def __init__(self, raw: ssl.SSLSocket, speaking: H2Connection) -> None:
        self.raw = raw
        self.speaking = speaking

    def head(self, stream: int, *fields: tuple[str, str], status: str = "200", end: bool = False) -> None:
        """Send the head of an answer."""
        named = [(":status", status), ("content-type", "application/json"), *fields]
        self.speaking.send_headers(stream, named, end_stream=end)
        self.flush()

    def body(self, stream: int, data: bytes, *, end: bool = True) -> None:
        """Send some of its body."""
        self.speaking.send_data(stream, data, end_stream=end)
        self.flush()

    def frames(self, *frames: Frame) -> None:
        """Send frames that a library would refuse to make."""
        self.flush()
        self.bytes(b"".join(frame.serialize() for frame in frames))

    def bytes(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self.raw.sendall(data)

    def flush(self) -> None:
        self.bytes(self.speaking.data_to_send())


type Script = Callable[[Said, Asked], None]


@dataclass
class Behind:
    """A running system behind. Change `script` at any time."""

    port: int
    script: Script
    asked: list[Asked] = field(default_factory=list)
    shown: list[dict[str, object]] = field(default_factory=list)
    """The certificate of the gateway, connection by connection."""
    connections: int = 0


def answering(body: bytes, *fields: tuple[str, str]) -> Script:
    """A script that answers every request with *body*."""

    def script(said: Said, asked: Asked) -> None:
        said.head(asked.stream, *fields)
        said.body(asked.stream, body)

    return script


@contextlib.contextmanager
def http2_behind(script: Script, tls: ssl.SSLContext) -> Iterator[Behind]:
    """A system behind that does what *script* says for each request."""
    tls.set_alpn_protocols(["h2"])
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # what is accepted inherits it
    system = Behind(listening.getsockname()[1], script)
    threads: list[threading.Thread] = []

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                plain, _ = listening.accept()
                thread = threading.Thread(target=serve, args=(plain,), daemon=True)
                threads.append(thread)
                thread.start()

    def serve(plain: socket.socket) -> None:
        with plain, contextlib.suppress(OSError, ProtocolError), tls.wrap_socket(plain, server_side=True) as raw:
            system.connections += 1
            system.shown.append(dict(raw.getpeercert() or {}))
            config = H2Configuration(
                client_side=False,
                header_encoding=None,
                validate_outbound_headers=False,
                normalize_outbound_headers=False,
            )
            speaking = H2Connection(config)
            speaking.initiate_connection()
            said = Said(raw, speaking)
            said.flush()
            arriving: dict[int, Asked] = {}
            while piece := raw.recv(65536):
                for event in speaking.receive_data(piece):
                    match event:
                        case RequestReceived(stream_id=int(number), headers=headers):
                            arriving[number] = Asked(number, [(bytes(name), bytes(value)) for name, value in headers])
                        case DataReceived(stream_id=int(number), data=data, flow_controlled_length=int(length)):
                            arriving[number].body += data or b""
                            speaking.acknowledge_received_data(length, number)
                        case StreamEnded(stream_id=int(number)):
                            asked = arriving.pop(number)
                            system.asked.append(asked)
                            system.script(said, asked)
                        case _:
                            pass
                said.flush()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield system
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        accepting.join(5)
        for thread in threads:
            thread.join(1)
