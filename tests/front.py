"""A gateway as its callers meet it: the same exchange over HTTP/1.1 and over HTTP/2, and everything that came of it."""

import contextlib
import json
import ssl
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from h2.events import (
    ConnectionTerminated,
    DataReceived,
    InformationalResponseReceived,
    PushedStreamReceived,
    ResponseReceived,
    StreamEnded,
    StreamReset,
    TrailersReceived,
)

from tests.http2 import calling, secured
from tests.rig import Rig, ended, reads
from tests.scripted import Script
from tests.spellings import told_by

HTTP_1, HTTP_2 = "HTTP/1.1", "HTTP/2"
VERSIONS = (HTTP_1, HTTP_2)
_WINDOW = 16 * 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """What a caller received."""

    status: int
    headers: dict[str, str]
    """By lower-case name."""
    body: bytes
    is_whole: bool
    """Whether it looks whole to its reader."""
    received: bytes
    """All of it, heads, chunks and whatever else came."""

    @cached_property
    def tells(self) -> set[str]:
        """What of the planted person can be read out of it, in any spelling."""
        return told_by(self.received) | told_by(self.body)

    @property
    def reason(self) -> str:
        """Why it is a problem document of the gateway's; "" where it is none, or has no body."""
        if self.headers.get("content-type") != "application/problem+json" or not self.body:
            return ""
        document: Any = json.loads(self.body)
        return str(document.get("reason", "")) if isinstance(document, dict) else ""


@dataclass(frozen=True)
class Front:
    """How callers reach the gateway of *rig*, which has certificates."""

    rig: Rig
    version: str

    def ask(
        self,
        script: Script | None = None,
        *,
        target: str = "/people",
        method: str = "GET",
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes = b"",
    ) -> Answer:
        """What comes of a request, on a connection of its own."""
        if script is not None:
            self.rig.behind.script = script
        self.rig.behind.asked.clear()
        lengths = (("content-length", str(len(body))),) if body or method in ("POST", "PUT") else ()
        ask = self._over_http_2 if self.version == HTTP_2 else self._over_http_1
        return ask(method, target, (*lengths, *headers), body)

    @property
    def _where(self) -> tuple[int, Any]:
        gateway = self.rig.gateway
        return gateway.port, gateway.home / "tls" / "ca.pem"

    def _over_http_1(self, method: str, target: str, headers: tuple[tuple[str, str], ...], body: bytes) -> Answer:
        lines = [f"{method} {target} HTTP/1.1", "host: people.localhost", "connection: close"]
        lines += [f"{name}: {value}" for name, value in headers]
        received = bytearray()
        with secured(*self._where, "http/1.1") as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                while piece := connection.recv(65536):
                    received += piece
        status, named, shown = reads(bytes(received))
        whole = ended(bytes(received)) or (method == "HEAD" and not shown and received.endswith(b"\r\n\r\n"))
        return Answer(status, named, shown, whole, bytes(received))

    def _over_http_2(self, method: str, target: str, headers: tuple[tuple[str, str], ...], body: bytes) -> Answer:
        head = {":method": method, ":scheme": "https", ":authority": "people.localhost", ":path": target}
        status, named, shown, is_whole, received = 0, {}, bytearray(), False, bytearray()
        with calling(*self._where) as caller, contextlib.suppress(ConnectionError, ssl.SSLError):
            caller.speaking.increment_flow_control_window(_WINDOW)
            caller.speaking.update_settings({4: _WINDOW})
            caller.ask(1, head, *headers, end=not body)
            if body:
                caller.speaking.send_data(1, body, end_stream=True)
                caller.say()
            while True:
                event = caller.hear(
                    ResponseReceived, DataReceived, StreamEnded, StreamReset, ConnectionTerminated, TrailersReceived,
                    InformationalResponseReceived, PushedStreamReceived,
                )  # fmt: skip
                match event:
                    case DataReceived(data=bytes(data)):
                        shown += data
                        received += data
                    case StreamEnded() | StreamReset():
                        is_whole = isinstance(event, StreamEnded)
                        break
                    case ConnectionTerminated(additional_data=more):
                        received += more or b""
                        break
                    case (
                        ResponseReceived(headers=fields)
                        | TrailersReceived(headers=fields)
                        | InformationalResponseReceived(headers=fields)
                        | PushedStreamReceived(headers=fields)
                    ):
                        pairs = [(bytes(name).decode("latin-1"), bytes(value)) for name, value in fields or ()]
                        received += b"".join(b"%s: %s\r\n" % (name.encode("latin-1"), value) for name, value in pairs)
                        if isinstance(event, ResponseReceived):
                            named = {name: value.decode("latin-1") for name, value in pairs}
                            status = int(named.pop(":status"))
                    case _:
                        pass
        return Answer(status, named, bytes(shown), is_whole, bytes(received))
