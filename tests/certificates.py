"""Certificates for tests: of callers, from an authority that a gateway knows, and how a caller connects with them."""

import contextlib
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.gateway import Gateway
from tests.patience import PATIENCE_S
from yingbi.own_authority import OwnAuthority

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Files:
    """A certificate and its key."""

    certificate: Path
    key: Path
    serial: str


def authority(root: Path, name: str = "halls", *, ago: timedelta = timedelta()) -> OwnAuthority:
    """The authority *name* below *root*, as long *ago*; made where there is none."""
    made = OwnAuthority(root, name, datetime.now(UTC) - ago)
    if not (root / name / "ca.pem").exists():
        made.make()
    return made


def issue(by: OwnAuthority, name: str, folder: Path, lasts: timedelta = DAY) -> Files:
    """A certificate for *name*, with its key, in *folder*."""
    made = by.issue(name, lasts)
    folder.mkdir(exist_ok=True)
    files = Files(folder / f"{made.serial}.pem", folder / f"{made.serial}.key", made.serial)
    files.certificate.write_bytes(made.pem)
    files.key.write_bytes(made.key_pem)
    return files


def context_of(running: Gateway, files: Files | None, alpn: str = "http/1.1") -> ssl.SSLContext:
    """What a caller with these *files* speaks TLS by."""
    context = ssl.create_default_context(cafile=running.home / "tls" / "ca.pem")
    context.set_alpn_protocols([alpn])
    context.check_hostname = False  # a caller who does what he likes
    if files is not None:
        context.load_cert_chain(files.certificate, files.key)
    return context


def connect(
    running: Gateway, context: ssl.SSLContext, sni: str | None, session: ssl.SSLSession | None = None
) -> ssl.SSLSocket:
    """A connection to the gateway for the host *sni*. Raises OSError."""
    plain = socket.create_connection(("127.0.0.1", running.port), timeout=PATIENCE_S)
    try:
        return context.wrap_socket(plain, server_hostname=sni, session=session)
    except OSError:
        plain.close()
        raise


def request(host: str, more: str = "") -> bytes:
    """A request for the list of people."""
    return f"GET /people HTTP/1.1\r\nHost: {host}\r\n{more}\r\n".encode()


def answer_on(connection: ssl.SSLSocket, asked: bytes) -> bytes:
    """The answer to one request on a connection that may stay open; nothing where it ends first."""
    received = b""
    with contextlib.suppress(OSError):
        connection.sendall(asked)
        while b"\r\n\r\n" not in received or len(received.partition(b"\r\n\r\n")[2]) < _length(received):
            piece = connection.recv(65536)
            if not piece:
                break
            received += piece
    return received


def ask(
    running: Gateway,
    files: Files | None = None,
    *,
    sni: str | None = "people.localhost",
    host: str = "people.localhost",
    more: str = "",
) -> bytes:
    """The answer to a caller with *files*; nothing where he is turned away when the connection begins."""
    try:
        with connect(running, context_of(running, files), sni) as connection:
            return answer_on(connection, request(host, more))
    except OSError:
        return b""


def _length(received: bytes) -> int:
    for line in received.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
