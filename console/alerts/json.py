"""An alert and what was done about it, as programs read it. Keys are only ever added; citizens are numbered."""

from datetime import UTC
from typing import Any

from console.alerts.state import AlertLife
from console.alerts.view import reason_of, said
from console.moments import Moments
from incident.ids import Bilingual, PersonId
from siem.detect.aliases import Aliases

_UTC = Moments(UTC, Bilingual(zh="UTC", en="UTC"))


def alert_json(life: AlertLife, alias: Aliases) -> dict[str, Any]:
    """The alert of *life*; *alias* names citizens."""
    closed = life.closing
    return {
        "alert": life.id,
        "state": life.state.value,
        "escalated": life.escalated,
        "level": life.size.level.value,
        "rule": life.raised.rule_name,
        "group": {name: alias(value) for name, value in life.raised.group.items()},
        "raised_at": life.raised.raised_at.isoformat(),
        "assignee": life.assignee,
        "former": life.raised.former or None,
        "seen": life.seen,
        "escalates_at": life.escalates_at.isoformat() if life.escalates_at else None,
        "snoozed_until": life.snooze.until.isoformat() if life.snooze else None,
        "disposition": closed.fact.disposition.value if closed else None,
        "acts": [
            {
                "number": entry.number,
                "at": entry.at.isoformat(),
                "by": str(entry.by),
                "what": said(entry, _UTC, dict[PersonId, str]()).en,
                "reason": reason_of(entry),
                "chain": entry.chain,
            }
            for entry in life.entries
        ],
    }
