"""`python -m deploy.demo.serve_identity KEY_FILE PORT FOLDER`: publishes the keys of the demo's provider by HTTPS.

FOLDER holds the certificate, `server.pem` and `server.key`, which is read anew for each connection: it is renewed while
this runs.
"""

import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from typing import Any

from deploy.demo.identity_provider import DISCOVERY, JWKS, IdentityProvider

LIMIT_S = 10.0


def command(key_file: Path, port: int, tls: Path) -> list[str]:
    """What to run to have the keys in *key_file* published."""
    return [sys.executable, "-m", "deploy.demo.serve_identity", str(key_file), str(port), str(tls)]


class Server(ThreadingHTTPServer):
    """Serves *provider* on *port* of the loopback interface, certified by what lies in *tls*."""

    def __init__(self, provider: IdentityProvider, port: int, tls: Path) -> None:
        super().__init__(("127.0.0.1", port), _Asked)
        self.provider = provider
        self._tls = tls

    @property
    def address(self) -> str:
        """Where it is reached."""
        return f"https://localhost:{self.server_port}"

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Answer on a connection, in the thread of its own: whoever does not speak holds up nobody."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._tls / "server.pem", self._tls / "server.key")
        plain: socket = request
        plain.settimeout(LIMIT_S)
        with context.wrap_socket(plain, server_side=True) as secured:
            super().finish_request(secured, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nobody is told that somebody has left, or has only looked whether the port is open."""


class _Asked(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        provider, address = self.server.provider, self.server.address
        documents = {DISCOVERY: lambda: provider.discovery(address), JWKS: provider.jwks}
        made = documents.get(self.path)
        body = made().encode() if made is not None else b""
        self.send_response(200 if made is not None else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of who asks."""


if __name__ == "__main__":
    Server(IdentityProvider(Path(sys.argv[1])), int(sys.argv[2]), Path(sys.argv[3])).serve_forever()
