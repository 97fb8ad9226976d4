"""What the journal of alerts adds up to: each alert with its state, whose it is, and all that was done about it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import assert_never

from console.alerts.journal import (
    Acknowledged,
    Assigned,
    Closed,
    Entry,
    Escalated,
    Grew,
    Later,
    Raised,
    Reopened,
    Returned,
    Snoozed,
)
from incident.ids import ActorKind, PersonId
from siem.detect.alert import AlertId
from siem.detect.definition import RuleId
from siem.detect.lifecycle import TRANSITIONS, AlertAct, AlertChange, AlertState, Change, Disposition, Size
from siem.detect.precision import Precision, loud, precision_of

OPEN = frozenset({AlertState.NEW, AlertState.ACKNOWLEDGED})
"""Somebody has to see to an alert in one of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What a person said an alert was."""

    at: datetime
    by: PersonId
    fact: Closed


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLife:
    """One alert, as far as the journal knows it."""

    raised: Raised
    state: AlertState
    since: datetime
    """When it came into that state."""
    size: Size
    """When that was told or decided on last."""
    told_at: datetime
    seen: int
    """The entry that last changed what people decide on: who acts on an older one acts on what is no longer so."""
    escalates_at: datetime | None
    escalated_at: datetime | None = None
    assignee: PersonId | None = None
    snooze: Snoozed | None = None
    """Only while it is snoozed."""
    closing: Closing | None = None
    """The last one, also after it was opened again."""
    entries: tuple[Entry, ...] = ()

    @property
    def id(self) -> AlertId:
        """Of the alert."""
        return self.raised.alert

    @property
    def rule(self) -> RuleId:
        """The rule that found it, whether silenced or not."""
        return loud(self.raised.rule)

    @property
    def escalated(self) -> bool:
        """Whether it waits for too long now."""
        return self.state is AlertState.NEW and self.escalated_at is not None

    @property
    def came_back(self) -> bool:
        """Whether it waits anew: after a snooze, or after it was closed."""
        return self.state is AlertState.NEW and any(
            isinstance(entry.fact, Returned | Reopened) for entry in self.entries
        )

    def is_of(self, rule: RuleId, raised_at: datetime) -> bool:
        """Whether it is the life of what *rule* found then, and not of what had the number before the file was lost."""
        return (self.raised.rule, self.raised.raised_at) == (rule, raised_at)

    def may(self, act: AlertAct) -> bool:
        """Whether that can be done in its state."""
        return (self.state, act) in TRANSITIONS

    def after(self, entry: Entry, fact: Later) -> "AlertLife":
        """The same after *fact*, that of *entry*. Raises KeyError where the table has no such transition."""
        act = act_of(fact)
        state = TRANSITIONS[self.state, act]
        moved = replace(
            self,
            state=state,
            since=self.since if state is self.state else entry.at,
            seen=self.seen if act is AlertAct.ESCALATE else entry.number,
            entries=(*self.entries, entry),
        )
        if state is not AlertState.SNOOZED:
            moved = replace(moved, snooze=None)
        return _with(moved, entry, fact)


def _with(life: AlertLife, entry: Entry, fact: Later) -> AlertLife:
    match fact:
        case Grew(size=size, escalates_at=due):
            return replace(life, size=size, told_at=entry.at, escalates_at=due)
        case Escalated():
            return replace(life, escalated_at=entry.at, told_at=entry.at)
        case Returned(size=size, escalates_at=due) | Reopened(size=size, escalates_at=due):
            return replace(life, size=size, told_at=entry.at, escalates_at=due, escalated_at=None)
        case Acknowledged():
            mine = life.assignee or PersonId(entry.by.id)
            return replace(life, assignee=mine, escalates_at=None, escalated_at=None)
        case Assigned(to=to):
            return replace(life, assignee=to)
        case Snoozed():
            return replace(life, size=fact.size, snooze=fact)
        case Closed(size=size):
            closing = Closing(at=entry.at, by=PersonId(entry.by.id), fact=fact)
            return replace(life, size=size, closing=closing, escalates_at=None, escalated_at=None)
        case _:
            assert_never(fact)


def act_of(fact: Later) -> AlertAct:
    """What *fact* did, as the table of transitions calls it."""
    match fact:
        case Grew():
            return AlertAct.GROW
        case Escalated():
            return AlertAct.ESCALATE
        case Returned():
            return AlertAct.RETURN
        case Reopened():
            return AlertAct.REOPEN
        case Acknowledged():
            return AlertAct.ACKNOWLEDGE
        case Assigned():
            return AlertAct.ASSIGN
        case Snoozed():
            return AlertAct.SNOOZE
        case Closed():
            return AlertAct.CLOSE
        case _:
            assert_never(fact)


@dataclass(slots=True)
class AlertLives:
    """All of them. Grows with each entry that is added."""

    lives: dict[AlertId, AlertLife] = field(default_factory=dict)
    """By id, in the order in which they were raised."""
    past: list[AlertLife] = field(default_factory=list)
    """Those of a file of alerts that is gone, whose numbers others have now."""
    changes: list[AlertChange] = field(default_factory=list)
    """What was due to be told, oldest first."""
    began: datetime | None = None
    """When the first entry was written."""
    _latest: dict[tuple[RuleId, tuple[tuple[str, str], ...]], AlertId] = field(default_factory=dict)

    def add(self, entries: Iterable[Entry]) -> None:
        """Take *entries* in, in order. Raises KeyError for what cannot have happened."""
        for entry in entries:
            fact = entry.fact
            if not isinstance(fact, Raised):
                self.lives[fact.alert] = self.lives[fact.alert].after(entry, fact)
            elif (before := self.lives.pop(fact.alert, None)) and before.is_of(fact.rule, fact.raised_at):
                raise KeyError(fact.alert)
            else:
                self.past += [before] if before else []
                self.lives[fact.alert] = _begun(fact, entry)
                self._latest[_about(fact)] = fact.alert
            self.began = self.began or entry.at
            self.changes += _changes(self.lives[fact.alert], entry)

    def former(self, rule: RuleId, group: Iterable[tuple[str, str]]) -> str:
        """The alert of the same rule and group that was raised last; empty where there was none."""
        return self._latest.get((loud(rule), tuple(sorted(group))), "")

    def precision(self, now: datetime, within: timedelta) -> dict[RuleId, Precision]:
        """By rule, of the alerts that were closed *within* that time before *now* and are closed."""
        return precision_of(_dispositions([*self.past, *self.lives.values()], now - within))


def _begun(fact: Raised, entry: Entry) -> AlertLife:
    return AlertLife(
        raised=fact,
        state=AlertState.QUIET if fact.quiet else AlertState.NEW,
        since=entry.at,
        size=fact.size,
        told_at=entry.at,
        seen=entry.number,
        escalates_at=fact.escalates_at,
        entries=(entry,),
    )


def _about(fact: Raised) -> tuple[RuleId, tuple[tuple[str, str], ...]]:
    return loud(fact.rule), tuple(sorted(fact.group.items()))


def _dispositions(lives: Iterable[AlertLife], since: datetime) -> Iterator[tuple[RuleId, Disposition]]:
    for life in lives:
        if life.state is AlertState.CLOSED and life.closing is not None and life.closing.at >= since:
            yield life.rule, life.closing.fact.disposition


def _changes(life: AlertLife, entry: Entry) -> Iterator[AlertChange]:
    match entry.fact:
        case Escalated():
            change = Change.ESCALATED
        case Returned():
            change = Change.RETURNED
        case Reopened() if entry.by.kind is not ActorKind.PERSON:
            change = Change.REOPENED
        case _:
            return
    yield AlertChange(
        sequence=entry.number,
        change=change,
        alert=life.id,
        rule=life.rule,
        title=life.raised.title,
        level=life.size.level,
        at=entry.at,
        assignee=life.assignee or "",
        due_at=life.escalates_at,
    )
