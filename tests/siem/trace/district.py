"""A small district whose clerks do their work, and some of whom take what they should not. All people are invented."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from deploy.demo.register.numbers import resident_id
from policies.digest import Digester
from siem.index.store import EventStore
from siem.record.event import Disclosure
from siem.trace.found import Trace
from siem.trace.sample import Sample, read_sample
from siem.trace.tracer import trace
from tests.contract.backends import SOON
from tests.siem.events import NINE, document

DIGESTER = Digester("1", bytes(32))
RESIDENTS, CLERKS, DAYS = 2_000, 40, 15
END = NINE + timedelta(days=400)


@dataclass
class District:
    """What was recorded of it."""

    random: Random
    people: list[str]
    events: list[dict[str, Any]] = field(default_factory=list)
    numbers: Any = field(default_factory=itertools.count)

    def show(self, caller: str, people: Sequence[str], at: datetime, **changes: Any) -> None:
        """*caller* is shown *people* in one answer."""
        shown = DIGESTER.each(people)
        self.events.append(
            document(next(self.numbers), at=at, caller=caller, **{"subjects": tuple(dict.fromkeys(shown)), **changes})
        )

    def take(self, caller: str, people: Sequence[str], at: datetime, *, page: int = 20, every: timedelta) -> None:
        """*caller* goes through *people*, a *page* at a time."""
        for number, start in enumerate(range(0, len(people), page)):
            self.show(caller, people[start : start + page], at + number * every)

    def some(self, count: int) -> list[str]:
        """So many residents."""
        return self.random.sample(self.people, count)

    def work(self) -> None:
        """Everybody looks up the people of their own street and some others, on every day."""
        for clerk in range(CLERKS):
            street = self.people[clerk * RESIDENTS // CLERKS :][: RESIDENTS // CLERKS]
            for day in range(DAYS):
                seen = [*self.random.sample(street, 5), *self.some(self.random.randrange(2, 8))]
                at = NINE + timedelta(days=day, minutes=self.random.randrange(480))
                self.take(f"clerk-{clerk}", seen, at, page=4, every=timedelta(minutes=3))
        for day in range(DAYS):  # a nightly job that is shown everybody
            at = NINE + timedelta(days=day, hours=14)
            self.take("batch", self.people, at, page=1000, every=timedelta(seconds=1))


def district(seed: int) -> District:
    """The residents, and nothing recorded yet."""
    random = Random(seed)
    born = [date(1930, 1, 1) + timedelta(days=random.randrange(30_000)) for _ in range(RESIDENTS)]
    people = list(dict.fromkeys(resident_id(random, "330105", day, male=random.random() < 0.5) for day in born))
    return District(random, people)


def strangers(random: Random, count: int) -> list[str]:
    """People of another province, whom nobody here was ever shown."""
    return [resident_id(random, "530102", date(1980, 1, 1) + timedelta(days=each), male=True) for each in range(count)]


def sample_of(people: Sequence[str]) -> Sample:
    """*people* as a leaked list."""
    return read_sample(("id_no\n" + "".join(f"{each}\n" for each in people)).encode(), "id_no")


def traced(store: EventStore, made: District, people: Sequence[str]) -> Trace:
    """The trace of *people* in *store*, which is given the events first."""
    store.append(made.events, SOON * 3)
    made.events = []
    return trace(store, (DIGESTER,), sample_of(people), NINE - timedelta(days=1), END, SOON)


MASKED: dict[str, Any] = {"disclosure": Disclosure.MASKED}
