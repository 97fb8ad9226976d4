"""A small office whose days are all alike, so that a test can say what is not."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from siem.baseline.calendar import LOCAL, read_calendar
from siem.baseline.watch import Baselines, watch
from siem.baseline.words import Anomaly
from siem.record.ecs import Document, to_ecs
from siem.record.event import EventId, ExchangeId
from tests.siem.events import digest, event

CALENDAR = read_calendar()
FIRST = date(2026, 11, 2)
"""A Monday, with no holiday in the weeks after it."""
LEARNED = FIRST + timedelta(days=21)
"""A Monday that three weeks of usual days come before."""
CLERKS = tuple(f"clerk-{number:02d}" for number in range(10))


class Office:
    """Makes the events of the office. Every look-up is of somebody new, but where people are named."""

    def __init__(self) -> None:
        self._number = 0

    def look(self, caller: str, at: datetime, people: Iterable[int] = (), **changes: Any) -> Document:
        """*caller* is shown *people* in clear, or one who was never looked up before."""
        self._number += 1
        number = self._number
        subjects = tuple(map(digest, people)) or (digest(10**9 + number),)
        facts: dict[str, Any] = {
            "caller": caller,
            "posts": ("window",),
            "credential": "jwt:idp",
            "source_ip": f"10.20.{CLERKS.index(caller) if caller in CLERKS else 77}.9",
            "subjects": subjects,
        }
        identity = {"id": EventId(f"6YQ3K0M9ZT-{number}"), "exchange": ExchangeId(f"6YQ3K0M9ZT-{number}")}
        return to_ecs(event(number, at=at, **{**facts, **identity, **changes}))

    def looks(self, caller: str, day: date, count: int, hour: float = 9, **changes: Any) -> Iterator[Document]:
        """*count* look-ups, one a minute from *hour* on."""
        start = moment(day, hour)
        return (self.look(caller, start + timedelta(minutes=number), **changes) for number in range(count))

    def usual(self, day: date, callers: Iterable[str] = CLERKS) -> Iterator[Document]:
        """A usual day: eight to twelve people a clerk, from nine to five; nothing on days of rest."""
        if CALENDAR.is_workday(day):
            for place, caller in enumerate(callers):
                for number in range(8 + (place + day.day) % 5):
                    yield self.look(caller, moment(day, 9 + number * 0.7))

    def weeks(self, until: date = LEARNED, callers: Iterable[str] = CLERKS) -> list[Document]:
        """The usual days from `FIRST` to the one before *until*."""
        days = (FIRST + timedelta(days=number) for number in range((until - FIRST).days))
        who = tuple(callers)
        return [document for day in days for document in self.usual(day, who)]


def moment(day: date, hour: float) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL) + timedelta(hours=hour)


def found_in(documents: Iterable[Document], **known: Any) -> list[Anomaly]:
    """What fresh baselines find in *documents*, which are put in order of time."""
    ordered = sorted(documents, key=lambda document: (document["@timestamp"], document["event"]["id"]))
    return list(watch(Baselines(CALENDAR, **known), iter(ordered)))
