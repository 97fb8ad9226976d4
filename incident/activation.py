"""How far the steps of a case's playbooks and the commands that they issue are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from incident.command import Command
from incident.duty.clocks import Urgency
from incident.ids import Actor, PersonId, PlaybookId, StepId
from incident.playbook import StepKind


class Progress(StrEnum):
    """How far a step or a command is."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """One step that began."""

    number: int
    playbook: PlaybookId
    step: StepId
    kind: StepKind
    name: str
    parent: int
    after: int
    frame: int
    started_at: datetime
    start_at: datetime
    timeout_at: datetime | None
    progress: Progress = Progress.PENDING
    said: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """One command that was decided on."""

    command: Command
    step: int
    attempts: int = 1
    progress: Progress = Progress.PENDING
    said: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    issued_at: datetime
    ended_at: datetime | None = None
    ended_by: Actor | None = None
    taken_by: PersonId | None = None
    """Who does it, where it is a step that a person carries out."""
    warned: tuple[Urgency, ...] = ()
    """Of what people were warned."""
