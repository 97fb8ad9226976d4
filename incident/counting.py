"""Counts who is affected, from the events of the log.

Persons are counted exactly, and their digests forgotten: a scope holds numbers, and a hash by which the same set can be
recognised when it is counted again.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Set
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

from incident.distinct import Distinct
from incident.scope import (
    EVENT_FIELD,
    MOST_NAMED,
    RESIDENT_ID,
    CategoryCount,
    Caution,
    Export,
    Levels,
    Scope,
    ScopeQuestion,
)
from siem.index.store import EventStore
from siem.record.ecs import Document, most_not_named, values_not_named
from siem.record.event import Disclosure, Phase, Verdict


def assess(
    store: EventStore,
    question: ScopeQuestion,
    *,
    complete: bool,
    timeout: timedelta,
    canaries: Set[str] | None = None,
    levels: Levels = (),
) -> Scope:
    """The scope that *question* asks for.

    *canaries*: the digests of invented people, or None where nobody knows them. *levels*: those of the policy.

    *complete*: whether the index held all that was logged before the end of the period when this was called; only who
    runs the shipper knows. *timeout* bounds each step of the search. Memory does not grow beyond what
    `incident.distinct` holds. Raises StoreUnavailable.
    """
    with closing(Distinct()) as persons:
        count = _counted(store, question, timeout, persons)
        return count.scope(question, canaries, levels, complete=complete)


def affected(
    store: EventStore, question: ScopeQuestion, *, timeout: timedelta, canaries: Set[str] | None = None
) -> Distinct:
    """The same persons themselves, by the oldest digest of each, marked 0 where only masked data was shown.

    Whoever asks closes what is returned. Raises StoreUnavailable.
    """
    return _counted(store, question, timeout, Distinct()).people(canaries)[0]


def _counted(store: EventStore, question: ScopeQuestion, timeout: timedelta, persons: Distinct) -> "_Count":
    count = _Count(persons)
    for document in store.search(question.condition(), question.start, question.end, timeout):
        count.add(document)
    return count


_BEGINS = frozenset({Phase.WHOLE, Phase.OPEN})
"""One such event for each exchange."""
_SHOWS = frozenset({Phase.WHOLE, Phase.SHOWN})
"""The events that say what was disclosed; `open` tells a ceiling and `close` a sum."""


class _Count:
    """Counts documents one by one."""

    def __init__(self, persons: Distinct) -> None:
        self.persons = persons
        """Each digest with one mark for each category shown in clear, and the first for anything in clear."""
        self.bits: dict[str, int] = {}
        self.clear: Counter[str] = Counter()
        self.masked: Counter[str] = Counter()
        self.not_named: Counter[str] = Counter()
        """Values in clear beyond one for each subject of their event, by category."""
        self.unattributed = 0
        self.systems: Counter[str] = Counter()
        self.operations: Counter[str] = Counter()
        self.named_otherwise: Counter[str] = Counter()
        """Subjects beyond resident IDs, by operation: the parts in which a long answer is recorded count together."""
        self.named: dict[str, set[str]] = {"callers": set(), "credentials": set(), "addresses": set()}
        self.open: set[str] = set()
        self.exports: dict[str, Export] = {}
        """By exchange."""
        self.events = self.refused = self.streams = self.bytes_out = 0
        self.first = self.last = ""
        self.without_subject = False

    def add(self, document: Document) -> None:
        """Count one event."""
        own, phase = document["yingbi"], document["event"]["action"]
        self.events += 1
        self._name(document)
        if own["verdict"] != Verdict.FORWARD and phase in _BEGINS:
            self.refused += 1
            return
        system = document["service"]["name"]
        operation = f"{system}: {own['operation']}"
        if phase in _BEGINS:
            self.systems[system] += 1
            self.operations[operation] += 1
        if phase in _SHOWS:
            self._count_values(own, document["@timestamp"])
            numbers = sum(use["count"] for use in own.get("fields", ()) if use["category"] == RESIDENT_ID)
            self.named_otherwise[operation] += len(own.get("subjects", ())) - numbers
        self._follow_stream(phase, own["exchange"], document)

    def _count_values(self, own: Document, at: str) -> None:
        subjects = own.get("subjects", ())
        bits = 1 if own["disclosure"] == Disclosure.CLEAR else 0
        shown = False
        clear = []
        for use in own.get("fields", ()):
            category, disclosure = use["category"], use["disclosure"]
            if disclosure == Disclosure.CLEAR:
                self.clear[category] += use["count"]
                bits |= 1 | 1 << self.bits.setdefault(category, len(self.bits) + 1)
                clear.append((use["name"], category, use["count"]))
            elif disclosure != Disclosure.NONE:
                self.masked[category] += use["count"]
            shown = shown or (disclosure != Disclosure.NONE and use["count"] > 0)
        not_named = values_not_named(clear, len(subjects))
        for counts in not_named.values():
            self.not_named.update(counts)
        self.unattributed += most_not_named(not_named)
        if any(not_named.values()) or (shown and not subjects):
            self.without_subject = True
        if shown or subjects:
            self.first = self.first or at
            self.last = at
        self.persons.note(subjects, bits)
        if former := own.get("former_subjects"):
            self.persons.same(subjects, former)

    def people(self, canaries: Set[str] | None) -> tuple[Distinct, int | None]:
        """The persons, each once and without *canaries*, and how many of those there were where they are known."""
        persons = self.persons.persons()
        return persons.without(canaries) if canaries is not None else (persons, None)

    def _follow_stream(self, phase: str, exchange: str, document: Document) -> None:
        sent = document["http"]["response"]["body"]["bytes"]
        match Phase(phase):
            case Phase.OPEN:
                self.streams += 1
                self.open.add(exchange)
                if len(self.exports) < MOST_NAMED:
                    self.exports[exchange] = Export(
                        event=document["event"]["id"],
                        at=datetime.fromisoformat(document["@timestamp"]),
                        system=document["service"]["name"],
                        operation=document["yingbi"]["operation"],
                    )
            case Phase.CLOSE:
                self.open.discard(exchange)
                if (begun := self.exports.get(exchange)) is not None:
                    self.exports[exchange] = replace(begun, bytes_out=sent)
                self.bytes_out += sent
            case Phase.WHOLE:
                self.bytes_out += sent
            case Phase.INTENT | Phase.SHOWN | Phase.PERMIT:
                pass

    def _name(self, document: Document) -> None:
        for kind, value in (
            ("callers", document.get("user", {}).get("id")),
            ("credentials", document["yingbi"].get("credential")),
            ("addresses", document.get("source", {}).get("ip")),
        ):
            if value and len(self.named[kind]) < MOST_NAMED:
                self.named[kind].add(value)

    def scope(self, question: ScopeQuestion, canaries: Set[str] | None, levels: Levels, *, complete: bool) -> Scope:
        """What was counted."""
        persons, left_out = self.people(canaries)
        tally, digests, epochs = Counter[int](), hashlib.sha256(), set[str]()
        with closing(persons):
            for number, (digest, bits) in enumerate(persons):
                tally[bits] += 1
                digests.update(f"\n{digest}".encode() if number else digest.encode())
                epochs.add(digest.partition(":")[0])
        in_clear = sum(each for bits, each in tally.items() if bits)
        return Scope(
            question=question,
            events=self.events,
            refused=self.refused,
            persons=in_clear,
            persons_masked=tally[0],
            persons_hash=digests.hexdigest(),
            categories={name: self._category(name, tally) for name in sorted(self.clear.keys() | self.masked.keys())},
            systems=dict(self.systems.most_common()),
            operations=dict(self.operations.most_common(MOST_NAMED)),
            callers=tuple(sorted(self.named["callers"])),
            credentials=tuple(sorted(self.named["credentials"])),
            addresses=tuple(sorted(self.named["addresses"])),
            streams=self.streams,
            bytes_out=self.bytes_out,
            first_at=datetime.fromisoformat(self.first) if self.first else None,
            last_at=datetime.fromisoformat(self.last) if self.last else None,
            cautions=tuple(self._cautions(question, epochs, complete=complete)),
            unattributed=self.unattributed,
            exports=tuple(self.exports.values()),
            persons_by_level=self._by_level(levels, tally),
            canaries=left_out,
        )

    def _by_level(self, levels: Levels, tally: Mapping[int, int]) -> dict[str, int]:
        """The persons in clear by the gravest level of what was shown of them."""
        bits_of = {name: 1 << bit for name, bit in self.bits.items()}
        masks = [(level, sum(bits_of.get(name, 0) for name in names)) for level, names in levels]
        found: Counter[str] = Counter()
        for bits, persons in tally.items():
            if bits and levels:
                found[next((level for level, mask in masks if bits & mask), "")] += persons
        return {level: found[level] for level in (*(level for level, _ in levels), "") if found[level]}

    def _category(self, name: str, tally: Mapping[int, int]) -> CategoryCount:
        bit = 1 << self.bits[name] if name in self.bits else 0
        return CategoryCount(
            clear_values=self.clear[name],
            masked_values=self.masked[name],
            clear_persons=sum(each for bits, each in tally.items() if bits & bit),
            clear_unattributed=self.not_named[name],
        )

    def _cautions(self, question: ScopeQuestion, epochs: Set[str], *, complete: bool) -> list[Caution]:
        found = [Caution.AROUND_THE_GATEWAY]
        if self.without_subject:
            found.append(Caution.VALUES_WITHOUT_SUBJECT)
        if any(more > 0 for more in self.named_otherwise.values()):
            found.append(Caution.OTHER_NUMBERS)
        if self.open:
            found.append(Caution.STREAM_UNFINISHED)
        if not complete:
            found.append(Caution.INDEX_BEHIND)
        if len(epochs) > 1:
            found.append(Caution.EPOCHS_MIXED)
        if EVENT_FIELD in question.where:
            found.append(Caution.SOURCE_UNKNOWN)
        if self.events == 0:
            found.append(Caution.NOTHING_FOUND)
        return found
