"""What a streamed answer goes through on its way to its windows: all at once, or in turns and at its reader's pace.

While it waits, no more is taken from the system behind: what has come is held, some slices at most.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Protocol

from policies.formats.masker import Masker
from proxy.apart import LEFT, Begins
from proxy.pausing import Pausing, pause
from proxy.reading import Reader, Reading
from proxy.turns import SLICE, Turn, Turns

SLICE_READ = 16 * 1024
"""Bytes of a slice where there is text to be read: what comes out goes once all of a slice has been read."""


class Flows(Protocol):
    """What masks an answer that flows."""

    is_done: bool
    """Whether all of it has come out, to its end."""

    @property
    def is_amid(self) -> bool:
        """Whether it waits amid a slice."""

    @property
    def awaits(self) -> Begins | None:
        """What must be over before any more of it comes out; None where nothing is waited for."""

    def take(self, data: bytes) -> None:
        """Some more has come; `b""` is the end."""

    def go(self) -> list[bytes]:
        """What comes out by now. Raises Withheld."""

    def stop(self) -> None:
        """Nothing more of it is wanted."""


class AtOnce:
    """Masks what comes when it comes, each piece by itself, as messages are."""

    def __init__(self, masker: Masker) -> None:
        self.is_done = False
        self._masker = masker
        self._came: list[bytes] = []

    awaits = None
    is_amid = False

    def take(self, data: bytes) -> None:
        """See `Flows.take`."""
        self._came.append(data)

    def go(self) -> list[bytes]:
        """See `Flows.go`."""
        came, self._came = self._came, []
        out: list[bytes] = []
        for data in came:
            out += self._masker.feed(data) if data else self._masker.close()
            self.is_done = not data
        return out

    def stop(self) -> None:
        """See `Flows.stop`."""


class Paced:
    """Masks a slice in each of its *turns*; running text is read by *reader*, and waited for for *wait_s* in all."""

    def __init__(
        self,
        masker: Masker,
        reader: Reader,
        turns: Turns,
        wait_s: float,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.is_done = False
        self._masker = masker
        self._reader = reader
        self._turns = turns
        self._left_s = wait_s
        self._clock = clock
        self._came = bytearray()
        self._has_ended = self._has_read = False
        self._masking: Pausing[list[bytes]] | None = None
        self._awaits: Begins | None = None
        masker.tally.prose.stream(self._read if wait_s else None)
        masker.tally.gives_way = self._give_way

    @property
    def is_amid(self) -> bool:
        """See `Flows.is_amid`."""
        return self._masking is not None

    @property
    def awaits(self) -> Begins | None:
        """See `Flows.awaits`."""
        return self if self._awaits is not None else None

    def take(self, data: bytes) -> None:
        """See `Flows.take`."""
        self._came += data
        self._has_ended = self._has_ended or not data

    def go(self) -> list[bytes]:
        """See `Flows.go`."""
        out: list[bytes] = []
        while self._awaits is None and self._begin():
            assert self._masking is not None
            self._awaits = self._masking.go()
            if self._awaits is None:
                out += self._masking.result
                self._masking = None
                self._masker.tally.prose.forget()
                if self._came:
                    self._awaits = Turn(self._turns)
        return out

    def begin(self, done: Callable[[], None]) -> None:
        """See `apart.Begins`."""
        if self._awaits is None:
            done()
        else:
            self._awaits.begin(partial(self._over, done))

    def end(self, reason: str = LEFT, *, tells: bool = False) -> None:
        """See `apart.Begins`."""
        if self._awaits is not None:
            self._awaits.end(reason, tells=tells)

    def stop(self) -> None:
        """See `Flows.stop`. Whoever waits is told: he may hold what others need."""
        self._came.clear()
        self.end(tells=True)
        if self._masking is not None:
            self._masking.stop()

    def _begin(self) -> bool:
        """Begin with the next slice, where none is under way; False where there is none."""
        if self._masking is None and (self._came or (self._has_ended and not self.is_done)):
            size = SLICE_READ if self._has_read else SLICE
            data = bytes(self._came[:size])
            del self._came[:size]
            self._has_read = False
            self.is_done = not data
            self._masking = Pausing(partial(self._masker.feed, data) if data else self._masker.close)
        return self._masking is not None

    def _over(self, done: Callable[[], None]) -> None:
        self._awaits = None
        done()

    def _read(self) -> bool:
        """Wait until what is wanted has been read; False where it is not waited for any more."""
        if self._left_s <= 0:
            return False
        self._has_read = True
        began_s = self._clock()
        pause(Reading(self._reader, self._masker.tally.prose, self._left_s))
        self._left_s -= self._clock() - began_s
        return self._left_s > 0

    def _give_way(self) -> None:
        pause(Turn(self._turns))
