"""A caller who keeps his connection to the gateway, over either version of HTTP: what came, and whether it fits."""

import contextlib
import ssl
from pathlib import Path
from typing import Self

from h2.events import ConnectionTerminated, DataReceived, ResponseReceived, StreamEnded, StreamReset, TrailersReceived

from tests.front import HTTP_2, Answer
from tests.http2 import Caller, secured
from tests.rig import ended, headers_in, reads

_WINDOW = 2**30
_BODILESS = (204, 304)


class OutOfStep(AssertionError):
    """More came than the answer that was asked for: whoever asks next would take it for his."""


class Kept:
    """One connection after another, each used for as long as the gateway keeps it."""

    def __init__(self, port: int, ca: Path, version: str) -> None:
        self._port, self._ca, self._version = port, ca, version
        self._open = contextlib.ExitStack()
        self._raw: ssl.SSLSocket | None = None
        self._caller: Caller | None = None
        self._stream = -1
        self.asked = 0
        """So many exchanges there have been."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._let_go()

    def ask(self, host: str, target: str, method: str = "GET", headers: tuple[tuple[str, str], ...] = ()) -> Answer:
        """What comes of a request. Raises OutOfStep where more than its answer came."""
        self.asked += 1
        raw = self._raw or self._connect()
        try:
            if self._version == HTTP_2:
                return self._over_http_2(host, target, method, headers)
            return self._over_http_1(raw, host, target, method, headers)
        except OutOfStep:
            self._let_go()
            raise

    def _connect(self) -> ssl.SSLSocket:
        protocol = "h2" if self._version == HTTP_2 else "http/1.1"
        self._raw = self._open.enter_context(secured(self._port, self._ca, protocol))
        if self._version == HTTP_2:
            self._caller, self._stream = Caller(self._raw), -1
            self._caller.speaking.initiate_connection()
            self._caller.speaking.increment_flow_control_window(_WINDOW)
            self._caller.speaking.update_settings({4: _WINDOW})
        return self._raw

    def _let_go(self) -> None:
        self._open.close()
        self._raw = self._caller = None

    def _over_http_1(
        self, raw: ssl.SSLSocket, host: str, target: str, method: str, headers: tuple[tuple[str, str], ...]
    ) -> Answer:
        lines = [f"{method} {target} HTTP/1.1", f"host: {host}", *(f"{name}: {value}" for name, value in headers)]
        received = bytearray()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            raw.sendall("\r\n".join([*lines, "", ""]).encode())
            while not _is_whole(bytes(received), method):
                piece = raw.recv(1 << 20)
                if not piece:
                    break
                received += piece
        whole = _is_whole(bytes(received), method)
        status, named, shown = reads(bytes(received))
        if not whole or named.get("connection") == "close":
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                if whole and raw.recv(1):
                    raise OutOfStep
            self._let_go()
        return Answer(status, named, shown, whole, bytes(received))

    def _over_http_2(self, host: str, target: str, method: str, headers: tuple[tuple[str, str], ...]) -> Answer:
        assert self._caller is not None
        caller = self._caller
        self._stream += 2
        named: dict[str, str] = {}
        status, shown, received, whole, is_kept = 0, bytearray(), bytearray(), False, False
        head = {":method": method, ":scheme": "https", ":authority": host, ":path": target}
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            caller.ask(self._stream, head, *headers)
            while not whole:
                event = caller.hear(
                    ResponseReceived, DataReceived, StreamEnded, StreamReset, ConnectionTerminated, TrailersReceived
                )
                if getattr(event, "stream_id", self._stream) != self._stream:
                    raise OutOfStep
                match event:
                    case DataReceived(data=bytes(data)):
                        shown += data
                    case StreamEnded():
                        whole = is_kept = True
                    case ResponseReceived(headers=fields) | TrailersReceived(headers=fields):
                        pairs = [(bytes(name).decode("latin-1"), bytes(value)) for name, value in fields or ()]
                        received += b"".join(b"%s: %s\r\n" % (name.encode("latin-1"), value) for name, value in pairs)
                        named |= {name: value.decode("latin-1") for name, value in pairs}
                        status = int(named.pop(":status", status))
                    case ConnectionTerminated(additional_data=more):
                        received += more or b""
                        break
                    case _:
                        is_kept = True
                        break
        caller.heard.clear()
        if not is_kept:
            self._let_go()
        return Answer(status, named, bytes(shown), whole, bytes(received + shown))


def _is_whole(received: bytes, method: str) -> bool:
    """Whether *received* ends where its head says that the answer does. Raises OutOfStep where it goes on."""
    head, found, body = received.partition(b"\r\n\r\n")
    if not found:
        return False
    headers = headers_in(head)
    if method == "HEAD" or int(head.split(b" ", 2)[1]) in _BODILESS:
        length = 0
    elif headers.get("transfer-encoding") == "chunked":
        if b"\r\n0\r\n\r\n" in body[:-5]:
            raise OutOfStep
        return ended(received)
    else:
        length = int(headers.get("content-length", "-1"))
    if len(body) > length >= 0:
        raise OutOfStep
    return len(body) == length
