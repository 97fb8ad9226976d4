"""Who is affected: what is asked of the log, and the numbers that come back, with what no log can know.

`incident.counting` counts.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from siem.index.condition import AllOf, Condition, Exists, In, Not

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
