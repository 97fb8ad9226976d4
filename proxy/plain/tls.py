"""TLS of the plain core towards systems behind, made and verified by `UpstreamTls`: it stands between a socket and the
connection that asks on it.
"""

import asyncio
import contextlib
from typing import Any, cast

from OpenSSL import SSL

from proxy.plain.behind import IS_AMID_RECORD, Behind
from proxy.tls.records import Records

_PIECE = 64 * 1024
_SPOKEN = (b"", b"http/1.1")
"""What the system may have chosen to speak; nothing is HTTP/1.1 (RFC 7301, 3.2)."""


class NotSecured(OSError):
    """No TLS came about."""


class Secured(asyncio.Protocol):
    """Speaks TLS for *behind*, to whom it is the connection; *opened* is done once it is the right one."""

    def __init__(self, behind: Behind, tls: SSL.Connection, opened: asyncio.Future[None]) -> None:
        self._behind = behind
        self._tls = tls
        self._opened = opened
        self._is_open = False
        self._records = Records()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is open: greet."""
        self._transport = cast(asyncio.Transport, transport)
        self._greet()

    def data_received(self, data: bytes) -> None:
        """More of TLS has come."""
        self._records.feed(data)
        self._tls.bio_write(data)
        if not self._is_open:
            self._greet()
        if self._is_open:
            self._read()

    def connection_lost(self, error: Exception | None) -> None:
        """The socket is closed. Where TLS has not said so before, what came last is not whole (RFC 9112, 9.8)."""
        if self._is_open:
            self._behind.connection_lost(error)
        else:
            self._refuse()

    def _greet(self) -> None:
        try:
            self._tls.do_handshake()
        except SSL.WantReadError:
            self._flush()
            return
        except SSL.Error:
            self._flush()
            self._refuse()
            return
        self._flush()
        if self._tls.get_alpn_proto_negotiated() not in _SPOKEN:
            self._refuse()
            return
        self._is_open = True
        self._behind.connection_made(cast(asyncio.Transport, self))
        if not self._opened.done():
            self._opened.set_result(None)

    def _refuse(self) -> None:
        if not self._opened.done():
            self._opened.set_exception(NotSecured())
        self._transport.abort()

    def _read(self) -> None:
        try:
            while not self._transport.is_closing():
                self._behind.data_received(self._tls.recv(_PIECE))
        except SSL.WantReadError:
            self._flush()
        except SSL.ZeroReturnError:  # it has said that it is done
            self._behind.eof_received()
            self._transport.abort()
        except SSL.Error:
            self._transport.abort()

    def _flush(self) -> None:
        with contextlib.suppress(SSL.WantReadError):
            while True:
                self._transport.write(self._tls.bio_read(_PIECE))

    def write(self, data: bytes) -> None:
        """See `asyncio.Transport`, as those below: that is what this is to *behind*."""
        try:
            self._tls.sendall(data)
        except SSL.Error:  # it has ended, or is being greeted anew: nothing of *data* has gone, nor would go later
            self._transport.abort()
        else:
            self._flush()

    def abort(self) -> None:
        """Close at once."""
        self._transport.abort()

    def is_closing(self) -> bool:
        """Whether it is closed, or about to be."""
        return self._transport.is_closing()

    def pause_reading(self) -> None:
        """Take nothing more from the socket."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Go on."""
        self._transport.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What the socket knows of itself, and whether it `is_amid_record`."""
        if name == IS_AMID_RECORD:
            return self._records.is_amid
        return self._transport.get_extra_info(name, default)
