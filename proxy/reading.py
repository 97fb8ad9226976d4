"""Reads the running text of answers beside the loop of the worker, for names and addresses: it goes on meanwhile.

A thread is enough. Nearly all of the time is NumPy's, which lets go of the interpreter's lock (docs/decisions/0048).
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from policies.formats.prose import Prose
from proxy.apart import LEFT

MOST_WAITING = 64
"""Answers of one worker of which the text waits or is read; each is held meanwhile."""


class Reading:
    """The text of one answer on its way through *reader*."""

    def __init__(self, reader: "Reader", prose: Prose) -> None:
        self._reader = reader
        self._prose = prose
        self._done: Callable[[], None] | None = None

    def begin(self, done: Callable[[], None]) -> None:
        """Read as soon as it can be, and call *done* once that is over."""
        self._done = done
        self._reader.take(self._prose.read).add_done_callback(lambda _: self._over())

    def end(self, reason: str = LEFT, *, tells: bool = False) -> None:
        """Nobody wants it any more. Safe to call at any time; *tells*: whoever waits is told all the same."""
        if tells:
            self._over()
        self._done = None

    def _over(self) -> None:
        done, self._done = self._done, None
        if done is not None:
            done()


class Reader:
    """What reads the texts of one worker, one answer after the other."""

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self._most_waiting = most_waiting
        self._waiting = 0
        self._pool = ThreadPoolExecutor(1, "prose")  # which starts no thread before it is used

    def reading(self, prose: Prose) -> Reading | None:
        """Of *prose* what is wanted, not begun yet; None where too many wait already."""
        return Reading(self, prose) if self._waiting < self._most_waiting else None

    def take(self, read: Callable[[], None]) -> "asyncio.Future[None]":
        """Call *read* as soon as it can be. Whatever it raises is raised in nobody's face: nothing is read then."""
        self._waiting += 1
        future = asyncio.get_running_loop().run_in_executor(self._pool, read)
        future.add_done_callback(self._taken)
        return future

    def _taken(self, future: "asyncio.Future[None]") -> None:
        self._waiting -= 1
        if not future.cancelled():
            future.exception()  # asked for, so that the loop does not report it: it may quote the text
