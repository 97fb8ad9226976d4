"""`EventStore.candidates` as aggregations of the search core, and how their answers are read.

An index of a day has one shard, where a count of terms is exact. So each day is asked alone: what is reached over n
days comes to an n-th of it on one of them. Where an answer is not whole, anybody is a candidate.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from siem.index.candidates import SUBJECTS, Amount, Candidate, Question, Reached, joined
from siem.index.condition import AllOf, AnyOf, Compare, Condition, Exists, Operator, fold
from siem.index.elastic_query import Query, query_of, text_of
from siem.index.fields import FIELDS
from siem.index.strict import FIRST

type Part = tuple[datetime, datetime]
"""From the first until before the second."""

type Groups = dict[str, set[int]] | None
"""By value of the group's field, folded, in which parts of the span it can be reached; None for any group."""

_TOLD, _METERED = 60_000, 20_000
_MOST_PARTS = 48
_MOST_DAYS = 31
_LEAST_PART = timedelta(minutes=10)
_MOST_PAGES = 20
_PAIRS = 5_000
_ROUNDED = timedelta(milliseconds=1)
_FEW = frozenset({"source.ip", "service.name", "user.id", "yingbi.credential"})
"""Fields of which a group has few values, which are counted one by one."""


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


class _Counting:
    """Answers questions about the span from *start* until before *end*."""

    def __init__(self, ask: Ask, days: Mapping[str, Part], start: datetime, end: datetime) -> None:
        self.ask = ask
        self.days = days
        """The indices that there are, and between which times each has events."""
        self.start, self.end = start, end

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
                index, query, {"when": _times([(first - _ROUNDED, last + _ROUNDED) for first, last in parts])}
            )
            if answer is None:
                return [True] * len(parts)
            for place, one in enumerate(_buckets(answer, "when")):
                found[place] |= one["doc_count"] > 0
        return found

    def _reached(self, reached: Reached, name: str, parts: Sequence[Part]) -> Groups:
        if reached.amount is Amount.PARTS:
            return self._several(reached, name, parts)
        where = AllOf((AnyOf(reached.conditions), Exists(name)))
        if reached.amount is Amount.DIFFERENT and reached.field in _FEW:
            pairs = self._pairs(where, name, reached, parts)
            if pairs is not None:
                return pairs
        return self._counted(where, name, reached, parts)

    def _several(self, reached: Reached, name: str, parts: Sequence[Part]) -> Groups:
        """The groups of enough parts, in whatever part of the span: which is too much, and never too little."""
        needed = reached.at_least
        among: defaultdict[str, int] = defaultdict(int)
        span = (self.start - reached.within, self.end)
        for each in reached.parts:
            inner = each if isinstance(each, Reached) else Reached((each,), Amount.EVENTS, "", 1, timedelta(0))
            ask = _Counting(self.ask, self.days, *span)
            found = ask._reached(inner, name, _parts_of(inner.within, *span) if inner is each else [span])
            if found is None:
                needed -= 1
            else:
                for value in found:
                    among[value] += 1
        if needed <= 0:
            return None
        return {value: set(range(len(parts))) for value, times in among.items() if times >= needed}

    def _counted(self, where: Condition, name: str, reached: Reached, parts: Sequence[Part]) -> Groups:
        """The groups that come to enough in one of *parts* and what lies within reach before it."""
        metric = _metric_of(reached)
        if metric is None:
            return None
        ranges = [(first - reached.within - _ROUNDED, last + _ROUNDED) for first, last in parts]
        found: defaultdict[str, set[int]] = defaultdict(set)
        if reached.amount is Amount.SUM:
            where = AllOf((where, Compare(reached.field, Operator.AT_LEAST, 1)))
        keys: list[set[str]] = [set() for _ in ranges]
        for index in self._days_of((ranges[0][0], ranges[-1][1])):
            least = [math.ceil(reached.at_least / max(len(self._days_of(one)), 1)) for one in ranges]
            asked = _asked(name, ranges, metric, min(least), reached.field)
            answer = self.ask([index], query_of(where, ranges[0][0], ranges[-1][1]), asked)
            if answer is None or (answer and answer["ignored"]["doc_count"]):
                return None
            for place, one in enumerate(_buckets(answer, "when")):
                amounts = list(_amounts(one, metric))
                if len(amounts) >= _most_groups(len(ranges), metric) and amounts[-1][1] >= least[place]:
                    return None
                keys[place].update(key for key, amount in amounts if amount >= least[place])
        for place, of_place in enumerate(keys):
            if len(days := self._days_of(ranges[place])) > 1 and of_place:
                of_place = self._altogether(days, where, name, ranges[place], reached, metric, of_place)
            for key in of_place:
                found[fold(key)].add(place)
        return found

    def _altogether(
        self,
        days: Sequence[str],
        where: Condition,
        name: str,
        part: Part,
        reached: Reached,
        metric: Mapping[str, Any],
        keys: set[str],
    ) -> set[str]:
        """Those of *keys* that come to enough on several *days* together."""
        asked = _asked(name, [part], metric, 1, reached.field)
        asked["when"]["aggregations"]["who"]["terms"] |= {"include": sorted(keys), "size": len(keys)}
        answer = self.ask(days, query_of(where, *part), asked)
        if answer is None:
            return keys
        (one,) = _buckets(answer, "when") or ({"who": {"buckets": ()}},)
        return {key for key, amount in _amounts(one, metric) if amount >= reached.at_least}

    def _pairs(self, where: Condition, name: str, reached: Reached, parts: Sequence[Part]) -> Groups:
        """The groups that have enough different values in one of *parts*; None where there are too many to go through.

        Counted pair by pair: `cardinality` would estimate.
        """
        found: defaultdict[str, set[int]] = defaultdict(set)
        sources = [{"who": {"terms": {"field": text_of(name)}}}, {"what": {"terms": {"field": text_of(reached.field)}}}]
        for place, (first, last) in enumerate(parts):
            values: defaultdict[str, set[str]] = defaultdict(set)
            span = (first - reached.within, last)
            for index in self._days_of(span):
                composite: dict[str, Any] = {"size": _PAIRS, "sources": sources}
                for _ in range(_MOST_PAGES):
                    asked = {"pairs": {"composite": composite}, "ignored": _ignored(reached.field)}
                    answer = self.ask([index], query_of(where, *span), asked)
                    if answer is None or (answer and answer["ignored"]["doc_count"]):
                        return None
                    for bucket in _buckets(answer, "pairs"):
                        values[bucket["key"]["who"]].add(bucket["key"]["what"])
                    if len(_buckets(answer, "pairs")) < _PAIRS:
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


def _asked(name: str, ranges: Sequence[Part], metric: Mapping[str, Any], least: int, counted: str) -> dict[str, Any]:
    terms: dict[str, Any] = {"field": text_of(name), "size": _most_groups(len(ranges), metric)}
    who: dict[str, Any] = {"terms": terms}
    if metric:
        terms["order"] = {"much": "desc"}
        who["aggregations"] = {"much": metric}
    else:
        terms["min_doc_count"] = least
    return {"when": {**_times(ranges), "aggregations": {"who": who}}, "ignored": _ignored(counted)}


def _most_groups(ranges: int, metric: Mapping[str, Any]) -> int:
    """How many groups are told of each range: a cluster tells 65,536 in all, and those with a metric whether or not
    they come to enough.
    """
    return (_METERED if metric else _TOLD) // ranges


def _times(ranges: Sequence[Part]) -> dict[str, Any]:
    times = [{"from": first.isoformat(), "to": last.isoformat()} for first, last in ranges]
    return {"date_range": {"field": "@timestamp", "ranges": times}}


def _ignored(name: str) -> dict[str, Any]:
    """How many events have values of a field that are kept and not indexed, and so are not counted."""
    return {"filter": {"terms": {"_ignored": [name, f"{name}.text"]}}}


def _metric_of(reached: Reached) -> Mapping[str, Any] | None:
    """What a group comes to, empty for how many events it has, None where that is no bound."""
    if reached.amount is Amount.SUM:
        return {"sum": {"field": reached.field}}
    if reached.amount is Amount.EVENTS or not FIELDS[reached.field].listed:
        return {}
    return {"value_count": {"field": SUBJECTS}} if reached.field == SUBJECTS else None


def _amounts(bucket: Mapping[str, Any], metric: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """The groups of a range, each with what it comes to: a little more where that is a sum of floating point."""
    for group in bucket["who"]["buckets"]:
        yield str(group["key"]), group["much"]["value"] * (1 + 1e-9) if metric else group["doc_count"]


def _buckets(answer: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    return answer[name]["buckets"] if answer else ()


def _parts_of(within: timedelta, start: datetime, end: datetime) -> list[Part]:
    """The span in parts of about a window's length: not so short that there are very many."""
    length = max(within, _LEAST_PART, (end - start) / _MOST_PARTS)
    parts = []
    while start < end:
        parts.append((start, min(start + length, end)))
        start += length
    return parts
