"""`EventStore.candidates` answered from the tallies of days, one pass for all questions about the same groups."""

import heapq
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter

from siem.index.candidates import SUBJECTS, Amount, Candidate, Question, Reached, bucket_of, times_of
from siem.index.condition import fold
from siem.index.facet import KEPT, Facet, value_in
from siem.index.sqlite_tally import facets_in, tallies_in
from siem.index.tally import Bound, Tally

MOST_TALLIES = 100_000
"""A group that has more is a candidate without being counted: what is held in memory is bounded."""
_OF_EACH = frozenset({SUBJECTS, "user.id", "source.ip"})
"""Fields whose different values are counted only where tallies are not added up further."""

type Span = tuple[datetime, datetime]
"""From the first until before the second."""

type _Row = tuple[tuple[str, ...], Tally]


def candidates_in(days: Sequence[sqlite3.Connection], questions: Sequence[Question], span: Span) -> list[Candidate]:
    """The candidates in *span*; *days* are readers of the days that it touches, and of those before that count."""
    facets: dict[int, Facet] = {}
    numbers: dict[Facet, int] = {}
    renumbered: list[dict[int, int]] = []
    for day in days:
        known = facets_in(day)
        if known is None:  # anything can have been reached by anybody
            return [Candidate(number, (), [span]) for number in range(len(questions))]
        renumbered.append({own: numbers.setdefault(facet, len(numbers)) for own, facet in known.items()})
    facets = {number: facet for facet, number in numbers.items()}
    layouts: defaultdict[tuple[str, ...], dict[int, Bound]] = defaultdict(dict)
    for number, question in enumerate(questions):
        bound = Bound(question.reached, facets)
        if bound.numbers:
            layouts[question.group][number] = bound
    found: dict[tuple[int, tuple[str, ...]], set[int]] = defaultdict(set)
    for group, bounds in layouts.items():
        of_group = [_rows(day, own, group, bounds, span) for day, own in zip(days, renumbered, strict=True)]
        for values, number, hot in _hot(_in_order(of_group), bounds, span):
            found[number, tuple(map(fold, values))] |= hot
    return [
        Candidate(number, tuple(zip(questions[number].group, values, strict=True)), times)
        for (number, values), hot in found.items()
        if (times := times_of(hot, *span))
    ]


def _in_order(days: Sequence[Iterator[_Row]]) -> Iterator[_Row]:
    return days[0] if len(days) == 1 else heapq.merge(*days, key=itemgetter(0))


def _rows(
    day: sqlite3.Connection,
    numbers: Mapping[int, int],
    group: tuple[str, ...],
    bounds: Mapping[int, Bound],
    span: Span,
) -> Iterator[_Row]:
    matter = frozenset[int]().union(*(bound.numbers for bound in bounds.values()))
    back = max(bound.reached.back for bound in bounds.values())
    facets = next(iter(bounds.values())).facets
    of_facet = [name for name in group if name in KEPT]
    own = {}
    for number_here, number in numbers.items():
        values = [value for name in of_facet if isinstance(value := value_in(facets[number], name), str)]
        if number in matter and len(values) == len(of_facet):
            own[number_here] = number, values
    whole = bool(group) and any(_counts_each(bound.reached) for bound in bounds.values())
    buckets = bucket_of(span[0]) - back, bucket_of(span[1])
    return tallies_in(day, group, own, buckets, whole=whole)


def _counts_each(reached: Reached) -> bool:
    return (reached.amount is Amount.DIFFERENT and reached.field in _OF_EACH) or any(
        _counts_each(part) for part in reached.parts if isinstance(part, Reached)
    )


def _hot(
    rows: Iterator[_Row], bounds: Mapping[int, Bound], span: Span
) -> Iterator[tuple[tuple[str, ...], int, set[int]]]:
    """For each group the questions that it is a candidate for, and in which buckets."""
    matters: dict[frozenset[int], list[tuple[int, Bound]]] = {}
    for values, of_group in groupby(rows, key=itemgetter(0)):
        tallies = [tally for _, tally in islice(of_group, MOST_TALLIES)]
        if rest := {tally.bucket for _, tally in of_group}:
            somewhere = rest | {tally.bucket for tally in tallies}
            yield from ((values, number, somewhere) for number in bounds)
            continue
        events, listed = sum(tally.events for tally in tallies), sum(tally.listed for tally in tallies)
        has = frozenset(tally.facet for tally in tallies)
        if has not in matters:
            matters[has] = [(number, bound) for number, bound in bounds.items() if bound.can_be_of(has)]
        for number, bound in matters[has]:
            if events >= bound.least_events and listed >= bound.least_listed and (hot := bound.hot(tallies)):
                yield values, number, hot
