"""What becomes of a request of the plain core whose connection behind ends at the worst moment."""

import asyncio
from dataclasses import dataclass, field

import pytest
import uvloop
from mitmproxy.http import Headers, Request, Response
from mitmproxy.proxy import events

from proxy.plain.asking import Asking, Failed, Heard
from proxy.plain.behind import OUT_OF_TURN, Behind, Pool, Where
from proxy.turns import SLICE, Turns

REQUEST = Request("", 0, b"GET", b"http", b"", b"/", b"HTTP/1.1", Headers(), b"", None, 0.0, 0.0)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Caller:
    """A connection that notes what it is told."""

    told: asyncio.Queue[Heard] = field(default_factory=asyncio.Queue)
    lags = False

    def tell(self, event: events.Event) -> None:
        assert isinstance(event, Heard)
        self.told.put_nowait(event)

    async def drain_writers(self) -> None:
        """Nothing waits."""

    def is_held(self, behind: object) -> bool:
        return False

    async def let_go(self, behind: object) -> None:
        """Nothing is held."""


async def what_comes(said: bytes, *, gone: bool) -> object:
    """What a caller is told first whose system says *said* at once, and hangs up; *gone*: before it is asked."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        if not gone:
            await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()

        async def opens(behind: Behind) -> None:
            await asyncio.get_running_loop().create_connection(lambda: behind, host, port)
            turns = 3  # of the loop, in which whoever asks is told that it is over
            while gone and turns:
                turns -= behind.is_over
                await asyncio.sleep(0)

        caller = Caller()
        where = Where("people", host, port, None, 0)
        asking = Asking(Pool(opens, Turns()), where, caller, REQUEST, ("somebody",), may_repeat=True)
        asking.begin()
        heard = await asyncio.wait_for(caller.told.get(), 10)
        assert heard.asking is asking
        asking.end()
        return heard.each[0]


@pytest.mark.parametrize("said", [b"", ANSWER, b"HTTP/1.1 2"], ids=["nothing", "an answer", "half an answer"])
def test_a_connection_that_ends_before_it_is_asked_is_told(said: bytes) -> None:
    """Or who asked would wait for as long as the system may take, and hold his place."""
    assert asyncio.run(what_comes(said, gone=True)) == Failed("upstream_broke_off")


def test_what_a_new_connection_brings_before_it_ends_is_heard() -> None:
    assert isinstance(asyncio.run(what_comes(ANSWER, gone=False)), Response)


async def most_in_a_turn(length: int, callers: int) -> int:
    """How many bytes of answers of *length* all *callers* are told of at most before the loop has another turn, but for
    what each of them is told of out of turn.
    """

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length + bytes(length))
        await reader.read()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()

        async def opens(behind: Behind) -> None:
            await asyncio.get_running_loop().create_connection(lambda: behind, host, port)

        pool, caller, where, most = Pool(opens, Turns()), Caller(), Where("people", host, port, None, 0), 0
        asking = [Asking(pool, where, caller, REQUEST, ("somebody",), may_repeat=True) for _ in range(callers)]
        for each in asking:
            each.begin()
        left, free = callers * length, callers * OUT_OF_TURN
        while left:
            await asyncio.sleep(0)
            told = [what for _ in range(caller.told.qsize()) for what in caller.told.get_nowait().each]
            count = sum(len(each) for each in told if isinstance(each, bytes))
            left, free = left - count, free - count
            if free < 0:
                most = max(most, min(count, -free))
        for each in asking:
            each.end()
        return most


@pytest.mark.parametrize("callers", [1, 8])
def test_large_answers_leave_everybody_else_his_turn(callers: int) -> None:
    """What comes is masked as it is read, which takes its time: a slice goes in a turn, however many there are."""
    assert 0 < uvloop.run(most_in_a_turn(8 * 1024 * 1024 // callers, callers)) <= 2 * SLICE


async def told_of(said: bytes, *, ends: bool) -> tuple[list[object], bool]:
    """All that a caller is told of what a system *said* at once, and whether another request may have the connection.

    *ends*: he wants no more once he has heard anything.
    """

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        await reader.read()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()

        async def opens(behind: Behind) -> None:
            await asyncio.get_running_loop().create_connection(lambda: behind, host, port)

        class Ending(Caller):
            def tell(self, event: events.Event) -> None:
                super().tell(event)
                if ends:
                    asking.end()

        caller, where, pool = Ending(), Where("people", host, port, None, 0), Pool(opens, Turns())
        asking = Asking(pool, where, caller, REQUEST, ("somebody",), may_repeat=True)
        asking.begin()
        told: list[object] = list((await asyncio.wait_for(caller.told.get(), 10)).each)
        while not caller.told.empty():
            told += caller.told.get_nowait().each
        behind = pool.taken(where, ("somebody",))
        if behind is not None:
            behind.end()
        asking.end()
        return told, behind is not None


BROKEN = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n"


def test_what_came_before_a_fault_is_heard_before_it() -> None:
    told, is_shared = asyncio.run(told_of(BROKEN, ends=False))
    assert isinstance(told[0], Response)
    assert told[1:] == [b"he", Failed("upstream_malformed")]
    assert not is_shared


@pytest.mark.parametrize("ends", [False, True])
def test_a_connection_is_given_back_only_where_its_answer_was_wanted_to_the_end(ends: bool) -> None:
    """An answer that is withheld at its head may have come whole by then."""
    _, is_shared = asyncio.run(told_of(ANSWER, ends=ends))
    assert is_shared is not ends
