"""How each drill that is planned stands, by the drills that were held."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from incident.drill_plan import DrillPlan
from incident.incident import Case
from incident.state import ENDED, State

REMIND_BEFORE = timedelta(days=7)
"""So long before it is due its lead is reminded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStanding:
    """How a planned drill stands."""

    plan: DrillPlan
    due: date
    """The day on which it has to be held at the latest; overdue from then on, until it is."""
    overdue: bool
    soon: bool
    """Whether it is due within the days of a reminder."""
    held: Case | None
    """The drill that held it last."""
    under_way: Case | None


def standing_of(plan: DrillPlan, cases: Iterable[Case], zone: tzinfo, now: datetime) -> PlanStanding:
    """How *plan* stands at *now*. A drill counts as held once it was closed, which takes a review."""
    drills = [case for case in cases if case.drill and case.plan == plan.name]
    held = max((case for case in drills if case.state is State.CLOSED), key=lambda case: case.opened_at, default=None)
    under_way = max((case for case in drills if case.state not in ENDED), key=lambda case: case.opened_at, default=None)
    due = held.opened_at.astimezone(zone).date() + timedelta(days=plan.every_days) if held else plan.first
    today = now.astimezone(zone).date()
    overdue = today > due
    return PlanStanding(
        plan=plan,
        due=due,
        overdue=overdue,
        soon=not overdue and today >= due - REMIND_BEFORE,
        held=held,
        under_way=under_way,
    )


def standings(plans: Sequence[DrillPlan], cases: Sequence[Case], zone: tzinfo, now: datetime) -> list[PlanStanding]:
    """How all *plans* stand, the earliest due first."""
    found = (standing_of(plan, cases, zone, now) for plan in plans)
    return sorted(found, key=lambda each: (each.due, each.plan.name))
