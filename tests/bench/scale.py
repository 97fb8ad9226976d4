"""What an index comes to as it grows, on either engine: bytes an event takes, and how long people wait for an answer.

A district of 2,000 callers, an event every three seconds: most show one to three people, one in a hundred a list of
fifty. One caller takes 1,500 people in an evening. Measured are the pace at which events come in, a trace of 1,000
identifiers (800 of those 1,500, and 200 whom the index does not know) over all events, and the pages of the console:
a search with its timeline over a month, and the figures of seven days. All of it at 100,000 events, and at every power
of ten beyond that up to `--events`: a million takes some minutes for each engine, ten million most of an hour.
"""

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from elasticsearch import Elasticsearch

from console.dashboard import DAYS, figures
from console.search.event_timeline import timeline
from deploy.elasticsearch.connection import NodeUnavailable
from policies.digest import Digester
from siem.detect.alert import AlertStore
from siem.index.condition import AllOf, Condition, Is
from siem.index.sqlite import SqliteStore
from siem.index.store import EventStore
from siem.record.event import EventId, ExchangeId
from siem.trace.sample import Sample
from siem.trace.tracer import trace
from tests.bench.figure import Bench, Figure, NotMeasured, figure
from tests.contract.backends import elastic_prefix, elastic_store
from tests.search_node import check_parts, new_home, running_node
from tests.siem.events import NINE, document

LEAST = 100_000
CALLERS, TAKEN, IDENTIFIERS, FOREIGN = 2_000, 1_500, 1_000, 200
ROUNDS = 3
BATCH = 5_000
APART = timedelta(seconds=3)
SOON = timedelta(minutes=10)
PROMISE = "10 s of 10 million events, as promised"
WAITED = "5 s: what a page waits for"
DIGESTER = Digester("1", bytes(32))

type Bytes = Callable[[], float]
"""How large the index is on the disk."""


def of_sqlite(bench: Bench) -> list[Figure]:
    """The figures of the index in SQLite."""
    folder = bench.folder / "index"
    with contextlib.closing(SqliteStore(folder)) as store:
        return _measured(bench, "SQLite", store, lambda: sum(path.stat().st_size for path in folder.iterdir()))


def of_elasticsearch(bench: Bench) -> list[Figure]:
    """The figures of the index in Elasticsearch, whose segments are merged before its bytes are counted."""
    try:
        check_parts()
    except NodeUnavailable as problem:
        raise NotMeasured(str(problem)) from None
    bench.progress("starting Elasticsearch")
    with new_home() as home, running_node(home, brief=False) as node, elastic_prefix(node.connection) as prefix:
        at = node.connection
        keeper = Elasticsearch(at.url, ca_certs=str(at.ca_file), basic_auth=at.users["keeper"], request_timeout=600)

        def taken() -> float:
            keeper.indices.forcemerge(index=f"{prefix}-*", max_num_segments=1)
            stats = keeper.indices.stats(index=f"{prefix}-*", metric="store")
            return float(stats["_all"]["primaries"]["store"]["size_in_bytes"])

        with keeper, contextlib.closing(elastic_store(at, prefix)) as store:
            return _measured(bench, "Elasticsearch", store, taken)


def _measured(bench: Bench, name: str, store: EventStore, taken: Bytes) -> list[Figure]:
    found: list[Figure] = []
    there = 0
    for events in _sizes(bench.events or LEAST):
        began = time.perf_counter()
        for number, batch in enumerate(_batches(there, events), start=1):
            bench.progress(f"{name}: {there + number * BATCH:,} of {events:,} events")
            store.append(batch, SOON)
        pace = (events - there) / (time.perf_counter() - began)
        there = events
        at = f"{events:,} events in {name}"
        bench.progress(f"{at}: counting bytes, tracing, searching")
        found += [
            figure(f"{at}: appended", [pace], "events/s"),
            figure(f"{at}: size", [taken() / events], "bytes/event"),
            figure(f"{at}: 1,000 identifiers traced", [_traced(store, events) for _ in range(ROUNDS)], "s", PROMISE),
            *(figure(f"{at}: {what}", runs, "s", WAITED) for what, runs in _pages(bench.folder, store, events)),
        ]
    return found


def _sizes(most: int) -> Iterator[int]:
    size = LEAST
    while size <= most:
        yield size
        size *= 10


def _traced(store: EventStore, events: int) -> float:
    sample = Sample(tuple(_identifiers()), IDENTIFIERS, 0, 0, 0)
    began = time.perf_counter()
    told = trace(store, (DIGESTER,), sample, NINE - timedelta(days=1), _at(events) + timedelta(days=1), SOON)
    seconds = time.perf_counter() - began
    assert [each.caller for each in told.callers if each.is_source] == ["thief"], told
    assert told.never == FOREIGN
    return seconds


def _pages(folder: Path, store: EventStore, events: int) -> Iterator[tuple[str, list[float]]]:
    """What the console asks for, and how long it waits each time."""
    midnight = _at(events).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    month = midnight - timedelta(days=30)
    of_one: Condition = AllOf((Is("user.id", "clerk-7"), Is("yingbi.verdict", "forward")))
    of_rule: Condition = Is("yingbi.fields.rule", "no-such.yaml:1")

    def searched(condition: Condition) -> None:
        store.latest(condition, month, midnight, 51, SOON)
        timeline(store, condition, month, midnight, SOON)

    with contextlib.closing(AlertStore(folder / "alerts.db")) as alerts:
        yield "a caller's month", [_seconds(lambda: searched(of_one)) for _ in range(ROUNDS)]
        yield "everything of a month", [_seconds(lambda: searched(AllOf(()))) for _ in range(ROUNDS)]
        yield "a rule that decided nothing in the month", [_seconds(lambda: searched(of_rule)) for _ in range(ROUNDS)]
        week = midnight - timedelta(days=DAYS)
        yield "figures of 7 days", [_seconds(lambda: figures(store, alerts, week, SOON)) for _ in range(ROUNDS)]


def _seconds(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


def _batches(there: int, events: int) -> Iterator[list[dict[str, Any]]]:
    """The events from the one numbered *there* up to *events*; the first ones hold what is looked for."""
    random = Random(there)
    everybody = DIGESTER.each(str(each) for each in range(_people(events)))
    taken = DIGESTER.each(str(each) for each in range(TAKEN))
    evening = LEAST // 2
    for start in range(there, events, BATCH):
        batch = [_work(number, random, everybody) for number in range(start, min(start + BATCH, events))]
        if start <= evening < start + BATCH:
            pages = range(0, TAKEN, 20)
            batch += [_shown(-1 - page, "thief", taken[page : page + 20], _at(evening)) for page in pages]
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
    return NINE + number * APART


def _identifiers() -> Iterator[str]:
    yield from (str(each) for each in range(IDENTIFIERS - FOREIGN))
    yield from (f"nobody-{each}" for each in range(FOREIGN))


def _people(events: int) -> int:
    return min(500_000, max(20_000, events // 20))
