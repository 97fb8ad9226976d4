"""Facts of a playbook that runs: its steps and the commands that they, or a person, gave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from incident.command import Command
from incident.ids import CommandKey, PlaybookId, StepId
from incident.playbook import StepKind


class Ending(StrEnum):
    """How a step or a command ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """A step of a playbook began. `number` counts the steps of the case from 1."""

    number: int
    playbook: PlaybookId
    step: StepId
    kind: StepKind
    name: str
    parent: int = 0
    """The step whose branch this is in; 0 on the top level."""
    after: int = 0
    """The step it follows; 0 for the first of its branch."""
    frame: int = 0
    """The playbook-action step whose playbook this belongs to; 0 for the case's own."""
    start_at: datetime
    timeout_at: datetime | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    """What the variables of the frame begin with, on its first step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEnded:
    """A step ended. `outputs` go to the variables of its frame."""

    number: int
    ending: Ending
    said: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandIssued:
    """A command was decided on: from now on it is performed until an outcome is recorded."""

    step: int
    """The step it belongs to; 0 where a person asked for it directly."""
    command: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandEnded:
    """The outcome of a command."""

    key: CommandKey
    ending: Ending
    said: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftAsked:
    """A person wants a tightening taken back before it ends; another has to agree."""

    tightening: CommandKey
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    """The playbook came to its end."""

    ending: Ending


type RunFact = StepStarted | StepEnded | CommandIssued | CommandEnded | LiftAsked | RunEnded
