"""Facts about steps of a playbook that a person carries out: `incident.by_hand`."""

from dataclasses import dataclass
from datetime import datetime

from incident.duty.clocks import Urgency
from incident.ids import CommandKey, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTaken:
    """A person does the step that is asked for under that key, by their own word or given it by another."""

    key: CommandKey
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepGivenBack:
    """That person does it no more: it waits for anybody of its role again."""

    key: CommandKey
    person: PersonId
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWarned:
    """People are to be warned that the last quarter of the step's time has begun, or that its due time has passed."""

    key: CommandKey
    urgency: Urgency
    due: datetime


type StepFact = StepTaken | StepGivenBack | StepWarned
