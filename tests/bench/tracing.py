"""How long it takes to trace a thousand identifiers through the index, of either engine.

A district of 2,000 callers: most events show one to three people, one in a hundred a list of fifty. One caller takes
1,500 people in an evening; the sample is 800 of them and 200 whom the index does not know. How many events there are
follows from the seconds of a run, 50,000 for each: `--only trace --seconds 200` asks for the ten million promised.
"""

import contextlib
import math
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from deploy.elasticsearch.connection import NodeUnavailable
from policies.digest import Digester
from siem.index.elastic import ElasticKeeper, ElasticStore
from siem.index.elastic_link import Login
from siem.index.sqlite import SqliteStore
from siem.index.store import EventStore
from siem.record.event import EventId, ExchangeId
from siem.trace.sample import Sample
from siem.trace.tracer import trace
from tests.bench.figure import Bench, Figure, NotMeasured, figure
from tests.search_node import check_parts, new_home, running_node
from tests.siem.events import NINE, document

EVENTS_A_SECOND = 50_000
CALLERS, TAKEN, IDENTIFIERS, FOREIGN = 2_000, 1_500, 1_000, 200
ROUNDS = 3
BATCH = 5_000
SOON = timedelta(minutes=5)
PROMISE = "10 s of 10 million events, as promised"
DIGESTER = Digester("1", bytes(32))


def figures(bench: Bench) -> list[Figure]:
    """Seconds of a trace in SQLite and in Elasticsearch, and of how many events."""
    events = int(bench.seconds * EVENTS_A_SECOND)
    found = [figure("events to trace through", [events], "")]
    with contextlib.closing(SqliteStore(bench.folder / "index.db")) as store:
        found.append(_measured(bench, "SQLite", store, events))
    try:
        check_parts()
    except NodeUnavailable as problem:
        raise NotMeasured(str(problem)) from None
    with _elastic() as store:
        found.append(_measured(bench, "Elasticsearch", store, events))
    return found


def _measured(bench: Bench, name: str, store: EventStore, events: int) -> Figure:
    for number, batch in enumerate(_batches(events), start=1):
        bench.progress(f"trace, {name}: {number * BATCH:,} of {events:,} events")
        store.append(batch, SOON)
    sample = Sample(tuple(_identifiers(events)), IDENTIFIERS, 0, 0, 0)
    runs = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        told = trace(store, (DIGESTER,), sample, NINE - timedelta(days=1), NINE + timedelta(days=2_000), SOON)
        runs.append(time.perf_counter() - began)
        assert [each.caller for each in told.callers if each.is_source] == ["thief"], told
        assert told.never == FOREIGN
    return figure(f"1,000 identifiers traced in {name}", runs, "s", PROMISE)


def _batches(events: int) -> Iterator[list[dict[str, Any]]]:
    """The events, by the seed alone."""
    random = Random(1)
    everybody = DIGESTER.each(str(each) for each in range(_people(events)))
    taken = DIGESTER.each(str(each) for each in range(TAKEN))
    evening = events // 2
    for start in range(0, events, BATCH):
        batch = [_work(number, random, everybody) for number in range(start, min(start + BATCH, events))]
        if start <= evening < start + BATCH:
            pages = range(0, TAKEN, 20)
            batch += [_shown(events + page, "thief", taken[page : page + 20], _at(evening)) for page in pages]
        yield batch


def _work(number: int, random: Random, everybody: Sequence[str]) -> dict[str, Any]:
    count = 50 if random.random() < 0.01 else random.randrange(1, 4)
    caller = f"clerk-{math.floor(CALLERS * random.random() ** 1.5)}"  # some do far more than others
    return _shown(number, caller, random.sample(everybody, count), _at(number))


def _shown(number: int, caller: str, subjects: Sequence[str], at: datetime) -> dict[str, Any]:
    identity = f"6YQ3K0M9ZT-{number}"
    facts = {"id": EventId(identity), "exchange": ExchangeId(identity)}
    return document(number, at=at, caller=caller, subjects=tuple(subjects), **facts)


def _at(number: int) -> datetime:
    return NINE + timedelta(seconds=3 * number)


def _identifiers(events: int) -> Iterator[str]:
    yield from (str(each) for each in range(IDENTIFIERS - FOREIGN))
    yield from (str(_people(events) + each) for each in range(FOREIGN))


def _people(events: int) -> int:
    return min(500_000, max(20_000, events // 20))


@contextlib.contextmanager
def _elastic() -> Iterator[EventStore]:
    with new_home() as home, running_node(home, brief=False) as node:
        at, users = node.connection, {role: Login(*user) for role, user in node.connection.users.items()}
        keeper = ElasticKeeper([at.url], at.ca_file, users["keeper"])
        keeper.prepare(SOON)
        keeper.close()
        store = ElasticStore([at.url], at.ca_file, writer=users["writer"], reader=users["reader"])
        with contextlib.closing(store):
            yield store
