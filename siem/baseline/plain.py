"""Plain thresholds: what the baselines are compared with. The best that fixed numbers reach on the same events."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from siem.baseline.sighting import Sighting

BURST, BURST_WITHIN = 300, timedelta(minutes=10)
"""As the rule `many_subjects`."""
A_DAY = 200
REVEALS = 11
NIGHT = range(5)
NIGHT_PEOPLE = 100
REFUSED = 50


class Thresholds:
    """Fixed numbers for everybody: people in ten minutes, in a day, at night; reveals; refusals."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._people: defaultdict[str, set[str]] = defaultdict(set)
        self._night: defaultdict[str, set[str]] = defaultdict(set)
        self._slots: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
        self._reveals: defaultdict[tuple[str, int], int] = defaultdict(int)
        self._refused: defaultdict[str, int] = defaultdict(int)

    def take(self, sighting: Sighting) -> tuple[str, datetime] | None:
        """The caller who is above a threshold since this event, and when that was."""
        if sighting.day != self._day:
            self._day = sighting.day
            for kept in (self._people, self._night, self._slots, self._reveals, self._refused):
                kept.clear()
        caller = sighting.caller
        over = False
        if sighting.clear:
            slot = int(sighting.at.timestamp() // BURST_WITHIN.total_seconds())
            people, burst = self._people[caller], self._slots[caller, slot]
            people.update(sighting.subjects)
            burst.update(sighting.subjects)
            over = len(burst) >= BURST or (len(people) >= A_DAY and sighting.kind == "staff")
            if sighting.at.hour in NIGHT and sighting.kind == "staff":
                self._night[caller].update(sighting.subjects)
                over = over or len(self._night[caller]) >= NIGHT_PEOPLE
        if sighting.about:
            self._reveals[caller, sighting.at.hour] += 1
            over = over or self._reveals[caller, sighting.at.hour] >= REVEALS
        if sighting.refused:
            self._refused[caller] += 1
            over = over or self._refused[caller] >= REFUSED
        return (caller, sighting.at) if over else None
