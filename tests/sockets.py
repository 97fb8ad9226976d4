"""Both ends of a WebSocket, message by message, over sockets."""

import base64
import contextlib
import hashlib
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from wsproto.connection import Connection as Speaker
from wsproto.connection import ConnectionType
from wsproto.events import CloseConnection, Event, Message, TextMessage

from tests.patience import PATIENCE_S
from tests.scripted import Asked, Connection, Script

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
"""Of the sample handshake of RFC 6455, 1.3."""


def accept(key: str) -> str:
    made = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode(), usedforsecurity=False)
    return base64.b64encode(made.digest()).decode()


@dataclass
class End:
    """One end, after the handshake."""

    raw: socket.socket
    speaking: Speaker
    heard: list[Event] = field(default_factory=list)
    received: bytes = b""
    """Everything that came."""

    def say(self, event: Event | str) -> None:
        self.raw.sendall(self.speaking.send(TextMessage(data=event) if isinstance(event, str) else event))

    def hear(self) -> Event:
        """What is heard next; a text may come in several frames, and is put together."""
        text = ""
        while True:
            while self.heard:
                event = self.heard.pop(0)
                if isinstance(event, Message):
                    text += str(event.data)
                    if not event.message_finished:
                        continue
                    return TextMessage(data=text)
                return event
            piece = self.raw.recv(65536)
            if not piece:
                raise ConnectionError
            self.take(piece)

    def take(self, data: bytes) -> None:
        self.received += data
        self.speaking.receive_data(data)
        self.heard += self.speaking.events()

    def text(self) -> str:
        """The text that is heard next."""
        event = self.hear()
        assert isinstance(event, TextMessage), event
        return str(event.data)

    def rest(self) -> list[Event]:
        """All that is heard until the connection ends."""
        found = []
        with contextlib.suppress(OSError):
            while True:
                found.append(self.hear())
        return found

    def close_code(self) -> int:
        """The code that it is closed by."""
        event = self.hear()
        assert isinstance(event, CloseConnection), event
        return event.code


def speaking(told: Callable[[End], None], *more: str) -> Script:
    """A system that agrees on a WebSocket, with *more* lines in its head, and then does what *told* says."""

    def script(connection: Connection, asked: Asked) -> None:
        lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
        lines += [f"Sec-WebSocket-Accept: {accept(asked.headers.get('sec-websocket-key', ''))}", *more]
        connection.say("\r\n".join([*lines, "", ""]).encode())
        connection.raw.settimeout(60)
        with contextlib.suppress(OSError):
            told(End(connection.raw, Speaker(ConnectionType.SERVER)))
        connection.close()

    return script


@contextlib.contextmanager
def opened(
    port: int,
    target: str = "/people/live",
    headers: Mapping[str, str] | None = None,
    *,
    early: bytes = b"",
    version: str = "HTTP/1.1",
) -> Iterator[tuple[int, bytes, End]]:
    """Status, head and, where that is 101, a caller's end of a WebSocket. *early*: sent at once."""
    said = {
        "Host": "people.localhost",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": KEY,
    } | dict(headers or {})
    lines = [f"GET {target} {version}", *(f"{name}: {value}" for name, value in said.items() if value)]
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as raw:
        raw.sendall("\r\n".join([*lines, "", ""]).encode() + early)
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = raw.recv(65536)
            assert piece, "the connection ended"
            answer += piece
        head, _, rest = answer.partition(b"\r\n\r\n")
        end = End(raw, Speaker(ConnectionType.CLIENT))
        status = int(head.split(b" ")[1])
        if status == 101:
            end.take(rest)
        else:
            with contextlib.suppress(ConnectionError):
                length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0] or 0)
                while len(rest) < length and (piece := raw.recv(65536)):
                    rest += piece
            end.received = rest
        yield status, head, end
