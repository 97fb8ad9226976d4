"""Who leaked it, of 2,000 clerks: a list is taken from each attack of a simulated month and traced over all its events.

The list is of whom the attack's own events showed in clear, 1,000 at most, and of a quarter as many whom nobody here
was ever shown. Found is an attack whose source, as `trace` names it, is one of those who carried it out; innocent is
who is named and has no part in it. Attacks that show fewer than three people are told apart: a list of one or two is
traced to nobody, by design.
"""

import contextlib
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import batched
from pathlib import Path
from random import Random
from typing import Any

import orjson

from policies.digest import Digester
from siem.index.sqlite import SqliteStore
from siem.record.event import Disclosure
from siem.simulate.month import simulate
from siem.trace.sample import Sample
from siem.trace.tracer import trace
from tests.bench.figure import Bench, Figure, figure

SEED, DAYS, CLERKS = 7301, 30, 2_000
MOST, FOREIGN = 1_000, 0.25
FEW = 3
"""People of whom a list says something."""
BATCH = 5_000
SOON = timedelta(minutes=10)


class _Told(Digester):
    """Takes digests for identifiers: a simulated district has no others."""

    def each(self, identifiers: Any) -> list[str]:
        """The digests themselves."""
        return list(identifiers)


def figures(bench: Bench) -> list[Figure]:
    """How many attacks are traced to who carried them out, and how many are named who did not."""
    bench.progress("simulating a month")
    made = simulate(bench.folder / "month", SEED, DAYS, clerks=CLERKS)
    attacks = [orjson.loads(line) for line in (bench.folder / "month" / "truth.jsonl").read_bytes().splitlines()]
    with contextlib.closing(SqliteStore(bench.folder / "index")) as store:
        taken = _indexed(bench, store, attacks, made.events)
        return list(_traced(bench, store, attacks, taken, made.events))


def _indexed(
    bench: Bench, store: SqliteStore, attacks: Sequence[dict[str, Any]], events: int
) -> dict[int, dict[str, None]]:
    """Whom each attack's events showed in clear, in order."""
    attack_of = {event: attack["attack"] for attack in attacks for event in attack["events"]}
    taken: dict[int, dict[str, None]] = {attack["attack"]: {} for attack in attacks}
    done = 0
    for batch in batched(_events(bench.folder / "month" / "events"), BATCH):
        for document in batch:
            own = document["yingbi"]
            number = attack_of.get(document["event"]["id"])
            if number is not None and own["disclosure"] == Disclosure.CLEAR:
                taken[number].update(dict.fromkeys(own.get("subjects", ())))
        store.append(batch, SOON)
        done += len(batch)
        bench.progress(f"{done:,} of {events:,} events")
    return taken


def _events(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            for line in file:
                yield orjson.loads(line)


def _traced(
    bench: Bench,
    store: SqliteStore,
    attacks: Sequence[dict[str, Any]],
    taken: dict[int, dict[str, None]],
    events: int,
) -> Iterator[Figure]:
    random, digester = Random(SEED), _Told("e1", bytes(32))
    asked, found, innocent = Counter[str](), Counter[str](), 0
    seconds, few = [], 0
    for attack in attacks:
        people = list(taken[attack["attack"]])
        if len(people) < FEW:
            few += 1
            continue
        leaked = people if len(people) <= MOST else random.sample(people, MOST)
        strangers = [f"e1:{random.getrandbits(128):032x}" for _ in range(round(len(leaked) * FOREIGN))]
        sample = Sample((*leaked, *strangers), len(leaked) + len(strangers), 0, 0, 0)
        began = time.perf_counter()
        told = trace(
            store, (digester,), sample, datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC), SOON
        )
        seconds.append(time.perf_counter() - began)
        sources = {each.caller for each in told.callers if each.is_source}
        asked[attack["kind"]] += 1
        found[attack["kind"]] += bool(sources & set(attack["callers"]))
        innocent += len(sources - set(attack["callers"]))
        bench.progress(f"{attack['kind']}, {attack['strength']}: {len(leaked)} people, {told.verdict}")
    of = f"{CLERKS:,} clerks, {events:,} events"
    yield figure(f"{of}: attacks traced to who carried them out", [100 * found.total() / asked.total()], "%")
    for kind in asked:
        yield figure(f"the same, {kind}", [found[kind]], "attacks", f"{asked[kind]} planted")
    yield figure("callers named who had no part", [innocent], "callers", f"{asked.total()} lists")
    yield figure("attacks that show fewer than three people in clear", [few], "attacks", f"{len(attacks)} planted")
    yield figure(f"a trace over {events:,} events", seconds, "s")
