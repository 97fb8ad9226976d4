"""What every shipped rule costs over an hour of a busy gateway, on either index, and what the detector costs live.

A part of the hour's callers is taken at their full pace, as `tests/bench/hour.py` says, so that what is counted and
read grows with the part; the figures are for the whole hour. Processor time stands beside the time that passed, for
machines that are busy: ours, and that of the node together with ours. Each look is taken by a process of its own, and
no answer is remembered.
"""

import contextlib
import functools
import multiprocessing
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from itertools import batched, islice
from typing import NamedTuple

from elasticsearch import Elasticsearch

from deploy.elasticsearch.connection import Connection, NodeUnavailable
from siem.detect.alert import AlertStore
from siem.detect.examples import NINE
from siem.detect.look import look_for_all
from siem.detect.run import Detector
from siem.index.progress import Span
from siem.index.sqlite import SqliteStore
from siem.index.store import EventStore
from tests import search_node
from tests.bench.cores import group_seconds
from tests.bench.figure import Bench, Figure, NotMeasured, figure
from tests.bench.hour import EVENTS, HOUR, hour
from tests.contract.backends import elastic_prefix, elastic_store
from tests.siem.detect.examples import shipped_rules

PART = 300_000
ROUNDS = 3
BATCH = 8_000
HEAP = "2g"
LIVE = 40
"""Seconds of the whole hour, from its beginning, when every caller is new to the detector."""
PROMISE = "20 s, as promised"
TIMEOUT = timedelta(minutes=5)

type Open = Callable[[], EventStore]


class Look(NamedTuple):
    """What it took to look for all rules."""

    passed: float
    used: float
    """Seconds that the processor worked for it."""
    mib: float
    """By how much the memory of the process grew at most."""


def figures(bench: Bench) -> list[Figure]:
    """Seconds for all rules over the hour on SQLite and on Elasticsearch, and of the detector for 1,000 events."""
    count = EVENTS if bench.whole else PART
    with contextlib.ExitStack() as stack:
        try:
            search_node.check_parts()
            home = stack.enter_context(search_node.new_home())
            running = stack.enter_context(search_node.running_node(home, brief=False, heap=HEAP))
        except NodeUnavailable as missing:
            raise NotMeasured(str(missing)) from missing
        node = running.connection
        prefix = stack.enter_context(elastic_prefix(node))
        opens: dict[str, Open] = {
            "SQLite": functools.partial(SqliteStore, bench.folder / "events"),
            "Elasticsearch": functools.partial(elastic_store, node, prefix),
        }
        _index(count, opens, bench)
        looks: dict[str, list[Look]] = {name: [] for name in opens}
        workers = stack.enter_context(
            ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), max_tasks_per_child=1)
        )
        for number in range(ROUNDS):
            for name, opened in opens.items():
                bench.progress(f"all rules on {name}, round {number + 1} of {ROUNDS}")
                _forget_answers(node, prefix)
                before = group_seconds(running.process.pid)
                look = workers.submit(_look, opened).result()
                node_used = group_seconds(running.process.pid) - before if name == "Elasticsearch" else 0
                looks[name].append(look._replace(used=look.used + node_used))
    whole = f"{len(shipped_rules())} rules over an hour of 1,000 events/s"
    made = []
    for name, taken in looks.items():
        made += [
            figure(f"{whole}, {name}", [look.passed * EVENTS / count for look in taken], "s", PROMISE),
            figure(f"{whole}, {name}, processor", [look.used * EVENTS / count for look in taken], "s", PROMISE),
            figure(f"{whole}, {name}: memory grew by", [look.mib for look in taken], "MiB"),
        ]
    return [*made, figure("the detector for 1,000 new events, processor", _live(bench), "s", "1 s: it keeps up")]


def _index(count: int, opens: dict[str, Open], bench: Bench) -> None:
    with contextlib.ExitStack() as stack:
        stores = [stack.enter_context(contextlib.closing(opened())) for opened in opens.values()]
        for number, batch in enumerate(batched(hour(count), BATCH)):
            bench.progress(f"indexing {number * BATCH:,} of {count:,} events")
            for store in stores:
                store.append(batch, TIMEOUT)


def _forget_answers(node: Connection, prefix: str) -> None:
    """Let the cluster not answer from what it has answered before: events arrive, and it would not then."""
    with Elasticsearch(node.url, ca_certs=str(node.ca_file), basic_auth=node.users["keeper"]) as keeper:
        keeper.indices.clear_cache(index=f"{prefix}-*", request=True)


def _look(opened: Open) -> Look:
    rules = shipped_rules()
    with contextlib.closing(opened()) as store:
        passed, used, memory = time.perf_counter(), time.process_time(), _most_mib()
        look_for_all(rules, store, NINE, NINE + HOUR, timeout=TIMEOUT)
        passed, used = time.perf_counter() - passed, time.process_time() - used
    return Look(passed, used, _most_mib() - memory)


def _most_mib() -> float:
    """The most memory that this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 10)


def _live(bench: Bench) -> list[float]:
    """What each step used in which 1,000 events were new."""
    used = []
    with (
        contextlib.closing(SqliteStore(bench.folder / "live")) as store,
        contextlib.closing(AlertStore(bench.folder / "alerts.db")) as alerts,
    ):
        detector = Detector(shipped_rules(), store, alerts, timeout=TIMEOUT)
        detector.step(NINE)
        for number, batch in enumerate(islice(batched(hour(EVENTS), 1_000), LIVE)):
            bench.progress(f"detecting, second {number + 1} of {LIVE}")
            store.append(batch, TIMEOUT)
            times = [datetime.fromisoformat(each["@timestamp"]) for each in (batch[0], batch[-1])]
            began = time.process_time()
            detector.step(times[1], [Span(*times)])
            used.append(time.process_time() - began)
    return used
