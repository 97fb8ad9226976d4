"""A file of alerts, the journal of what became of them, and who looks after both. All is invented."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from console.alerts.book import Acting, AlertBook
from console.alerts.journal import Entry
from console.alerts.state import AlertLife
from console.alerts.watch import AlertWatch, due_by
from console.sealed_journal import Row
from console.tables import ALERT_JOURNAL
from incident.ids import PersonId
from policies.keys.key_files import Signer, make_secret
from siem.baseline.calendar import read_calendar
from siem.detect.alert import Alert, AlertId, AlertStore
from siem.detect.definition import Finding, Rule
from siem.detect.escalation import Escalation
from tests.console.policies import check_text
from tests.incident.office import TEN, Watch
from tests.siem.detect.rules import EVENTS_RULE
from tests.siem.events import document

CHEN, WEI = PersonId("p-chen"), PersonId("p-wei")
"""Two of the staff on duty."""
DUE = due_by(Escalation(), read_calendar())
WANG = "clerk-wang"


@dataclass
class Ward:
    """Alerts in *folder*, as a detector that is no part of this finds them."""

    folder: Path
    engine: Engine
    clock: Watch = field(default_factory=Watch)
    book: AlertBook = field(init=False)
    alerts: AlertStore = field(init=False)
    watch: AlertWatch = field(init=False)
    _events: int = 0

    def __post_init__(self) -> None:
        make_secret(self.folder / "alerts.key")
        self.alerts = AlertStore(self.folder / "alerts.db")
        self.restart()

    def restart(self) -> AlertBook:
        """As if the process had died: only what is on the disk is known."""
        signer = Signer(self.folder / "alerts.key")
        self.book = AlertBook(self.engine, signer, self.clock, due=DUE, check_text=check_text)
        self.watch = AlertWatch(self.book, self.alerts, DUE, self.clock)
        return self.book

    def find(self, events: int = 10, caller: str = WANG, rule: Rule = EVENTS_RULE, **when: datetime) -> Alert:
        """What a rule finds of *caller* just now, or at the time `at`."""
        at = when.get("at", self.clock())
        made = [document(self._events + number, at=at, caller=caller) for number in range(events)]
        self._events += events
        finding = Finding(rule=rule, group=(("user.id", caller),), first_at=at, last_at=at, new_from=at)
        return self.alerts.join(finding, made, self.clock())

    def raised(self, events: int = 10, **facts: Any) -> AlertId:
        """The same, and the installation has seen it."""
        alert = self.find(events, **facts)
        self.watch.step()
        return alert.id

    def pass_on(self, **span: float) -> None:
        """Let time pass, and the installation look."""
        self.clock.move(**span)
        self.watch.step()

    def life(self, alert: AlertId) -> AlertLife:
        found = self.book.get(alert)
        assert found is not None
        return found

    def alert(self, alert: AlertId) -> Alert:
        found = self.alerts.get(alert)
        assert found is not None
        return found

    def as_shown(self, alert: AlertId, by: PersonId = CHEN, *names: str) -> Acting:
        """*by*, who has just opened its page."""
        return Acting(by=by, names=names, seen=self.life(alert).seen)

    def acknowledge(self, alert: AlertId, by: PersonId = CHEN) -> None:
        self.book.acknowledge(self.as_shown(alert, by), alert)

    def snooze(self, alert: AlertId, growth: int = 200, **span: float) -> None:
        reason = "等业务科室回复"
        self.book.snooze(self.as_shown(alert), self.alert(alert), timedelta(**span), growth, reason)

    def rows(self) -> list[Row]:
        with self.engine.connect() as connection:
            found = connection.execute(select(ALERT_JOURNAL).order_by(ALERT_JOURNAL.c.number))
            return [Row(**row) for row in found.mappings()]

    def did(self, alert: AlertId) -> list[str]:
        """What was written of it, by the types of the facts."""
        return [name_of(entry) for entry in self.life(alert).entries]


def name_of(entry: Entry) -> str:
    return type(entry.fact).__name__


__all__ = ["CHEN", "DUE", "TEN", "WANG", "WEI", "Ward", "name_of"]
