"""How many events a second one core appends to the log, where the time goes, and how fast it is sealed and verified.

The event is what a clerk's look at one record leaves: one subject, seven fields. Each part is measured by itself, in
turns with the whole, by the processor time that it takes: a core is what is counted, and others may be at work on it.
"""

import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import orjson

from siem.record.ecs import to_ecs
from siem.record.event import AccessEvent, Disclosure, FieldUse
from siem.record.keep import compress
from siem.record.log import AccessLog, link, new_start_id, seed_of, segment_path
from siem.record.seal import SealBook
from siem.record.sealing import Sealing
from siem.record.segment import compressed_path
from siem.record.verify import verify
from tests.bench.figure import Bench, Figure, figure
from tests.siem.events import event

ROUNDS = 5
PROMISED = "50,000/s, as promised"


def figures(bench: Bench) -> list[Figure]:
    """Events a second, microseconds of each part, and what sealing, verifying and compressing take."""
    one = _event()
    document = to_ecs(one)
    body = orjson.dumps(document)
    log = AccessLog(bench.folder / "log", new_start_id(datetime.now(UTC)))
    chain = seed_of(log.start)
    null = (bench.folder / "lines").open("ab", buffering=0)
    line = b"%s %s\n" % (chain.encode(), body)
    parts: dict[str, Callable[[], object]] = {
        "append": lambda: log.append(one),
        "the document": lambda: to_ecs(one),
        "its JSON": lambda: orjson.dumps(document),
        "the chain": lambda: link(chain, body),
        "the write": lambda: null.write(line),
    }
    seconds: dict[str, list[float]] = {name: [] for name in parts}
    for number in range(ROUNDS):
        bench.progress(f"log, round {number + 1} of {ROUNDS}")
        for name, part in parts.items():
            seconds[name].append(_seconds(part, bench.seconds / 4))
    log.close()
    null.close()
    rates = [1 / each for each in seconds.pop("append")]
    return [
        figure("log: events appended", rates, "a second", PROMISED),
        *(figure(f"log: {name}", [each * 1e6 for each in runs], "µs an event") for name, runs in seconds.items()),
        *_kept(bench, log, len(body)),
    ]


def _kept(bench: Bench, log: AccessLog, size: int) -> list[Figure]:
    """Sealing, verifying and compressing what was appended."""
    book = SealBook(bench.folder / "seals.jsonl", bench.folder / "seal.key")
    sealing = Sealing(bench.folder / "log", book, timedelta(minutes=1), lambda: datetime.now(UTC))
    seals = []
    for number in range(ROUNDS):
        other = AccessLog(bench.folder / "log", new_start_id(datetime.now(UTC)))
        other.append(_event())
        other.close()
        began = time.perf_counter()
        sealing.seal()
        seals.append((time.perf_counter() - began) * 1e3)
        bench.progress(f"seal {number + 1} of {ROUNDS}")
    bench.progress("log: verifying")
    began = time.perf_counter()
    report = verify(bench.folder / "log", book.journal)
    rate = report.records / (time.perf_counter() - began)
    path = segment_path(log.folder, 1)
    data = path.stat().st_size
    bench.progress("log: compressing")
    began = time.perf_counter()
    compress(path)
    taken = time.perf_counter() - began
    return [
        figure("log: bytes an event", [size], "bytes"),
        figure("log: one seal", seals, "ms", "every minute"),
        figure("log: verified", [rate], "events a second"),
        figure("log: compressed to", [100 * compressed_path(path).stat().st_size / data], "%"),
        figure("log: compressing", [data / taken / (1 << 20)], "MiB/s"),
    ]


def _event() -> AccessEvent:
    fields = tuple(
        FieldUse(
            name=f"rows.{name}",
            category=name,
            transform="show" if name == "person_name" else "mask",
            disclosure=Disclosure.CLEAR if name == "person_name" else Disclosure.MASKED,
            rule="systems/register.yaml:41",
            grant="window-clerks" if name == "person_name" else None,
            count=1,
        )
        for name in ("person_name", "resident_id", "mobile", "address", "birth_date", "sex", "bank_card")
    )
    return event(1, fields=fields, posts=("window-clerk",), purpose="case-handling", source_ip="10.0.0.1")


def _seconds(work: Callable[[], object], budget: float) -> float:
    """Processor seconds that one run of *work* takes, with what it leaves to other threads, by runs for *budget* s."""
    began, used = time.perf_counter(), time.process_time()
    for done in itertools.count(1):
        work()
        if done % 100 == 0 and time.perf_counter() - began > budget:
            return (time.process_time() - used) / done
    raise AssertionError
