"""Whom a measure would hit: the sessions and other credentials that were at work a moment ago, as the log has it.

No process knows who is signed in: a session is sealed into its holder's cookie. What the log knows is who asked lately,
by which credential and from where, and whose answer is still on its way.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from incident.command import Containment
from siem.index.condition import AllOf, AnyOf, Condition, Is, Not
from siem.index.store import EventStore, StoreUnavailable
from siem.record.ecs import from_ecs
from siem.record.event import AccessEvent, Phase

LATELY = timedelta(minutes=30)
"""Who asked nothing for so long is not held to be at work."""
MOST_EVENTS = 500
MOST_SHOWN = 8
LIMIT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveSession:
    """One account by one credential from one address."""

    caller: str
    """In clear or a digest, as the log has it; empty for who has not signed in."""
    credential: str
    address: str
    systems: tuple[str, ...]
    operations: frozenset[str]
    last_at: datetime
    going_on: bool
    """Whether an answer is on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Active:
    """Those of the last while, the last to ask first."""

    sessions: tuple[ActiveSession, ...] = ()
    known: bool = True
    """Whether the index has answered."""
    whole: bool = True
    """Whether all events of the while were looked at."""

    def hit(self, kind: Containment, system: str, target: str) -> tuple[ActiveSession, ...]:
        """Those that a measure of *kind* about *system* and *target* is about."""
        if kind in (Containment.PRESERVE_EVIDENCE, Containment.PLANT_CANARIES):
            return ()
        return tuple(
            each
            for each in self.sessions
            if (not system or system in each.systems)
            and (not target or target in (each.caller, each.credential, *each.operations))
        )


def active(events: EventStore, systems: Sequence[str], targets: Sequence[str], now: datetime) -> Active:
    """Who was at work lately in one of *systems*, or is, or uses, one of *targets*."""
    about: list[Condition] = [Is("service.name", name) for name in systems]
    about += [Is(field, name) for name in targets for field in ("user.id", "yingbi.credential", "yingbi.operation")]
    if not about:
        return Active()
    condition = AllOf((AnyOf(tuple(about)), Not(Is("event.action", Phase.PERMIT))))
    try:
        found = events.latest(condition, now - LATELY, now + LATELY, MOST_EVENTS, LIMIT)
    except StoreUnavailable:
        return Active(known=False)
    return Active(sessions=_sessions(map(from_ecs, found)), whole=len(found) < MOST_EVENTS)


def _sessions(events: Iterable[AccessEvent]) -> tuple[ActiveSession, ...]:
    """The sessions of *events*, which come the last one first."""
    groups: dict[tuple[str, str, str], list[AccessEvent]] = {}
    for event in events:
        groups.setdefault((event.caller, event.credential, event.source_ip), []).append(event)
    return tuple(
        ActiveSession(
            caller=caller,
            credential=credential,
            address=address,
            systems=tuple(dict.fromkeys(event.system for event in group)),
            operations=frozenset(event.operation for event in group),
            last_at=group[0].at,
            going_on=_is_going_on(group),
        )
        for (caller, credential, address), group in groups.items()
    )


def _is_going_on(group: Sequence[AccessEvent]) -> bool:
    """Whether an exchange was opened and not closed."""
    last = {event.exchange: event.phase for event in reversed(group)}
    return any(phase in (Phase.OPEN, Phase.SHOWN) for phase in last.values())
