"""What the core does a dozen times for each exchange, done with less work. Nothing here changes what comes out.

Each function stands in the place of one of the core's, put there by `core.install`; the tests compare the two.
"""

import dataclasses
from collections.abc import Iterable
from functools import lru_cache
from itertools import count
from types import SimpleNamespace
from typing import Any

from mitmproxy.http import Headers, Request, Response
from mitmproxy.net.http import http1, validate
from mitmproxy.net.http.http1 import read
from mitmproxy.options import Options
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator, Layer, Paused
from mitmproxy.proxy.layers.http import DropStream, GetHttpConnection, HttpLayer, RegisterHttpConnection, SendHttp
from mitmproxy.proxy.layers.http._base import ReceiveHttp
from mitmproxy.proxy.layers.http._events import RequestHeaders

_CONNECTION, _CONTENT_LENGTH, _TRANSFER_ENCODING = map(len, ("connection", "content-length", "transfer-encoding"))
_KEPT = ("HTTP/1.1", b"HTTP/1.1", "HTTP/2.0", b"HTTP/2.0")
WITH_BODY = (b"GET", b"POST", b"PUT", b"PATCH", b"DELETE")
"""Methods whose answers may have a body, whatever their status."""
_core_read_headers = read._read_headers
_core_body_size = http1.expected_http_body_size


@lru_cache(maxsize=256)
def argument_names(kind: Any) -> tuple[str, ...]:
    """The names of the arguments that a hook of *kind* is called with."""
    return tuple(item.name for item in dataclasses.fields(kind))


def first_value(headers: Headers, key: str, default: Any = None) -> Any:
    """`Headers.get` without building lists of lists."""
    wanted = key.lower().encode()
    length = len(wanted)
    values = [value for name, value in headers.fields if len(name) == length and name.lower() == wanted]
    if not values:
        return default
    return ", ".join(value.decode("utf-8", "surrogateescape") for value in values)


def holds(headers: Headers, key: object) -> bool:
    """`key in headers`, likewise."""
    wanted = key.lower().encode() if isinstance(key, str) else key
    return wanted in [name.lower() for name, _ in headers.fields]


def made_of(fields: Iterable[tuple[bytes, bytes]]) -> Headers:
    """`Headers(fields)` without checking what we have made."""
    headers = Headers.__new__(Headers)
    headers.fields = tuple(fields)
    return headers


def spelled(headers: Headers) -> bytes:
    """`bytes(headers)` without a generator."""
    return b"".join([b"%b: %b\r\n" % field for field in headers.fields])


def read_headers(lines: list[bytes]) -> Headers:
    """The core's `_read_headers` without looking through what it has made. Raises ValueError."""
    fields = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if not name or not colon or line[0] in b" \t":
            return _core_read_headers(lines)
        fields.append((name, value.strip()))
    return made_of(fields)


def connection_close(http_version: str | bytes, headers: Headers) -> bool:
    """The core's function of that name, but in whatever letters `close` is written (RFC 9110, 7.6.1)."""
    written = [v for name, v in headers.fields if len(name) == _CONNECTION and name.lower() == b"connection"]
    options = [option.strip().lower() for value in written for option in value.split(b",")] if written else ()
    if b"close" in options:
        return True
    return b"keep-alive" not in options and http_version not in _KEPT


def body_size(request: Request, response: Response | None = None) -> int | None:
    """The core's `expected_http_body_size`, which goes through the headers once where only a length is declared."""
    declared = None
    for name, value in (request if response is None else response).data.headers.fields:
        if len(name) == _CONTENT_LENGTH and name.lower() == b"content-length":
            if declared is not None:
                return _core_body_size(request, response)
            declared = value
        elif len(name) == _TRANSFER_ENCODING and name.lower() == b"transfer-encoding":
            return _core_body_size(request, response)
    if response is not None and (
        request.data.method not in WITH_BODY or response.status_code < 200 or response.status_code in (204, 304)
    ):
        return _core_body_size(request, response)
    if not declared:
        return 0 if response is None else -1
    return validate.parse_content_length(declared.decode("utf-8", "surrogateescape"))


class Numbered:
    """In the place of the module `uuid`: a number will do."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def uuid4(self) -> int:
        """The next number."""
        return next(self._numbers)


def settled(options: Options) -> Options:
    """*options* as they are now. The core copies the value of an option deeply each time it looks at it."""
    settings: Any = SimpleNamespace(**{name: getattr(options, name) for name in options._options})
    return settings  # type: ignore[no-any-return]


def event_to_child(http: HttpLayer, child: Any, event: events.Event) -> CommandGenerator[None]:
    """`HttpLayer.event_to_child`, which asks of a command what it is once instead of nine times."""
    for command in child.handle_event(event):
        if command.blocking:
            http.command_sources[command] = child
        kind = type(command)
        if kind is SendHttp:
            yield from http.event_to_child(http.connections[command.connection], command.event)
        elif kind is ReceiveHttp:
            received = command.event
            if type(received) is RequestHeaders:
                yield from http.make_stream(received.stream_id)
            stream = http.streams.get(received.stream_id)
            if stream is not None:  # else it is over, and what still comes of it is nobody's
                yield from http.event_to_child(stream, received)
        elif kind is DropStream:
            http.streams.pop(command.stream_id, None)
        elif kind is GetHttpConnection:
            yield from http.get_connection(command)
        elif kind is RegisterHttpConnection:
            yield from http.register_connection(command)
        else:
            if isinstance(command, commands.RequestWakeup):  # `leaving.AwaitLeaving` is one
                http.command_sources[command] = child
            elif kind is commands.OpenConnection:
                http.connections[command.connection] = child
            yield command


def fork(context: Context) -> Context:
    """`Context.fork` without making a server connection first that is thrown away."""
    made = Context.__new__(Context)
    made.client, made.options, made.server = context.client, context.options, context.server
    made.layers = context.layers.copy()
    return made


def handle_event(layer: Layer, event: events.Event) -> CommandGenerator[None]:
    """`Layer.handle_event` without what helps to debug it."""
    if layer._paused:
        if isinstance(event, events.CommandCompleted) and event.command is layer._paused.command:
            yield from layer._Layer__continue(event)  # type: ignore[attr-defined]
        else:
            layer._paused_event_queue.append(event)
        return
    handling = layer._handle_event(event)
    for command in handling:
        if command.blocking is True:
            # Only this layer waits, not those around it: an assignment tells them that it is settled who does.
            command.blocking = layer
            layer._paused = Paused(command, handling)
            yield command
            return
        yield command
