"""Whose turn it is among those who bring more than one should be heard of at once."""

import asyncio
from collections import deque
from collections.abc import Callable

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

    def _next(self) -> None:
        take = self._waiting.popleft()
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._next)
        take()
