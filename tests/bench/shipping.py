"""How fast the log comes into an index, against the client's own `parallel_bulk`.

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

EVENTS = 100_000
ROUNDS = 5
LONGEST_S = 180.0
"""No round begins later than that."""
PATIENT = timedelta(minutes=2)
PROMISE = "0.8 of parallel_bulk, as promised"
START = StartId("6YQ3K0M9ZT")


def figures(bench: Bench) -> list[Figure]:
    """Events a second into either index."""
    log = bench.folder / "log"
    documents = list(events(EVENTS))
    write_start(log, START, documents)
    with contextlib.ExitStack() as stack:
        try:
            search_node.check_parts()
            home = stack.enter_context(search_node.new_home())
            bench.progress("shipping: starting Elasticsearch")
            node = stack.enter_context(search_node.running_node(home, brief=False)).connection
        except NodeUnavailable as missing:
            raise NotMeasured(str(missing)) from missing
        shipped: list[Speed] = []
        bulk: list[Speed] = []
        lite: list[Speed] = []
        loads: list[tuple[list[Speed], Callable[[str], Speed]]] = [
            (shipped, lambda prefix: _ship(log, elastic_store(node, prefix), bench.folder)),
            (bulk, lambda prefix: _bulk(node, prefix, documents)),
        ]
        bench.progress("shipping: warming up")  # a node becomes fast by being used
        for _, load in loads:
            _into_cluster(node, load)
        began = time.monotonic()
        for number in range(ROUNDS):
            if number and time.monotonic() > began + LONGEST_S:
                break
            bench.progress(f"shipping, round {number + 1} of {ROUNDS}")
            for speeds, load in loads:
                speeds.append(_into_cluster(node, load))
            loads.reverse()  # neither always follows the other
            lite.append(_ship(log, SqliteStore(bench.folder / f"index-{number}"), bench.folder))
        pairs = list(zip(shipped, bulk, strict=True))
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
        shipper = Shipper(log, store, positions, lambda: NINE, timeout=PATIENT)
        with contextlib.closing(shipper), _timed(speed):
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
