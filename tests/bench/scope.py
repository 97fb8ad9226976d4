"""How long it takes to count who is affected, exactly: a million persons, in answers of a thousand and of fifty.

Around them lie `--events` events of others. The report and the notice are filled in from the count within milliseconds;
the count is what they wait for. On a machine that others use as well, how long the
processor was busy with it tells more than the clock.
"""

import contextlib
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import batched
from typing import Any

from incident.counting import assess
from incident.scope import Scope, ScopeQuestion
from siem.index.sqlite import SqliteStore
from siem.record.event import EventId, ExchangeId
from tests.bench.figure import Bench, Figure, figure
from tests.siem.events import NINE, document

PERSONS, LEAST = 1_000_000, 100_000
SHAPES = (("thief-of-exports", 1_000), ("thief-of-pages", 50))
AFTER = NINE + timedelta(days=1)
SOON = timedelta(minutes=10)
PROMISE = "10 s of a million persons, as promised"


def figures(bench: Bench) -> list[Figure]:
    """The figures of the index in SQLite."""
    events = bench.events or LEAST
    with contextlib.closing(SqliteStore(bench.folder / "index")) as store:
        for number, batch in enumerate(batched(_events(events), 1_000), start=1):
            bench.progress(f"{number * 1_000:,} events")
            store.append(batch, SOON)
        found = []
        for caller, at_once in SHAPES:
            bench.progress(f"counting {PERSONS:,} persons shown {at_once} at a time")
            began, busy = time.perf_counter(), time.process_time()
            scope = _counted(store, caller)
            seconds, busy = time.perf_counter() - began, time.process_time() - busy
            assert scope.persons == PERSONS, scope.persons
            what = f"{PERSONS:,} persons, {at_once} an answer, in {events:,} events of others"
            found += [figure(f"{what}: counted", [seconds], "s", PROMISE), figure(f"{what}: processor", [busy], "s")]
        return found


def _counted(store: SqliteStore, caller: str) -> Scope:
    question = ScopeQuestion(where={"user.id": (caller,)}, start=NINE, end=AFTER)
    return assess(store, question, complete=True, timeout=SOON, canaries=frozenset())


def _events(others: int) -> Iterator[dict[str, Any]]:
    number = 0
    for _ in range(others):
        number += 1
        yield _shown(number, f"clerk-{number % 2_000}", (f"1:{number % 500_000:032x}",))
    for caller, at_once in SHAPES:
        for first in range(0, PERSONS, at_once):
            number += 1
            yield _shown(number, caller, tuple(f"1:{each:032x}" for each in range(first, first + at_once)))


def _shown(number: int, caller: str, subjects: tuple[str, ...]) -> dict[str, Any]:
    identity = f"6YQ3K0M9ZT-{number}"
    facts = {"id": EventId(identity), "exchange": ExchangeId(identity)}
    return document(number, at=NINE + number * timedelta(milliseconds=7), caller=caller, subjects=subjects, **facts)
