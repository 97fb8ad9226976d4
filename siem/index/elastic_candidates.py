"""`EventStore.candidates` as aggregations of the search core, and how their answers are read.

An index of a day has one shard, where a count of terms is exact. So each day is asked alone: what is reached over n
days comes to an n-th of it on one of them. Where an answer is not whole, anybody is a candidate.
"""

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from siem.index.candidates import Amount, Candidate, Question, Reached, joined
from siem.index.condition import EVERYTHING, AllOf, AnyOf, Compare, Condition, Exists, In, Operator, fold
from siem.index.elastic_groups import (
    FEW,
    LIKELY,
    Part,
    altogether,
    altogether_of,
    amounts_in,
    asked_in,
    buckets_in,
    ignored,
    metric_of,
    most_groups,
    times_in,
)
from siem.index.elastic_query import Query, query_of, text_of
from siem.index.strict import FIRST

type Groups = dict[str, set[int]] | None
"""By value of the group's field, folded, in which parts of the span it can be reached; None for any group."""
_MOST_PARTS = 48
_MOST_DAYS = 31
_LEAST_PART = timedelta(minutes=10)
_MOST_PAGES = 20
_PAIRS = 5_000
_ROUNDED = timedelta(milliseconds=1)
_REACHES = (timedelta(hours=1), timedelta(days=1))
"""What is asked about the whole of a span begins one of these before it, so that questions have it in common."""
_NAMED = 200
"""So many groups are named in a condition, where letters are of either case."""


class Ask(Protocol):
    """Asks the indices of some days for *aggregations* of what satisfies *query*."""

    def __call__(
        self, indices: Sequence[str], query: Query, aggregations: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        """The answer, empty where there are no such indices; None where one is of several shards."""


def candidates_in(
    ask: Ask, index_on: Callable[[date], str], questions: Sequence[Question], start: datetime, end: datetime
) -> list[Candidate]:
    """The candidates from *start* until before *end*; *index_on* names the index of a day."""
    back = max((question.reached.reach for question in questions), default=timedelta(0))
    first, last = max(start - back, FIRST).astimezone(UTC).date(), end.astimezone(UTC).date()
    if (last - first).days >= _MOST_DAYS:
        return [Candidate(number, (), [(start, end)]) for number in range(len(questions))]
    days = {}
    for day in (first + timedelta(days=number) for number in range((last - first).days + 1)):
        begun = datetime(day.year, day.month, day.day, tzinfo=UTC)
        if ask([index_on(day)], query_of(AnyOf(()), start, end), {"none": {"filter": {"match_all": {}}}}) != {}:
            days[index_on(day)] = (begun, begun + timedelta(days=1))
    counting = _Counting(ask, days, start, end)
    return [found for number, question in enumerate(questions) for found in counting.of(number, question)]


@dataclass(frozen=True, slots=True)
class _Of:
    """Events, and the field that tells their groups apart."""

    where: Condition
    name: str
    only: frozenset[str] | None = None
    """Values of the field, or None for all of them."""

    def query(self, first: datetime, last: datetime) -> Query:
        """The events from *first* until before *last*."""
        query = query_of(self.where, first, last)
        if self.only is not None:
            query["bool"]["filter"].append({"terms": {text_of(self.name): sorted(self.only)}})
        return query


class _Counting:
    """Answers questions about the span from *start* until before *end*."""

    def __init__(self, ask: Ask, days: Mapping[str, Part], start: datetime, end: datetime) -> None:
        self.ask = ask
        self.days = days
        """The indices that there are, and between which times each has events."""
        self.start, self.end = start, end
        self._known: dict[tuple[object, ...], Mapping[str, Any] | None] = {}
        """Answers about the whole of the span: several questions are about the same events."""

    def of(self, number: int, question: Question) -> Iterator[Candidate]:
        """The candidates of a *question*, which has that number."""
        parts = _parts_of(question.reached.within, self.start, self.end)
        if not question.group:
            spans = [
                part
                for part, any_there in zip(parts, self._anything(question.reached, parts), strict=True)
                if any_there
            ]
            if spans:
                yield Candidate(number, (), joined(spans))
            return
        name = question.group[0]
        found = self._reached(question.reached, name, parts)
        if found is None:
            yield Candidate(number, (), joined(parts))
            return
        for value, places in sorted(found.items()):
            yield Candidate(number, ((name, value),), joined([parts[place] for place in sorted(places)]))

    def _anything(self, reached: Reached, parts: Sequence[Part]) -> list[bool]:
        """In which of *parts* anything happens that matters."""
        found = [False] * len(parts)
        for index in self._days_of((self.start, self.end)):
            query = query_of(AnyOf(reached.conditions), self.start, self.end)
            answer = self.ask(
                index, query, {"when": times_in([(first - _ROUNDED, last + _ROUNDED) for first, last in parts])}
            )
            if answer is None:
                return [True] * len(parts)
            for place, one in enumerate(buckets_in(answer, "when")):
                found[place] |= one["doc_count"] > 0
        return found

    def _reached(self, reached: Reached, name: str, parts: Sequence[Part], among: Condition = EVERYTHING) -> Groups:
        """The groups that reach it, whose events satisfy *among*."""
        if reached.amount is Amount.PARTS:
            return self._several(reached, name, parts, among)
        added = Compare(reached.field, Operator.AT_LEAST, 1) if reached.amount is Amount.SUM else EVERYTHING
        of = _Of(AllOf((AnyOf(reached.conditions), Exists(name), added, among)), name)
        likely = self._likely(of, reached)
        if likely is not None:
            if not likely:
                return {}
            of = replace(of, only=likely)
        if reached.amount is Amount.DIFFERENT and reached.field in FEW:
            pairs = self._pairs(of, reached, parts)
            if pairs is not None:
                return pairs
        return self._counted(of, reached, parts)

    def _likely(self, of: _Of, reached: Reached) -> frozenset[str] | None:
        """The groups that come to enough altogether, whenever that is: the few that need be looked at closely.

        None where they cannot be told, or are not few.
        """
        within = next((each for each in _REACHES if each >= reached.within), reached.within)
        span = (self.start - within - _ROUNDED, self.end + _ROUNDED)
        days = self._days_of(span)
        least = math.ceil(reached.at_least / max(len(days), 1))
        asked = altogether(of.name, reached, least)
        if asked is None:
            return None
        found: set[str] = set()
        for index in days:
            key = (index, of, span, reached.field, json.dumps(asked))
            if key not in self._known:
                self._known[key] = self.ask([index], of.query(*span), {**asked, "ignored": ignored(reached.field)})
            answer = self._known[key]
            if answer is None or (answer and answer["ignored"]["doc_count"]):
                return None
            amounts = [(str(each["key"]), altogether_of(each)) for each in buckets_in(answer, "who")]
            if len(amounts) >= LIKELY and ("order" not in asked["who"]["terms"] or amounts[-1][1] >= least):
                return None
            found.update(value for value, amount in amounts if amount >= least)
        return frozenset(found)

    def _several(self, reached: Reached, name: str, parts: Sequence[Part], among: Condition) -> Groups:
        """The groups of enough parts, in whatever part of the span: which is too much, and never too little."""
        needed = reached.at_least
        times: defaultdict[str, int] = defaultdict(int)
        span = (self.start - reached.within, self.end)
        for left, each in zip(range(len(reached.parts), 0, -1), reached.parts, strict=True):
            if left < needed:  # who has nothing yet cannot come to enough
                able = frozenset(value for value, often in times.items() if often + left >= needed)
                if not able:
                    return {}
                among = AllOf((among, In(name, able))) if len(able) <= _NAMED else among
            inner = each if isinstance(each, Reached) else Reached((each,), Amount.EVENTS, "", 1, timedelta(0))
            ask = _Counting(self.ask, self.days, *span)
            found = ask._reached(inner, name, _parts_of(inner.within, *span) if inner is each else [span], among)
            if found is None:
                needed -= 1
            else:
                for value in found:
                    times[value] += 1
        if needed <= 0:
            return None
        return {value: set(range(len(parts))) for value, often in times.items() if often >= needed}

    def _counted(self, of: _Of, reached: Reached, parts: Sequence[Part]) -> Groups:
        """The groups that come to enough in one of *parts* and what lies within reach before it."""
        metric = metric_of(reached)
        if metric is None:
            return None
        ranges = [(first - reached.within - _ROUNDED, last + _ROUNDED) for first, last in parts]
        found: defaultdict[str, set[int]] = defaultdict(set)
        keys: list[set[str]] = [set() for _ in ranges]
        for index in self._days_of((ranges[0][0], ranges[-1][1])):
            least = [math.ceil(reached.at_least / max(len(self._days_of(one)), 1)) for one in ranges]
            asked = asked_in(of.name, ranges, metric, min(least), reached.field)
            answer = self.ask([index], of.query(ranges[0][0], ranges[-1][1]), asked)
            if answer is None or (answer and answer["ignored"]["doc_count"]):
                return None
            for place, one in enumerate(buckets_in(answer, "when")):
                amounts = amounts_in(one)
                if len(amounts) >= most_groups(len(ranges), metric) and amounts[-1][1] >= least[place]:
                    return None
                keys[place].update(key for key, amount in amounts if amount >= least[place])
        for place, of_place in enumerate(keys):
            if len(days := self._days_of(ranges[place])) > 1 and of_place:
                of_place = self._on_all(days, of, ranges[place], reached, metric, of_place)
            for key in of_place:
                found[fold(key)].add(place)
        return found

    def _on_all(
        self,
        days: Sequence[str],
        of: _Of,
        part: Part,
        reached: Reached,
        metric: Mapping[str, Any],
        keys: set[str],
    ) -> set[str]:
        """Those of *keys* that come to enough on several *days* together."""
        asked = asked_in(of.name, [part], metric, 1, reached.field)
        asked["when"]["aggregations"]["who"]["terms"] |= {"include": sorted(keys), "size": len(keys)}
        answer = self.ask(days, of.query(*part), asked)
        if answer is None:
            return keys
        (one,) = buckets_in(answer, "when") or ({"who": {"buckets": ()}},)
        return {key for key, amount in amounts_in(one) if amount >= reached.at_least}

    def _pairs(self, of: _Of, reached: Reached, parts: Sequence[Part]) -> Groups:
        """The groups that have enough different values in one of *parts*; None where there are too many to go through.

        Counted pair by pair: `cardinality` would estimate.
        """
        found: defaultdict[str, set[int]] = defaultdict(set)
        sources = [
            {what: {"terms": {"field": text_of(name)}}} for what, name in (("who", of.name), ("what", reached.field))
        ]
        for place, (first, last) in enumerate(parts):
            values: defaultdict[str, set[str]] = defaultdict(set)
            span = (first - reached.within, last)
            for index in self._days_of(span):
                composite: dict[str, Any] = {"size": _PAIRS, "sources": sources}
                for _ in range(_MOST_PAGES):
                    asked = {"pairs": {"composite": composite}, "ignored": ignored(reached.field)}
                    answer = self.ask([index], of.query(*span), asked)
                    if answer is None or (answer and answer["ignored"]["doc_count"]):
                        return None
                    for bucket in buckets_in(answer, "pairs"):
                        values[bucket["key"]["who"]].add(bucket["key"]["what"])
                    if len(buckets_in(answer, "pairs")) < _PAIRS:
                        break
                    composite = {**composite, "after": answer["pairs"]["after_key"]}
                else:
                    return None
            for value, different in values.items():
                if len(different) >= reached.at_least:
                    found[fold(value)].add(place)
        return found

    def _days_of(self, part: Part) -> list[str]:
        return [index for index, (first, last) in self.days.items() if first < part[1] and part[0] < last]


def _parts_of(within: timedelta, start: datetime, end: datetime) -> list[Part]:
    """The span in parts of about a window's length: not so short that there are very many."""
    length = max(within, _LEAST_PART, (end - start) / _MOST_PARTS)
    parts = []
    while start < end:
        parts.append((start, min(start + length, end)))
        start += length
    return parts
