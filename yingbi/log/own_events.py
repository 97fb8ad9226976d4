"""Events of what people do with the product itself, such as looking for somebody: nothing of anybody is shown by it."""

from collections.abc import Iterable
from datetime import datetime

from siem.record.event import AccessEvent, CallerKind, Disclosure, EventId, ExchangeId, FieldUse, Phase, Verdict

SYSTEM = "yingbi"
"""What such an event says was asked of."""


def own_event(
    event: EventId,
    at: datetime,
    *,
    operation: str,
    by: str,
    purpose: str,
    basis: str = "",
    fields: Iterable[FieldUse] = (),
) -> AccessEvent:
    """The event of one act of *by*, that was let through and is an exchange of its own."""
    return AccessEvent(
        id=event,
        at=at,
        exchange=ExchangeId(event),
        phase=Phase.WHOLE,
        system=SYSTEM,
        operation=operation,
        caller=by,
        caller_kind=CallerKind.STAFF,
        purpose=purpose,
        basis=basis,
        verdict=Verdict.FORWARD,
        program="",
        fields=tuple(fields),
    )


def not_shown(name: str, category: str, count: int, *, transform: str = "digest") -> FieldUse:
    """So many values of *category* that were used by their *transform* alone."""
    return FieldUse(
        name=name,
        category=category,
        transform=transform,
        disclosure=Disclosure.NONE,
        rule="",
        grant=None,
        count=count,
    )
