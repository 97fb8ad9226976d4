"""Work of the loop that can be left amid, in whatever it has called, and gone on with later: others go on meanwhile.

A masker that flows cannot begin again, and asks for what it must know from deep within; so its stack waits as it is. It
runs in the loop's own thread all the same: nothing that it shares with others changes while it runs.
"""

from collections.abc import Callable
from typing import cast

from greenlet import getcurrent, greenlet

from proxy.apart import LEFT, Begins


class Pausing[T]:
    """*work*, which calls `pause` to be left."""

    result: T
    """What it has returned, once it is over."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._stack = greenlet(work)

    def go(self) -> Begins | None:
        """Go on with it. What it waits for then; None once it is over. Raises whatever it raises."""
        came = self._stack.switch()
        if not self._stack.dead:
            return cast(Begins, came)
        self.result = came
        return None

    def stop(self) -> None:
        """It does not go on. Safe to call more than once."""
        if not self._stack.dead and getcurrent() is not self._stack:
            self._stack.throw()


class GoesOn:
    """*work*, which calls `pause`, gone on with whenever what it waits for is over, to its end. It raises nothing."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = Pausing(work)
        self._awaits: Begins | None = None
        self._done: Callable[[], None] | None = None

    def waits(self) -> bool:
        """Whether it has to wait for something, now that it has gone on as far as it can: then let it `begin`."""
        self._awaits = self._work.go()
        return self._awaits is not None

    def begin(self, done: Callable[[], None]) -> None:
        """See `apart.Begins`."""
        self._done = done
        if self._awaits is not None:
            self._awaits.begin(self._go)

    def end(self, reason: str = LEFT, *, tells: bool = False) -> None:
        """See `apart.Begins`."""
        done, self._done = self._done, None
        awaits, self._awaits = self._awaits, None
        if awaits is not None:
            awaits.end(reason)
        self._work.stop()
        if tells and done is not None:
            done()

    def _go(self) -> None:
        self._awaits = self._work.go()
        if self._awaits is not None:
            self._awaits.begin(self._go)
        elif self._done is not None:
            self._done()


def pause(until: Begins) -> None:
    """Leave the work that calls this, and return once *until* is over and it goes on."""
    around = getcurrent().parent
    assert around is not None
    around.switch(until)
