"""The clocks of a case: which duty runs since when, until when, and what came of it.

INVARIANT 7: a clock is data. Its due time is stored when it is set; a restart or a newer table of duties moves none.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from incident.duties import Duty
from incident.ids import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One time that a clock was set: the first starts it, each later one moves it and stays visible."""

    start: datetime
    due: datetime
    reason: str
    """Why it was moved; empty for the first."""
    at: datetime
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Whether a duty exists in this case."""

    applies: bool
    why: str
    at: datetime
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Fulfilment:
    """That a duty was fulfilled, and the proof."""

    at: datetime
    by: Actor
    reference: str
    note: str


class Reading(StrEnum):
    """What a clock shows."""

    POSSIBLE = "possible"
    """It runs; whether the duty exists is not decided yet."""
    RUNNING = "running"
    LATE = "late"
    DONE = "done"
    DONE_LATE = "done_late"
    NOT_OWED = "not_owed"


class Urgency(StrEnum):
    """How much of the time is gone."""

    CALM = "calm"
    HALF = "half"
    LAST_QUARTER = "last_quarter"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRecord:
    """All that was recorded about one duty of a case."""

    duty: Duty
    settings: tuple[Setting, ...] = ()
    judged: Judgement | None = None
    fulfilled: Fulfilment | None = None
    withdrawn: bool = False
    """Whether what began it turned out to be a mistake: a later beginning is a new one."""
    late_since: datetime | None = None
    """The first due time that passed unfulfilled. Moving the clock does not undo it."""

    @property
    def start(self) -> datetime:
        """What it runs from now."""
        return self.settings[-1].start

    @property
    def due(self) -> datetime:
        """When it must be fulfilled at the latest."""
        return self.settings[-1].due

    @property
    def owed(self) -> bool:
        """Whether the duty is, or may be, still to be fulfilled."""
        return self.fulfilled is None and not (self.judged and not self.judged.applies)

    def reading(self, now: datetime) -> Reading:
        """What the clock shows at *now*. Once late, it never again shows that it was in time."""
        if self.fulfilled:
            late = self.late_since is not None or self.fulfilled.at > self.due
            return Reading.DONE_LATE if late else Reading.DONE
        if self.judged and not self.judged.applies:
            return Reading.NOT_OWED
        if self.late_since is not None or now > self.due:
            return Reading.LATE
        return Reading.RUNNING if self.judged or self.duty.from_grade is None else Reading.POSSIBLE

    def urgency(self, now: datetime) -> Urgency:
        """How much of the time is gone at *now*; CALM where nothing is owed any more."""
        if not self.owed:
            return Urgency.CALM
        whole, gone = self.due - self.start, now - self.start
        if now > self.due:
            return Urgency.OVER
        if gone >= whole * 3 / 4:
            return Urgency.LAST_QUARTER
        return Urgency.HALF if gone >= whole / 2 else Urgency.CALM
