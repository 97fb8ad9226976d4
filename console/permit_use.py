"""What was read under a permit, by the index: how many exchanges, whom they were about, and what was shown in clear."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice

from console.permit_state import PermitRecord
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
    """The first event of each that was found, by exchange."""
    subjects: set[str] = field(default_factory=set)
    categories: set[str] = field(default_factory=set)
    """Those that it showed in clear."""
    is_more: bool = False
    """Whether there is more than was counted."""

    @property
    def linked(self) -> list[str]:
        """Some of the events, to look at."""
        return list(self.exchanges.values())[:MOST_LINKED]


def used(events: EventStore, record: PermitRecord) -> PermitUse | None:
    """What was read under the permit of *record*; None where the index does not answer now."""
    found = PermitUse()
    try:
        for number, document in enumerate(islice(_under(events, record), MOST_READ + 1)):
            if number == MOST_READ:
                found.is_more = True
                break
            _count(found, document, record.fact.reveal)
    except StoreUnavailable:
        return None
    return found


def _under(events: EventStore, record: PermitRecord) -> Iterator[Document]:
    fact = record.fact
    condition = AllOf((Is("user.id", fact.caller), Is("yingbi.permits", fact.permit)))
    return events.search(condition, record.opened_at, record.until + AFTER, LIMIT)


def _count(found: PermitUse, document: Document, reveal: str) -> None:
    own = document["yingbi"]
    found.exchanges.setdefault(own["exchange"], document["event"]["id"])
    found.subjects.update(own.get("subjects", ()))
    found.categories.update(
        use["category"]
        for use in own.get("fields", ())
        if use.get("grant") == reveal and use["disclosure"] == Disclosure.CLEAR
    )
