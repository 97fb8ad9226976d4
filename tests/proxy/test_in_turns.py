"""What systems behind say where mitmproxy's layers read it: in turns, and not while nobody wants it."""

import asyncio

from proxy.in_turns import ReadsInTurns
from proxy.plain.behind import OUT_OF_TURN
from proxy.turns import Turns

PIECE = 65_535
"""Bytes that the core reads at once."""


async def wanted() -> None:
    """Whatever comes is."""


async def most_in_a_turn(length: int, callers: int) -> int:
    """How many bytes of answers of *length* are read at most before the loop has another turn, but for what is read of
    each out of turn.
    """
    turns, read = Turns(), list[int]()

    async def read_all() -> None:
        source = asyncio.StreamReader()
        source.feed_data(bytes(length))
        source.feed_eof()
        reader = ReadsInTurns(source, turns, wanted)
        while data := await reader.read(PIECE):
            read.append(len(data))
            await asyncio.sleep(0)  # as whoever reads drains what he writes

    tasks = [asyncio.ensure_future(read_all()) for _ in range(callers)]
    free, most = callers * OUT_OF_TURN, 0
    while not all(task.done() for task in tasks):
        await asyncio.sleep(0)
        count, free = sum(read), free - sum(read)
        read.clear()
        if free < 0:
            most = max(most, min(count, -free))
    await asyncio.gather(*tasks)
    return most


def test_what_systems_say_is_read_in_turns() -> None:
    """A turn of the loop has a piece of one of them, however many there are."""
    assert 0 < asyncio.run(most_in_a_turn(1024 * 1024, 8)) <= 2 * PIECE


def test_a_small_answer_waits_for_nobody_and_the_next_one_neither() -> None:
    async def read() -> list[int]:
        class Never(Turns):
            async def come(self) -> None:
                raise AssertionError("it is small")

        sizes = []
        source = asyncio.StreamReader()
        reader = ReadsInTurns(source, Never(), wanted)
        for _ in range(3):
            reader.asked()
            source.feed_data(bytes(OUT_OF_TURN))
            size = 0
            while size < OUT_OF_TURN:
                size += len(await reader.read(PIECE))
            sizes.append(size)
        return sizes

    assert asyncio.run(read()) == [OUT_OF_TURN] * 3


def test_nothing_is_read_while_nobody_wants_it() -> None:
    async def read() -> tuple[bool, bytes]:
        may, source = asyncio.Event(), asyncio.StreamReader()

        async def let_go() -> None:
            await may.wait()

        source.feed_data(b"an answer")
        reading = asyncio.ensure_future(ReadsInTurns(source, Turns(), let_go).read(PIECE))
        for _ in range(5):
            await asyncio.sleep(0)
        was_read = reading.done()
        may.set()
        return was_read, await reading

    assert asyncio.run(read()) == (False, b"an answer")
