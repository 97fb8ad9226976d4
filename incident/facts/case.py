"""Facts about a case as a whole: how it began, what joined it, where it stands, which others it belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from incident.ids import CaseId, PlaybookId
from incident.taken import LinkKind, Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFacts:
    """What a case keeps of an alert."""

    id: str
    rule: str
    title: str
    level: str
    """Sigma's: informational, low, medium, high, critical."""
    group: Mapping[str, str]
    """Whom the alert is about: `{"user.id": "clerk-wang"}`."""
    raised_at: datetime
    """When the rule first fired: from then on somebody could have known."""
    first_at: datetime
    last_at: datetime
    """First and last event of the findings."""
    event_count: int
    subject_count: int
    events: tuple[str, ...]
    """Ids of some of the events."""
    respond: str
    """Stem of the playbook, or empty."""
    automatic: bool
    """Whether the rule may contain without asking."""


class Move(StrEnum):
    """What changes the state of a case; `incident.TRANSITIONS` is the table."""

    CONTAIN = "contain"
    RELAPSE = "relapse"
    RESOLVE = "resolve"
    CLOSE = "close"
    DISMISS = "dismiss"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The case was opened."""

    title: str
    level: str
    alert: AlertFacts | None
    book: str
    """Stem of the playbook that runs, or empty where none does."""
    main: PlaybookId | None
    playbooks: Mapping[PlaybookId, str]
    """Digests of the texts of that playbook and those it calls, so that a newer file changes nothing in this case."""
    drill: bool = False
    """Whether it is practice: `incident.drill`. It is from the first entry on, and for ever."""
    plan: str = ""
    """The planned drill that it holds, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertJoined:
    """An alert, new or grown, joined the case."""

    alert: AlertFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class StateMoved:
    """The state of the case changed."""

    move: Move
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Somebody wrote something down."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLinked:
    """A person said how the case hangs together with another."""

    kind: LinkKind
    other: CaseId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseUnlinked:
    """What was said so was taken back."""

    kind: LinkKind
    other: CaseId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTakenIn:
    """Another case went into this one. `entries` and `chain` are of its journal: what was taken is what that says."""

    other: CaseId
    title: str
    reason: str
    entries: int
    chain: str
    taken: Taken


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMerged:
    """The case went into another and goes on there."""

    into: CaseId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSplitOff:
    """An alert became a case of its own."""

    alert: str
    into: CaseId
    reason: str


type CaseFact = (
    Opened | AlertJoined | StateMoved | Noted | CaseLinked | CaseUnlinked | CaseTakenIn | CaseMerged | AlertSplitOff
)
