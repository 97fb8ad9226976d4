"""Facts about who handles a case, what is to be done, how it is marked, what is learned: `incident.handling`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from incident.evidence import Custody
from incident.ids import PersonId
from incident.marking import CaseRole, Tlp


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGiven:
    """These persons, and nobody else, have the role in the case."""

    role: CaseRole
    persons: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSet:
    """A task was given to somebody, or given anew under the same number."""

    task: int
    title: str
    assignee: PersonId
    due: datetime
    lasting: bool = False
    """Whether it is an action that outlives the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDone:
    """A task was done."""

    task: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """It was said who may be told of the case."""

    tlp: Tlp
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSet:
    """Only these persons may open the case; everybody whose role allows it, where there are none."""

    persons: tuple[PersonId, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictedRead:
    """Somebody who is not named opened a page of a restricted case, as an auditor may."""

    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What was learned. Times and goals are seconds, by milestone, as they were when it was written."""

    cause: str
    lessons: str
    measured: Mapping[str, int]
    goals: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceAdded:
    """A file, or the digests of one that is kept elsewhere, belongs to the case as evidence."""

    evidence: int
    name: str
    size: int
    sha256: str
    sm3: str
    origin: str
    tlp: Tlp
    kept: bool
    keep_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceMoved:
    """A piece of evidence changed hands, or was sealed."""

    evidence: int
    step: Custody
    party: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceOpened:
    """A piece of evidence was taken out to be read, and compared with what had been added."""

    evidence: int
    intact: bool


type HandlingFact = (
    RoleGiven
    | TaskSet
    | TaskDone
    | Marked
    | AccessSet
    | RestrictedRead
    | Reviewed
    | EvidenceAdded
    | EvidenceMoved
    | EvidenceOpened
)
