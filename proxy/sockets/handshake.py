"""The opening handshakes of a WebSocket: one with the caller, one with the system behind, each with its own key.

No extension is ever agreed on: a compressed message could be a bomb, and nobody knows what an unknown one does.
Source: RFC 6455, 4.
"""

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from policies.program import SocketRule
from proxy.message import Headers, Request

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_KEY_BYTES = 16

type Fields = list[tuple[bytes, bytes]]


class HandshakeRefused(Exception):
    """What was asked is no WebSocket that is spoken here. Holds a reason of `reasons.REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """What was asked, and what the system behind is asked."""

    accept: str
    """What proves to the caller that his key was read."""
    key: str
    """Of our own, for the system behind."""
    subprotocols: tuple[str, ...]
    """Those declared of which the caller speaks, in his order."""

    @property
    def asks(self) -> Fields:
        """The headers that the system behind is asked with."""
        fields = [
            (b"connection", b"Upgrade"),
            (b"upgrade", b"websocket"),
            (b"sec-websocket-version", b"13"),
            (b"sec-websocket-key", self.key.encode()),
        ]
        if self.subprotocols:
            fields.append((b"sec-websocket-protocol", ", ".join(self.subprotocols).encode()))
        return fields

    def agreed(self, headers: Headers) -> Fields:
        """The headers to answer the caller with, where the system behind has answered 101 with *headers*.

        Raises HandshakeRefused where that is no answer to what it was asked.
        """
        chosen = headers.get("sec-websocket-protocol", [])
        if (
            _one(headers, "upgrade").lower() != "websocket"
            or _one(headers, "sec-websocket-accept") != accept_of(self.key)
            or "sec-websocket-extensions" in headers
            or len(chosen) > 1
            or not set(chosen) <= set(self.subprotocols)
        ):
            raise HandshakeRefused("upstream_malformed")
        fields = [
            (b"connection", b"Upgrade"),
            (b"upgrade", b"websocket"),
            (b"sec-websocket-accept", self.accept.encode()),
        ]
        return [*fields, *((b"sec-websocket-protocol", name.encode()) for name in chosen)]


def handshake_in(request: Request, rule: SocketRule | None, *, is_http_1_1: bool) -> Handshake:
    """What *request*, which wants to upgrade, asks for. Raises HandshakeRefused.

    A page of another site can open a WebSocket with the caller's cookies, and no browser asks anybody: only `Origin`
    tells. What is no browser sends none.
    """
    headers = request.headers
    if rule is None or not is_http_1_1 or request.method != "GET" or _one(headers, "upgrade").lower() != "websocket":
        raise HandshakeRefused("upgrade_refused")
    options = {option.strip().lower() for line in headers.get("connection", ()) for option in line.split(",")}
    if "upgrade" not in options or _one(headers, "sec-websocket-version") != "13":
        raise HandshakeRefused("upgrade_refused")
    key = _one(headers, "sec-websocket-key")
    try:
        is_key = len(base64.b64decode(key, validate=True)) == _KEY_BYTES
    except (binascii.Error, ValueError):
        is_key = False
    if not is_key:
        raise HandshakeRefused("malformed_request")
    if "origin" in headers and not _is_own(_one(headers, "origin"), request.authority):
        raise HandshakeRefused("foreign_origin")
    offered = [name.strip() for line in headers.get("sec-websocket-protocol", ()) for name in line.split(",")]
    return Handshake(
        accept=accept_of(key),
        key=base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode(),
        subprotocols=tuple(name for name in dict.fromkeys(offered) if name in rule.subprotocols),
    )


def accept_of(key: str) -> str:
    """What proves that *key* was read."""
    return base64.b64encode(hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()).decode()


def _one(headers: Headers, name: str) -> str:
    values = headers.get(name, [])
    return values[0].strip() if len(values) == 1 else ""


def _is_own(origin: str, authority: str) -> bool:
    try:
        split = urlsplit(origin)
    except ValueError:
        return False
    return split.scheme in ("https", "http") and split.netloc.lower() == authority.lower()
