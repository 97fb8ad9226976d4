"""Asks a system behind who has signed in in a session: one request on a connection of its own, within bounds.

It goes where exchanges go, with the TLS that is declared, and holds the session's cookie and nothing of any caller.
"""

import asyncio
from contextlib import suppress

import h11
from msgspec.structs import replace
from OpenSSL import SSL

from proxy.cookies import cookie_set_by
from proxy.identity.sessions import Session
from proxy.message import media_type_in
from proxy.system import System
from proxy.tls.upstream import UpstreamTls

LIMIT_S = 5.0
"""From the first packet to the last byte."""
LARGEST = 64 * 1024
"""Bytes of an answer."""
_PIECE = 64 * 1024
NOTHING = b""
"""What a system has said that says of nobody."""


class NotAsked(Exception):
    """The system gives no answer: who has signed in is not known."""


async def ask_system(system: System, session: Session, tls: UpstreamTls) -> bytes:
    """The document in which *system* says who has signed in in *session*; `NOTHING` for any other answer.

    Raises NotAsked.
    """
    try:
        async with asyncio.timeout(LIMIT_S):
            return await _asked(system, session, tls)
    except (OSError, TimeoutError, SSL.Error, h11.RemoteProtocolError, h11.LocalProtocolError):
        raise NotAsked from None


async def _asked(system: System, session: Session, tls: UpstreamTls) -> bytes:
    scheme, host, port = system.upstream
    secure = tls.connection(replace(system.program.upstream_tls, http2=False), host) if scheme == "https" else None
    if scheme == "https" and secure is None:
        raise NotAsked  # a file that the policy names cannot be used
    reader, writer = await asyncio.open_connection(host, port)
    try:
        link = _Link(reader, writer, secure)
        await link.begin()
        speaking = h11.Connection(h11.CLIENT)
        await link.send(speaking.send(_request(system, session)) or b"")
        await link.send(speaking.send(h11.EndOfMessage()) or b"")
        return await _document(link, speaking, session, system)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def _request(system: System, session: Session) -> h11.Request:
    rule, host = system.program.session, system.program.hosts[0]
    assert rule is not None
    cookie = f"{rule.cookie}={session.value}".encode("utf-8", "surrogateescape")
    headers = [
        (b"host", host.encode()),
        (b"connection", b"close"),
        (b"accept", b"application/json"),
        (b"accept-encoding", b"identity"),
        (b"cache-control", b"no-store"),
        (b"cookie", cookie),
        (b"x-forwarded-host", host.encode()),
        (b"x-forwarded-proto", b"https"),
    ]
    return h11.Request(method=b"GET", target=rule.introspect.encode(), headers=headers)


async def _document(link: "_Link", speaking: h11.Connection, session: Session, system: System) -> bytes:
    body, counts = bytearray(), False
    while True:
        event = speaking.next_event()
        match event:
            case h11.NEED_DATA:
                speaking.receive_data(await link.receive())
            case h11.Response():
                counts = _counts(event, session, system)
                if not counts:
                    return NOTHING
            case h11.Data():
                body += event.data
                if len(body) > LARGEST:
                    raise NotAsked
            case h11.EndOfMessage():
                return bytes(body)
            case h11.InformationalResponse():
                pass
            case _:
                raise NotAsked


def _counts(response: h11.Response, session: Session, system: System) -> bool:
    """Whether *response* plainly says something of *session*: whole, in JSON, and of no other session."""
    rule = system.program.session
    assert rule is not None
    named: dict[bytes, list[str]] = {}
    for name, value in response.headers:
        named.setdefault(name, []).append(value.decode("utf-8", "surrogateescape"))
    if response.status_code != 200 or b"content-encoding" in named:
        return False
    if not named.keys() & {b"content-length", b"transfer-encoding"}:
        return False  # where it ends, and whether it has been cut, nobody could tell
    said = named.get(b"content-type", [])
    if len(said) != 1 or media_type_in(said[0]) not in (("application/json", ""), ("application/json", "utf-8")):
        return False
    cookies = map(cookie_set_by, named.get(b"set-cookie", []))
    return all(value == session.value for name, value in cookies if name == rule.cookie)


class _Link:
    """A connection, in TLS where *secure* is given."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, secure: SSL.Connection | None
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._secure = secure

    async def begin(self) -> None:
        while self._secure is not None:
            try:
                self._secure.do_handshake()
            except SSL.WantReadError:
                await self._fill()
                continue
            await self._flush()
            return

    async def send(self, data: bytes) -> None:
        if self._secure is None:
            self._writer.write(data)
            await self._writer.drain()
        elif data:
            self._secure.sendall(data)
            await self._flush()

    async def receive(self) -> bytes:
        """What has come; empty once there is nothing more."""
        while self._secure is not None:
            try:
                return self._secure.recv(_PIECE)
            except SSL.WantReadError:
                await self._fill()
            except SSL.ZeroReturnError:
                return b""
        return await self._reader.read(_PIECE)

    async def _fill(self) -> None:
        assert self._secure is not None
        await self._flush()
        data = await self._reader.read(_PIECE)
        if not data:
            raise ConnectionResetError
        self._secure.bio_write(data)

    async def _flush(self) -> None:
        assert self._secure is not None
        with suppress(SSL.WantReadError):
            while True:
                self._writer.write(self._secure.bio_read(_PIECE))
        await self._writer.drain()
