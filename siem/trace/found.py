"""What a trace comes to. Nothing here names a subject: neither by value nor by digest."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from siem.trace.sample import Sample


class Verdict(StrEnum):
    """Whether the accesses explain the sample."""

    ONE_CALLER = "one_caller"
    SEVERAL_CALLERS = "several_callers"
    IN_PART = "in_part"
    """What was shown in clear is explained to less than six tenths."""
    NO_CALLER = "no_caller"
    """Subjects of it were shown in clear, and to nobody more than chance lets expect."""
    NOTHING_SHOWN = "nothing_shown"
    """Nobody was shown any of it in clear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """The 24 hours in which a caller was shown most of the sample."""

    first_at: datetime
    last_at: datetime
    matched: int
    seen: int
    """How many subjects they were shown in clear in that time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """One caller who was shown something of the sample in clear."""

    rank: int
    """From 1: sources first, as they were found, then the others by likelihood."""
    caller: str
    """As the log spells it; the address of who was not signed in."""
    kind: str
    """What the log calls the caller, or empty where the events were not read."""
    posts: tuple[str, ...]
    is_source: bool
    """Whether they explain a part of the sample that chance does not, after the sources before them."""
    matched: int
    """Identifiers of the sample that they were shown in clear."""
    newly: int
    """Those of them that the sources before them were not shown."""
    coverage: float
    """The part of all identifiers of the sample that is."""
    coverage_shown: float
    """The part of those that anybody was shown in clear."""
    seen: int
    """How many subjects they were shown in clear in all."""
    precision: float
    """The part of the subjects they were shown that stands in the sample."""
    likelihood: float
    """How unlikely chance is: the negative decimal logarithm of the probability that one of so many callers agrees so
    well with a sample that has nothing to do with them; 0 means nothing.
    """
    first_at: datetime
    last_at: datetime
    days: int
    """On how many days; 0 where the events were not read, as with everything below."""
    order: float
    """How far the sample stands in the order in which it was shown, from -1 to 1."""
    peak: Peak | None
    systems: tuple[str, ...]
    operations: tuple[str, ...]
    events: tuple[str, ...]
    """The ids of a few events to begin with."""
    is_whole: bool
    """Whether all events were read that the details rest on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The answer."""

    sample: Sample
    start: datetime
    end: datetime
    epochs: tuple[str, ...]
    """Under whose keys was looked."""
    known: int
    """How many subjects the index knows, roughly."""
    compared: int
    """How many callers were shown something of the sample in clear."""
    shown: int
    """Identifiers that somebody was shown in clear."""
    masked_only: int
    """Identifiers whose records were only ever shown masked."""
    never: int
    """Identifiers that never came through the gateway in that time, or not as a subject."""
    explained: int
    """Identifiers that the sources were shown."""
    verdict: Verdict
    callers: tuple[Suspect, ...]
    """The likeliest of those compared."""
