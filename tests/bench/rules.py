"""How long every shipped rule takes over an hour of a busy gateway, in an index of SQLite."""

import random
import time
from contextlib import closing
from datetime import timedelta

from siem.detect.examples import NINE
from siem.detect.look import look
from siem.index.sqlite import SqliteStore
from tests.bench.figure import Bench, Figure, figure
from tests.siem.detect.examples import shipped_rules
from tests.siem.events import digest, document

EVENTS = 20_000
"""Of the hour's 3,600,000: the time of a scan grows with them, and what is measured is told for the whole hour."""
HOUR = 3_600_000
TIMEOUT = timedelta(minutes=5)


def figures(bench: Bench) -> list[Figure]:
    """Seconds for all rules over an hour of 1,000 events a second, reckoned from a part of it."""
    chance, rules = random.Random(1), shipped_rules()
    with closing(SqliteStore(bench.folder / "events.db")) as store:
        for first in range(0, EVENTS, 1_000):
            bench.progress(f"indexing {first} of {EVENTS} events")
            store.append(
                [
                    document(
                        number,
                        at=NINE + timedelta(milliseconds=number),
                        caller=f"clerk-{chance.randrange(2_000)}",
                        subjects=(digest(chance.randrange(1_000_000)),),
                        source_ip=f"10.0.{chance.randrange(250)}.{chance.randrange(250)}",
                    )
                    for number in range(first, first + 1_000)
                ],
                TIMEOUT,
            )
        begun = time.perf_counter()
        for rule in rules:
            bench.progress(f"running {rule.name}")
            list(look(rule, store, NINE, NINE + timedelta(hours=1), timeout=TIMEOUT))
        took = (time.perf_counter() - begun) * HOUR / EVENTS
    return [figure(f"{len(rules)} rules over an hour of 1,000 events/s, SQLite", [took], "s", "20 s, as promised")]
