"""Who saw whom: the callers who were shown a person, and how many persons a caller was shown each day.

INVARIANT 3: a person is asked for by digests, which go to the index and nowhere else. Nothing here holds an identifier,
and what comes back names callers who are recorded in clear; citizens among them are numbered for one page.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from console.search.event_rows import caller_in_clear
from console.search.event_timeline import CLEAR, HIDDEN, KIND_OF
from siem.index.condition import AllOf, In, Is, fold
from siem.index.counts import ANSWERS, NAMED, Breakdown
from siem.index.sightings import Seer
from siem.index.store import EventStore, StoreUnavailable
from siem.record.event import CallerKind

DAY = timedelta(days=1)
MOST_SEERS = 200
_BY = ("user.id", "yingbi.caller_kind", "source.ip", "service.name", "yingbi.operation")


@dataclass(slots=True)
class SeenBy:
    """One caller who was shown the person."""

    alias: str
    """Of a citizen on this page; empty for others."""
    caller: str = ""
    """Where it is recorded in clear."""
    kind: str = ""
    address: str = ""
    """Of who was not signed in."""
    is_self: bool = False
    """Whether the person saw their own record."""
    clear: int = 0
    """Events that showed something in clear."""
    hidden: int = 0
    """Events that showed something else, or nothing."""
    first: datetime | None = None
    last: datetime | None = None
    operations: dict[tuple[str, str], int] = field(default_factory=dict)
    """Events by system and operation, most first."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Everybody who was shown a person."""

    by: Sequence[SeenBy]
    """Who saw most in clear first; at most `MOST_SEERS`."""
    number: int
    """How many there are in all."""


def who_saw(events: EventStore, digests: Collection[str], start: datetime, end: datetime, timeout: timedelta) -> Seen:
    """Who was shown the person whose *digests* these are, one of each epoch. Raises StoreUnavailable."""
    own = {fold(digest) for digest in digests}
    found: dict[Seer, SeenBy] = {}
    for sighting in events.sightings(own, start, end, timeout):
        seen = found.setdefault(sighting.seer, SeenBy(""))
        if sighting.is_clear:
            seen.clear += sighting.events
        else:
            seen.hidden += sighting.events
        seen.first = min(seen.first or sighting.first, sighting.first)
        seen.last = max(seen.last or sighting.last, sighting.last)
    asked = Breakdown(In("yingbi.subjects", frozenset(own)), _BY)
    for count in sorted(events.count_by(asked, start, end, timeout), key=lambda each: -each.events):
        caller, kind, address, system, operation = count.values
        if told := found.get(Seer(caller, "" if caller else address)):
            told.kind = told.kind or kind
            method, _, path = operation.partition(" ")  # folded as comparisons do; a method is written in capitals
            through = system, f"{method.upper()} {path}" if path else operation
            told.operations[through] = told.operations.get(through, 0) + count.events
    for seer, seen in found.items():
        seen.caller, seen.address = caller_in_clear(seen.kind, seer.caller), seer.address
        seen.is_self = seer.caller in own
    listed = sorted(found.values(), key=lambda each: (-each.clear, -each.hidden, not each.caller, each.caller))
    strangers = (each for each in listed if not each.caller and not each.address and not each.is_self)
    for number, each in enumerate((each for each in strangers if each.kind == CallerKind.CITIZEN), 1):
        each.alias = f"居民 {number}"
    return Seen(listed[:MOST_SEERS], len(listed))


@dataclass(frozen=True, slots=True)
class CallerDay:
    """What one caller did on one day."""

    start: datetime
    numbers: Mapping[str, int]
    """Answers, by what the most was that they showed."""
    persons: int | None
    """Of how many different persons something was shown in clear; None where the index does not answer."""


def days_of(events: EventStore, caller: str, start: datetime, days: int, timeout: timedelta) -> list[CallerDay]:
    """The days from *start* on of a *caller* who is recorded in clear. Raises StoreUnavailable."""
    condition = AllOf((Is("user.id", caller), ANSWERS, NAMED))
    numbers: dict[datetime, dict[str, int]] = {}
    asked = Breakdown(condition, ("yingbi.disclosure",))
    for count in events.count_by(asked, start, start + days * DAY, timeout, DAY):
        if (kind := KIND_OF.get(count.values[0])) in (CLEAR, HIDDEN):
            by_kind = numbers.setdefault(count.at, {})
            by_kind[str(kind)] = by_kind.get(str(kind), 0) + count.events
    found = []
    for place in range(days):
        at = start + place * DAY
        of_day = numbers.get(at, {})
        found.append(CallerDay(at, of_day, _persons(events, caller, at, timeout) if of_day.get(CLEAR) else 0))
    return found


def _persons(events: EventStore, caller: str, at: datetime, timeout: timedelta) -> int | None:
    try:
        return events.volume([Seer(fold(caller))], at, at + DAY, timeout)[0]
    except StoreUnavailable:
        return None
