"""Carries cases on: tells them of alerts, lets time pass, performs what they ask for."""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import timedelta

from incident.alert_facts import facts_of
from incident.cases import Cases
from incident.command import Failed
from incident.drill import NOT_DONE, is_barred
from incident.ids import CommandKey
from incident.perform import Performer
from siem.detect.alert import AlertStore
from siem.index.store import StoreUnavailable

EVERY = timedelta(milliseconds=200)
TICK = timedelta(seconds=1)

log = logging.getLogger("yingbi.respond")


class Responder:
    """The one who carries the cases of an installation on."""

    def __init__(
        self, cases: Cases, alerts: AlertStore, performer: Performer, also: Iterable[Callable[[], None]] = ()
    ) -> None:
        """*also* is done on every step."""
        self._cases = cases
        self._alerts = alerts
        self._performer = performer
        self._also = tuple(also)
        self._sequence = 0
        self._next_tick = cases.now()
        self._waiting: set[CommandKey] = set()
        self._trouble = ""

    def step(self) -> None:
        """Do what can be done now."""
        for do in self._also:
            do()
        self._take_alerts()
        now = self._cases.now()
        # A clock that was set back must not stop time for cases.
        if not self._next_tick - TICK <= now < self._next_tick:
            self._cases.tick()
            self._next_tick = now + TICK
        for command in self._cases.pending():
            # Asked again here, where it would happen: nothing of a drill does, whatever is written in a journal.
            barred = is_barred(self._cases.get(command.case), command)
            outcome = Failed(said=NOT_DONE) if barred else self._performer.perform(command)
            if outcome is None:
                if command.key not in self._waiting:
                    self._waiting.add(command.key)
                    log.info("command_waits key=%s kind=%s", command.key, type(command).__name__)
                continue
            self._waiting.discard(command.key)
            log.info("command_performed key=%s outcome=%s", command.key, type(outcome).__name__)
            self._cases.finished(command.key, outcome)

    def run(self, stop: threading.Event) -> None:
        """Carry on until *stop* is set."""
        while not stop.is_set():
            self.step()
            self._cases.changed.wait(EVERY.total_seconds())
            self._cases.changed.clear()

    def _take_alerts(self) -> None:
        try:
            changed = self._alerts.since(self._sequence)
            trouble = ""
        except StoreUnavailable as unavailable:
            changed, trouble = [], str(unavailable)
        if trouble != self._trouble:
            log.warning("alerts_trouble_changed now=%s", trouble or "none")
            self._trouble = trouble
        for alert in changed:
            if alert.respond or self._cases.case_of(alert.id):
                self._cases.open_or_join(facts_of(alert))
            self._sequence = alert.sequence
