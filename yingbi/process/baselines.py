"""`python -m yingbi.process.baselines SETTINGS`: learns from the index what is usual, and judges what is new in it.

It reads the index and writes what it finds to a file of its own, from which the siem process makes alerts: rules never
wait for it. What it has learned is read anew from the index at every start.
"""

import logging
import os
import signal
import sys
import threading
from datetime import datetime, timedelta

from siem.baseline.anomalies import Anomalies
from siem.baseline.calendar import read_calendar
from siem.baseline.running import Running, Standing
from siem.baseline.watch import Baselines
from siem.detect.custom import Custom
from siem.index.store import EventStore, StoreUnavailable
from yingbi.clock import now
from yingbi.custom import write_custom
from yingbi.home import Home
from yingbi.index import has_index, open_index
from yingbi.known import Known
from yingbi.said import speak
from yingbi.settings import Settings, settings_of
from yingbi.told import hear, tell

EVERY = timedelta(seconds=5)
"""How often it looks for what is new: an anomaly is an alert well within a minute of its event."""
NICENESS = 10
"""Learning weeks anew may take minutes: whatever answers or detects goes before."""
TOLD_EVERY = timedelta(seconds=2)
CUSTOM_EVERY = timedelta(seconds=30)
"""How often the rules are told what is usual: where three in a post do alike, the fourth is not asked."""

log = logging.getLogger("yingbi.baselines")


class Watcher:
    """Looks at what is new, as far as the index holds all of it, and tells how it stands."""

    def __init__(self, settings: Settings, store: EventStore) -> None:
        self._home = Home(settings.home)
        self._told = self._home.told("baselines")
        self._known = Known(self._home)
        self._anomalies = Anomalies(self._home.baselines)
        self._running = Running(self._fresh, store, self._anomalies)
        self._trouble = ""
        self._custom_at: datetime | None = None
        self._told_at: datetime | None = None

    def step(self) -> timedelta:
        """Do what can be done now. Returns how long it makes sense to wait."""
        siem = hear(self._home.told("siem"))
        until = datetime.fromisoformat(siem["indexed_until"]) if siem.get("indexed_until") else None
        if self._running.is_building and siem.get("behind_bytes"):
            until = None  # while the index is filled anew, it does not hold the weeks to learn from
        trouble = self._known.renew(self._running.baselines)
        more = False
        if until is not None:
            try:
                for anomaly in self._running.step(until, now()):
                    log.info("anomaly_found kinds=%s points=%s", ",".join(anomaly.kinds), round(anomaly.points, 1))
                more = self._running.standing(until).more
                self._tell_custom()
            except (StoreUnavailable, OSError) as unavailable:
                trouble = str(unavailable)
        self._note(trouble)
        self._tell(self._running.standing(until) if until else None, often=more)
        return timedelta(0) if more else EVERY

    def close(self) -> None:
        """Let go of the files."""
        self._anomalies.close()

    def _tell_custom(self) -> None:
        """Let the rules know who sees many people as ordinary work, unless they were told just now."""
        moment = now()
        if self._running.is_building or (
            self._custom_at and self._custom_at <= moment < self._custom_at + CUSTOM_EVERY
        ):
            return
        self._custom_at = moment
        write_custom(self._home.custom, Custom(self._running.baselines.usual(), moment))

    def _fresh(self) -> Baselines:
        baselines = Baselines(read_calendar())
        self._known.give(baselines)
        return baselines

    def _note(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.warning("trouble_changed now=%s", trouble or "none")
            self._trouble = trouble

    def _tell(self, standing: Standing | None, *, often: bool) -> None:
        moment = now()
        if often and self._told_at and self._told_at <= moment < self._told_at + TOLD_EVERY:
            return
        self._told_at = moment
        facts: dict[str, object] = {"pid": os.getpid(), "trouble": self._trouble, "building": True}
        if standing:
            facts |= {
                "building": standing.building,
                "read_to": standing.read_to.isoformat() if standing.read_to else None,
                "until": standing.until.isoformat(),
                "callers": standing.callers,
                "since": standing.since.isoformat() if standing.since else None,
                "is_learned": standing.is_learned,
            }
        tell(self._told, facts)


def main(settings: Settings) -> None:
    """Watch until asked to stop."""
    os.nice(NICENESS)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    tell(Home(settings.home).told("baselines"), {"pid": os.getpid(), "trouble": "", "building": True})
    while not has_index(settings) and not stop.wait(EVERY.total_seconds()):
        pass  # the siem process makes it
    if stop.is_set():
        return
    store = open_index(settings, writing=False)
    watcher = Watcher(settings, store)
    while not stop.is_set():
        stop.wait(watcher.step().total_seconds())
    watcher.close()
    store.close()


if __name__ == "__main__":
    speak()
    main(settings_of(sys.argv[1]))
