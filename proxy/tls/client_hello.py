"""The greeting with which a caller begins TLS, as far as anybody asks: the name of the host and the protocols offered.

In the place of the core's, which makes an object of each number in it: a fifth of what a new connection cost. OpenSSL
reads the same bytes again and decides about them; nothing here does.
"""

import re
from collections.abc import Iterator

from mitmproxy.net import check

SERVER_NAME, PROTOCOLS = 0, 16
"""Types of extensions. Source: RFC 6066, 3; RFC 7301, 3.1."""
_RANDOM = 2 + 32
"""Bytes of the version and of the random value, which come first."""
_PLAIN_HOST = re.compile(rb"(?!.*xn--)(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*+", re.IGNORECASE)
"""What needs no closer look to be a host's name."""


class ClientHello:
    """A greeting without its header. Raises EOFError where it ends within something.

    Source: RFC 8446, 4.1.2. Only what is asked for by the core and by our own hooks is there.
    """

    def __init__(self, raw: bytes | bytearray) -> None:
        self._raw = bytes(raw)
        self.sni: str | None = None
        """The name of the host, where exactly one is said and it may be one."""
        self.alpn_protocols: list[bytes] = []
        is_first = True
        for kind, body in self._extensions():
            if kind == SERVER_NAME:
                host = _host_in(body)
                self.sni = self.sni if host is None or self.sni is not None else host
            elif kind == PROTOCOLS:
                protocols = list(_vectors(body))
                self.alpn_protocols = protocols if is_first else self.alpn_protocols
                is_first = False

    def _extensions(self) -> Iterator[tuple[int, bytes]]:
        place = _RANDOM
        place += 1 + _number(self._raw, place, 1)  # the session's
        place += 2 + _number(self._raw, place, 2) // 2 * 2  # ciphers of two bytes each
        place += 1 + _number(self._raw, place, 1)  # the compressions
        if place == len(self._raw):
            return
        _number(self._raw, place, 2)
        place += 2
        while place < len(self._raw):
            kind, length = _number(self._raw, place, 2), _number(self._raw, place + 2, 2)
            yield kind, _bytes(self._raw, place + 4, length)
            place += 4 + length


def _host_in(body: bytes) -> str | None:
    names = []
    _number(body, 0, 2)
    place = 2
    while place < len(body):
        length = _number(body, place + 1, 2)
        names.append((body[place], _bytes(body, place + 3, length)))
        place += 3 + length
    if len(names) != 1 or names[0][0] != 0:
        return None
    host = names[0][1]
    return host.decode("ascii") if _PLAIN_HOST.fullmatch(host) or check.is_valid_host(host) else None


def _vectors(body: bytes) -> Iterator[bytes]:
    """What stands in *body* behind its own length, each after a length of one byte."""
    _number(body, 0, 2)
    place = 2
    while place < len(body):
        length = body[place]
        yield _bytes(body, place + 1, length)
        place += 1 + length


def _number(data: bytes, place: int, width: int) -> int:
    return int.from_bytes(_bytes(data, place, width))


def _bytes(data: bytes, place: int, length: int) -> bytes:
    found = data[place : place + length]
    if len(found) != length:
        raise EOFError
    return found
