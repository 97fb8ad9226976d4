"""What arrives on an HTTP/2 connection beside requests: pings, settings, priorities, requests that are taken back.

Each is answered or noted, and costs us more than whoever sends it. They keep no connection open, and too many in a row
end it.
"""

from h2 import events
from h2.events import Event

MOST_IN_A_ROW = 1000
"""Frames that may come before another answer has gone out whole."""
TAKEN_BACK = 10
"""A request that is taken back counts for so many: it may have been sent on, and its answer be under way."""

IDLE: set[str] = set()
"""The ids of the connections on which what came last asked for nothing."""


class Beside:
    """Counts for one connection."""

    def __init__(self, connection: str) -> None:
        self._connection = connection
        self._in_a_row = 0

    def received(self) -> None:
        """Something has arrived, of which `saw` is told piece by piece."""
        IDLE.add(self._connection)

    def saw(self, event: Event) -> bool:
        """Note *event*. Returns whether the caller goes too far."""
        match event:
            case events.StreamReset():
                self._in_a_row += TAKEN_BACK
            case events.RequestReceived() | events.StreamEnded() | events.TrailersReceived():
                self.moved()
            case events.DataReceived(data=bytes(data)) if data:
                self.moved()
            case _:
                self._in_a_row += 1
        return self._in_a_row > MOST_IN_A_ROW

    def moved(self) -> None:
        """Something of a request or of an answer has come further."""
        IDLE.discard(self._connection)

    def answered(self) -> None:
        """An answer has gone out whole."""
        self._in_a_row = 0
