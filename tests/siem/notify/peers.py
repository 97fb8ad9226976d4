"""The other side of a channel, real: a server of HTTP or HTTPS that answers by a script, and one that takes mail."""

import contextlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_string
from email.header import decode_header, make_header
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope, Session

from deploy.certificate import CertificateFiles
from tests.ports import free_port


@dataclass
class Posted:
    """One request that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """Its body."""
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Answer:
    """What is answered."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    wait_for: threading.Event | None = None
    """Nothing is answered before it is set."""


@dataclass
class Hook:
    """Where a webhook leads."""

    port: int
    secure: bool
    posted: list[Posted] = field(default_factory=list)
    answer: Callable[[Posted], Answer] = lambda posted: Answer()
    """How each is answered."""

    @property
    def address(self) -> str:
        """As Apprise writes it."""
        return f"{'jsons' if self.secure else 'json'}://localhost:{self.port}/hook"

    @property
    def url(self) -> str:
        """As anybody else writes it."""
        return f"{'https' if self.secure else 'http'}://localhost:{self.port}"

    @property
    def everything(self) -> bytes:
        """All that has arrived."""
        return b"\n".join(
            b" ".join([each.path.encode(), repr(each.headers).encode(), each.body]) for each in self.posted
        )


@contextlib.contextmanager
def hook(files: CertificateFiles | None = None) -> Iterator[Hook]:
    """A server that takes whatever is posted, with TLS where it has a certificate."""

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            posted = Posted(self.path, dict(self.headers.items()), body)
            made.posted.append(posted)
            answer = made.answer(posted)
            if answer.wait_for is not None:
                answer.wait_for.wait(60)
            with contextlib.suppress(OSError):  # who asked has gone
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    class Serving(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Who does not trust us, or has gone, is no fault."""

    server = Serving(("127.0.0.1", 0), Taking)
    if files is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files.certificate, files.key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    made = Hook(server.server_address[1], files is not None)
    running = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    running.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        running.join(5)


@dataclass
class Mailbox:
    """A mail server, and what it took."""

    port: int = 0
    mails: list[Envelope] = field(default_factory=list)
    answer: str = "250 OK"

    async def handle_DATA(self, server: object, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """See aiosmtpd."""
        if self.answer.startswith("250"):
            self.mails.append(envelope)
        return self.answer

    def raw(self, number: int = -1) -> str:
        """A mail as it came."""
        content = self.mails[number].content
        assert isinstance(content, bytes)
        return content.decode("utf-8", "replace")

    def text(self, number: int = -1) -> str:
        """Subject and body of a mail."""
        mail = message_from_string(self.raw(number))
        subject = str(make_header(decode_header(mail["Subject"])))
        parts = [part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()]
        return "\n".join([subject, *(part.decode() for part in parts if isinstance(part, bytes))])


@contextlib.contextmanager
def mailbox(files: CertificateFiles | None = None) -> Iterator[Mailbox]:
    """A mail server, which asks for STARTTLS where it has a certificate."""
    made = Mailbox()
    options: dict[str, Any] = {}
    if files is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files.certificate, files.key)
        options = {"tls_context": context, "require_starttls": True}
    made.port = free_port()
    controller = Controller(made, hostname="127.0.0.1", port=made.port, **options)
    controller.start()
    try:
        yield made
    finally:
        controller.stop()
