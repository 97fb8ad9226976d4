"""Whose turn it is among those who bring more than one should be heard of at once."""

import asyncio
from collections import deque
from collections.abc import Callable

from proxy.apart import LEFT

SLICE = 64 * 1024
"""Bytes of one answer that are heard before everybody else has his turn: some milliseconds of masking."""


class Turns:
    """Of those who wait, one has his turn in each turn of the loop, however many they are: whoever is new waits for a
    slice or two at each of his steps, and not for a slice of everybody's.
    """

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()

    def wait(self, take: Callable[[], None]) -> None:
        """Call *take* once it is its turn, behind all who wait already."""
        self._waiting.append(take)
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_soon(self._next)

    async def come(self) -> None:
        """Return once it is the turn of whoever asks now."""
        came = asyncio.get_running_loop().create_future()
        self.wait(lambda: None if came.done() else came.set_result(None))
        await came

    def _next(self) -> None:
        take = self._waiting.popleft()
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._next)
        take()


class Turn:
    """One turn in *turns*, as something that is waited for."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._done: Callable[[], None] | None = None

    def begin(self, done: Callable[[], None]) -> None:
        """Call *done* once it is there."""
        self._done = done
        self._turns.wait(self._take)

    def end(self, reason: str = LEFT, *, tells: bool = False) -> None:
        """See `apart.Begins`."""
        if tells:
            self._take()
        self._done = None

    def _take(self) -> None:
        done, self._done = self._done, None
        if done is not None:
            done()
