"""What a case takes in from another that goes into it, and how cases hang together: data of the journal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from incident.command import Lift, Tighten
from incident.duty.clocks import ClockRecord
from incident.duty.duties import Grade, Occurrence
from incident.ids import Actor, Bilingual, CommandKey, PersonId


class LinkKind(StrEnum):
    """How one case hangs together with another."""

    RELATED = "related"
    DUPLICATE = "duplicate"
    """It is about what the other is about."""
    CAUSED_BY = "caused_by"
    """The other made it possible."""
    SPLIT_FROM = "split_from"
    """An alert of the other became this case: nobody says so by hand."""


LINK_NAMES: Mapping[LinkKind, Bilingual] = {
    LinkKind.RELATED: Bilingual(zh="相关", en="related"),
    LinkKind.DUPLICATE: Bilingual(zh="重复", en="a duplicate of"),
    LinkKind.CAUSED_BY: Bilingual(zh="起因于", en="caused by"),
    LinkKind.SPLIT_FROM: Bilingual(zh="拆分自", en="split from"),
}


BY_A_PERSON = (LinkKind.RELATED, LinkKind.DUPLICATE, LinkKind.CAUSED_BY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurred:
    """Something a clock can run from, as the other case recorded it."""

    what: Occurrence
    at: datetime
    by: Actor
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Performed:
    """A measure, or the end of one, that the other case put in force."""

    command: Tighten | Lift
    issued_at: datetime
    ended_at: datetime
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftWaiting:
    """That a measure be taken back, which waits for a second person."""

    tightening: CommandKey
    by: PersonId
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeBefore:
    """How the other case was graded."""

    grade: Grade
    why: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Everything of a case that binds the one that it goes into; the rest stays in its own journal."""

    occurrences: tuple[Occurred, ...]
    clocks: tuple[ClockRecord, ...]
    performed: tuple[Performed, ...]
    lifts: tuple[LiftWaiting, ...]
    grade: GradeBefore | None
    contained_at: datetime | None
