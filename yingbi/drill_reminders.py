"""Reminders of drills: a week before one is due, and each week that it is overdue, each told once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from incident.drill_standing import PlanStanding
from siem.detect.definition import Level
from siem.notify.message import Kind, Message, Words

AGAIN_AFTER = timedelta(days=7)
_ADVICE = Words(
    zh="在控制台的“案件 - 演练”中开始；结案以后才算完成",
    en="begin it on the console's page of drills; it counts once it is closed",
)


def told_of(found: Iterable[PlanStanding]) -> list[dict[str, Any]]:
    """What the control process tells of drills that are due soon, or overdue."""
    return [
        {
            "name": each.plan.name,
            "title": each.plan.title,
            "lead": each.plan.lead,
            "due": each.due.isoformat(),
            "overdue": each.overdue,
        }
        for each in found
        if each.overdue or each.soon
    ]


def reminders(told: Sequence[Mapping[str, Any]], today: date, now: datetime) -> list[Message]:
    """The messages that stand to be told *today*; who keeps them tells each key once. Skips what it cannot read."""
    return [message for each in told if (message := _message(each, today, now)) is not None]


def _message(told: Mapping[str, Any], today: date, now: datetime) -> Message | None:
    try:
        name, title, lead = (str(told[key]) for key in ("name", "title", "lead"))
        due, overdue = date.fromisoformat(told["due"]), bool(told["overdue"])
    except (KeyError, TypeError, ValueError):
        return None
    days = (today - due).days
    if overdue:
        key, said = (
            f"overdue-{days // AGAIN_AFTER.days}",
            Words(zh=f"演练逾期 {days} 天：{title}", en=f"a drill is {days} days overdue: {title}"),
        )
    else:
        key, said = "soon", Words(zh=f"演练将于 {due} 到期：{title}", en=f"a drill is due by {due}: {title}")
    return Message(
        key=f"drill/{name}/{due}/{key}",
        kind=Kind.REMINDER,
        level=Level.HIGH,
        at=now,
        title=said,
        advice=_ADVICE,
        assignee=lead,
    )
