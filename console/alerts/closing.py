"""Closes the alerts of a case that has ended: what the case turned out to be is what they were.

Only those that nobody has said anything of since, and that tell of nothing after the end: what goes on opens its case
again. The case is looked at, and not the act that ends it, so an end that was recorded just before the process died is
followed as well.
"""

import logging
from collections.abc import Callable, Collection, Iterator

from sqlalchemy.exc import OperationalError

from console.alerts.book import AlertBook, is_own
from console.alerts.journal import BrokenAlertJournal, Closed
from console.alerts.state import AlertLife
from incident.cases import Cases
from incident.facts.case import StateMoved
from incident.ids import CaseId, PersonId
from incident.incident import Case
from incident.journal import Entry
from incident.state import ENDED, State
from siem.detect.alert import AlertId, AlertStore
from siem.detect.lifecycle import AlertState, Disposition, size_of
from siem.index.store import StoreUnavailable

_WAITING = frozenset({AlertState.NEW, AlertState.ACKNOWLEDGED, AlertState.SNOOZED})

log = logging.getLogger("console.alerts")


class AlertCloser:
    """The one who closes them. Only one process has it; `step` is for one thread."""

    def __init__(
        self, book: AlertBook, alerts: AlertStore, cases: Cases, names: Callable[[PersonId], Collection[str]]
    ) -> None:
        """*names*: what else a person is called, for nobody closes an alert of what they did themselves."""
        self._book = book
        self._alerts = alerts
        self._cases = cases
        self._names = names
        self._looked_at: dict[CaseId, int] = {}
        """The last entry of each case that had ended when it was looked at to the end."""

    def step(self) -> None:
        """Close what there is to close now. What cannot be read or written now is made up for by a later step."""
        for case in self._cases.all():
            # The alerts of one that went into another are that one's.
            if case.state not in ENDED or case.merged_into or self._looked_at.get(case.id) == case.last.number:
                continue
            try:
                self._close_those_of(case)
            except (StoreUnavailable, OperationalError, BrokenAlertJournal) as error:
                log.warning("alerts_not_closed case=%s because=%s", case.id, type(error).__name__)
                return
            self._looked_at[case.id] = case.last.number

    def _close_those_of(self, case: Case) -> None:
        ended, why = _end_of(case)
        if ended.by.id and self._book.broken is None:
            self._book.note(lambda: list(self._closed(case, ended, why)), self._cases.now(), by=ended.by)

    def _closed(self, case: Case, ended: Entry, reason: str) -> Iterator[Closed]:
        disposition, how = _outcome(case)
        names = (ended.by.id, *self._names(PersonId(ended.by.id)))
        for facts in case.alerts.values():
            alert, life = self._alerts.get(AlertId(facts.id)), self._book.get(facts.id)
            if alert is None or life is None or not life.is_of(alert.rule, facts.raised_at):
                continue
            if _waits_since_before(life, ended) and alert.last_at <= ended.at and not is_own(life, names):
                said = f"案件 {case.id} {how}：{reason}"
                yield Closed(alert=alert.id, disposition=disposition, size=size_of(alert), reason=said)


def _end_of(case: Case) -> tuple[Entry, str]:
    """The entry by which *case*, which has ended, did so, and why it was said to."""
    return next((entry, entry.fact.reason) for entry in reversed(case.entries) if isinstance(entry.fact, StateMoved))


def _outcome(case: Case) -> tuple[Disposition, str]:
    if case.state is State.DISMISSED:
        return Disposition.FALSE_ALARM, "认定为误报"
    if case.scope is not None and not case.scope.persons:
        return Disposition.VIOLATION, "结案，没有显示任何人的明文"
    return Disposition.LEAK, "结案"


def _waits_since_before(life: AlertLife, ended: Entry) -> bool:
    return life.state in _WAITING and life.since <= ended.at
