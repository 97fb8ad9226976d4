"""What a case keeps of an alert: copied, for an alert goes on growing, and what was decided was decided on this."""

from incident.facts.case import AlertFacts
from siem.detect.alert import Alert


def facts_of(alert: Alert) -> AlertFacts:
    """What a case keeps of *alert*."""
    return AlertFacts(
        id=alert.id,
        rule=alert.rule_name,
        title=alert.title,
        level=alert.level.value,
        group={name: str(value) for name, value in alert.group.items()},
        raised_at=alert.raised_at,
        first_at=alert.first_at,
        last_at=alert.last_at,
        event_count=alert.event_count,
        subject_count=alert.subject_count,
        events=tuple(alert.events),
        respond=alert.respond,
        automatic=alert.automatic,
    )
