"""The console behind a real server with TLS, on a port of the system's choice."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from deploy.certificate import make_ca, make_certificate


@contextmanager
def served(app: ASGIApp, folder: Path) -> Iterator[str]:
    """The address at which *app* answers."""
    now = datetime.now(UTC)
    tls = make_certificate(folder, make_ca(folder, now=now), names=["localhost"], ips=["127.0.0.1"], now=now)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, log_level="warning", lifespan="off", ssl_certfile=tls.certificate, ssl_keyfile=str(tls.key)
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    yield f"https://localhost:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listening.close()
