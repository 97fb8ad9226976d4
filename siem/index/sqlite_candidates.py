"""`EventStore.candidates` answered from the tallies of days.

First the groups are added up over all of the time that is asked about, which leaves few: the tallies of those alone
are read and gone through bucket by bucket.
"""

import heapq
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby, islice
from operator import itemgetter

from siem.index.candidates import SUBJECTS, Amount, Candidate, Question, Reached, bucket_of, times_of
from siem.index.condition import fold
from siem.index.facet import KEPT, Facet, value_in
from siem.index.sqlite_tally import MOST_FIRSTS, Wanted, facets_in, sums_in, tallies_in, totals_in
from siem.index.tally import NOTHING, Bound, Sum, Tally, added

MOST_TALLIES = 100_000
"""A group that has more is a candidate without being counted: what is held in memory is bounded."""
MOST_GROUPS = MOST_FIRSTS
"""Where more of them come to enough, the tallies of all are read: the same bound of memory."""
_OF_EACH = frozenset({SUBJECTS, "user.id", "source.ip"})
"""Fields whose different values are counted only where tallies are not added up further."""
_KEYED = frozenset({"user.id", "source.ip"})

type Span = tuple[datetime, datetime]
"""From the first until before the second."""

type Values = tuple[str, ...]
"""A group, by its values of the fields that tell groups apart."""


@dataclass(frozen=True, slots=True)
class _Day:
    """The tallies of one day."""

    reader: sqlite3.Connection
    buckets: tuple[int, int]
    """Its first and its last."""
    facets: Mapping[int, int]
    """How we call each of its facets."""


def candidates_in(
    days: Mapping[date, sqlite3.Connection], questions: Sequence[Question], span: Span
) -> list[Candidate]:
    """The candidates in *span*; *days* are readers of the days that it touches, and of those before that count."""
    numbers: dict[Facet, int] = {}
    tallied: list[_Day] = []
    for day, reader in days.items():
        known = facets_in(reader)
        if known is None:  # anything can have been reached by anybody
            return [Candidate(number, (), [span]) for number in range(len(questions))]
        renumbered = {own: numbers.setdefault(facet, len(numbers)) for own, facet in known.items()}
        tallied.append(_Day(reader, _buckets_of(day), renumbered))
    facets = {number: facet for facet, number in numbers.items()}
    layouts: defaultdict[tuple[str, ...], dict[int, Bound]] = defaultdict(dict)
    for number, question in enumerate(questions):
        bound = Bound(question.reached, facets)
        if bound.can_be_of_any():
            layouts[question.group][number] = bound
    found: dict[tuple[int, Values], set[int]] = defaultdict(set)
    for group, bounds in layouts.items():
        for values, number, hot in _Layout(tallied, facets, group, bounds, span).hot():
            found[number, tuple(map(fold, values))] |= hot
    return [
        Candidate(number, tuple(zip(questions[number].group, values, strict=True)), times)
        for (number, values), hot in found.items()
        if (times := times_of(hot, *span))
    ]


@dataclass(frozen=True, slots=True)
class _Layout:
    """The questions about one kind of groups, by their *bounds*."""

    days: Sequence[_Day]
    facets: Mapping[int, Facet]
    group: tuple[str, ...]
    bounds: Mapping[int, Bound]
    span: Span

    def hot(self) -> Iterator[tuple[Values, int, set[int]]]:
        """For each group the questions that it is a candidate for, and in which buckets."""
        likely = self._likely() if _KEYED.intersection(self.group) else None
        asked = self.bounds if likely is None else set().union(*likely.values())
        if not asked:
            return
        rows = self._tallies([self.bounds[number] for number in asked], likely)
        for values, of_group in groupby(rows, key=itemgetter(0)):
            if likely is not None and values not in likely:
                continue
            tallies = [tally for _, tally in islice(of_group, MOST_TALLIES)]
            rest = {tally.bucket for _, tally in of_group}
            if rest:
                somewhere = rest | {tally.bucket for tally in tallies}
                yield from ((values, number, somewhere) for number in self.bounds)
                continue
            for number in self._numbers_of(tallies) if likely is None else likely[values]:
                if hot := self.bounds[number].hot(tallies):
                    yield values, number, hot

    def _numbers_of(self, tallies: Sequence[Tally]) -> list[int]:
        return [number for number, bound in self.bounds.items() if bound.can_be_of(tallies)]

    def _likely(self) -> dict[Values, list[int]] | None:
        """The groups that come to enough for a question, whenever that was; None for too many of them."""
        alike: defaultdict[tuple[tuple[frozenset[int], ...], int], dict[int, Bound]] = defaultdict(dict)
        for number, bound in self.bounds.items():
            alike[tuple(bound.sets), bound.reached.back][number] = bound
        found: defaultdict[Values, list[int]] = defaultdict(list)
        for bounds in alike.values():
            for values, sums in self._sums(list(bounds.values())):
                for number, bound in bounds.items():
                    if bound.can_be(sums):
                        found[values].append(number)
                if len(found) > MOST_GROUPS:
                    return None
        return found

    def _sums(self, bounds: Sequence[Bound]) -> Iterator[tuple[Values, list[Sum]]]:
        """What each group comes to, by the sets of facets that *bounds* have in common."""
        sets = bounds[0].sets
        wanted = [(day.reader, own) for day, own in self._wanted(bounds)]
        if len(wanted) == 1:
            yield from sums_in(*wanted[0], sets, {bound.least for bound in bounds})
            return
        rows = heapq.merge(*(sums_in(*each, sets, {NOTHING}) for each in wanted), key=itemgetter(0))
        for values, of_group in groupby(rows, key=itemgetter(0)):
            yield values, [added(sums) for sums in zip(*(sums for _, sums in of_group), strict=True)]

    def _tallies(self, bounds: Sequence[Bound], groups: Collection[Values] | None) -> Iterator[tuple[Values, Tally]]:
        """What *bounds* ask of *groups*, or of all of them, in the order of groups."""
        wanted = self._wanted(bounds)
        if _KEYED.isdisjoint(self.group) and not any(_counts_each(bound.reached) for bound in bounds):
            days = [totals_in(day.reader, own) for day, own in wanted]
        else:
            firsts = None if groups is None else {values[0] for values in groups}
            days = [tallies_in(day.reader, own, firsts) for day, own in wanted]
        return heapq.merge(*days, key=itemgetter(0))

    def _wanted(self, bounds: Sequence[Bound]) -> list[tuple[_Day, Wanted]]:
        """The tallies that matter to *bounds*, by day."""
        matter = frozenset[int]().union(*(bound.numbers for bound in bounds))
        first = bucket_of(self.span[0]) - max(bound.reached.back for bound in bounds)
        last = bucket_of(self.span[1])
        of_facet = [name for name in self.group if name in KEPT]
        found = []
        for day in self.days:
            own = {}
            for number_here, number in day.facets.items():
                values = [value for name in of_facet if isinstance(value := value_in(self.facets[number], name), str)]
                if number in matter and len(values) == len(of_facet):
                    own[number_here] = number, tuple(values)
            if own and day.buckets[0] <= last and first <= day.buckets[1]:
                found.append((day, Wanted(self.group, own, (first, last))))
        return found


def _buckets_of(day: date) -> tuple[int, int]:
    begun = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return bucket_of(begun), bucket_of(begun + timedelta(days=1)) - 1


def _counts_each(reached: Reached) -> bool:
    return (reached.amount is Amount.DIFFERENT and reached.field in _OF_EACH) or any(
        _counts_each(part) for part in reached.parts if isinstance(part, Reached)
    )
