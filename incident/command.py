"""What the engine asks for. Commands are data: whoever performs one tells the engine how it ended.

INVARIANT: every command that a machine performs has a key and is idempotent by it: performed twice, it has happened
once. So after a crash it is simply performed again. What cannot be made so is never a command but an `AskPerson`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from incident.ids import Actor, Bilingual, CaseId, CommandKey, PersonId
from incident.notice import PublishedNotice
from incident.scope import Scope, ScopeQuestion


class Containment(StrEnum):
    """The tightenings that a case can ask for: those of the overlay, by the same names."""

    BLOCK_CALLER = "block_caller"
    BLOCK_CREDENTIAL = "block_credential"
    STOP_OPERATION = "stop_operation"
    STOP_SYSTEM = "stop_system"
    MASK_HARDER = "mask_harder"
    QUARANTINE_EXPORTS = "quarantine_exports"
    REVOKE_SESSIONS = "revoke_sessions"
    RAISE_LOGGING = "raise_logging"
    PLANT_CANARIES = "plant_canaries"
    PRESERVE_EVIDENCE = "preserve_evidence"


CONTAINING = frozenset(
    {
        Containment.BLOCK_CALLER,
        Containment.BLOCK_CREDENTIAL,
        Containment.STOP_OPERATION,
        Containment.STOP_SYSTEM,
        Containment.MASK_HARDER,
    }
)
"""Those by which a case is contained: what others do stops nobody from reading on."""
UNASKED = frozenset({Containment.PRESERVE_EVIDENCE})
"""Those that hit nobody, so that a playbook needs nobody's yes for them."""
LASTING = frozenset({Containment.PRESERVE_EVIDENCE})
"""Those that end by no time, and last until two people take them back."""
TARGETED = frozenset(
    {
        Containment.BLOCK_CALLER,
        Containment.BLOCK_CREDENTIAL,
        Containment.STOP_OPERATION,
        Containment.REVOKE_SESSIONS,
    }
)
"""Those that need a target."""
OF_EITHER = frozenset({Containment.QUARANTINE_EXPORTS, Containment.RAISE_LOGGING})
"""Those that need a system, a target, or both."""
OF_A_SYSTEM = frozenset(
    {Containment.STOP_OPERATION, Containment.STOP_SYSTEM, Containment.MASK_HARDER, Containment.PLANT_CANARIES}
)


def lacks_object(kind: Containment, system: str, target: str) -> bool:
    """Whether it is not said whom or what *kind* is about."""
    if kind in OF_EITHER:
        return not (system or target)
    return (kind in TARGETED and not target) or (kind in OF_A_SYSTEM and not system)


def takes_target(kind: Containment) -> bool:
    """Whether *kind* can be about an account, a credential or an operation."""
    return kind in TARGETED or kind in OF_EITHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Tighten:
    """Publish an overlay entry whose id is `key`."""

    key: CommandKey
    case: CaseId
    kind: Containment
    system: str = ""
    target: str = ""
    since: datetime | None = None
    """From when on the kind looks at what there was, where it does: what was logged, as one."""
    until: datetime
    """At most 24 hours ahead: what lasts longer takes two people and is no command of a playbook."""
    reason: str
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """Take back what `tightening` put in force, before it ends: two people want it (invariant 6)."""

    key: CommandKey
    case: CaseId
    tightening: Tighten
    at: datetime
    """When the second agreed."""
    reason: str
    asked_by: PersonId
    agreed_by: PersonId

    def __post_init__(self) -> None:
        if self.asked_by == self.agreed_by:
            raise ValueError("a tightening is taken back by two people")


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessScope:
    """Count who is affected, once the index holds everything logged before the end of the period."""

    key: CommandKey
    case: CaseId
    question: ScopeQuestion


@dataclass(frozen=True, slots=True, kw_only=True)
class StartDuties:
    """Grade the incident and say which duties it brings. The engine does this itself."""

    key: CommandKey
    case: CaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftNotice:
    """Fill in the notice from the facts. The engine does this itself."""

    key: CommandKey
    case: CaseId
    template: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishNotice:
    """Put the notice, exactly so, into the folder of published notices."""

    key: CommandKey
    case: CaseId
    notice: PublishedNotice


class Question(StrEnum):
    """What a person is asked."""

    STEP = "step"
    """To do a manual step and say so, or to decline it."""
    CONTAIN = "contain"
    """Whether to contain; a rule that contains on its own answers it too."""
    APPROVE_NOTICE = "approve_notice"
    """To have the notice submitted by one person and approved by another."""
    RESCUE = "rescue"
    """What to do about a step that failed where the playbook knows no way on: try again, or done by hand."""


ASSIGNEES: Mapping[Question, str] = {
    Question.CONTAIN: "值班员 / on-call staff",
    Question.APPROVE_NOTICE: "发布员 / press officer",
    Question.RESCUE: "值班员 / on-call staff",
}
"""Who should answer; a manual step goes to the agent that the playbook names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A containment that a person is offered."""

    kind: Containment
    system: str = ""
    target: str = ""
    hours: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPerson:
    """Wait for a person."""

    key: CommandKey
    case: CaseId
    question: Question
    title: str
    text: str
    assignee: str
    """Who should; who may is decided by the console."""
    answers: tuple[str, ...] = ()
    """Names of variables that the person is asked to fill in."""
    measures: tuple[Measure, ...] = ()
    """Who says yes takes one of these, which is then put in force."""
    due: datetime | None = None
    """Until when a step is to be done; None where the playbook does not say. What is late is not given up."""
    contains: bool = True
    """Whether a yes to `Question.CONTAIN` is one to containing, and not to a measure alone that stops nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What stands in a drill for a command that would do something outside: nobody performs it, the engine ends it."""

    key: CommandKey
    case: CaseId
    of: str
    """The kind of that command, as the journal writes it: `tighten`."""
    about: Bilingual
    """What it would have done."""


type MachineCommand = Tighten | Lift | AssessScope | StartDuties | DraftNotice | PublishNotice | Rehearsal
type Command = MachineCommand | AskPerson


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The command was carried out."""

    said: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeFound:
    """The answer to AssessScope."""

    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The command cannot be carried out. What may work in a moment is tried again instead of being told as this."""

    said: str


type Outcome = Done | ScopeFound | Failed
