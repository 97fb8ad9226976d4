"""How exactly identifiers are found in sentences of our own: see `tests.bench.sentences`."""

import random
from collections import Counter
from collections.abc import Callable, Iterable

from policies.recognisers.find import find
from policies.recognisers.pointers import find_values
from tests.bench.documents import document
from tests.bench.embedded import beside, embedded, listed
from tests.bench.figure import Bench, Figure, figure
from tests.bench.sentences import Sample, negatives, samples
from tests.bench.surroundings import look_alikes, surrounded
from tests.bench.system_keys import shares

SEED = 20261126
EACH = 400
type Spans = list[tuple[int, int, str]]


def spans_found(text: str) -> Spans:
    """What the product finds."""
    return [(hit.start, hit.end, hit.category) for hit in find(text)]


def figures(bench: Bench) -> list[Figure]:
    """Precision, recall and F1 of exact spans for each kind, the hard negatives that fire, the characters left."""
    bench.progress("recognition")
    chance = random.Random(SEED)
    made = list(samples(chance, EACH))
    scores = judged(made, spans_found)
    found: list[Figure] = []
    for kind, (precision, recall, f1) in scores.items():
        found.append(figure(f"{kind}: F1 of exact spans", [f1], "", ".97 at least, .995 aimed at"))
        found.append(figure(f"{kind}: precision", [precision], "", ""))
        found.append(figure(f"{kind}: recall", [recall], "", ""))
    fired = [bool(spans_found(sample.text)) for sample in negatives(chance, EACH // 4)]
    found.append(figure("hard negatives that fire", [100 * sum(fired) / len(fired)], "%", "3 at most, 0.5 aimed at"))
    found.append(figure("characters of identifiers left", [100 * left(made, spans_found)], "%", ""))
    named, others = documents_judged(random.Random(SEED), EACH)
    found.append(figure("structured values that are named", [100 * named], "%", "99.5 at least, 99.95 aimed at"))
    found.append(figure("values that are nobody's and are named", [100 * others], "%", ""))
    others_made = list(surrounded(chance, EACH // 2))
    lowest = min(judged(others_made, spans_found).items(), key=lambda each: each[1][2])
    found.append(figure(f"in other surroundings, lowest ({lowest[0]}): F1 of exact spans", [lowest[1][2]], "", ""))
    fired = [bool(spans_found(text)) for text in look_alikes(chance, EACH // 4)]
    found.append(figure("other hard negatives that fire", [100 * sum(fired) / len(fired)], "%", "0.5 aimed at"))
    embedded_made = [*embedded(chance, EACH // 2), *listed(chance, EACH // 2)]
    lowest = min(judged(embedded_made, spans_found).items(), key=lambda each: each[1][2])
    found.append(figure(f"in chats, tables and scans, lowest ({lowest[0]}): F1 of exact spans", [lowest[1][2]], "", ""))
    fired = [bool(spans_found(sample.text)) for sample in beside(chance, EACH // 4)]
    found.append(figure("numbers of things that fire", [100 * sum(fired) / len(fired)], "%", "0.5 aimed at"))
    named, others = shares()
    found.append(figure("values under keys of systems that are named", [100 * named], "%", "99.95 aimed at"))
    found.append(figure("values that are nobody's under such keys and are named", [100 * others], "%", "0.5 aimed at"))
    return found


def documents_judged(chance: random.Random, number: int) -> tuple[float, float]:
    """The share of personal values that are named, and of those that are named the share that is nobody's."""
    there = right = told = 0
    for made, personal in (document(chance) for _ in range(number)):
        named = {value.pointer for value in find_values(made)}
        there, right, told = there + len(personal), right + len(named & personal), told + len(named)
    return right / there, 1 - right / told


def judged(made: Iterable[Sample], look: Callable[[str], Spans]) -> dict[str, tuple[float, float, float]]:
    """Precision, recall and F1 of each kind."""
    right: Counter[str] = Counter()
    there: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for sample in made:
        found = set(look(sample.text))
        there.update(category for *_, category in sample.spans)
        told.update(category for *_, category in found)
        right.update(category for *_, category in found & set(sample.spans))
    return {
        kind: (
            right[kind] / max(1, told[kind]),
            right[kind] / there[kind],
            2 * right[kind] / (told[kind] + there[kind]),
        )
        for kind in there
    }


def left(made: Iterable[Sample], look: Callable[[str], Spans]) -> float:
    """The share of the characters of identifiers that no span covers."""
    there = uncovered = 0
    for sample in made:
        covered = {place for start, end, _ in look(sample.text) for place in range(start, end)}
        for start, end, _ in sample.spans:
            there += end - start
            uncovered += sum(place not in covered for place in range(start, end))
    return uncovered / there
