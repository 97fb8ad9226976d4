"""What an index of the log promises. Indexes are disposable: each can be dropped and rebuilt from the log."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from siem.index.candidates import Candidate, Question
from siem.index.condition import Condition
from siem.index.counts import Breakdown, Count
from siem.index.sightings import Seer, Sighting, Volumes
from siem.record.ecs import Document
from siem.record.event import EventId

ANOTHER = "`event.id` is that of another event"
"""Why an index refuses an event under whose id it has something else."""

type Place = tuple[datetime, EventId]
"""Of an event in the order of `@timestamp` and `event.id`."""


class StoreUnavailable(Exception):
    """The index cannot answer now. Nothing is lost: the log has it, and the same call may succeed later."""


class EventsRefused(StoreUnavailable):
    """Some documents of an append were not taken, each for a reason of its own. All the others are indexed."""

    def __init__(self, *, of: int, new: int, waiting: Mapping[int, str], refused: Mapping[int, str]) -> None:
        self.new = new
        """How many of the others the index did not have."""
        self.waiting = waiting
        """By place in the append, those that the index could not take now, and why."""
        self.refused = refused
        """By place in the append, those that it will not take as they and its mapping are, and why. No values."""
        reasons = sorted({*waiting.values(), *refused.values()})
        super().__init__(f"the index refused {len(waiting) + len(refused)} of {of} events: {', '.join(reasons[:3])}")


class EventStore(Protocol):
    """Where events can be searched. Any failure is StoreUnavailable; every call ends within its `timeout`.

    Documents are those that `to_ecs` makes. A condition that `siem.index.fields.check` refuses is a ValueError, at the
    call and not when its result is read.
    """

    together: int
    """The events of so many groups are read sooner by one search than by one for each."""

    @property
    def appends_at_once(self) -> int:
        """So many appends at the same time, by threads of one process, bring it further than one after the other."""

    def append(self, documents: Sequence[Document], timeout: timedelta) -> int:
        """How many were new: an event already indexed is not indexed twice, in whatever batch it comes again.

        Every document is indexed when the call returns. EventsRefused says which are not, and the others are; after
        any other StoreUnavailable each may be or not. What `siem.index.strict.fault_of` finds fault with is refused. So
        is, as `ANOTHER`, what comes under the id of another event of its day: it would be in no search.
        """

    def search(self, condition: Condition, start: datetime, end: datetime, timeout: timedelta) -> Iterator[Document]:
        """The events with start <= `@timestamp` < end that satisfy *condition*, by (`@timestamp`, `event.id`).

        Sees every append that returned before the call, and reads in bounded memory. *timeout* bounds each step of
        the iteration.
        """

    def candidates(
        self, questions: Sequence[Question], start: datetime, end: datetime, timeout: timedelta
    ) -> list[Candidate]:
        """Where what is asked can have been reached in that span: groups, each once for a question, and when.

        Too many rather than one too few: whatever else is reached nowhere. Counts by a bound, without reading events.
        """

    def get(self, event: EventId, timeout: timedelta) -> Document | None:
        """The event with that id, or None where the index has none."""

    def count(self, condition: Condition, start: datetime, end: datetime, timeout: timedelta) -> int:
        """How many events `search` would yield."""

    def latest(
        self,
        condition: Condition,
        start: datetime,
        end: datetime,
        most: int,
        timeout: timedelta,
        before: Place | None = None,
    ) -> Sequence[Document]:
        """The last *most* (500 at most) of the events that `search` would yield, the last one first.

        Of those alone that come before *before*, where one is named: what is appended meanwhile moves no other.
        """

    def count_by(
        self, asked: Breakdown, start: datetime, end: datetime, timeout: timedelta, every: timedelta | None = None
    ) -> Sequence[Count]:
        """How many events of *asked* there are, in order; in intervals of *every* from *start* on, or all in one.

        Combinations of which there is no event are left out. A text of one event in two spellings may count twice.
        Raises ValueError as `check_breakdown` does. *timeout* bounds the whole answer.
        """

    def newest(self, timeout: timedelta) -> datetime | None:
        """The latest `@timestamp` indexed, or None where the index is empty."""

    def sightings(
        self, subjects: Collection[str], start: datetime, end: datetime, timeout: timedelta
    ) -> Iterator[Sighting]:
        """Who was shown each of *subjects* (`DIGESTS_IN` at most) in that span: one for each subject, seer and form."""

    def volume(self, seers: Sequence[Seer], start: datetime, end: datetime, timeout: timedelta) -> list[int]:
        """Of how many different subjects each of *seers* was shown something in clear in that span.

        Exact up to 40,000, beyond that within a few per cent. *timeout* bounds what is asked of each.
        """

    def volumes(self, epochs: Collection[str], start: datetime, end: datetime, timeout: timedelta) -> Volumes:
        """The same of every seer, roughly, and how many subjects are known, whose digests are of one of *epochs*."""

    def close(self) -> None:
        """Let go of connections and files. The store answers nothing afterwards."""


class Keeper(Protocol):
    """Who looks after the index as a whole. Any failure is StoreUnavailable."""

    def prepare(self, timeout: timedelta) -> None:
        """Bring the index up to this version. Doing it twice is doing it once."""

    def drop_before(self, day: date, timeout: timedelta, but: Callable[[date], bool] = lambda each: False) -> list[str]:
        """The names of what held the events of days (UTC) before *day*, which is deleted, *but* for some of them.

        The log still has them.
        """

    def close(self) -> None:
        """Let go of connections and files."""
