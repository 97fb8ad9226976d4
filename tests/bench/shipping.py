"""How fast the log comes into an index, against the client's own `parallel_bulk`, and what an event takes there.

Both are given the same documents of the same log and the same mapping, in turn; on a machine that is busy with
something else, compare the processor time that either takes here. The shipper also reads the log, checks its chain and
every event, waits until all can be searched, and notes on the disk how far it has come.
"""

import contextlib
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from elasticsearch import Elasticsearch
from elasticsearch.helpers import parallel_bulk

from deploy.elasticsearch.connection import Connection, NodeUnavailable
from siem.index.positions import Positions
from siem.index.ship import Shipper
from siem.index.sqlite import SqliteStore
from siem.index.store import EventStore
from siem.record.log import StartId
from tests import search_node
from tests.bench.figure import Bench, Figure, NotMeasured, figure
from tests.contract.backends import SOON, elastic_prefix, elastic_store
from tests.siem.events import NINE, document
from tests.siem.lines import write_start

EVENTS = 50_000
ROUNDS = 3
SIZES = (100_000, 1_000_000)
PROMISE = "0.8 of parallel_bulk, as promised"
START = StartId("6YQ3K0M9ZT")


def figures(bench: Bench) -> list[Figure]:
    """Events a second into either index, and bytes an event takes there."""
    log = bench.folder / "log"
    documents = list(events(EVENTS))
    write_start(log, START, documents)
    with contextlib.ExitStack() as stack:
        try:
            search_node.check_parts()
            home = stack.enter_context(search_node.new_home())
            node = stack.enter_context(search_node.running_node(home, brief=False)).connection
        except NodeUnavailable as missing:
            raise NotMeasured(str(missing)) from missing
        shipped: list[Speed] = []
        bulk: list[Speed] = []
        lite: list[Speed] = []
        for number in range(ROUNDS):
            bench.progress(f"shipping, round {number + 1} of {ROUNDS}")
            shipped.append(_into_cluster(node, lambda prefix: _ship(log, elastic_store(node, prefix), bench.folder)))
            bulk.append(_into_cluster(node, lambda prefix: _bulk(node, prefix, documents)))
            lite.append(_ship(log, SqliteStore(bench.folder / f"index-{number}"), bench.folder))
        pairs = list(zip(shipped, bulk, strict=True))
        sizes = [_bytes_of(node, size, bench) for size in SIZES]
    shutil.rmtree(log)
    return [
        figure("shipping to Elasticsearch", [each.a_second for each in shipped], "events/s"),
        figure("parallel_bulk of the same documents", [each.a_second for each in bulk], "events/s"),
        figure(
            "shipping against parallel_bulk", [one.a_second / other.a_second for one, other in pairs], "times", PROMISE
        ),
        figure(
            "the same by a second of our processor time",
            [one.a_processor_second / other.a_processor_second for one, other in pairs],
            "times",
            PROMISE,
        ),
        figure("shipping to SQLite", [each.a_second for each in lite], "events/s"),
        *(
            figure(f"index of {size:,} events: {engine}", [taken], "bytes/event")
            for size, pair in zip(SIZES, sizes, strict=True)
            for engine, taken in zip(("Elasticsearch", "SQLite"), pair, strict=True)
        ),
    ]


def events(count: int) -> Iterator[dict[str, Any]]:
    """Events of some hours by two hundred clerks, each about a person of his own."""
    for number in range(count):
        at = NINE + timedelta(milliseconds=10 * number)
        yield document(number, at=at, caller=f"clerk-{number % 200}", source_ip=f"10.0.0.{number % 200}")


class Speed(NamedTuple):
    """Events by what they took."""

    a_second: float
    a_processor_second: float
    """Of this process."""


@contextlib.contextmanager
def _timed(into: list[Speed]) -> Iterator[None]:
    began, used = time.perf_counter(), time.process_time()
    yield
    into.append(Speed(EVENTS / (time.perf_counter() - began), EVENTS / (time.process_time() - used)))


def _into_cluster(node: Connection, load: Callable[[str], Speed]) -> Speed:
    """How fast *load* is under a prefix of its own."""
    with elastic_prefix(node) as prefix:
        return load(prefix)


def _ship(log: Path, store: EventStore, folder: Path) -> Speed:
    """How fast all of *log* comes into *store*."""
    speed: list[Speed] = []
    positions = Positions(folder / f"positions-{uuid.uuid4().hex}.db", timeout=SOON)
    with contextlib.closing(store), contextlib.closing(positions):
        shipper = Shipper(log, store, positions, lambda: NINE, timeout=SOON)
        with _timed(speed):
            while (progress := shipper.step()).behind_bytes or progress.shipped:
                if progress.trouble:
                    raise NotMeasured(progress.trouble)
    return speed[0]


def _bulk(node: Connection, prefix: str, documents: Sequence[dict[str, Any]]) -> Speed:
    """How fast the client's own helper indexes all of *documents*."""
    speed: list[Speed] = []
    with Elasticsearch(node.url, ca_certs=str(node.ca_file), basic_auth=node.users["writer"]) as client:
        actions = (
            {
                "_op_type": "create",
                "_index": f"{prefix}-{each['@timestamp'][:10].replace('-', '.')}",
                "_id": each["event"]["id"],
                "_source": each,
            }
            for each in documents
        )
        with _timed(speed):
            for _ in parallel_bulk(client, actions):
                pass
    return speed[0]


def _bytes_of(node: Connection, count: int, bench: Bench) -> tuple[float, float]:
    """Bytes an event takes in a cluster, once its segments are merged, and in SQLite, where there are *count*."""
    folder = bench.folder / f"sized-{count}"
    with (
        elastic_prefix(node) as prefix,
        contextlib.closing(elastic_store(node, prefix)) as far,
        contextlib.closing(SqliteStore(folder)) as near,
        Elasticsearch(node.url, ca_certs=str(node.ca_file), basic_auth=node.users["keeper"]) as keeper,
    ):
        batch: list[dict[str, Any]] = []
        for number, each in enumerate(events(count), 1):
            batch.append(each)
            if len(batch) == 5_000 or number == count:
                bench.progress(f"index of {number:,} of {count:,} events")
                far.append(batch, SOON * 6)
                near.append(batch, SOON * 6)
                batch = []
        patient = keeper.options(request_timeout=600)
        patient.indices.forcemerge(index=f"{prefix}-*", max_num_segments=1)
        taken = patient.indices.stats(index=f"{prefix}-*", metric="store")["_all"]["primaries"]["store"][
            "size_in_bytes"
        ]
    on_disk = sum(path.stat().st_size for path in folder.iterdir())
    shutil.rmtree(folder)
    return taken / count, on_disk / count
