"""What an event that was recorded under a raised log tells together with those around it. No digest leaves here."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from console.search.event_rows import caller_in_clear
from siem.index.condition import Condition, Is
from siem.index.store import EventStore
from siem.record.ecs import from_ecs
from siem.record.event import AccessEvent, Raised

AROUND = timedelta(hours=12)
"""So long before and after the event others are looked for."""
MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedView:
    """What is shown of it. At most `MOST` events are looked at for each."""

    told: Raised
    asked_again: int
    """How many other exchanges asked the same."""
    callers: tuple[str, ...]
    """Other accounts, in clear, that the same program was used with."""
    programs: int
    """How many different programs the credential was used by."""


def raised_view(events: EventStore, event: AccessEvent, limit: timedelta) -> RaisedView | None:
    """What is shown of *event*; None where its log was not raised. Raises StoreUnavailable."""
    if event.raised is None:
        return None

    def like(condition: Condition) -> list[AccessEvent]:
        found = events.search(condition, event.at - AROUND, event.at + AROUND, limit)
        return [from_ecs(document) for document in islice(found, MOST)]

    asked = like(Is("yingbi.raised.question", event.raised.question))
    same = like(Is("yingbi.raised.client", event.raised.client)) if event.raised.client else []
    used = like(Is("yingbi.credential", event.credential)) if event.credential else [event]
    callers = {caller_in_clear(each.caller_kind, each.caller) for each in same if each.caller != event.caller}
    return RaisedView(
        told=event.raised,
        asked_again=len({each.exchange for each in asked} - {event.exchange}),
        callers=tuple(sorted(caller for caller in callers if caller)),
        programs=len({each.raised.client for each in used if each.raised is not None}),
    )
