"""Reads the running text of answers beside the loop of the worker, for names and addresses: it goes on meanwhile.

A thread is enough. Nearly all of the time is NumPy's, which lets go of the interpreter's lock (docs/decisions/0048).
"""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from policies.formats.prose import Prose
from proxy.apart import LEFT

MOST_WAITING = 64
"""Answers of one worker that are held while their text waits or is read."""


class Reading:
    """The text of one answer on its way through *reader*. *within_s*: it does not wait to be read for longer."""

    def __init__(self, reader: "Reader", prose: Prose, within_s: float | None = None) -> None:
        self.prose = prose
        self.flows = within_s is not None
        """Whether it is of an answer that has begun to go."""
        self._reader = reader
        self._within_s = within_s
        self._done: Callable[[], None] | None = None
        self._late: asyncio.TimerHandle | None = None

    def begin(self, done: Callable[[], None]) -> None:
        """Read as soon as it can be, and call *done* once that is over."""
        self._done = done
        if self._within_s is not None:
            self._late = asyncio.get_running_loop().call_later(self._within_s, self._give_up)
        self._reader.take(self)

    def end(self, reason: str = LEFT, *, tells: bool = False) -> None:
        """Nobody wants it any more. Safe to call at any time; *tells*: whoever waits is told all the same."""
        self._reader.forget(self)
        if tells:
            self.over()
        self._done = None
        self._unwatch()

    def over(self) -> None:
        """It has been read, or is not going to be."""
        self._unwatch()
        done, self._done = self._done, None
        if done is not None:
            done()

    def _give_up(self) -> None:
        if self._reader.forget(self):  # else it is being read, which takes a moment
            self.over()

    def _unwatch(self) -> None:
        if self._late is not None:
            self._late.cancel()


class Reader:
    """What reads the texts of one worker, one after the other.

    Of answers that are held until all of theirs is read, and of those that flow, bit by bit, it takes one of each in
    turn: a page waits for one bit of an export, however many flow, and an export goes on however many pages there are.
    """

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self._most_waiting = most_waiting
        self._held: deque[Reading] = deque()
        self._flowing: deque[Reading] = deque()
        self._read: Reading | None = None
        """What is being read."""
        self._pool = ThreadPoolExecutor(1, "prose")  # which starts no thread before it is used

    def reading(self, prose: Prose) -> Reading | None:
        """Of *prose* what is wanted, not begun yet; None where too many wait already."""
        is_read = self._read is not None and not self._read.flows
        return Reading(self, prose) if len(self._held) + is_read < self._most_waiting else None

    def take(self, reading: Reading) -> None:
        """Read it as soon as it can be. Whatever that raises is raised in nobody's face: nothing is read then."""
        (self._flowing if reading.flows else self._held).append(reading)
        self._go_on(None)

    def forget(self, reading: Reading) -> bool:
        """Do not read it any more; False where it is too late for that."""
        for waiting in (self._held, self._flowing):
            if reading in waiting:
                waiting.remove(reading)
                return True
        return False

    def _go_on(self, last: Reading | None) -> None:
        if self._read is not None:
            return
        first, other = (
            (self._flowing, self._held) if last is not None and not last.flows else (self._held, self._flowing)
        )
        waiting = first or other
        if not waiting:
            return
        self._read = waiting.popleft()
        future = asyncio.get_running_loop().run_in_executor(self._pool, self._read.prose.read)
        future.add_done_callback(self._taken)

    def _taken(self, future: "asyncio.Future[None]") -> None:
        read, self._read = self._read, None
        if not future.cancelled():
            future.exception()  # asked for, so that the loop does not report it: it may quote the text
        self._go_on(read)
        if read is not None:
            read.over()
