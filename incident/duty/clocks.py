"""The clocks of a case: which duty runs since when, until when, and what came of it.

INVARIANT 7: a clock is data. Its due time is stored when it is set; a restart or a newer table of duties moves none.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from incident.duty.duties import Duty
from incident.ids import Actor, Bilingual


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
class ProofFile:
    """A file that proves something: its name, and what it is recognised by. The file itself is kept elsewhere."""

    name: str
    sha256: str
    """In hex."""
    size: int
    """In octets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fulfilment:
    """That a duty was fulfilled, and the proof."""

    at: datetime
    by: Actor
    reference: str
    note: str
    file: ProofFile | None = None


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


URGENCY_NAMES = {
    Urgency.CALM: Bilingual(zh="时间充裕", en="there is time"),
    Urgency.HALF: Bilingual(zh="时限已过半", en="half of the time is gone"),
    Urgency.LAST_QUARTER: Bilingual(zh="只剩最后四分之一的时间", en="the last quarter of the time has begun"),
    Urgency.OVER: Bilingual(zh="超过时限", en="the time is over"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRecord:
    """All that was recorded about one duty of a case."""

    duty: Duty
    settings: tuple[Setting, ...] = ()
    judged: Judgement | None = None
    fulfilled: Fulfilment | None = None
    withdrawn: bool = False
    """Whether what began it turned out to be a mistake: a later beginning is a new one."""
    warned: tuple[Urgency, ...] = ()
    """Of what people were warned since it was last set."""
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
    def half_at(self) -> datetime:
        """When half of the time is gone."""
        return self._after(0.5)

    @property
    def last_quarter_at(self) -> datetime:
        """When the last quarter of the time begins."""
        return self._after(0.75)

    def _after(self, share: float) -> datetime:
        start, due = self.start.astimezone(UTC), self.due.astimezone(UTC)
        return start + (due - start) * share

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
        if now > self.due:
            return Urgency.OVER
        if now >= self.last_quarter_at:
            return Urgency.LAST_QUARTER
        return Urgency.HALF if now >= self.half_at else Urgency.CALM
