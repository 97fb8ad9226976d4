"""What the judge remembers of the looks at one system: whole days, until all of them are judged."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from siem.baseline.calendar import LOCAL
from siem.reasons.look import Look

REMEMBERED = timedelta(days=10)
"""So long a look waits for those who know of cases; then it is not judged."""
FAR = datetime(9999, 1, 1, tzinfo=UTC)


class Watched:
    """What is remembered of one system."""

    def __init__(self) -> None:
        self.read_to: datetime | None = None
        self.owed_from = FAR
        self.due: dict[str, Look] = {}
        """Looks that have yet to be judged for want of a case."""
        self._days: defaultdict[date, defaultdict[str, dict[str, Look]]] = defaultdict(lambda: defaultdict(dict))

    def add(self, look: Look) -> bool:
        """Whether *look* is new."""
        known = self._days[look.day][look.caller]
        if look.event in known:
            return False
        known[look.event] = look
        return True

    def has(self, at: datetime) -> bool:
        """Whether the looks of that day are known, as far as they were read."""
        return at.astimezone(LOCAL).date() in self._days

    def of(self, caller: str, day: date) -> Iterable[Look]:
        """The looks of *caller* on *day*."""
        return self._days[day][caller].values()

    def forget(self, now: datetime) -> None:
        """Forget days that are over, but those of which a look is due."""
        oldest = (now - REMEMBERED).astimezone(LOCAL).date()
        for event in [event for event, look in self.due.items() if look.day < oldest]:
            del self.due[event]
        wanted = {look.day for look in self.due.values()} | {(now - timedelta(days=1)).astimezone(LOCAL).date()}
        for day in [day for day in self._days if day < min(wanted)]:
            del self._days[day]


def midnight(at: datetime) -> datetime:
    """When the day of *at* began, by the clocks in offices."""
    return datetime.combine(at.astimezone(LOCAL).date(), time.min, LOCAL)
