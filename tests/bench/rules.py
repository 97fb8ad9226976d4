"""What every shipped rule costs over an hour of a busy gateway, on either index, and what the detector costs live.

A part of the hour's callers is taken at their full pace, as `tests/bench/hour.py` says, so that what is counted and
read grows with the part; the figures are for the whole hour. Processor time stands beside the time that passed, for
machines that are busy.
"""

import contextlib
import time
from datetime import datetime, timedelta
from itertools import batched, islice

from deploy.elasticsearch.connection import NodeUnavailable
from siem.detect.alert import AlertStore
from siem.detect.definition import Rule
from siem.detect.examples import NINE
from siem.detect.look import look_for_all
from siem.detect.run import Detector
from siem.index.ship import Span
from siem.index.sqlite import SqliteStore
from siem.index.store import EventStore
from tests import search_node
from tests.bench.figure import Bench, Figure, NotMeasured, figure
from tests.bench.hour import EVENTS, HOUR, hour
from tests.contract.backends import elastic_prefix, elastic_store
from tests.siem.detect.examples import shipped_rules

PART = 200_000
ROUNDS = 3
LIVE = 40
"""Seconds of the whole hour, from its beginning, when every caller is new to the detector."""
PROMISE = "20 s, as promised"
TIMEOUT = timedelta(minutes=5)


def figures(bench: Bench) -> list[Figure]:
    """Seconds for all rules over the hour on SQLite and on Elasticsearch, and of the detector for 1,000 events."""
    with contextlib.ExitStack() as stack:
        try:
            search_node.check_parts()
            home = stack.enter_context(search_node.new_home())
            node = stack.enter_context(search_node.running_node(home)).connection
        except NodeUnavailable as missing:
            raise NotMeasured(str(missing)) from missing
        prefix = stack.enter_context(elastic_prefix(node))
        stores: dict[str, EventStore] = {
            "SQLite": stack.enter_context(contextlib.closing(SqliteStore(bench.folder / "events"))),
            "Elasticsearch": stack.enter_context(contextlib.closing(elastic_store(node, prefix))),
        }
        rules = shipped_rules()
        for number, batch in enumerate(batched(hour(PART), 8_000)):
            bench.progress(f"indexing {number * 8_000:,} of {PART:,} events")
            for store in stores.values():
                store.append(batch, TIMEOUT)
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in stores}
        for _ in range(ROUNDS):
            for name, store in stores.items():
                bench.progress(f"running {len(rules)} rules on {name}")
                taken[name].append(_looked(rules, store))
    whole = f"{len(rules)} rules over an hour of 1,000 events/s"
    return [
        *(figure(f"{whole}, {name}", [passed for passed, _ in runs], "s", PROMISE) for name, runs in taken.items()),
        figure(f"{whole}, SQLite, processor", [used for _, used in taken["SQLite"]], "s", PROMISE),
        figure("the detector for 1,000 new events, processor", _live(rules, bench), "s", "1 s: it keeps up"),
    ]


def _looked(rules: tuple[Rule, ...], store: EventStore) -> tuple[float, float]:
    """Seconds that passed and that we worked, reckoned for the whole hour."""
    passed, used = time.perf_counter(), time.process_time()
    look_for_all(rules, store, NINE, NINE + HOUR, timeout=TIMEOUT)
    return (time.perf_counter() - passed) * EVENTS / PART, (time.process_time() - used) * EVENTS / PART


def _live(rules: tuple[Rule, ...], bench: Bench) -> list[float]:
    """What each step used in which 1,000 events were new."""
    used = []
    with (
        contextlib.closing(SqliteStore(bench.folder / "live")) as store,
        contextlib.closing(AlertStore(bench.folder / "alerts.db")) as alerts,
    ):
        detector = Detector(rules, store, alerts, timeout=TIMEOUT)
        detector.step(NINE)
        for number, batch in enumerate(islice(batched(hour(EVENTS), 1_000), LIVE)):
            bench.progress(f"detecting, second {number + 1} of {LIVE}")
            store.append(batch, TIMEOUT)
            times = [datetime.fromisoformat(each["@timestamp"]) for each in (batch[0], batch[-1])]
            began = time.process_time()
            detector.step(times[1], [Span(*times)])
            used.append(time.process_time() - began)
    return used
