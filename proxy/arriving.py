"""What has begun to arrive from callers and has not arrived whole yet, and since when.

Whoever sends a byte now and then is active, and would hold a connection, and what he has sent so far, for ever.
"""

import time

OPENING = -3
"""What arrives before there is a request: the greeting of TLS, and whatever stands before the first head."""

type Part = tuple[str, int]
"""The id of a connection, and which of the things that arrive on it."""


class Arriving:
    """Times are monotonic."""

    def __init__(self) -> None:
        self._since: dict[Part, float] = {}

    def begun(self, connection: str, part: int = 0) -> None:
        """*part* has begun to arrive on *connection*, unless it had already."""
        self._since.setdefault((connection, part), time.monotonic())

    def ended(self, connection: str, part: int = 0) -> None:
        """It has arrived, or nobody waits for it any more."""
        self._since.pop((connection, part), None)

    def overdue(self, limit_s: float) -> set[str]:
        """The connections on which something has been arriving for longer than *limit_s*; they are forgotten."""
        moment = time.monotonic()
        late = {connection for (connection, _), since in self._since.items() if moment > since + limit_s}
        self.forget(late)
        return late

    def forget(self, connections: set[str]) -> None:
        """Nothing arrives any more on those."""
        self._since = {part: since for part, since in self._since.items() if part[0] not in connections}

    def connections(self) -> set[str]:
        """Those on which something arrives."""
        return {connection for connection, _ in self._since}


ARRIVING = Arriving()
"""Of this process."""
