"""What `yingbi.toml` says of how incidents are handled: the drills that are planned, and how fast one wants to be."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from incident.drill_plan import DrillPlan
from incident.goals import GOALS, Goals, Milestone
from incident.ids import PersonId
from incident.level import LEVELS

_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
MOST_MINUTES = 60 * 24 * 366


class Drill(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One drill that comes again."""

    name: str
    title: str
    playbook: str = ""
    """Name of the playbook's file without its ending; empty: handled by hand."""
    lead: str
    """The person who leads it."""
    first: date
    """The day by which it has to be held for the first time."""
    every_days: int = 180
    level: str = "high"

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError("`drills.name` has small letters, digits and dashes, 31 at most")
        if not self.title.strip() or not self.lead.strip():
            raise ValueError(f"`drills`: `{self.name}` has a `title`, and a `lead`, who is a person")
        if not 1 <= self.every_days <= 3660:
            raise ValueError(f"`drills`: `every_days` of `{self.name}` is a number between 1 and 3660")
        if self.level not in LEVELS:
            raise ValueError(f"`drills`: `level` of `{self.name}` is one of {', '.join(LEVELS)}")


class GoalMinutes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Within how many minutes each milestone of an incident is to be reached; 0: there is no goal."""

    detected: int = int(GOALS[Milestone.DETECTED].total_seconds() // 60)
    contained: int = int(GOALS[Milestone.CONTAINED].total_seconds() // 60)
    reported: int = int(GOALS[Milestone.REPORTED].total_seconds() // 60)
    told: int = int(GOALS[Milestone.TOLD].total_seconds() // 60)
    published: int = int(GOALS[Milestone.PUBLISHED].total_seconds() // 60)

    def __post_init__(self) -> None:
        for milestone in Milestone:
            if not 0 <= getattr(self, milestone.value) <= MOST_MINUTES:
                raise ValueError(f"`goals.{milestone.value}` is a number of minutes between 0 and {MOST_MINUTES}")

    @property
    def goals(self) -> Goals:
        """The goals there are."""
        minutes = {milestone: getattr(self, milestone.value) for milestone in Milestone}
        return {milestone: timedelta(minutes=number) for milestone, number in minutes.items() if number}


def wrong_with(drills: Sequence[Drill]) -> str:
    """What cannot be about *drills* together, in a sentence, or nothing."""
    names = [drill.name for drill in drills]
    return "`drills`: two have the same name" if len(set(names)) < len(names) else ""


def plans_of(drills: Sequence[Drill]) -> tuple[DrillPlan, ...]:
    """*drills* as the console knows them."""
    return tuple(
        DrillPlan(
            name=each.name,
            title=each.title,
            playbook=each.playbook,
            lead=PersonId(each.lead),
            first=each.first,
            every_days=each.every_days,
            level=each.level,
        )
        for each in drills
    )
