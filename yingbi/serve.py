"""Serves the console and the public site: TLS on the loopback interface, with the certificate as it is now."""

import threading
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

_LOOKS_EVERY_S = 1.0
DRAIN_S = 3


def serve(app: ASGIApp, port: int, tls: Path, *, behind_proxy: bool, until: threading.Event | None = None) -> None:
    """Serve *app* until SIGTERM or SIGINT, or until *until* is set.

    The certificate of the folder *tls* is taken up when it is renewed. Where an asker comes from is what a proxy on
    this machine says, with *behind_proxy*; else nothing that an asker can write is believed.
    """
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        ssl_certfile=tls / "server.pem",
        ssl_keyfile=str(tls / "server.key"),
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=behind_proxy,
        forwarded_allow_ips="127.0.0.1",
        timeout_graceful_shutdown=DRAIN_S,
    )
    server = uvicorn.Server(config)
    config.load()
    over = threading.Event()
    watching = threading.Thread(target=_watch, args=(server, tls, over, until), name="watch", daemon=True)
    watching.start()
    server.run()
    over.set()


def _watch(server: uvicorn.Server, tls: Path, over: threading.Event, until: threading.Event | None) -> None:
    config = server.config
    written = (tls / "server.pem").stat().st_mtime_ns
    while not over.wait(_LOOKS_EVERY_S):
        if until is not None and until.is_set():
            server.should_exit = True
        try:
            found = (tls / "server.pem").stat().st_mtime_ns
            if found != written and config.ssl is not None:
                config.ssl.load_cert_chain(tls / "server.pem", tls / "server.key")
                written = found
        except OSError:  # not whole yet: the one in use is good until it ends (ssl.SSLError is an OSError)
            continue
