"""A caller who speaks HTTP/2 frame by frame."""

import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import Event


class Caller:
    """One connection, and what was heard on it."""

    def __init__(self, connection: ssl.SSLSocket) -> None:
        self.raw = connection
        # What is wrong with a request is for the gateway to find.
        self.speaking = H2Connection(H2Configuration(validate_outbound_headers=False, normalize_outbound_headers=False))
        self.heard: list[Event] = []

    def say(self, data: bytes = b"") -> None:
        """Send what is to be said, and *data*."""
        self.raw.sendall(self.speaking.data_to_send() + data)

    def ask(self, stream: int, head: dict[str, str], *more: tuple[str, str], end: bool = True) -> None:
        """Send the head of a request."""
        self.speaking.send_headers(stream, [*head.items(), *more], end_stream=end)
        self.say()

    def hear(self, *kinds: type[Event]) -> Event:
        """What of these *kinds* is heard next. Raises ConnectionError where nothing more is."""
        while True:
            for event in self.heard:
                if isinstance(event, kinds):
                    self.heard.remove(event)
                    return event
            piece = self.raw.recv(65536)
            if not piece:
                raise ConnectionAbortedError("the connection ended")
            self.heard += self.speaking.receive_data(piece)

    def is_cut(self, drip: Callable[[], None], limit_s: float = 60) -> bool:
        """Whether the connection is cut although something is sent again and again."""
        self.raw.settimeout(0.05)
        end_s = time.monotonic() + limit_s
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while time.monotonic() < end_s:
                drip()
                with contextlib.suppress(TimeoutError):
                    if not self.raw.recv(65536):
                        return True
            return False
        return True


@contextlib.contextmanager
def secured(port: int, ca: Path, protocol: str) -> Iterator[ssl.SSLSocket]:
    """A connection to a gateway on *port* that trusts *ca* and will speak *protocol*: `h2` or `http/1.1`."""
    context = ssl.create_default_context(cafile=ca)
    context.set_alpn_protocols([protocol])
    with (
        socket.create_connection(("127.0.0.1", port), timeout=120) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        yield connection


@contextlib.contextmanager
def calling(port: int, ca: Path) -> Iterator[Caller]:
    """A caller of the gateway on *port*, who trusts *ca*."""
    with secured(port, ca, "h2") as connection:
        caller = Caller(connection)
        caller.speaking.initiate_connection()
        yield caller
