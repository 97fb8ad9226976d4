"""What a system behind says on a connection of mitmproxy's own, read as the plain core does: in turns."""

from asyncio import StreamReader
from collections.abc import Awaitable, Callable

from proxy.plain.behind import OUT_OF_TURN
from proxy.turns import Turns


class ReadsInTurns:
    """*reader*, to be read by whoever reads a connection. It is not read before *let_go* returns."""

    def __init__(self, reader: StreamReader, turns: Turns, let_go: Callable[[], Awaitable[None]]) -> None:
        self._reader = reader
        self._turns = turns
        self._let_go = let_go
        self._free_bytes = OUT_OF_TURN

    def asked(self) -> None:
        """The system behind has been told something: what it answers may be small."""
        self._free_bytes = OUT_OF_TURN

    async def read(self, n: int = -1) -> bytes:
        """As *reader* does."""
        await self._let_go()
        data = await self._reader.read(n)
        if len(data) > self._free_bytes:
            await self._turns.come()
        else:
            self._free_bytes -= len(data)
        return data
