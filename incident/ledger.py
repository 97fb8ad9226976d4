"""The journals of all cases in memory, as they add up, and the one way to write to them."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from incident.drill import harmless
from incident.facts.case import Opened
from incident.ids import Actor, CaseId
from incident.incident import Case
from incident.journal import Fact, entries_of
from incident.replay import apply
from incident.store import CaseStore, Conflict

ATTEMPTS = 50
"""How often a decision is taken anew because somebody else wrote to the same journal meanwhile: each time they did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """What is written into several journals at once, and whose alerts become whose."""

    facts: tuple[tuple[CaseId, tuple[Fact, ...]], ...]
    alerts: tuple[str, ...]
    to: CaseId


class Ledger:
    """Reads each entry once and keeps what it adds up to. What `get` returns is on the disk."""

    def __init__(self, store: CaseStore) -> None:
        self._store = store
        self._cases: dict[CaseId, Case] = {}
        self._position = 0
        self._lock = threading.RLock()
        self.changed = threading.Event()
        """Set whenever an entry was written; who waits on it clears it."""

    def refresh(self) -> None:
        """Take in what was written since, by whomever."""
        with self._lock:
            for position, entry in self._store.since(self._position):
                self._cases[entry.case] = apply(self._cases.get(entry.case), entry)
                self._position = position

    def get(self, case: CaseId) -> Case:
        """The case as it stands. Raises KeyError where there is none."""
        with self._lock:
            if case not in self._cases:
                self.refresh()
            return self._cases[case]

    def all(self) -> tuple[Case, ...]:
        """Every case, newest first."""
        with self._lock:
            return tuple(sorted(self._cases.values(), key=lambda case: (case.opened_at, case.id), reverse=True))

    def open(
        self,
        opened: Opened,
        *facts: Fact,
        day: date,
        at: datetime,
        by: Actor,
        playbooks: Mapping[str, str],
        once: str | None = None,
    ) -> CaseId:
        """A new case that begins with these facts, or the one that was opened for *once* meanwhile.

        Raises Conflict where its alert belongs to one already.
        """
        alert = opened.alert.id if opened.alert else once
        with self._lock:
            for attempt in range(ATTEMPTS):
                case = self._store.next_id(day)
                begun = (opened, *harmless(case, facts, drill=opened.drill))
                entries = entries_of(case, begun, after=None, at=at, by=by)
                try:
                    self._store.open(entries, alert=alert, playbooks=playbooks)
                except Conflict:
                    if once and (known := self._store.case_of(once)):
                        return known
                    if attempt == ATTEMPTS - 1 or (alert and self._store.case_of(alert)):
                        raise
                    continue
                self.refresh()
                self.changed.set()
                return case
            raise AssertionError("the last attempt returns or raises")

    def record(
        self,
        case: CaseId,
        decide: Callable[[Case], Sequence[Fact]],
        *,
        at: datetime,
        by: Actor,
        alert: str | None = None,
    ) -> bool:
        """Write what *decide* finds to be done, all or nothing, and say whether there was anything.

        *decide* sees the case as it stands when its facts are written: where somebody else wrote meanwhile it is
        asked again. *alert* belongs to the case from then on. Raises what *decide* raises, Conflict, KeyError.
        """
        with self._lock:
            for attempt in range(ATTEMPTS):
                known = self.get(case)
                facts = harmless(case, decide(known), drill=known.drill)
                if not facts:
                    return False
                try:
                    self._store.append(entries_of(case, facts, after=known.last, at=at, by=by), alert=alert)
                except Conflict:
                    if attempt == ATTEMPTS - 1:
                        raise
                    self.refresh()
                    continue
                self.refresh()
                self.changed.set()
                return True
            raise AssertionError("the last attempt returns or raises")

    def record_together(
        self, decide: Callable[[], Together], *, at: datetime, by: Actor, playbooks: Mapping[str, str] | None = None
    ) -> None:
        """Write into several journals what *decide* finds, all or nothing; a case that is not there is opened by it.

        *decide* is asked again where somebody else wrote meanwhile. Raises what it raises, Conflict.
        """
        with self._lock:
            for attempt in range(ATTEMPTS):
                wanted = decide()
                groups = []
                for case, facts in wanted.facts:
                    known = self._cases.get(case)
                    facts = harmless(case, facts, drill=known is not None and known.drill)
                    groups.append(entries_of(case, facts, after=known.last if known else None, at=at, by=by))
                try:
                    self._store.together(groups, alerts=wanted.alerts, to=wanted.to, playbooks=playbooks)
                except Conflict:
                    if attempt == ATTEMPTS - 1:
                        raise
                    self.refresh()
                    continue
                self.refresh()
                self.changed.set()
                return
            raise AssertionError("the last attempt returns or raises")

    def next_id(self, day: date) -> CaseId:
        """A number that no case of *day* has."""
        return self._store.next_id(day)
