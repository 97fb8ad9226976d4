"""What is done with less work than in the core comes to the same: each is compared with what it stands in place of."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy import http, options
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.connection import Client, ConnectionState
from mitmproxy.master import Master
from mitmproxy.net.http.http1 import read
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator, Layer
from mitmproxy.proxy.layers.http import (
    DropStream,
    GetHttpConnection,
    HttpLayer,
    HTTPMode,
    RegisterHttpConnection,
    SendHttp,
)
from mitmproxy.proxy.layers.http._base import ReceiveHttp
from mitmproxy.proxy.layers.http._events import RequestEndOfMessage, RequestHeaders, ResponseEndOfMessage
from mitmproxy.proxy.layers.http._hooks import HttpRequestHook, HttpResponseHook
from mitmproxy.proxy.server_hooks import ServerConnectHook

from proxy import lean

names = st.sampled_from(["Host", "host", "X", "x", "Set-Cookie", "x-y"])
fields = st.lists(st.tuples(names.map(str.encode), st.binary(max_size=6)), max_size=6).map(tuple)
_event_to_child = HttpLayer.event_to_child
_get, _contains, _bytes = http.Headers.get, http.Headers.__contains__, http.Headers.__bytes__


@given(fields, names)
def test_headers_are_found_as_the_core_finds_them(fields: tuple[tuple[bytes, bytes], ...], name: str) -> None:
    headers = http.Headers(fields)
    assert lean.first_value(headers, name) == _get(headers, name)
    assert lean.first_value(headers, name, "none") == _get(headers, name, "none")
    assert lean.holds(headers, name) == _contains(headers, name)
    assert lean.made_of(fields) == headers
    assert lean.made_of(iter(fields)).fields == headers.fields


@given(fields)
def test_headers_are_spelled_as_the_core_spells_them(fields: tuple[tuple[bytes, bytes], ...]) -> None:
    assert lean.spelled(http.Headers(fields)) == _bytes(http.Headers(fields))


lines = st.lists(
    st.sampled_from(
        ["Host: a", "host:b ", "X:", ": y", "no colon", " folded", "\tfolded", "x:y:z", "Connection: close"]
    ),
    max_size=5,
).map(lambda said: [line.encode() for line in said])


@given(lines)
def test_headers_are_read_as_the_core_reads_them(lines: list[bytes]) -> None:
    assert said(lean.read_headers, lines) == said(lean._core_read_headers, lines)


framing = st.lists(
    st.tuples(
        st.sampled_from([b"Content-Length", b"content-length", b"Transfer-Encoding", b"Connection", b"CONNECTION"]),
        st.sampled_from([b"", b"0", b"12", b"+5", b"1, 1", b"\xff", b"chunked", b"gzip", b"close", b"keep-alive"])
        | st.sampled_from([b"x, close", b"Close", b"x ,CLOSE", b"Keep-Alive"]),
    ),
    max_size=3,
).map(tuple)  # fmt: skip


@given(framing, st.sampled_from(["HTTP/1.0", "HTTP/1.1", b"HTTP/1.0", b"HTTP/1.1", "HTTP/2.0"]))
def test_a_message_ends_its_connection_where_the_core_says_so(
    fields: tuple[tuple[bytes, bytes], ...], version: str | bytes
) -> None:
    """But it knows `close` in small letters only."""
    below = http.Headers([(name, value.lower()) for name, value in fields])
    core = bool(read.connection_close(version, below))  # type: ignore[no-untyped-call]
    assert lean.connection_close(version, http.Headers(fields)) == core


@given(
    framing,
    framing,
    st.sampled_from([b"GET", b"get", b"HEAD", b"head", b"POST", b"CONNECT", b"OPTIONS"]),
    st.sampled_from([None, 100, 101, 199, 200, 204, 206, 304, 404, 502]),
)
def test_a_body_is_as_long_as_the_core_says(
    asked: tuple[tuple[bytes, bytes], ...],
    answered: tuple[tuple[bytes, bytes], ...],
    method: bytes,
    status: int | None,
) -> None:
    request = http.Request("", 0, method, b"", b"", b"/", b"HTTP/1.1", http.Headers(asked), None, None, 0.0, None)
    response = None
    if status is not None:
        response = http.Response(b"HTTP/1.1", status, b"", http.Headers(answered), None, None, 0.0, None)
    assert said(lean.body_size, request, response) == said(lean._core_body_size, request, response)


def said(function: Any, *arguments: Any) -> object:
    """What *function* returns, or that it refuses."""
    try:
        return function(*arguments)
    except ValueError:
        return "refused"


def test_numbers_are_told_apart() -> None:
    numbers = lean.Numbered()
    assert len({str(numbers.uuid4()) for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("hook", "names"),
    [(HttpRequestHook, ("flow",)), (HttpResponseHook, ("flow",)), (ServerConnectHook, ("data",))],
)
def test_a_hook_knows_its_arguments(hook: Any, names: tuple[str, ...]) -> None:
    assert lean.argument_names(hook) == names


@pytest.fixture
def made_options() -> Iterator[options.Options]:
    """The options that the core has once its server is there."""
    made = options.Options()
    master = Master(made, event_loop=__import__("asyncio").new_event_loop())
    master.addons.add(Proxyserver())  # type: ignore[no-untyped-call]
    yield made
    master.event_loop.close()


def test_settled_options_are_what_the_options_are(made_options: options.Options) -> None:
    made_options.update(keep_host_header=True, connection_strategy="lazy")  # type: ignore[no-untyped-call]
    settled = lean.settled(made_options)
    for name in sorted(made_options.keys()):  # type: ignore[no-untyped-call]
        assert getattr(settled, name) == getattr(made_options, name), name
    assert settled.keep_host_header is True


def context() -> Context:
    client = Client(peername=("127.0.0.1", 1), sockname=("127.0.0.1", 2), state=ConnectionState.OPEN)
    return Context(client, options.Options())


def test_a_fork_is_what_the_core_makes() -> None:
    one = context()
    one.layers.append(Told(one))
    for made in (lean.fork(one), one.fork()):
        assert (made.client, made.server, made.options) == (one.client, one.server, one.options)
        assert made.server is one.server
        assert made.layers == one.layers
        assert made.layers is not one.layers


class Told(Layer):
    """A layer that says what it is told, and asks to wait where it is told so."""

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        assert isinstance(event, events.DataReceived)
        for letter in event.data.decode():
            if letter == "w":
                answer = yield commands.OpenConnection(self.context.server)
                yield commands.Log(f"answered {answer}")
            else:
                yield commands.Log(letter)


def conversation(handle: Any, said: list[str]) -> list[str]:
    """What a layer yields when it is told *said*; `!` answers the question that waits longest."""
    told = Told(context())
    heard: list[str] = []
    waiting: list[commands.OpenConnection] = []
    for number, words in enumerate(said):
        event: events.Event = events.DataReceived(told.context.client, words.encode())
        if words == "!":
            if not waiting:
                continue
            event = events.OpenConnectionCompleted(waiting.pop(0), f"reply {number}")
        for command in handle(told, event):
            heard.append(command.message if isinstance(command, commands.Log) else type(command).__name__)
            if isinstance(command, commands.OpenConnection):
                waits: object = command.blocking
                heard.append(f"waits: {waits is told}")  # the layers around it do not
                waiting.append(command)
        heard.append("|")
    return heard


@given(st.lists(st.sampled_from(["a", "ab", "w", "aw", "wa", "ww", "", "!"]), max_size=12))
def test_layers_yield_what_they_yield_in_the_core(said: list[str]) -> None:
    assert conversation(lean.handle_event, said) == conversation(Layer.handle_event, said)


@pytest.mark.parametrize("waits", [True, False])
def test_a_layer_goes_on_at_once_after_a_hook_that_does_not_wait(waits: bool) -> None:
    """And does the same as after one that does, once it is told that the hook has ended."""

    class Asks(Layer):
        def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
            hook = ServerConnectHook(None)  # type: ignore[arg-type]
            hook.blocking = waits
            yield hook
            yield commands.Log("went on")

    asks = Asks(context())
    heard = list(lean.handle_event(asks, events.DataReceived(asks.context.client, b"")))
    assert len(heard) == (1 if waits else 2)
    if waits:
        heard += lean.handle_event(asks, events.HookCompleted(heard[0], None))  # type: ignore[arg-type]
    assert [type(command).__name__ for command in heard] == ["ServerConnectHook", "Log"]


def test_messages_are_made_without_being_checked() -> None:
    """What the core checks there is the types of what it has made itself; see `core.install`."""
    assert http.MessageData.__post_init__ is not None
    with pytest.raises(ValueError, match="bytes"):
        http.Response(b"HTTP/1.1", 200, b"", http.Headers(), "text", None, 0.0, 0.0)  # type: ignore[arg-type]


class Says(Layer):
    """A layer that says what it was given when it was made, piece by piece."""

    def __init__(self, *said: commands.Command) -> None:
        super().__init__(context())
        self.said = said

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        yield from self.said


class Noted(HttpLayer):
    """An HTTP layer that notes what it is asked for."""

    def __init__(self) -> None:
        super().__init__(context(), HTTPMode.transparent)
        self.noted: list[object] = []

    def make_stream(self, stream_id: int) -> CommandGenerator[None]:
        self.noted.append(("stream", stream_id))
        self.streams[stream_id] = Says(commands.Log("told"))  # type: ignore[assignment]
        yield from ()

    def get_connection(self, event: Any, *, reuse: bool = True) -> CommandGenerator[None]:
        self.noted.append(event)
        yield commands.Log("connection")

    def register_connection(self, command: Any) -> CommandGenerator[None]:
        self.noted.append(command)
        yield commands.Log("registered")


@pytest.mark.parametrize("installed", [True, False])
def test_commands_go_where_the_core_sends_them(installed: bool) -> None:
    layer = Noted()
    client, server = layer.context.client, layer.context.server
    layer.connections[client] = Says(commands.SendData(client, b"sent"))
    request = http.Request("", 0, b"GET", b"", b"", b"/", b"HTTP/1.1", http.Headers(), None, None, 0.0, None)
    asks, opens, wakes = (
        GetHttpConnection(("a", 1), False, None),
        commands.OpenConnection(server),
        commands.RequestWakeup(1),
    )
    registers = RegisterHttpConnection(server, None)
    child = Says(
        ReceiveHttp(RequestEndOfMessage(1)),
        ReceiveHttp(RequestHeaders(1, request, True)),
        ReceiveHttp(RequestEndOfMessage(1)),
        SendHttp(ResponseEndOfMessage(1), client),
        DropStream(1),
        DropStream(2),
        ReceiveHttp(RequestEndOfMessage(1)),
        registers,
        wakes,
        asks,
    )
    opening = Says(opens)
    send = lean.event_to_child if installed else _event_to_child
    heard = [*send(layer, child, events.Start()), *send(layer, opening, events.Start())]
    assert [getattr(each, "message", type(each).__name__) for each in heard] == [
        *("told", "told", "SendData", "registered", "RequestWakeup", "connection", "OpenConnection")
    ]
    assert layer.noted == [("stream", 1), registers, asks]
    assert layer.command_sources == {wakes: child, asks: child, opens: opening}
    assert layer.connections[server] is opening
    assert not layer.streams
