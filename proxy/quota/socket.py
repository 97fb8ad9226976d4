"""How workers and the quota process speak: messages of msgspec JSON behind their length, over a Unix socket.

The path of such a socket has at most 107 bytes, and a data directory may lie deeper: it is reached through a descriptor
of its folder.
"""

import contextlib
import os
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

LENGTH = struct.Struct("!I")
LARGEST = 64 * 1024 * 1024


def framed(body: bytes) -> bytes:
    """*body* as it is sent."""
    return LENGTH.pack(len(body)) + body


def connect_to(path: Path, timeout_s: float) -> socket.socket:
    """A connection to whoever listens at *path*. Raises OSError."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout_s)
        with _short(path) as address:
            connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection


def listen_at(path: Path) -> socket.socket:
    """A socket at *path* that nobody but the owner reaches, in the place of one that was left there."""
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    before = os.umask(0o177)
    try:
        with _short(path) as address:
            listening.bind(address)
        listening.listen(256)
    except OSError:
        listening.close()
        raise
    finally:
        os.umask(before)
    return listening


@contextlib.contextmanager
def _short(path: Path) -> Iterator[str]:
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
