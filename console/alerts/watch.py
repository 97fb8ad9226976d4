"""Follows what the detector finds and what the clock says, and notes in the journal of alerts what comes of it.

An alert is raised once; it returns when its snooze is over or it has grown too far for that; it is open again where
what it is about went on after it was closed; it is escalated where nobody acknowledged it in time.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import OperationalError

from console.alerts.book import AlertBook, Clock, Due
from console.alerts.journal import BrokenAlertJournal, Cause, Escalated, Fact, Grew, Raised, Reopened, Returned
from console.alerts.state import AlertLife
from siem.baseline.calendar import Calendar
from siem.detect.alert import Alert, AlertId, AlertStore
from siem.detect.escalation import Escalation
from siem.detect.lifecycle import BEFORE, GROWTH, TOLD_APART, AlertState, size_of
from siem.detect.precision import loud
from siem.index.store import StoreUnavailable

EVERY = timedelta(seconds=1)
"""All that somebody has to see to are looked at so often; what has changed is at once."""
MOST_AT_ONCE = 200
"""Of what is noted in one transaction; the rest follows with the next step."""

_WATCHED = frozenset({AlertState.NEW, AlertState.ACKNOWLEDGED, AlertState.SNOOZED})

log = logging.getLogger("console.alerts")


def due_by(escalation: Escalation, calendar: Calendar) -> Due:
    """Until when somebody has to have acknowledged an alert that waits."""
    return lambda alert, since: escalation.due(alert.level, since, calendar)


class AlertWatch:
    """The one who looks. Only one process has it; `step` is for one thread."""

    def __init__(self, book: AlertBook, alerts: AlertStore, due: Due, clock: Clock) -> None:
        self._book = book
        self._alerts = alerts
        self._due = due
        self._clock = clock
        self._sequence = 0
        self._known: dict[AlertId, Alert] = {}
        """Those to look at: that changed, or that somebody has to see to."""
        self._owed: set[AlertId] = set()
        """Those of them to look at with the next step, whatever the clock says."""
        self._looked_at: datetime | None = None
        """When all of them were looked at last."""
        self._trouble = ""

    def step(self) -> None:
        """Note what there is to note now. What cannot be read or written now is made up for by a later step."""
        try:
            for alert in self._alerts.since(self._sequence):
                self._known[alert.id] = alert
                self._owed.add(alert.id)
                self._sequence = alert.sequence
            now = self._clock()
            # A clock that was set back must not stop time for alerts.
            if self._looked_at is None or not self._looked_at <= now < self._looked_at + EVERY:
                self._looked_at = now
                self._find_what_is_open_again()
                self._owed |= self._known.keys()
            if self._owed:
                done = set[AlertId]()
                self._book.note(lambda: self._facts(done, now), now)
                self._owed -= done
            trouble = ""
        except (StoreUnavailable, OperationalError, BrokenAlertJournal) as error:
            trouble = type(error).__name__
        if trouble != self._trouble:
            log.warning("alert_watch_trouble_changed now=%s", trouble or "none")
            self._trouble = trouble

    def _find_what_is_open_again(self) -> None:
        """Look at what somebody opened again, or saw to though nobody had to."""
        for life in self._book.all():
            if life.id not in self._known and life.state in _WATCHED and (found := self._alerts.get(life.id)):
                self._known[life.id] = found

    def _facts(self, done: set[AlertId], now: datetime) -> Sequence[Fact]:
        """What is to be noted of those that are owed; *done* gets those that have been looked at to the end."""
        found: list[Fact] = []
        for alert in sorted((self._known[each] for each in self._owed), key=lambda alert: (alert.raised_at, alert.id)):
            if len(found) == MOST_AT_ONCE:
                break
            life = self._book.get(alert.id)
            is_new = life is None or not life.is_of(alert.rule, alert.raised_at)
            if is_new and any(isinstance(each, Raised) and _alike(each, alert) for each in found):
                continue  # it follows one that is not written yet
            if facts := list(self._of(alert, life, now)):
                found += facts  # and it is looked at again, once that is written
                continue
            done.add(alert.id)
            if life is not None and life.state not in _WATCHED:
                del self._known[alert.id]  # until it changes
        return found

    def _of(self, alert: Alert, life: AlertLife | None, now: datetime) -> Iterator[Fact]:
        """What is to be noted of *alert*: one thing at most, so that each follows from what was written before."""
        if life is None or not life.is_of(alert.rule, alert.raised_at):
            yield self._raised(alert, now)
            return
        size = size_of(alert)
        match life.state:
            case AlertState.NEW if life.escalates_at is not None and life.escalated_at is None:
                if now >= life.escalates_at:
                    yield Escalated(alert=alert.id)
                    return
            case AlertState.SNOOZED:
                snooze = life.snooze
                assert snooze is not None
                grew = size.has_grown(snooze.size, snooze.growth)
                if grew or now >= snooze.until:
                    cause = Cause.GREW if grew else Cause.OVER
                    yield Returned(alert=alert.id, cause=cause, size=size, escalates_at=self._due(alert, now))
                return
            case AlertState.CLOSED:
                closing = life.closing
                assert closing is not None
                if alert.event_count > life.size.events and alert.last_at > closing.at:
                    yield Reopened(alert=alert.id, reason="", size=size, escalates_at=self._due(alert, now))
                return
            case AlertState.QUIET:
                return
            case _:
                pass
        if size.has_grown(life.size, GROWTH) and now >= life.told_at + TOLD_APART:
            yield Grew(alert=alert.id, size=size, escalates_at=self._sooner(alert, life, now))

    def _sooner(self, alert: Alert, life: AlertLife, now: datetime) -> datetime | None:
        """Until when it has to be acknowledged: growing moves that forward only, where its level has risen."""
        if life.state is not AlertState.NEW:
            return None
        both = [each for each in (life.escalates_at, self._due(alert, now)) if each is not None]
        return min(both, default=None)

    def _raised(self, alert: Alert, now: datetime) -> Raised:
        group = _group_of(alert)
        former = self._book.former(alert.rule, tuple(group.items()))
        silenced = "/" in alert.rule
        quiet = silenced or alert.raised_at < (self._book.began or now) - BEFORE
        return Raised(
            alert=alert.id,
            rule=alert.rule,
            rule_name=alert.rule_name,
            title=alert.title,
            group=group,
            raised_at=alert.raised_at,
            size=size_of(alert),
            former="" if former == alert.id else former,
            quiet=quiet,
            escalates_at=None if quiet else self._due(alert, alert.raised_at),
        )


def _group_of(alert: Alert) -> dict[str, str]:
    return {name: str(value) for name, value in alert.group.items()}


def _alike(raised: Raised, alert: Alert) -> bool:
    return loud(raised.rule) == loud(alert.rule) and raised.group == _group_of(alert)
