"""Serves the figures on the loopback interface, and whether the host as a whole is well and ready."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from yingbi.home import Home
from yingbi.metrics.figures import Figures
from yingbi.settings import Settings
from yingbi.standing import processes_of
from yingbi.told import hear

_PLAIN = "text/plain; charset=utf-8"


def is_ready(home: Home) -> bool:
    """Whether all has come up and one worker at least takes on new callers."""
    workers = (process for process in processes_of(home) if "number" in process)
    return bool(hear(home.told("supervisor")).get("ready")) and any(
        worker["alive"] and worker["ready"] for worker in workers
    )


@contextlib.contextmanager
def serve_metrics(settings: Settings) -> Iterator[None]:
    """Serve `/metrics`, `/health` and `/ready` at the port of the figures."""
    home = Home(settings.home)
    registry = CollectorRegistry()
    registry.register(Figures(home))

    class Handler(BaseHTTPRequestHandler):
        timeout = 10
        server_version, sys_version = "yingbi", ""

        def do_GET(self) -> None:
            """Answer one of the three addresses; every other has the figures as well, as Prometheus' own server."""
            match self.path:
                case "/health":
                    self._say(200, b"ok\n", _PLAIN)
                case "/ready":
                    well = is_ready(home)
                    self._say(200 if well else 503, b"ok\n" if well else b"not ready\n", _PLAIN)
                case _:
                    self._say(200, generate_latest(registry), CONTENT_TYPE_LATEST)

        def _say(self, status: int, body: bytes, content_type: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: who asks for figures is of no interest."""

    server = ThreadingHTTPServer(("127.0.0.1", settings.ports.metrics), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
