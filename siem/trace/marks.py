"""Finds the exchanges that gave out what bears a serial. Only the log says that a serial is ours."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice

from siem.index.condition import Is
from siem.index.store import EventStore
from siem.record.ecs import Document
from siem.record.mark import Mark

MOST_ASKED = 200
"""Serials of one sample that are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """The exchange that gave out what bears a serial; nothing but the serial where no event knows it."""

    mark: Mark
    event: str = ""
    """The id of its first event, or empty: the serial is forged, or older than the index."""
    caller: str = ""
    kind: str = ""
    posts: tuple[str, ...] = ()
    source: str = ""
    """The address that was asked from."""
    at: datetime | None = None
    system: str = ""
    operation: str = ""
    subjects: int = 0
    """Different subjects that the exchange, and parts of it that were asked for later, showed."""
    again: int = 0
    """How often a part of it was asked for later."""


def bearers_of(
    store: EventStore, marks: Iterable[Mark], start: datetime, end: datetime, timeout: timedelta
) -> Iterator[Bearer]:
    """Who was given what bears each of the first of *marks*, with start <= `@timestamp` < end.

    Raises StoreUnavailable.
    """
    for mark in islice(marks, MOST_ASKED):
        documents = store.search(Is("yingbi.mark", mark), start, end, timeout)
        first = next(documents, None)
        yield Bearer(mark=mark) if first is None else _bearer(mark, first, documents)


def _bearer(mark: Mark, first: Document, rest: Iterable[Document]) -> Bearer:
    """What *first*, the first event that knows *mark*, and the *rest* of them tell of it."""
    subjects: set[str] = set()
    exchanges = set()
    for document in chain([first], rest):
        subjects.update(document["yingbi"].get("subjects", ()))
        exchanges.add(document["yingbi"]["exchange"])
    user = first.get("user", {})
    return Bearer(
        mark=mark,
        event=first["event"]["id"],
        caller=user.get("id", ""),
        kind=first["yingbi"]["caller_kind"],
        posts=tuple(user.get("roles", ())),
        source=first.get("source", {}).get("ip", ""),
        at=datetime.fromisoformat(first["@timestamp"]),
        system=first["service"]["name"],
        operation=first["yingbi"]["operation"],
        subjects=len(subjects),
        again=len(exchanges) - 1,
    )
