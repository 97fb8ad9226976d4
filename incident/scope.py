"""Who is affected: counted from the events of the log, and what the log cannot know, said.

Persons are counted exactly, and their digests forgotten: a scope holds numbers, and a hash by which the same set can be
recognised when it is counted again.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from incident.distinct import Distinct
from siem.index.condition import AllOf, Condition, Exists, In, Not
from siem.index.store import EventStore
from siem.record.ecs import Document, most_not_named, values_not_named
from siem.record.event import Disclosure, Phase, Verdict

CALLER_FIELD = "user.id"
SYSTEM_FIELD = "service.name"
EVENT_FIELD = "event.id"
RESIDENT_ID = "resident_id"
"""The category of the number that citizens are known by where they sign in."""
MOST_NAMED = 200
"""At most so many operations, addresses and credentials are named in a scope; the numbers count all."""


type Levels = Sequence[tuple[str, Set[str]]]
"""Each level with its categories, the gravest first."""


class Caution(StrEnum):
    """What is not certain about the numbers of a scope."""

    AROUND_THE_GATEWAY = "around_the_gateway"
    """Always: what was read elsewhere, photographed or passed on is in no log of ours."""
    VALUES_WITHOUT_SUBJECT = "values_without_subject"
    """More values were shown than the answers name subjects: more persons may be affected, up to `unattributed`."""
    OTHER_NUMBERS = "other_numbers"
    """Some records name whom they are about by another number than a resident ID: nobody is found in them by that."""
    STREAM_UNFINISHED = "stream_unfinished"
    """A streamed answer has no end in the log: what it showed is counted, the bytes are not all known."""
    INDEX_BEHIND = "index_behind"
    """The index did not hold all that was logged in the period: the numbers may be too low."""
    EPOCHS_MIXED = "epochs_mixed"
    """The digest key changed within the period: one person may count twice."""
    SOURCE_UNKNOWN = "source_unknown"
    """The alert names no source, so only events that it names were counted: the same source may have read more."""
    NOTHING_FOUND = "nothing_found"
    """No event fits, although there was an alert."""


DOUBTFUL = frozenset({Caution.INDEX_BEHIND, Caution.EPOCHS_MIXED, Caution.SOURCE_UNKNOWN, Caution.NOTHING_FOUND})
"""With these the number of persons is in doubt, and a notice that states it is not published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeQuestion:
    """Which events are asked about."""

    where: Mapping[str, tuple[str, ...]]
    """For each field of the event, the values that count: normally the caller under `user.id`."""
    start: datetime
    end: datetime
    """The first moment no longer asked about."""
    absent: tuple[str, ...] = ()
    """Fields that no event that counts has: `user.id` where the reader had not signed in."""

    def condition(self) -> Condition:
        """The condition for the index."""
        named = [In(field, frozenset(values)) for field, values in sorted(self.where.items())]
        return AllOf((*named, *(Not(Exists(field)) for field in self.absent)))


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryCount:
    """How far one category of personal data was shown."""

    clear_values: int
    masked_values: int
    """Shown masked or as a pseudonym."""
    clear_persons: int
    """Persons in whose answers the category was shown in clear: at most so many, since a record does not say whose."""
    clear_unattributed: int = 0
    """Those of the values in clear beyond one for each subject that their answer names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One answer that was streamed, as exports are."""

    event: str
    """The number of the event with which it began."""
    at: datetime
    system: str
    operation: str
    bytes_out: int | None = None
    """None where the log has no end of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What was shown to whom, in numbers."""

    question: ScopeQuestion
    events: int
    refused: int
    """Exchanges withheld: they showed nothing."""
    persons: int
    """Distinct persons of whom something was shown in clear."""
    persons_masked: int
    """Distinct further persons of whom only masked data was shown."""
    persons_hash: str
    """SHA-256 over the sorted digests of both."""
    categories: Mapping[str, CategoryCount]
    systems: Mapping[str, int]
    """Exchanges that were answered, by system."""
    operations: Mapping[str, int]
    """The same by `system: operation`, most frequent first."""
    callers: tuple[str, ...]
    """Staff, systems and terminals by id, citizens by digest."""
    credentials: tuple[str, ...]
    addresses: tuple[str, ...]
    streams: int
    """Streamed answers, as exports are."""
    bytes_out: int
    first_at: datetime | None
    last_at: datetime | None
    """First and last event that showed something, or None where none did."""
    cautions: tuple[Caution, ...]
    unattributed: int = 0
    """At most so many further persons: of each answer and record the values in clear of its most frequent category,
    beyond one for each subject that the answer names."""
    exports: tuple[Export, ...] = ()
    """The streamed answers, the first `MOST_NAMED` of them; `streams` counts all."""
    persons_by_level: Mapping[str, int] = field(default_factory=dict)
    """The persons of whom something was shown in clear, each at the gravest level of what was; under an empty name
    those of whom no category of a known level was. Empty where nobody knew the levels.
    """
    canaries: int | None = None
    """How many invented people were shown as well, who are nobody and in none of the numbers of persons; None where
    they were not told apart, and count as persons."""

    @property
    def persons_at_most(self) -> int:
        """How many persons can be affected by what was shown in clear."""
        return self.persons + self.unattributed

    @property
    def doubtful(self) -> bool:
        """Whether the number of persons is in doubt."""
        return not DOUBTFUL.isdisjoint(self.cautions)


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


def question_about(
    group: Mapping[str, str], start: datetime, end: datetime, events: Sequence[str] = ()
) -> ScopeQuestion:
    """The question for an alert's *group*: all that its caller did; where it names none, what came from where it did
    without a caller. Who signs in at the same address is somebody else, and known by name.

    A group that names nobody, or a system only, would ask about everybody: then the *events* of the alert count, and
    no others. Raises ValueError where there are none.
    """
    named = {name: (value,) for name, value in group.items() if value}
    if CALLER_FIELD in named:
        return ScopeQuestion(where={CALLER_FIELD: named[CALLER_FIELD]}, start=start, end=end)
    if named.keys() - {SYSTEM_FIELD}:
        return ScopeQuestion(where=named, absent=(CALLER_FIELD,), start=start, end=end)
    if not events:
        raise ValueError(
            "告警没有指明对象，无法统计"
            " / the alert names no caller and no group, so there is nobody to ask the log about"
        )
    return ScopeQuestion(where={EVENT_FIELD: tuple(events)}, start=start, end=end)
