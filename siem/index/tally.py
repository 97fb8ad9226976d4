"""Upper bounds from events added up: what `siem/index/candidates.py` asks, answered from tallies."""

import math
from collections.abc import Iterable, Mapping, Sequence
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


class Sum(NamedTuple):
    """What some tallies of one group come to altogether, whenever that was."""

    events: float
    listed: float


NOTHING = Sum(0, 0)


class _Enough(NamedTuple):
    """The sum at that place is not less."""

    place: int
    least: Sum


class _Several(NamedTuple):
    """So many of the tests hold."""

    tests: "Sequence[_Test]"
    at_least: int


type _Test = _Enough | _Several


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
        self.sets: list[frozenset[int]] = []
        """Sets of facets: `can_be` is told what the tallies of each come to."""
        self._test = self._test_of(reached)
        self.numbers = frozenset().union(*self.sets)
        """The facets of events that can matter."""
        self.least = _least_of(reached)
        """What all that matters comes to at least."""

    def can_be(self, sums: Sequence[Sum]) -> bool:
        """Whether a group can have reached it whose tallies come to *sums*, one for each of `sets`."""
        return _holds(self._test, sums)

    def can_be_of_any(self) -> bool:
        """Whether a group can have reached it that has very much of everything."""
        return self.can_be([Sum(math.inf, math.inf) if facets else NOTHING for facets in self.sets])

    def can_be_of(self, tallies: Iterable[Tally]) -> bool:
        """Whether a group can have reached it that has these *tallies* alone."""
        of: dict[int, Sum] = {}
        for tally in tallies:
            of[tally.facet] = added((of.get(tally.facet, NOTHING), Sum(tally.events, tally.listed)))
        return self.can_be([added(of[number] for number in facets.intersection(of)) for facets in self.sets])

    def _test_of(self, part: Condition | Reached) -> _Test:
        if isinstance(part, Reached) and part.amount is Amount.PARTS:
            return _Several([self._test_of(inner) for inner in part.parts], part.at_least)
        facets = self._facets_of(part)
        if facets not in self.sets:
            self.sets.append(facets)
        return _Enough(self.sets.index(facets), _least_of(part))

    def _facets_of(self, part: Condition | Reached) -> frozenset[int]:
        """The facets of events that can matter to *part*."""
        if isinstance(part, Reached):
            return frozenset().union(*(self._may[condition] for condition in part.conditions))
        return self._may[part]

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
        hot = self._hot(part, tallies) if isinstance(part, Reached) else None
        may = self._facets_of(part)
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


def added(sums: Iterable[Sum]) -> Sum:
    """What *sums* come to together."""
    events = listed = 0.0
    for each in sums:
        events += each.events
        listed += each.listed
    return Sum(events, listed)


def _holds(test: _Test, sums: Sequence[Sum]) -> bool:
    if isinstance(test, _Several):
        return sum(_holds(each, sums) for each in test.tests) >= test.at_least
    events, listed = sums[test.place]
    return events >= test.least.events and listed >= test.least.listed


def _least_of(part: Condition | Reached) -> Sum:
    """What does not happen without so many events, and so many elements in their lists of subjects."""
    if not isinstance(part, Reached):
        return Sum(1, 0)
    if part.amount is Amount.PARTS:
        least = [_least_of(inner) for inner in part.parts]
        events, listed = sorted(each.events for each in least), sorted(each.listed for each in least)
        return Sum(events[part.at_least - 1], listed[part.at_least - 1])
    different = part.amount is Amount.DIFFERENT
    if different and part.field == SUBJECTS:
        return Sum(1, part.at_least)
    one_each = part.amount is Amount.EVENTS or (different and part.field not in _LISTED)
    return Sum(part.at_least if one_each else 1, 0)
