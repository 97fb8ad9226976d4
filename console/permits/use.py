"""What a permit showed, by the index: in how many exchanges, of whom, what in clear, and what else there was."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice

from console.permits.state import PermitRecord
from siem.index.condition import AllOf, Is
from siem.index.store import EventStore, StoreUnavailable
from siem.record.ecs import Document
from siem.record.event import Disclosure

LIMIT = timedelta(seconds=5)
MOST_READ = 2_000
"""Events of one permit that are counted; of more it is said that there are more."""
AFTER = timedelta(minutes=10)
"""So long after its end an answer that had begun may still be recorded."""
MOST_LINKED = 10


@dataclass(slots=True, kw_only=True)
class PermitUse:
    """What there was under one permit."""

    exchanges: dict[str, str] = field(default_factory=dict)
    """The first event in which it showed something, by exchange."""
    others: dict[str, str] = field(default_factory=dict)
    """The first event of each exchange meanwhile in which it showed nothing."""
    subjects: set[str] = field(default_factory=set)
    """Those of whom it showed something."""
    categories: set[str] = field(default_factory=set)
    """Those that it showed in clear."""
    is_more: bool = False
    """Whether there is more than was counted."""

    @property
    def linked(self) -> list[str]:
        """Some of the events in which it showed something, to look at."""
        return list(self.exchanges.values())[:MOST_LINKED]

    @property
    def linked_others(self) -> list[str]:
        """Some of the events in which it showed nothing."""
        return list(self.others.values())[:MOST_LINKED]


def used(events: EventStore, record: PermitRecord) -> PermitUse | None:
    """What was read under the permit of *record*; None where the index does not answer now."""
    found = PermitUse()
    try:
        for number, document in enumerate(islice(_under(events, record), MOST_READ + 1)):
            if number == MOST_READ:
                found.is_more = True
                break
            _count(found, document, record)
    except StoreUnavailable:
        return None
    return found


def _under(events: EventStore, record: PermitRecord) -> Iterator[Document]:
    fact = record.fact
    condition = AllOf((Is("user.id", fact.caller), Is("yingbi.permits", fact.permit)))
    return events.search(condition, record.opened_at, record.until + AFTER, LIMIT)


def _count(found: PermitUse, document: Document, record: PermitRecord) -> None:
    own, event = document["yingbi"], document["event"]["id"]
    shown = [
        use
        for use in own.get("fields", ())
        if use.get("grant") == record.fact.reveal and use["disclosure"] != Disclosure.NONE
    ]
    if not shown:
        if own["exchange"] not in found.exchanges:
            found.others.setdefault(own["exchange"], event)
        return
    found.exchanges.setdefault(own["exchange"], event)
    found.others.pop(own["exchange"], None)
    # An answer tells whom it is about, not of whom each field was: a list holds others than the one of the permit.
    found.subjects.update(own.get("subjects", ()) if record.breaks_glass else (record.fact.subject,))
    found.categories.update(use["category"] for use in shown if use["disclosure"] == Disclosure.CLEAR)
