"""What became of the alerts, for the process that tells of them: who sees to which, and which wait for somebody.

It only reads, and needs no private key.
"""

from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from console.alerts.reader import AlertReader
from console.alerts.state import AlertLife
from incident.database import open_database
from policies.keys.key_files import Verifier
from siem.detect.alert import Alert, AlertId
from siem.detect.lifecycle import AlertChange, AlertState, Change
from siem.index.store import StoreUnavailable
from yingbi.home import Home
from yingbi.pipeline import is_made


class AlertStanding:
    """The journal of alerts of the installation in *home*, followed while another process writes it."""

    def __init__(self, home: Home) -> None:
        self._state: Path = home.state
        self._key: Path = home.public_key("alerts")
        self._engine: Engine | None = None
        self._reader: AlertReader | None = None
        self._noted = 0

    def follow(self) -> None:
        """Take in what was written since the last time. Raises StoreUnavailable; then all is as it was before."""
        if self._reader is None:
            if not (is_made(self._state) and self._key.exists()):
                return  # nobody could have seen to anything
            self._engine = open_database(f"sqlite:///{self._state}")
            self._reader = AlertReader(self._engine, Verifier(self._key.read_bytes()))
        try:
            self._reader.follow()
        except OperationalError:
            raise StoreUnavailable("告警处置记录读不了 / the journal of alerts cannot be read") from None

    @property
    def is_altered(self) -> bool:
        """Whether the journal is not as it was written. Then no state is known, and nothing is said to wait."""
        return self._reader is not None and self._reader.broken is not None

    def state_of(self, alert: Alert) -> AlertState | None:
        """Where *alert* stands; None where that is not known."""
        life = self._life(alert.id)
        return life.state if life is not None and life.is_of(alert.rule, alert.raised_at) else None

    def changes(self) -> dict[AlertId, AlertChange]:
        """By alert, what came last since `noted` of those that wait for somebody still.

        After a start it is all there ever was: who tells has to know what was told.
        """
        since = self._reader.changes_since(self._noted) if self._reader else ()
        newest = {change.alert: change for change in since}
        return {alert: change for alert, change in newest.items() if self._waits(change)}

    def noted(self) -> None:
        """What `changes` gave is kept, and need not come again."""
        if self._reader and (since := self._reader.changes_since(self._noted)):
            self._noted = since[-1].sequence

    def close(self) -> None:
        """Let go of the database."""
        if self._engine is not None:
            self._engine.dispose()

    def _waits(self, change: AlertChange) -> bool:
        life = self._life(change.alert)
        if life is None or life.state is not AlertState.NEW or change.sequence < life.entries[0].number:
            return False  # or it is of another alert, that had the number before the file of alerts was lost
        return life.escalated or change.change is not Change.ESCALATED

    def _life(self, alert: AlertId) -> AlertLife | None:
        return self._reader.get(alert) if self._reader else None
