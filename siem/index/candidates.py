"""Where a threshold can have been reached: an upper bound that an index works out by counting.

A window of length W that ends within a bucket of time lies in that bucket and the few before it. Where all of them
together hold too little, no window does. Bounds may be too high and are never too low; what they leave is judged event
by event.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from siem.index.condition import Condition
from siem.index.fields import check

BUCKET = timedelta(minutes=10)
GROUPED = ("user.id", "source.ip", "service.name", "yingbi.credential")
"""By which an index can keep groups apart."""
SUBJECTS = "yingbi.subjects"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Amount(StrEnum):
    """What is added up."""

    EVENTS = "events"
    DIFFERENT = "different"
    """Different values of a field, of a list its elements."""
    SUM = "sum"
    """A number, where it is above 0."""
    PARTS = "parts"
    """Different parts."""


@dataclass(frozen=True, slots=True)
class Reached:
    """So much, within so long, of what happens as one of the parts. It happens where that is reached."""

    parts: "tuple[Condition | Reached, ...]"
    amount: Amount
    field: str
    at_least: int
    within: timedelta

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What the events satisfy that matter to it, however deep."""
        return tuple(
            condition
            for part in self.parts
            for condition in (part.conditions if isinstance(part, Reached) else (part,))
        )

    @property
    def reach(self) -> timedelta:
        """How long before an event others can lie that count with it."""
        inner = max((part.reach for part in self.parts if isinstance(part, Reached)), default=timedelta(0))
        return self.within + inner

    @property
    def back(self) -> int:
        """How many buckets before the one of an event others can lie that count with it."""
        inner = max((part.back for part in self.parts if isinstance(part, Reached)), default=0)
        return buckets_in(self.within) + inner


@dataclass(frozen=True, slots=True)
class Question:
    """Where can this have been reached, and by which groups?"""

    reached: Reached
    group: tuple[str, ...]
    """Some of `GROUPED`, in their order. Events that lack one of them are of no group."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One group for which it can have been reached."""

    question: int
    """Which of those asked."""
    group: tuple[tuple[str, str], ...]
    """Fields and their values, folded: those of the question, or some of them, or none where it can be anybody."""
    spans: Sequence[tuple[datetime, datetime]]
    """When, apart and in order: from the first until before the second."""


def check_all(questions: Iterable[Question]) -> None:
    """Return if every index can answer *questions*. Raises ValueError as `siem.index.fields.check` does."""
    for condition in dict.fromkeys(each for question in questions for each in question.reached.conditions):
        check(condition)


def times_of(hot: Collection[int], start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """The times of the buckets *hot* that lie from *start* until before *end*."""
    times = ((_EPOCH + bucket * BUCKET, _EPOCH + (bucket + 1) * BUCKET) for bucket in sorted(hot))
    return joined((max(first, start), min(last, end)) for first, last in times if first < end and last > start)


def joined(times: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The same *times*, which are in order, those that meet as one."""
    runs: list[tuple[datetime, datetime]] = []
    for first, last in times:
        if runs and runs[-1][1] >= first:
            runs[-1] = (runs[-1][0], last)
        else:
            runs.append((first, last))
    return runs


def bucket_of(at: datetime) -> int:
    """The number of the bucket that holds a time."""
    return (at - _EPOCH) // BUCKET


def buckets_in(within: timedelta) -> int:
    """How many buckets before that of its end a window can begin in."""
    return -(-within // BUCKET)
