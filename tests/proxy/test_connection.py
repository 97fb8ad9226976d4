"""The events of a connection: one after another, and an end where one of them fails."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from mitmproxy.options import Options
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.layer import CommandGenerator, Layer
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.proxy.server_hooks import ClientConnectedHook

from proxy.connection import Connection
from tests.patience import PATIENCE_S

MODE = ProxyMode.parse("reverse:http://127.0.0.1:1")


class Scripted(Layer):
    """A layer that does for each piece of data what the test says."""

    does: Callable[[bytes], CommandGenerator[None]]

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        if isinstance(event, events.DataReceived):
            yield from self.does(event.data)


@contextlib.asynccontextmanager
async def connection(
    does: Callable[[Scripted, bytes], CommandGenerator[None]], call: Callable[[Any], None]
) -> AsyncIterator[tuple[Connection, socket.socket]]:
    """A connection whose layer *does* something, whose hooks *call* somebody, and the caller's end of it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        theirs = socket.create_connection(listening.getsockname(), timeout=PATIENCE_S)
        ours, _ = listening.accept()
    reader, writer = await asyncio.open_connection(sock=ours)
    Connection.settings = SimpleNamespace(tcp_timeout=600, proxy_debug=False)
    try:
        made = Connection(SimpleNamespace(addons=SimpleNamespace(call=call)), reader, writer, Options(), MODE)
        made.layer = type("Layer", (Scripted,), {"does": does})(made.layer.context)
        yield made, theirs
    finally:
        Connection.settings = None
        theirs.close()
        writer.transport.abort()
        await asyncio.sleep(0)


def data(made: Connection, piece: bytes) -> events.DataReceived:
    return events.DataReceived(made.client, piece)


def test_events_are_handled_in_turn() -> None:
    """A hook that leads to another event does not interrupt the one that is handled."""
    order: list[str] = []

    def does(layer: Scripted, piece: bytes) -> CommandGenerator[None]:
        order.append(f"begin {piece.decode()}")
        if piece == b"1":
            yield ClientConnectedHook(layer.context.client)
        yield commands.SendData(layer.context.client, piece)
        order.append(f"end {piece.decode()}")

    async def main() -> None:
        def call(hook: Any) -> None:
            order.append("hook")
            asyncio.ensure_future(made.server_event(data(made, b"2"))).add_done_callback(lambda task: task.result())

        async with connection(does, call) as (made, theirs):
            asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
            await made.server_event(data(made, b"1"))
            await made.server_event(data(made, b"3"))
            assert await asyncio.to_thread(theirs.recv, 3, socket.MSG_WAITALL) == b"123"

    asyncio.run(main())
    assert order == ["begin 1", "hook", "end 1", "begin 2", "end 2", "begin 3", "end 3"]


@pytest.mark.parametrize(
    "failure", [ValueError("张三丰"), RecursionError(), KeyError("x")], ids=["a value", "depth", "a key"]
)
def test_a_failure_of_ours_ends_the_connection_and_is_told(failure: Exception) -> None:
    """The core logs it, in full, and leaves the connection as it is: half an answer that looks whole."""
    told: list[str] = []

    def does(layer: Scripted, piece: bytes) -> CommandGenerator[None]:
        yield commands.SendData(layer.context.client, b"HTTP/1.1 200 OK\r\n")
        raise failure

    async def main() -> None:
        async with connection(does, lambda hook: None) as (made, theirs):
            made.broke = told.append
            with pytest.raises(type(failure)):
                await made.server_event(data(made, b"1"))
            await asyncio.sleep(0)
            received = b""
            with contextlib.suppress(ConnectionResetError):
                while piece := theirs.recv(1000):
                    received += piece
            assert received in (b"", b"HTTP/1.1 200 OK\r\n")

    asyncio.run(main())
    assert told == [type(failure).__name__]


def test_what_waits_for_the_caller_is_known() -> None:
    def does(layer: Scripted, piece: bytes) -> CommandGenerator[None]:
        yield commands.SendData(layer.context.client, piece)

    async def main() -> None:
        async with connection(does, lambda hook: None) as (made, _):
            for size, waits in ((1, False), (10_000_000, True)):
                await made.server_event(data(made, b"x" * size))
                assert made.has_unsent == waits
            assert made.has_untaken(made.written)
            assert not made.has_untaken(0)
            made.abort()
            await asyncio.sleep(0)
            assert made.has_unsent is False

    asyncio.run(main())


def test_what_is_to_go_on_later_waits_until_the_caller_has_taken_what_was_written() -> None:
    unsent: list[int] = []

    async def main() -> None:
        woken = asyncio.Event()

        class Waking(Scripted):
            def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
                if isinstance(event, events.Wakeup):
                    unsent.append(made._writer.transport.get_write_buffer_size())
                    woken.set()
                yield from super()._handle_event(event)

        def does(layer: Scripted, piece: bytes) -> CommandGenerator[None]:
            yield commands.SendData(layer.context.client, b"x" * 10_000_000)
            yield commands.RequestWakeup(0)

        def take(theirs: socket.socket) -> None:
            left = 10_000_000
            while left:
                left -= len(theirs.recv(left))

        async with connection(does, lambda hook: None) as (made, theirs):
            made.layer = type("Layer", (Waking,), {"does": does})(made.layer.context)
            made.transports[made.client].writer = made._writer
            await made.server_event(data(made, b"1"))
            taken = asyncio.create_task(asyncio.to_thread(take, theirs))
            await asyncio.wait_for(woken.wait(), 60)
            await taken

    asyncio.run(main())
    assert unsent[0] < 100_000


def test_what_the_core_never_asked_for_is_a_failure() -> None:
    class Unheard(commands.Command):
        pass

    def does(layer: Scripted, piece: bytes) -> CommandGenerator[None]:
        yield Unheard()

    async def main() -> None:
        async with connection(does, lambda hook: None) as (made, _):
            made.broke = lambda kind: None
            with pytest.raises(RuntimeError, match="Unheard"):
                await made.server_event(data(made, b"1"))

    asyncio.run(main())
