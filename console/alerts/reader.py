"""What became of the alerts, for whoever only reads it: in the process that writes, in another one, or in a command.

`AlertReader.changes_since` is what is due to be told to people, with a sequence, for whoever notifies.
"""

import threading
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine

from console.alerts.journal import JOURNAL, BrokenAlertJournal
from console.alerts.state import AlertLife, AlertLives
from console.journal_rows import rows_in
from console.sealed_journal import Row
from console.tables import ALERT_JOURNAL
from policies.keys.key_files import Verifier
from siem.detect.alert import AlertId
from siem.detect.definition import RuleId
from siem.detect.lifecycle import AlertChange
from siem.detect.precision import WITHIN, Precision


class AlertReader:
    """The journal of alerts, as far as `follow` has read it. May be called from any thread."""

    def __init__(self, engine: Engine, verifier: Verifier) -> None:
        self._reading = engine
        self._verifier = verifier
        self._lock = threading.RLock()
        self._last: Row | None = None
        self._state = AlertLives()
        self.broken: BrokenAlertJournal | None = None
        """Where the journal is not as it was written: then nobody is held to have seen to any alert, and no change is
        told any more. Whoever tells of changes has to tell of that."""

    def follow(self) -> None:
        """Take in and verify what was written since the last time. Raises sqlalchemy.exc.OperationalError."""
        with self._lock:
            if self.broken is not None:
                return
            try:
                self._take(self._rows())
            except BrokenAlertJournal as broken:
                self.broken, self._state, self._last = broken, AlertLives(), None

    @property
    def began(self) -> datetime | None:
        """When the first entry was written; None where there is none."""
        return self._state.began

    def all(self) -> tuple[AlertLife, ...]:
        """Every alert, in the order in which they were raised."""
        with self._lock:
            return tuple(self._state.lives.values())

    def get(self, alert: str) -> AlertLife | None:
        """The life of the alert of that id; None where the installation has not seen it yet."""
        return self._state.lives.get(AlertId(alert))

    def former(self, rule: RuleId, group: Collection[tuple[str, str]]) -> str:
        """The alert of the same rule and group that was raised last; empty where there was none."""
        with self._lock:
            return self._state.former(rule, group)

    def precision(self, now: datetime, within: timedelta = WITHIN) -> dict[RuleId, Precision]:
        """By rule, of what was closed *within* that time."""
        with self._lock:
            return self._state.precision(now, within)

    def changes_since(self, sequence: int) -> tuple[AlertChange, ...]:
        """What is due to be told and came after the change with that `sequence`, oldest first; 0 for all of it."""
        with self._lock:
            return tuple(change for change in self._state.changes if change.sequence > sequence)

    def _rows(self) -> Sequence[Row]:
        after = self._last.number if self._last else 0
        with self._reading.connect() as connection:
            return rows_in(connection, ALERT_JOURNAL, after)

    def _take(self, rows: Sequence[Row]) -> None:
        entries = JOURNAL.following(rows, self._verifier, self._last)
        try:
            self._state.add(entries)
        except KeyError:
            raise BrokenAlertJournal(entries[-1].number) from None
        self._last = rows[-1] if rows else self._last
