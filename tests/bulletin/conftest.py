import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from bulletin.site import create_app
from bulletin.subscribing import Counter
from bulletin.wording import Site
from tests.bulletin.shelves import SITE

type Serve = Callable[[Path], httpx.Client]


@contextmanager
def served(folder: Path, site: Site = SITE, counter: Counter | None = None) -> Iterator[httpx.Client]:
    """The real site behind a real server on a port of the system's choice."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(folder, site, counter), log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    host, port = listening.getsockname()
    with httpx.Client(base_url=f"http://{host}:{port}", timeout=10) as client:
        client.get("/")  # answers as soon as the server has begun: the socket is listening already
        yield client
    server.should_exit = True
    thread.join(10)
    listening.close()


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda folder: stack.enter_context(served(folder))
