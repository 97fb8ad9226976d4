"""Whether a worker takes on more: back-pressure instead of collapse. What it does not take on is never sent on.

A place is taken from when the system behind is asked until the caller has all of his answer, so that as many places as
there are bound what slow readers make a worker hold.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

LATE_TICKS = 3
"""So many times in a row the loop must have been late. One answer that takes long to mask is no reason to refuse."""
_FEW = 32
"""One part in so many of its places a worker that is late still fills: who asks alone waits only for himself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What one worker takes on."""

    exchanges: int = 256
    """Exchanges under way, those included whose answer the caller has not taken yet."""
    connections: int = 2048
    """Callers' connections."""
    source_share: float = 0.5
    """The part of either that one address may have. 1 where all callers come from a front proxy's."""
    late_s: float = 0.5
    """By so much the loop may be late, three times in a row."""

    def of_source(self, most: int) -> int:
        """How many of *most* one address may have."""
        return max(1, int(most * self.source_share))


class Places(Protocol):
    """The exchanges that take a place."""

    @property
    def taken(self) -> int:
        """How many places are taken, at most: some may have been left already."""

    def sources(self) -> Iterator[str]:
        """The addresses of those that do take one."""


class Admission:
    """What one worker takes on, under *capacity*."""

    def __init__(self, capacity: Capacity, places: Places) -> None:
        self._capacity = capacity
        self._places = places
        self._late_ticks = 0
        self.late_s = 0.0
        """By how much the loop was late when last looked at."""
        self.is_leaving = False
        """Whether the worker is about to stop: callers are told to come back on another connection."""
        self._connections: Counter[str] = Counter()

    @property
    def connections(self) -> int:
        """Callers' connections that are open."""
        return self._connections.total()

    @property
    def is_late(self) -> bool:
        """Whether the loop has been late for so long that the worker takes on no more than a few."""
        return self._late_ticks >= LATE_TICKS

    def ticked(self, late_s: float) -> None:
        """The loop has come round, *late_s* after it should have."""
        self.late_s = max(0.0, late_s)
        self._late_ticks = self._late_ticks + 1 if late_s > self._capacity.late_s else 0

    def refuses(self, source: str) -> bool:
        """Whether a request from the address *source* must be answered with an error at once."""
        most = self._capacity.exchanges
        if self.is_late:
            most = max(1, most // _FEW)
        share = self._capacity.of_source(most)
        if self._places.taken < share:
            return False
        found = Counter(self._places.sources())
        return found.total() >= most or found[source] >= share

    def opened(self, source: str) -> bool:
        """A connection has come from the address *source*; False where it must be closed unread, and is not counted."""
        most = self._capacity.connections
        if self.connections >= most or self._connections[source] >= self._capacity.of_source(most):
            return False
        self._connections[source] += 1
        return True

    def closed(self, source: str) -> None:
        """A connection that was counted has ended."""
        self._connections[source] -= 1
        if not self._connections[source]:
            del self._connections[source]
