"""Drills that are planned: which playbook, how often, who leads. How they stand is `drill_standing`."""

from dataclasses import dataclass
from datetime import date

from incident.ids import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillPlan:
    """One drill that comes again."""

    name: str
    title: str
    playbook: str
    """Stem of the playbook; empty: handled by hand."""
    lead: PersonId
    first: date
    every_days: int
    level: str = "high"
