"""Looks back: what rules find in a span of an index, without keeping anything.

It finds what the detector would have raised alerts for, and so tries a rule before it is live. The index is asked first
which groups can have reached a threshold at all; the events of those alone are read, once for all the rules.
"""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched

from siem.detect.alert import FRESH, SAMPLE
from siem.detect.bound import question_of
from siem.detect.correlate import Windows, key_of
from siem.detect.definition import EVERY_EVENT, Group, Rule
from siem.detect.grouping import Grouping
from siem.detect.matcher import Matcher
from siem.index.candidates import SUBJECTS
from siem.index.condition import AllOf, AnyOf, Condition, In, Is, values_of
from siem.index.progress import Span
from siem.index.store import EventStore
from siem.record.ecs import Document
from siem.record.event import EventId

type Runs = list[tuple[datetime, datetime]]
"""First and last of each series of times that lie close together."""

type _Of = tuple[int, Group]
"""A rule, by its place, and a group of it."""

type Place = tuple[tuple[str, str | int], ...]
"""By which fields and values of theirs a group's events are found: some of its fields, or none."""

MOST_KEPT = 100_000
"""So many events and people are remembered of a place; what has more is read a second time."""
_AT_ONCE = timedelta(days=1)
"""For so long candidates are asked for by one question."""
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One alert that a rule would have raised."""

    group: Group
    reached_at: datetime
    """When the threshold was reached first."""
    first_at: datetime
    """Of the first event that belongs to it."""
    last_at: datetime
    event_count: int
    subject_count: int
    """Different subjects in those events."""
    events: Sequence[EventId]
    """The first and the last few."""


def look(
    rule: Rule, store: EventStore, since: datetime, until: datetime, *, timeout: timedelta, fresh: timedelta = FRESH
) -> list[Match]:
    """What *rule* finds at the events from *since* up to *until*, *until* excluded, by when it was reached.

    Raises StoreUnavailable; *timeout* is for each question to the index.
    """
    (found,) = look_for_all([rule], store, since, until, timeout=timeout, fresh=fresh)
    return found


def look_for_all(
    rules: Sequence[Rule],
    store: EventStore,
    since: datetime,
    until: datetime,
    *,
    timeout: timedelta,
    fresh: timedelta = FRESH,
) -> list[list[Match]]:
    """What `look` finds for each of *rules*, in their order; what several need is read once."""
    matches: list[list[Match]] = [[] for _ in rules]
    for places, spans in _together(_places(rules, store, since, until, timeout), store.together):
        reading = _Reading([rules[number] for number in spans], store, places, timeout)
        runs = reading.runs(list(spans.values()), since, fresh)
        for number, found in zip(spans, reading.evidence(runs), strict=True):
            matches[number] += found
    for found in matches:
        found.sort(key=lambda match: (match.reached_at, str(match.group)))
    return matches


def extend(runs: Runs, at: datetime, fresh: timedelta) -> None:
    """Put *at*, which is not before any of *runs*, into the last one if it is *fresh* to it, else into a new one."""
    if runs and at - runs[-1][1] <= fresh:
        runs[-1] = (runs[-1][0], at)
    else:
        runs.append((at, at))


def merged(spans: Sequence[Span]) -> list[Span]:
    """The same times in spans that lie apart, earliest first."""
    apart: list[Span] = []
    for span in sorted(spans, key=lambda span: span.first):
        if apart and span.first <= apart[-1].last:
            apart[-1] = Span(apart[-1].first, max(apart[-1].last, span.last))
        else:
            apart.append(span)
    return apart


def condition_at(rules: Sequence[Rule], places: Sequence[Place]) -> Condition:
    """What the events of *places* satisfy that matter to *rules*, and those of places that differ in case only.

    Where there are several places, each has a value of the same field.
    """
    conditions = tuple(dict.fromkeys(rule.condition for rule in rules))
    wanted = conditions[0] if len(conditions) == 1 else AnyOf(conditions)
    return AllOf((events_at(places), wanted)) if places[0] else wanted


def events_at(places: Sequence[Place]) -> Condition:
    """What all events of *places* satisfy."""
    place, *others = places
    if others:
        ((name, _),) = place
        return In(name, frozenset(value for ((_, value),) in places))
    return AllOf(tuple(Is(name, value) for name, value in place))


def _together(
    places: Mapping[Place, Mapping[int, Sequence[Span]]], most: int
) -> Iterator[tuple[Sequence[Place], Mapping[int, Sequence[Span]]]]:
    """*places* to be read by one search, up to *most* of them, and for which rules and when.

    They have a value of the same field, and matter to the same rules.
    """
    alike: defaultdict[object, list[Place]] = defaultdict(list)
    for place, of_place in places.items():
        alike[(place[0][0], *of_place) if len(place) == 1 else place].append(place)
    for several in alike.values():
        for batch in batched(several, most):
            numbers = places[batch[0]]
            yield batch, {number: [span for place in batch for span in places[place][number]] for number in numbers}


def _places(
    rules: Sequence[Rule], store: EventStore, since: datetime, until: datetime, timeout: timedelta
) -> Mapping[Place, dict[int, list[Span]]]:
    """Where which of *rules* can have been reached, and when: `Span.last` is not one of its times."""
    questions = [question_of(rule) for rule in rules]
    places: defaultdict[Place, dict[int, list[Span]]] = defaultdict(dict)
    newest = store.newest(timeout)
    until = until if newest is None else min(until, newest + _TICK)
    while since < until:
        end = min(since + _AT_ONCE, until)
        for candidate in store.candidates(questions, since, end, timeout):
            spans = (Span(first, last) for first, last in candidate.spans)
            places[candidate.group].setdefault(candidate.question, []).extend(spans)
        since = end
    return places


@dataclass(slots=True)
class _Evidence:
    """What belongs to one run of one group."""

    first: datetime
    last: datetime
    start: datetime
    """From when on events belong to it."""
    began: datetime | None = None
    ended: datetime | None = None
    count: int = 0
    subjects: set[object] = field(default_factory=set)
    earliest: list[EventId] = field(default_factory=list)
    newest: deque[EventId] = field(default_factory=lambda: deque(maxlen=SAMPLE))

    def add(self, seen: "_Seen") -> None:
        self.began = self.began or seen.at
        self.ended = seen.at
        self.count += 1
        self.subjects.update(seen.subjects)
        if self.count <= SAMPLE:
            self.earliest.append(seen.event)
        self.newest.append(seen.event)

    def match(self, group: Group) -> Match:
        return Match(
            group=group,
            reached_at=self.first,
            first_at=self.began or self.first,
            last_at=self.ended or self.last,
            event_count=self.count,
            subject_count=len(self.subjects),
            events=tuple(dict.fromkeys([*self.earliest, *self.newest])),
        )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is kept of an event that was read."""

    at: datetime
    event: EventId
    subjects: Sequence[object]
    counts: Sequence[_Of]
    """The rules whose condition it satisfies, by place, each with a group that it counts for."""


class _Reading:
    """The events of *places*, read for the *rules* that they matter to."""

    def __init__(self, rules: Sequence[Rule], store: EventStore, places: Sequence[Place], timeout: timedelta) -> None:
        self.rules = rules
        self.store = store
        self.condition = condition_at(rules, places)
        self.timeout = timeout
        self._matcher = Matcher(rules)
        self._grouping = Grouping(rules)
        self._kept: list[_Seen] | None = []
        """All that was read, or None where that is too much."""

    def runs(self, spans: Sequence[Sequence[Span]], since: datetime, fresh: timedelta) -> dict[_Of, Runs]:
        """When each rule was reached by which group, within the *spans* of each."""
        runs: defaultdict[_Of, Runs] = defaultdict(list)
        windows: Windows[_Of] = Windows()
        wanted = [
            Span(span.first - rule.counted.reach, span.last)
            for rule, of_rule in zip(self.rules, spans, strict=True)
            for span in of_rule
        ]
        weight = 0
        for document, seen in self._read(wanted):
            weight += 1 + len(seen.subjects)
            if weight > MOST_KEPT:
                self._kept = None
            if self._kept is not None:
                self._kept.append(seen)
            for number, group in seen.counts:
                rule = self.rules[number]
                counts = rule.threshold != EVERY_EVENT
                reached = not counts or windows.of((number, group), rule.counted, group, seen.at).add(document)
                if reached and seen.at >= since:
                    extend(runs[number, group], seen.at, fresh)
        return runs

    def evidence(self, runs: Mapping[_Of, Runs]) -> list[list[Match]]:
        """What belongs to each of *runs*, which `runs` has found, by rule."""
        of_runs = {
            (number, group): [_Evidence(first, last, first - self.rules[number].counted.reach) for first, last in times]
            for (number, group), times in runs.items()
        }
        for seen in self._again([each for found in of_runs.values() for each in found]):
            for of in seen.counts:
                for evidence in of_runs.get(of, ()):
                    if evidence.start <= seen.at <= evidence.last:
                        evidence.add(seen)
        matches: list[list[Match]] = [[] for _ in self.rules]
        for (number, group), found in of_runs.items():
            matches[number] += (evidence.match(group) for evidence in found)
        return matches

    def _again(self, evidence: Sequence[_Evidence]) -> Iterator[_Seen]:
        """The events that belong to *evidence*, which lie within what was read, and others."""
        if self._kept is not None:
            yield from self._kept
        else:
            spans = [Span(each.start, each.last + _TICK) for each in evidence]
            yield from (seen for _, seen in self._read(spans))

    def _read(self, spans: Sequence[Span]) -> Iterator[tuple[Document, _Seen]]:
        """The events of *spans*, whose `last` is not one of their times."""
        for span in merged(spans):
            for document in self.store.search(self.condition, span.first, span.last, self.timeout):
                at, event = key_of(document)
                counts = self._grouping.of(document, self._matcher.satisfied(document))
                yield document, _Seen(at, event, tuple(values_of(document, SUBJECTS)), counts)
