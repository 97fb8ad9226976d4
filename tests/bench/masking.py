"""How fast bodies are masked by declared paths, against presidio-analyzer over the same text.

Presidio is given what makes it fastest: an NLP engine that does nothing, and our recognisers. It finds and masks
nothing; what is compared is its search with our whole work: parse, mask, count the subjects, spell. Both see the same
bodies in turns, and the spans are compared: which of the values that are masked by their place presidio finds.
"""

import json
import random
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.recognizer_registry import RecognizerRegistry

from deploy.demo.register.numbers import mobile, resident_id
from policies.digest import Digester
from policies.formats.masker import Tally
from policies.load import load_policy
from policies.recognisers.presidio import add_to
from policies.view import View
from tests.bench.answers import body_of, case, policies
from tests.bench.figure import Bench, Figure, figure
from tests.policies.recognisers.no_nlp import NoNlp

ROUNDS = 7
KEY = bytes(32)
BORN = date(1988, 3, 14)
MIB = 1 << 20
PROMISED = "100 MiB/s, as promised"


def figures(bench: Bench) -> list[Figure]:
    """MiB a second, how many times as fast as presidio, and how many of the masked values presidio finds."""
    body = body_of(10, checked)
    mask, analyse, analyse_each = _masking(bench), *_presidio()
    text = body.decode()
    values = list(_texts(json.loads(body)))
    rates: list[float] = []
    ratios: list[float] = []
    each_ratios: list[float] = []
    parsing: list[float] = []
    for number in range(ROUNDS):
        bench.progress(f"masking, round {number + 1} of {ROUNDS}")
        own = _seconds(lambda: mask(body), bench.seconds / 8)
        bare = _seconds(lambda: json.dumps(json.loads(body), ensure_ascii=False), bench.seconds / 8)
        rates.append(len(body) / own / MIB)
        parsing.append(bare / own)
        ratios.append(_seconds(lambda: analyse(text), bench.seconds / 4) / own)
        each_ratios.append(_seconds(lambda: analyse_each(values), bench.seconds / 4) / own)
    return [
        figure("10 KiB JSON masked by declared paths", rates, "MiB/s", PROMISED),
        figure("the same, times as fast as reading and writing it with `json`", parsing, "×", "json of the library"),
        figure("the same, times as fast as presidio over the whole text", ratios, "×", "presidio-analyzer, no NLP"),
        figure("the same, times as fast as presidio over each value", each_ratios, "×", "200 ×, as promised"),
        figure("masked values that presidio finds in the text", [_found(mask(body), body, analyse)], "", "of 1"),
    ]


def checked(number: int, chance: random.Random) -> dict[str, Any]:
    """A case with a number that recognisers know."""
    return {**case(number, chance), "id_no": resident_id(chance, "330106", BORN, male=True), "mobile": mobile(chance)}


def _masking(bench: Bench) -> Callable[[bytes], bytes]:
    loaded = load_policy(policies(bench.folder / "policies"))
    program = loaded.programs["people"]
    view = View(program, (), KEY)
    (operation,) = (each for each in program.operations if each.id == "GET /people")
    digester = Digester("bench", KEY)

    def mask(body: bytes) -> bytes:
        masker = view.maskers.of(operation.answers, "json", Tally(digester), "utf-8", lambda action, carried: "")
        assert masker is not None
        return b"".join([*masker.feed(body), *masker.close()])

    return mask


def _presidio() -> tuple[Callable[[str], Any], Callable[[list[str]], Any]]:
    registry = RecognizerRegistry(supported_languages=["zh"])
    engine = AnalyzerEngine(registry=registry, nlp_engine=NoNlp(), supported_languages=["zh"])
    add_to(engine, prose=False)
    return (
        lambda text: engine.analyze(text, language="zh"),
        lambda texts: [engine.analyze(text, language="zh") for text in texts],
    )


def _found(masked: bytes, body: bytes, analyse: Callable[[str], Any]) -> float:
    """Of the values that were masked by their place, the share that presidio's spans cover."""
    text = body.decode()
    spans = [(result.start, result.end) for result in analyse(text)]
    hidden, place = [], 0
    for before, after in zip(_texts(json.loads(body)), _texts(json.loads(masked)), strict=True):
        place = text.index(json.dumps(before, ensure_ascii=False), place) + 1
        if before != after:
            hidden.append((place, place + len(before)))
    return sum(1 for start, end in hidden if any(s <= start and end <= e for s, e in spans)) / len(hidden)


def _texts(value: Any) -> list[str]:
    """Every text in a parsed JSON *value*, in order."""
    match value:
        case dict():
            return [text for item in value.values() for text in _texts(item)]
        case list():
            return [text for item in value for text in _texts(item)]
        case str():
            return [value]
        case _:
            return []


def _seconds(work: Callable[[], object], at_least: float) -> float:
    """How long *work* takes, the mean of as many times as fit into *at_least* seconds."""
    work()
    times, begun = 0, time.perf_counter()
    while (passed := time.perf_counter() - begun) < at_least or not times:
        work()
        times += 1
    return passed / times
