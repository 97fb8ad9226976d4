"""Who was shown whom: what tracing asks of an index beside whole events."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

SAMPLED_EVENTS = 20_000
"""From so many events on `Volumes` are estimated."""


@dataclass(frozen=True, slots=True, order=True)
class Seer:
    """Who was shown something. The letters of both are folded, as comparisons fold them."""

    caller: str
    """Empty for nobody; then `address` tells one from another."""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """That a seer was shown a subject, and how often."""

    subject: str
    """The digest."""
    seer: Seer
    is_clear: bool
    """Whether the events showed something in clear."""
    events: int
    first: datetime
    last: datetime
    """Of the first and the last event, to the millisecond."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volumes:
    """How many different subjects there are, roughly: exact in a small index, estimated in a large one."""

    known: int
    """That anybody was shown, in any form and at any time."""
    of: Mapping[Seer, int]
    """That each seer was shown in clear. Who saw few may be missing."""


def merged(sightings: Iterable[Sighting]) -> Iterator[Sighting]:
    """*sightings* with one for each subject, seer and form."""
    found: dict[tuple[str, Seer, bool], Sighting] = {}
    for each in sightings:
        key = each.subject, each.seer, each.is_clear
        before = found.get(key, each)
        found[key] = each if before is each else _both(before, each)
    yield from found.values()


def _both(one: Sighting, other: Sighting) -> Sighting:
    return Sighting(
        subject=one.subject,
        seer=one.seer,
        is_clear=one.is_clear,
        events=one.events + other.events,
        first=min(one.first, other.first),
        last=max(one.last, other.last),
    )
