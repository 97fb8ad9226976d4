"""Masks documents beside the loop of the worker, a few at once: meanwhile it goes on answering others."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol

from mitmproxy.connection import Connection
from mitmproxy.proxy import commands

from policies.documents.apart import Child, Outcome
from policies.documents.document import TOO_LARGE, Bounds
from policies.formats.masker import Masker

AT_ONCE = 2
"""Children of one worker."""
MOST_WAITING = 16
"""Documents that wait for one of them to end; each is held meanwhile."""
LEFT = "caller_left"


class Job:
    """One document on its way through *apart*."""

    def __init__(self, apart: "Apart", masker: Masker, data: bytes, seconds: float) -> None:
        self.masker = masker
        self.outcome: Outcome | None = None
        """Once it has come."""
        self._apart = apart
        self._data = data
        self._seconds = seconds
        self._done: Callable[[], None] = _nobody
        self._child: Child | None = None
        self._late: asyncio.TimerHandle | None = None

    def begin(self, done: Callable[[], None]) -> None:
        """Mask as soon as it can be, and call *done* once the outcome is there."""
        self._done = done
        self._apart.take(self)

    def end(self, reason: str = LEFT, *, tells: bool = False) -> None:
        """Nobody wants it any more. Safe to call at any time; *tells*: whoever waits is told all the same."""
        if self.outcome is None:
            if self._child is not None:
                self._unwatch()
                self._child.kill()
            self._settle(Outcome(reason=reason), tells=tells)

    def start(self) -> None:
        """Fork the child. Raises OSError."""
        self._child = Child(self.masker, self._data, self._seconds)
        self._data = b""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._child.pipe, self._read)
        # By the clock on the wall: on a busy machine a child has less of a processor than it would take.
        self._late = loop.call_later(2 * self._seconds, self.end_late)

    def end_late(self) -> None:
        """It has taken too long."""
        self.end(TOO_LARGE, tells=True)

    def _read(self) -> None:
        assert self._child is not None
        loop, pipe = asyncio.get_running_loop(), self._child.pipe
        loop.remove_reader(pipe)
        outcome = self._child.read()
        if outcome is None:
            loop.add_reader(pipe, self._read)
            return
        if self._late is not None:
            self._late.cancel()
        self._settle(outcome, tells=True)

    def _unwatch(self) -> None:
        assert self._child is not None
        asyncio.get_running_loop().remove_reader(self._child.pipe)
        if self._late is not None:
            self._late.cancel()

    def _settle(self, outcome: Outcome, *, tells: bool) -> None:
        self.outcome, self._data = outcome, b""
        self._apart.settled(self)
        if tells:
            self._done()


class Apart:
    """The documents of one worker, *at_once* of them."""

    def __init__(self, at_once: int = AT_ONCE, most_waiting: int = MOST_WAITING) -> None:
        self._at_once = at_once
        self._most_waiting = most_waiting
        self._running: set[Job] = set()
        self._waiting: deque[Job] = deque()

    def job(self, masker: Masker, data: bytes) -> Job | None:
        """A document to be masked, not begun yet; None where too many wait already."""
        if len(self._waiting) >= self._most_waiting:
            return None
        return Job(self, masker, data, Bounds().seconds)

    def take(self, job: Job) -> None:
        """Start *job*, or let it wait for its turn."""
        self._waiting.append(job)
        self._start()

    def settled(self, job: Job) -> None:
        """*job* is over."""
        self._running.discard(job)
        if job in self._waiting:
            self._waiting.remove(job)
        self._start()

    def _start(self) -> None:
        while self._waiting and len(self._running) < self._at_once:
            job = self._waiting.popleft()
            self._running.add(job)
            try:
                job.start()
            except OSError:
                job.end(TOO_LARGE, tells=True)


class Begins(Protocol):
    """What goes on beside the loop."""

    def begin(self, done: Callable[[], None]) -> None:
        """Begin as soon as it can be, and call *done* at the end."""

    def end(self, reason: str = LEFT, *, tells: bool = False) -> None:
        """Nobody wants it any more. *tells*: whoever waits is told all the same."""


class AwaitMasking(commands.RequestWakeup):
    """Wakes the layer that yields it once *job* has come to its end."""

    def __init__(self, job: Begins) -> None:
        super().__init__(0.0)
        self.job = job


class AwaitPace(AwaitMasking):
    """The same of an answer that flows: meanwhile no more is read of what *behind* says, a connection of the core's own
    to a system behind; None where it is the plain core's, "" where all has come.
    """

    def __init__(self, job: Begins, behind: Connection | str | None) -> None:
        super().__init__(job)
        self.behind = behind


def _nobody() -> None:
    """Nobody waits."""
