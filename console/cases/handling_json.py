"""How a case is handled as programs read it: roles, tasks, evidence, review, lists of persons, drills that are due.

Keys are only ever added.
"""

from datetime import UTC, datetime
from typing import Any

from console.cases.handling_view import OpenStep, OpenTask
from incident.codec import encode
from incident.drill_standing import PlanStanding
from incident.duty.stating import stated
from incident.evidence import Evidence
from incident.handling import Review, Task
from incident.ids import CaseId
from incident.incident import Case
from incident.person_lists import PersonList, part_name
from siem.detect.aliases import Aliases


def handling_json(case: Case, now: datetime, alias: Aliases) -> dict[str, Any]:
    """How *case* is handled; *alias* names citizens."""
    handling = case.handling
    return {
        "drill": case.drill,
        "tlp": handling.tlp.value,
        "restricted": handling.restricted,
        "readers": sorted(handling.readers),
        "roles": {role.value: list(persons) for role, persons in handling.roles.items()},
        "tasks": [task_json(task, now, alias) for task in handling.tasks.values()],
        "evidence": [_evidence(piece, alias) for piece in handling.evidence.values()],
        "review": _review(handling.review, alias) if handling.review else None,
        "stated": {item: {"text": alias(text), "entry": entry.number} for item, (text, entry) in stated(case).items()},
    }


def task_json(task: Task, now: datetime, alias: Aliases) -> dict[str, Any]:
    """One task."""
    done = task.done
    return {
        "number": task.number,
        "title": alias(task.title),
        "assignee": task.assignee,
        "due": task.due.isoformat(),
        "lasting": task.lasting,
        "overdue": task.is_overdue(now),
        "late_since": task.late_since.isoformat() if task.late_since else None,
        "done": {"by": str(done.by), "at": done.at.isoformat(), "note": alias(done.note)} if done else None,
    }


def open_task_json(found: OpenTask, now: datetime, alias: Aliases) -> dict[str, Any]:
    """A task that is still to be done, with its case."""
    return {"case": found.case.id, "drill": found.case.drill, **task_json(found.task, now, alias)}


def step_json(found: OpenStep, alias: Aliases) -> dict[str, Any]:
    """A step that a playbook waits for, with its case. It is answered there, by its key."""
    asked, due = found.step.asked, found.step.due
    return {
        "case": found.case.id,
        "drill": found.case.drill,
        "key": asked.key,
        "title": alias(asked.title),
        "assignee": asked.assignee,
        "due": due.isoformat() if due else None,
        "due_at": due.astimezone(UTC).isoformat(timespec="seconds") if due else None,
        "taken_by": found.step.taken_by,
        "overdue": found.overdue,
    }


def person_list_json(case: CaseId, found: PersonList) -> dict[str, Any]:
    """A list of persons to tell: numbers, and never who they are."""
    last = found.last
    return {
        "number": found.number,
        "standing": found.standing.value,
        "source": found.asked.source,
        "recipient": found.asked.recipient,
        "masked": found.asked.masked,
        "reason": found.asked.reason,
        "asked_by": found.asked_by,
        "asked_at": found.asked_at.isoformat(),
        "agreed_by": found.agreed_by,
        "affected": last.affected if last else None,
        "found": last.found if last else None,
        "missing_because": last.why if last and not last.complete else None,
        "stopped_because": found.stopped.reason if found.stopped else None,
        "parts": [part_name(case, found.number, part) for part in range(1, found.parts + 1)],
    }


def plan_json(found: PlanStanding, shown: frozenset[CaseId]) -> dict[str, Any]:
    """How a planned drill stands; the cases that are not *shown* to who asks are named by no number."""
    held, going_on = (case.id if case and case.id in shown else None for case in (found.held, found.under_way))
    return {
        "plan": found.plan.name,
        "title": found.plan.title,
        "playbook": found.plan.playbook or None,
        "lead": found.plan.lead,
        "due": found.due.isoformat(),
        "overdue": found.overdue,
        "held": held,
        "under_way": going_on,
    }


def _evidence(piece: Evidence, alias: Aliases) -> dict[str, Any]:
    told = encode(Evidence, piece)
    return {
        **told,
        "name": alias(piece.name),
        "origin": alias(piece.origin),
        "by": str(piece.by),
        "altered": piece.altered,
        "chain": [
            {
                "step": link.step.value if link.step else "opened",
                "party": alias(link.party),
                "note": alias(link.note),
                "by": str(link.by),
                "at": link.at.isoformat(),
                "intact": link.intact,
            }
            for link in piece.chain
        ],
    }


def _review(found: Review, alias: Aliases) -> dict[str, Any]:
    return {
        "cause": alias(found.fact.cause),
        "lessons": alias(found.fact.lessons),
        "by": str(found.by),
        "at": found.at.isoformat(),
        "entry": found.entry,
    }
