"""How fast texts are looked through for identifiers, against presidio-analyzer with our recognisers loaded, in turns.

Presidio is given what makes it fastest: an NLP engine that does nothing. Both are asked about the same texts, and what
they find is compared: presidio may find more, by recognisers of its own.
"""

import random
import time
from collections.abc import Callable
from typing import Any

from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.recognizer_registry import RecognizerRegistry

from policies.recognisers.find import find
from policies.recognisers.presidio import ENTITIES, add_to
from tests.bench import invented
from tests.bench.figure import Bench, Figure, figure
from tests.policies.recognisers.no_nlp import NoNlp

ROUNDS = 5
MIB = 1 << 20
SEED = 20261126
_PROSE = "今天的会议讨论了城市道路的改造方案，参加的代表就住房和城乡建设的议题发表了意见，会后参观了展览。\n"
KINDS = ("mobile", "resident_id", "bank_card", "email", "uscc", "plate", "landline", "passport", "vin")
_SHORT = 64
"""Lines of what presidio is given: a minute of it would be no truer than a second."""


def figures(bench: Bench) -> list[Figure]:
    """MiB of UTF-8 a second in text with nothing and in text full of identifiers, and how many times presidio's."""
    engine = AnalyzerEngine(
        registry=RecognizerRegistry(supported_languages=["zh"]), nlp_engine=NoNlp(), supported_languages=["zh"]
    )
    add_to(engine, prose=False)
    found: list[Figure] = []
    for name, line, promised in (
        ("text with nothing in it", lambda _: _PROSE, 500),
        ("lines full of identifiers", _full_line, 40),
    ):
        chance = random.Random(SEED)
        lines = [line(chance) for _ in range(8192)]
        found += _compared(bench, engine, name, lines, promised)
    return found + [_of_kind(bench, kind) for kind in KINDS]


def _of_kind(bench: Bench, kind: str) -> Figure:
    """MiB a second of sentences with one identifier of *kind* each."""
    bench.progress(f"scanning, {kind}")
    chance = random.Random(SEED)
    text = "".join(f"{kind}：{invented.KINDS[kind](chance)}，{_PROSE}" for _ in range(2048))
    size = len(text.encode()) / MIB
    rates = [size / _seconds(lambda: find(text), bench.seconds / 20) for _ in range(ROUNDS)]
    return figure(f"sentences with one of {kind}: ours", rates, "MiB/s", "")


def _full_line(chance: random.Random) -> str:
    kinds = (invented.mobile, invented.resident_id, invented.bank_card, invented.email, invented.uscc, invented.plate)
    return ",".join(kind(chance) for kind in kinds) + "\n"


def _compared(bench: Bench, engine: Any, name: str, lines: list[str], promised: int) -> list[Figure]:
    long, short = "".join(lines), "".join(lines[:_SHORT])
    rates: list[float] = []
    theirs: list[float] = []
    looked_at: list[float] = []
    for number in range(ROUNDS):
        bench.progress(f"scanning, {name}, round {number + 1} of {ROUNDS}")
        rates.append(len(long.encode()) / MIB / _seconds(lambda: find(long), bench.seconds / 4))
        looked_at.append(len(long.encode()) / MIB / _seconds(lambda: list(find(long)), bench.seconds / 4))
        theirs.append(
            len(short.encode()) / MIB / _seconds(lambda: engine.analyze(short, language="zh"), bench.seconds / 4)
        )
    ours = {(hit.start, hit.end, ENTITIES[hit.category]) for hit in find(short)}
    told = {(each.start, each.end, each.entity_type) for each in engine.analyze(short, language="zh")}
    return [
        figure(f"{name}: ours", rates, "MiB/s", f"{promised}, as promised"),
        figure(f"{name}: ours, each hit looked at", looked_at, "MiB/s", "made into an object by then"),
        figure(f"{name}: presidio", theirs, "MiB/s", "our recognisers loaded, no NLP"),
        figure(f"{name}: times presidio", [a / b for a, b in zip(rates, theirs, strict=True)], "×", "80, as promised"),
        figure(f"{name}: our spans that presidio tells as well", [len(ours & told)], "", f"of {len(ours)}"),
    ]


def _seconds(work: Callable[[], object], at_least: float) -> float:
    """How long *work* takes, the best of as many times as fit into *at_least* seconds."""
    work()
    best, begun = float("inf"), time.perf_counter()
    while time.perf_counter() - begun < at_least:
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best
