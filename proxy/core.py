"""Where we depart from mitmproxy's core, and why. Each departure has a test that fails without it.

The core was made for people who debug: it quotes what it could not parse, has no bounds, and lets an answer begin
before anybody has looked at it. What stands in `stream.py`, `connection.py`, `http1.py`, `http2.py` and
beside them for systems behind, in `tls/ends.py` and in `lean.py` is put in the place of its own once, by `install`.
"""

import logging
from collections.abc import Callable

from mitmproxy import connection, http
from mitmproxy import flow as flows
from mitmproxy.net.http import http1
from mitmproxy.net.http.http1 import read
from mitmproxy.proxy import commands, context, layer, mode_servers
from mitmproxy.proxy.layers import http as http_layers
from mitmproxy.proxy.layers import tls as tls_layers
from mitmproxy.proxy.layers.http import _http1

from proxy import lean
from proxy.addon import Hooks
from proxy.connection import Connection
from proxy.error_page import error_response
from proxy.gate import Gate
from proxy.http1 import StrictServer
from proxy.http1_upstream import StrictClient
from proxy.http2 import StrictHttp2Server
from proxy.http2_upstream import StrictHttp2Client
from proxy.stream import Stream
from proxy.tls.client_hello import ClientHello
from proxy.tls.ends import StrictServerTls


class ScrubbedLog(logging.Handler):
    """Takes what the core logs, which may hold bytes of bodies, and passes on where it was said and how grave it is."""

    def __init__(self, said: Callable[[str, str, str], None]) -> None:
        super().__init__(logging.WARNING)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        """Pass on the logger, the level and the kind of exception; never the message."""
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        self._said(record.name, record.levelname, kind)


def install(gate: Gate, said: Callable[[str, str, str], None]) -> None:
    """Put everything in its place. *said* is told about log records: logger, level, kind of exception."""
    Stream.gate = StrictServer.gate = StrictHttp2Server.gate = gate
    http_layers.HttpStream = Stream  # type: ignore[misc]
    http_layers.Http1Server = StrictServer  # type: ignore[attr-defined]
    http_layers.Http1Client = StrictClient  # type: ignore[attr-defined]
    _http1.make_error_response = error_response
    http_layers.Http2Server = StrictHttp2Server  # type: ignore[attr-defined]
    http_layers.Http2Client = StrictHttp2Client  # type: ignore[attr-defined]
    tls_layers.ServerTLSLayer = StrictServerTls  # type: ignore[misc]
    Connection.broke = staticmethod(gate.withholding.broke)
    Connection.admission = gate.admission
    Connection.turns = gate.turns
    Connection.turned_away = staticmethod(gate.withholding.turned_away)
    Connection.gone = staticmethod(Hooks(gate).gone)
    mode_servers.ProxyConnectionHandler = Connection  # type: ignore[misc]
    http.Headers.__bytes__ = lean.spelled  # type: ignore[method-assign, assignment]
    http.Headers.get = lean.first_value  # type: ignore[method-assign, assignment]
    http.Headers.__contains__ = lean.holds  # type: ignore[method-assign, assignment]
    http_layers.HttpLayer.event_to_child = lean.event_to_child  # type: ignore[method-assign, assignment]
    http1.connection_close = lean.connection_close
    http1.expected_http_body_size = lean.body_size
    read._read_headers = lean.read_headers  # type: ignore[assignment]
    flows.uuid = connection.uuid = lean.Numbered()  # type: ignore[assignment, attr-defined]
    tls_layers.ClientHello = ClientHello  # type: ignore[assignment, attr-defined]
    context.Context.fork = lean.fork  # type: ignore[method-assign, assignment]
    layer.Layer.handle_event = lean.handle_event  # type: ignore[method-assign, assignment]
    # None of our hooks waits, so a layer that calls one goes on at once instead of being told later that it has ended.
    commands.StartHook.blocking = False
    # The core checks the type of every field of every message in Python: a quarter of the time of a small request.
    http.MessageData.__post_init__ = lambda self: None  # type: ignore[method-assign]
    for name in ("mitmproxy", "asyncio", "mitmproxy_rs"):
        logger = logging.getLogger(name)
        logger.handlers = [ScrubbedLog(said)]
        logger.propagate = False
        logger.setLevel(logging.WARNING)
