"""Looks back: what a rule finds in a span of an index, without keeping anything.

It finds what the detector would have raised alerts for, and so tries a rule before it is live.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from siem.detect.alert import FRESH, SAMPLE
from siem.detect.correlate import Windows, key_of
from siem.detect.definition import EVERY_EVENT, Group, Rule
from siem.index.condition import values_of
from siem.index.store import EventStore
from siem.record.event import EventId

type Runs = list[tuple[datetime, datetime]]
"""First and last of each series of times that lie close together."""

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
) -> Iterator[Match]:
    """What *rule* finds at the events from *since* up to *until*, *until* excluded, by when it was reached.

    Raises StoreUnavailable; *timeout* is for each question to the index.
    """
    runs: defaultdict[Group, Runs] = defaultdict(list)
    windows: Windows[Group] = Windows()
    counts = rule.threshold != EVERY_EVENT
    for document in store.search(rule.condition, since - rule.counted.reach, until, timeout):
        at, _ = key_of(document)
        for group in rule.groups_of(document):
            reached = not counts or windows.of(group, rule.counted, group, at).add(document)
            if reached and at >= since:
                extend(runs[group], at, fresh)
    found = [(first, group, last) for group, times in runs.items() for first, last in times]
    for first, group, last in sorted(found, key=lambda one: (one[0], str(one[1]))):
        yield _match(rule, store, group, first, last, timeout)


def extend(runs: Runs, at: datetime, fresh: timedelta) -> None:
    """Put *at*, which is not before any of *runs*, into the last one if it is *fresh* to it, else into a new one."""
    if runs and at - runs[-1][1] <= fresh:
        runs[-1] = (runs[-1][0], at)
    else:
        runs.append((at, at))


def _match(rule: Rule, store: EventStore, group: Group, first: datetime, last: datetime, timeout: timedelta) -> Match:
    count = 0
    subjects: set[object] = set()
    earliest: list[EventId] = []
    newest: list[EventId] = []
    began, ended = first, last
    for document in store.search(rule.condition_of(group), first - rule.counted.reach, last + _TICK, timeout):
        if group not in rule.groups_of(document):
            continue
        ended, event = key_of(document)
        began = began if count else ended
        count += 1
        subjects.update(values_of(document, "yingbi.subjects"))
        if count <= SAMPLE:
            earliest.append(event)
        newest = [*newest[1 - SAMPLE :], event]
    return Match(
        group=group,
        reached_at=first,
        first_at=began,
        last_at=ended,
        event_count=count,
        subject_count=len(subjects),
        events=tuple(dict.fromkeys([*earliest, *newest])),
    )
