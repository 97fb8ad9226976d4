"""Facts that duties to report and to notify follow from: what happened, who is affected, which clocks run."""

from dataclasses import dataclass
from datetime import datetime

from incident.duty.clocks import ProofFile, Urgency
from incident.duty.duties import Duty, Grade, Occurrence
from incident.ids import DutyId, PersonId
from incident.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Something that a clock can run from, with the time at which it was so."""

    what: Occurrence
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClueDisputed:
    """A person holds the clue to a crime to be a mistake; another has to agree."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClueWithdrawn:
    """Another person agreed: there was no clue to a crime. A later one begins anew."""

    reason: str
    asked_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSet:
    """A duty's clock was started, or moved: then `reason` says why. The duty is kept as it was at that time."""

    duty: Duty
    start: datetime
    due: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyJudged:
    """It was found whether a duty exists in this case."""

    duty: DutyId
    applies: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyFulfilled:
    """A duty was fulfilled; `reference` is the proof."""

    duty: DutyId
    reference: str
    note: str = ""
    file: ProofFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyWarned:
    """People are to be warned that half of the time is gone, or the last quarter of it has begun."""

    duty: DutyId
    urgency: Urgency
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyLate:
    """A due time passed. It stays late, whatever is done afterwards."""

    duty: DutyId
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStated:
    """A person stated an item of a report that no log can know; see `incident.duty.stating`."""

    item: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeAssessed:
    """It was counted who is affected."""

    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """The incident was graded."""

    grade: Grade
    why: str
    clauses: tuple[str, ...] = ()
    """Harm clauses that speak for a higher grade, by id: a person has to decide about them."""


type DutyFact = (
    Happened
    | ClueDisputed
    | ClueWithdrawn
    | ClockSet
    | DutyJudged
    | DutyFulfilled
    | DutyWarned
    | DutyLate
    | ItemStated
    | ScopeAssessed
    | Graded
)
