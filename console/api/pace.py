"""How often something may be done within a minute, or another span. It is kept in memory.

After a restart it knows what it is told of the time before, and nothing else.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
MOST_KEPT = 10_000


class Pace:
    """Counts for each name. May be called from any thread."""

    def __init__(self, most: int, now: Callable[[], datetime], span: timedelta = MINUTE) -> None:
        """*most* in any *span*."""
        self._most = most
        self._span = span
        self._now = now
        self._lock = threading.Lock()
        self._times: OrderedDict[str, deque[datetime]] = OrderedDict()

    def wait_s(self, name: str) -> int:
        """How many seconds *name* has to wait; 0 where it need not."""
        with self._lock:
            times = self._recent(name)
            if len(times) < self._most:
                return 0
            return max(1, int((times[0] + self._span - self._now()).total_seconds()) + 1)

    def count(self, name: str, at: datetime | None = None) -> None:
        """That *name* did it, now or *at* that time, which is after those that were counted before."""
        with self._lock:
            times = self._recent(name)
            times.append(at or self._now())
            self._times[name] = times
            self._times.move_to_end(name)
            while len(self._times) > MOST_KEPT:
                self._times.popitem(last=False)

    def _recent(self, name: str) -> deque[datetime]:
        times, now = self._times.get(name, deque(maxlen=self._most)), self._now()
        # A clock that was set back must not turn a minute into an hour.
        while times and not now - self._span < times[0] <= now:
            times.popleft()
        return times
