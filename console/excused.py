"""Which alerts of the baselines, closed for a good reason, excuse whom, and which do not: told from the journal alone.

The journal is sealed, so nobody is excused but by who closed an alert under their own name, which nobody may do of
themselves. Where it is not as it was written nobody is excused. Everything is listed, for auditors to see.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from console.alerts.journal import Closed, Entry
from console.alerts.state import AlertLife
from incident.ids import PersonId
from siem.baseline.calendar import LOCAL
from siem.baseline.excuse import RULES, Excuse, first_of_each
from siem.detect.alert import Alert, AlertId
from siem.detect.lifecycle import AlertState, Disposition
from siem.detect.silence import CALLER


@dataclass(frozen=True, slots=True, kw_only=True)
class Excused:
    """What came of one alert that was closed for a good reason."""

    excuse: Excuse
    by: PersonId
    at: datetime
    reason: str
    is_first: bool
    """Whether it counts: nobody was excused shortly before."""
    is_withdrawn: bool
    """Whether the alert was opened again, or is something else by now. It still takes the place of another."""

    def is_in_force(self, day: date) -> bool:
        """Whether the usual range of the caller is wider on *day* because of it."""
        return self.is_first and not self.is_withdrawn and self.excuse.is_in_force(day)


class Excuses:
    """Reads *lives*, the alerts as the journal has them; *find* gives an alert of the detector's file."""

    def __init__(self, lives: Callable[[], Iterable[AlertLife]], find: Callable[[AlertId], Alert | None]) -> None:
        self._lives = lives
        self._find = find
        self._days: dict[tuple[AlertId, datetime], date] = {}

    def all(self) -> list[Excused]:
        """Each that ever was, by its time. Raises StoreUnavailable where the alerts cannot be read."""
        closings = [each for life in self._lives() for each in self._of(life)]
        first = first_of_each(each.excuse for each in closings)
        told = (replace(each, is_first=each.excuse in first) for each in closings)
        return sorted(told, key=lambda each: (each.at, each.excuse.alert))

    def of(self, caller: str) -> list[Excused]:
        """Those of *caller*."""
        return [each for each in self.all() if each.excuse.caller == caller]

    def in_force(self) -> list[Excuse]:
        """Those that count, on whichever days."""
        return [each.excuse for each in self.all() if each.is_first and not each.is_withdrawn]

    def _of(self, life: AlertLife) -> Iterator[Excused]:
        """What the first closing of *life* for a good reason came to; closing it again moves no date."""
        caller = life.raised.group.get(CALLER, "")
        closed = next(filter(None, map(_good_reason, life.entries)), None)
        if life.rule not in RULES or not caller or closed is None:
            return
        entry, fact = closed
        day = self._day_of(life)
        if day is None:
            return
        since = entry.at.astimezone(LOCAL).date() + timedelta(days=1)
        yield Excused(
            excuse=Excuse(caller=caller, alert=life.id, day=day, since=since),
            by=PersonId(entry.by.id),
            at=entry.at,
            reason=fact.reason,
            is_first=True,
            is_withdrawn=not _is_harmless(life),
        )

    def _day_of(self, life: AlertLife) -> date | None:
        """The day that the alert is about; None where the file of alerts knows it no more."""
        key = (life.id, life.raised.raised_at)
        if key not in self._days:
            alert = self._find(life.id)
            if alert is None or not life.is_of(alert.rule, alert.raised_at):
                return None
            self._days[key] = alert.last_at.astimezone(LOCAL).date()
        return self._days[key]


def _good_reason(entry: Entry) -> tuple[Entry, Closed] | None:
    fact = entry.fact
    return (entry, fact) if isinstance(fact, Closed) and fact.disposition is Disposition.BENIGN else None


def _is_harmless(life: AlertLife) -> bool:
    closing = life.closing
    return life.state is AlertState.CLOSED and closing is not None and closing.fact.disposition is Disposition.BENIGN
