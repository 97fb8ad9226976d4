"""Where the records of TLS begin and end, as far as anybody can see from without.

What has come of a record is with OpenSSL until the rest comes: neither the kernel nor what was decrypted shows it.
"""

_HEAD_LENGTH = 5
"""Bytes before what a record holds: its type, a version and, in the last two, a length. Source: RFC 8446, 5.1."""


class Records:
    """Those that come on one connection, in pieces of any size."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._left = 0
        """Bytes of a record that are still to come."""

    @property
    def is_amid(self) -> bool:
        """Whether some of a record has come and not all of it."""
        return bool(self._head or self._left)

    def feed(self, data: bytes) -> None:
        """*data* has come."""
        at = 0
        while at < len(data):
            if self._left:
                taken = min(self._left, len(data) - at)
                self._left -= taken
                at += taken
                continue
            piece = data[at : at + _HEAD_LENGTH - len(self._head)]
            self._head += piece
            at += len(piece)
            if len(self._head) == _HEAD_LENGTH:
                self._left = int.from_bytes(self._head[3:])
                self._head.clear()
