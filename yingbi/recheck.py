"""Looks at the log and the journals again: all of them at the start and daily, what is new every minute."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from console.installation import RecordState
from incident.ids import Bilingual
from incident.recheck import JournalCheck
from incident.store import CaseStore
from siem.record.log import StartId, segment_path
from siem.record.reader import starts_in
from siem.record.recheck import LogCheck
from siem.record.seal import BrokenSeals, removed_in
from yingbi.clock import Clock
from yingbi.home import Home

EVERY = timedelta(minutes=1)
ALL_EVERY = timedelta(days=1)
PAUSE = timedelta(milliseconds=50)
"""Between two pieces, so that nobody waits for this."""

log = logging.getLogger("yingbi.recheck")


class Stopped(Exception):
    """Asked to stop in the middle of a look."""


class Rechecker:
    """Keeps `state` up to date. `run` is for a thread of its own; `state` may be read from any."""

    def __init__(
        self,
        home: Home,
        store: CaseStore,
        clock: Clock,
        policies: Callable[[], Bilingual | None] = lambda: None,
        permits: Callable[[], Bilingual | None] = lambda: None,
        alerts: Callable[[], Bilingual | None] = lambda: None,
        rules: Callable[[], Bilingual | None] = lambda: None,
        searches: Callable[[], Bilingual | None] = lambda: None,
        playbooks: Callable[[], Bilingual | None] = lambda: None,
    ) -> None:
        """*policies*, *permits* and the others say where the journal of each was altered."""
        self._folder = home.log
        self._log = LogCheck(home.log, lambda: starts_in(home.log), lambda: _let_go(home))
        self._journals = JournalCheck(store)
        self._policies = policies
        self._permits = permits
        self._alerts = alerts
        self._rules = rules
        self._searches = searches
        self._playbooks = playbooks
        self._clock = clock
        self._stop = threading.Event()
        self._all_at: datetime | None = None
        self.state = RecordState()

    def step(self) -> None:
        """One look: at everything where that is due, else at what is new."""
        now = self._clock()
        everything = self._all_at is None or not self._all_at <= now < self._all_at + ALL_EVERY
        for check in (self._log, self._journals):
            look = check.again if everything else check.go_on
            look(self._pause)
        if everything:
            self._all_at = now
        before, self.state = self.state, self._found(now)
        if _broken(before) != _broken(self.state):
            log.error(
                "records_broken log=%d journals=%d policies=%d permits=%d alerts=%d rules=%d searches=%d playbooks=%d",
                len(self.state.log),
                len(self.state.journals),
                self.state.policies is not None,
                self.state.permits is not None,
                self.state.alerts is not None,
                self.state.rules is not None,
                self.state.searches is not None,
                self.state.playbooks is not None,
            )

    def run(self, stop: threading.Event) -> None:
        """Look until *stop* is set."""
        self._stop = stop
        while not stop.is_set():
            try:
                self.step()
            except Stopped:
                return
            stop.wait(EVERY.total_seconds())

    def _pause(self) -> None:
        if self._stop.wait(PAUSE.total_seconds()):
            raise Stopped

    def _found(self, now: datetime) -> RecordState:
        broken = {}
        for start, (position, said) in self._log.broken.items():
            file = segment_path(self._folder / start, position.segment)
            zh = f"文件 {start}/{file.name} 第 {position.offset} 字节以后与前文不符"
            broken[str(start)] = Bilingual(zh=zh, en=said)
        return RecordState(
            all_at=self._all_at,
            checked_at=now,
            log=broken,
            journals=dict(self._journals.broken),
            policies=self._policies(),
            permits=self._permits(),
            alerts=self._alerts(),
            rules=self._rules(),
            searches=self._searches(),
            playbooks=self._playbooks(),
        )


def _let_go(home: Home) -> set[StartId]:
    try:
        return removed_in(home.seals)
    except BrokenSeals:
        return set()  # then nothing says that anything might go


def _broken(state: RecordState) -> tuple[object, ...]:
    kept = (state.permits, state.alerts, state.rules, state.searches, state.playbooks)
    return state.log, state.journals, state.policies, *kept
