"""Upper bounds from events added up: what `siem/index/candidates.py` asks, answered from tallies."""

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import NamedTuple, assert_never

from siem.index.candidates import SUBJECTS, Amount, Reached, buckets_in
from siem.index.condition import Condition
from siem.index.facet import KEPT, Facet, Possible, most_in, possible, value_in
from siem.index.fields import FIELDS

MARK_BYTES = 8
_LISTED = frozenset(name for name, of in FIELDS.items() if of.listed)


class Tally(NamedTuple):
    """Events of one group, bucket and facet, added up."""

    bucket: int
    facet: int
    events: int
    listed: int
    """How many elements their lists of subjects have together."""
    caller: str | int | None
    """The one they have, 0 where they have none, None where that is not known."""
    address: str | int | None
    marks: bytes | None
    """Stand-ins of their subjects, `MARK_BYTES` each, or None where they are not known."""


class Bound:
    """Where something can have been reached, as far as tallies whose facets are *facets* tell."""

    def __init__(self, reached: Reached, facets: Mapping[int, Facet]) -> None:
        self.reached = reached
        self.facets = facets
        self._may: dict[Condition, frozenset[int]] = {
            condition: frozenset(
                number for number, facet in facets.items() if possible(condition, facet) is not Possible.NEVER
            )
            for condition in dict.fromkeys(reached.conditions)
        }
        self.numbers = frozenset().union(*self._may.values())
        """The facets of events that can matter."""
        different = reached.amount is Amount.DIFFERENT
        self.least_listed = reached.at_least if different and reached.field == SUBJECTS else 0
        """Fewer elements than that in the lists of subjects of a group are too few."""
        one_each = reached.amount is Amount.EVENTS or (different and reached.field not in _LISTED)
        self.least_events = reached.at_least if one_each else 1
        """Fewer events are too few."""

    def can_be_of(self, facets: Set[int]) -> bool:
        """Whether a group whose events have these *facets* alone can have reached it."""
        return self._can_be_of(self.reached, facets)

    def _can_be_of(self, reached: Reached, facets: Set[int]) -> bool:
        happen = sum(
            self._can_be_of(part, facets) if isinstance(part, Reached) else not self._may[part].isdisjoint(facets)
            for part in reached.parts
        )
        return happen >= (reached.at_least if reached.amount is Amount.PARTS else 1)

    def hot(self, tallies: Sequence[Tally]) -> set[int]:
        """The buckets of one group in which it can be reached; *tallies* are all that the group has."""
        return self._hot(self.reached, tallies)

    def _hot(self, reached: Reached, tallies: Sequence[Tally]) -> set[int]:
        parts = [self._happens(part, tallies) for part in reached.parts]
        back = buckets_in(reached.within)
        ends = set().union(*(set(part) for part in parts))
        if reached.amount is Amount.PARTS:
            return {
                end
                for end in ends
                if sum(any(end - back <= bucket <= end for bucket in part) for part in parts) >= reached.at_least
            }
        by_bucket: dict[int, dict[int, Tally]] = {}
        for part in parts:
            for bucket, found in part.items():
                by_bucket.setdefault(bucket, {}).update((id(tally), tally) for tally in found)
        return {
            end
            for end in ends
            if self._most(
                reached,
                [tally for bucket in range(end - back, end + 1) for tally in by_bucket.get(bucket, {}).values()],
            )
            >= reached.at_least
        }

    def _happens(self, part: Condition | Reached, tallies: Sequence[Tally]) -> dict[int, list[Tally]]:
        """The tallies, by bucket, some of whose events can be one at which *part* happens."""
        found: dict[int, list[Tally]] = {}
        if isinstance(part, Reached):
            hot = self._hot(part, tallies)
            may = frozenset().union(*(self._may[condition] for condition in part.conditions))
        else:
            hot, may = None, self._may[part]
        for tally in tallies:
            if tally.facet in may and (hot is None or tally.bucket in hot):
                found.setdefault(tally.bucket, []).append(tally)
        return found

    def _most(self, reached: Reached, tallies: Iterable[Tally]) -> float:
        """The most that the events of *tallies* can come to."""
        match reached.amount:
            case Amount.EVENTS:
                return sum(tally.events for tally in tallies)
            case Amount.SUM:
                return sum(
                    most * tally.events
                    for tally in tallies
                    if (most := most_in(self.facets[tally.facet], reached.field)) > 0
                )
            case Amount.DIFFERENT:
                return self._most_different(reached.field, tallies)
            case Amount.PARTS:
                raise AssertionError("parts are not added up")
            case amount:
                assert_never(amount)

    def _most_different(self, name: str, tallies: Iterable[Tally]) -> float:
        known: set[object] = set()
        unknown = 0.0
        for tally in tallies:
            if name in KEPT:
                known.add(value_in(self.facets[tally.facet], name))
            elif name == "user.id" and tally.caller is not None:
                known.add(tally.caller)
            elif name == "source.ip" and tally.address is not None:
                known.add(tally.address)
            elif name != SUBJECTS:
                unknown += math.inf if name in _LISTED else tally.events
            elif tally.marks is None:
                unknown += tally.listed
            else:
                known.update(memoryview(tally.marks).cast("Q"))
        return len(known) + unknown
