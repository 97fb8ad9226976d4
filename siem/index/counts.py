"""How many events there were, of which kind and when: what pictures ask of an index, which counts and hands none out.

A few questions are asked again and again of a whole week. An index that would have to read every event for them keeps
their answers by the hour while it indexes (`STANDING`); the others count in the engine when they are asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from siem.index.condition import EVERYTHING, AllOf, Condition, In, Is
from siem.index.fields import Kind, check, field_of

MOST_FIELDS = 5
MOST_COUNTS = 100_000
"""An answer of more is none: it would fill the memory of who asks."""

HOUR = timedelta(hours=1)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The events that satisfy `condition`, by the values of `fields`: texts, of which one may have several values."""

    condition: Condition
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Count:
    """How many events there were in one interval with these values."""

    at: datetime
    """When the interval begins; the start of the span where it is not divided."""
    values: tuple[str, ...]
    """One for each field, its letters folded as comparisons fold them; empty where the event has none."""
    events: int
    """An event counts once for each of several values."""


ANSWERS = In("event.action", frozenset({"whole", "shown"}))
"""The events that say what was shown: the beginning and the end of a stream say it a second time, or nothing."""
NAMED = In("yingbi.caller_kind", frozenset({"staff", "system", "terminal"}))
"""The events of callers that are recorded in clear."""

BY_DISCLOSURE = Breakdown(EVERYTHING, ("yingbi.disclosure",))
BY_SYSTEM = Breakdown(ANSWERS, ("service.name", "yingbi.disclosure"))
BY_CATEGORY = Breakdown(ANSWERS, ("yingbi.categories",))
BY_CLEAR_CATEGORY = Breakdown(ANSWERS, ("yingbi.clear",))
BY_CALLER = Breakdown(AllOf((ANSWERS, NAMED)), ("user.id", "yingbi.disclosure"))
BY_REASON = Breakdown(Is("yingbi.verdict", "withhold"), ("service.name", "event.reason"))

STANDING = (BY_DISCLOSURE, BY_SYSTEM, BY_CATEGORY, BY_CLEAR_CATEGORY, BY_CALLER, BY_REASON)
"""Their place is their number in an index that keeps them: a change of the list is another version of its files."""


def check_breakdown(asked: Breakdown, start: datetime, every: timedelta | None) -> None:
    """Return if every index can answer. Raises ValueError."""
    check(asked.condition)
    listed = 0
    for name in asked.fields:
        field = field_of(name)
        listed += field.listed
        if field.kind not in (Kind.KEYWORD, Kind.ADDRESS):
            raise ValueError(f"events are not counted by `{name}`")
    if listed > 1 or len(asked.fields) > MOST_FIELDS:
        raise ValueError(f"events are counted by {MOST_FIELDS} fields at most, one of which may have several values")
    if every is None and not asked.fields:
        raise ValueError("to count all of them is another question")
    if every is not None and (every < _MILLISECOND or every % _MILLISECOND or start.microsecond % 1000):
        raise ValueError("intervals begin and last whole milliseconds")


def merged_counts(counts: Iterable[Count]) -> list[Count]:
    """*counts* with one for each interval and values, in order."""
    found: dict[tuple[datetime, tuple[str, ...]], int] = {}
    for each in counts:
        key = each.at, each.values
        found[key] = found.get(key, 0) + each.events
    return sorted(Count(at, values, events) for (at, values), events in found.items())
