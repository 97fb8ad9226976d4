"""How well and how fast names and addresses are found in running text, on texts of our own whose truth is known.

Two sets: made of templates (`tests.bench.written`), and written one by one (`tests.bench.marked_texts`). Exact spans
alone count. Which characters of names and addresses are left, and which others are hidden, is counted by character:
that is what a reader of a masked text sees. History: `docs/proof/names.md`.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from policies.recognisers import weights
from policies.recognisers.candidates import is_sure
from policies.recognisers.prose import find_in_prose
from policies.recognisers.table import Hit
from tests.bench.figure import Bench, Figure, NotMeasured, figure
from tests.bench.marked_texts import kinds, marked_texts
from tests.bench.written import KINDS, Written

SEEDS = (11, 12, 13)
TEXTS = 400
PROMISED = {
    ("forms", "person_name"): ".94, aim .97",
    ("news", "person_name"): ".72, aim .80, of labelled news",
    ("messages", "person_name"): ".62, aim .70, of labelled micro-blogs",
    ("forms", "address"): ".93, aim .98",
    ("address lines", "address"): ".80, aim .88",
}


@dataclass(slots=True)
class Score:
    """How what was found agrees with the truth."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """The share of what there is that was found."""
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        """Both in one."""
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)


@dataclass(slots=True)
class Scores:
    """Of one kind of texts."""

    of: dict[str, Score] = field(default_factory=lambda: {"person_name": Score(), "address": Score()})
    personal: int = 0
    """Characters of names and addresses."""
    left: int = 0
    """Those of them that nothing was found in."""
    others: int = 0
    hidden: int = 0
    """Other characters in which something was found."""

    def add(self, written: Written, hits: Sequence[Hit]) -> None:
        """Compare *hits* with the truth about one text."""
        for category, score in self.of.items():
            truth = {(start, end) for start, end, kind in written.truth if kind == category}
            found = {(hit.start, hit.end) for hit in hits if hit.category == category and is_sure(hit)}
            score.right += len(truth & found)
            score.wrong += len(found - truth)
            score.missed += len(truth - found)
        personal = {place for start, end, _ in written.truth for place in range(start, end)}
        masked = {place for hit in hits for place in range(hit.start, hit.end)}
        self.personal += len(personal)
        self.left += len(personal - masked)
        self.others += len(written.text) - len(personal)
        self.hidden += len(masked - personal)


def figures(bench: Bench) -> list[Figure]:
    """Precision, recall, F1, what is left and what is hidden too much, and characters a second of processor time."""
    if not weights.are_there():
        raise NotMeasured("the weights that names are recognised with: run `make venv` with a network")
    weights.tagger()
    return [
        *(each for kind in KINDS for each in _quality(bench, kind)),
        *(each for kind in kinds() for each in _quality_of_marked(bench, kind)),
        figure("names: many texts at once", [_rate(seed, together=True) for seed in SEEDS], "characters/s", "30,000"),
        figure("names: one text after the other", [_rate(seed, together=False) for seed in SEEDS], "characters/s"),
    ]


def _quality(bench: Bench, kind: str) -> list[Figure]:
    bench.progress(f"names in {kind}")
    return _told(kind, [scores_of(KINDS[kind](seed, TEXTS)) for seed in SEEDS])


def _quality_of_marked(bench: Bench, kind: str) -> list[Figure]:
    bench.progress(f"names in {kind} written one by one")
    return _told(f"{kind} written one by one", [scores_of(marked_texts(kind))])


def _told(kind: str, scores: Sequence[Scores]) -> list[Figure]:
    made = []
    for category in scores[0].of:
        each = [score.of[category] for score in scores]
        if any(score.right + score.missed for score in each):
            promised = PROMISED.get((kind, category), "")
            made += [
                figure(f"{category} in {kind}: precision", [score.precision for score in each], "of 1"),
                figure(f"{category} in {kind}: recall", [score.recall for score in each], "of 1"),
                figure(f"{category} in {kind}: F1, exact spans", [score.f1 for score in each], "of 1", promised),
            ]
    if scores[0].personal:
        left = [100 * score.left / score.personal for score in scores]
        made.append(
            figure(f"personal characters left in {kind}", left, "%", "0.8 %, aim 0.2 %" if kind == "forms" else "")
        )
    hidden = [100 * score.hidden / score.others for score in scores if score.others]
    return [*made, *([figure(f"other characters hidden in {kind}", hidden, "%", "1 %")] if hidden else [])]


def scores_of(written: Sequence[Written]) -> Scores:
    """How what is found in *written* agrees with the truth about them."""
    scores = Scores()
    for each, hits in zip(written, find_in_prose([each.text for each in written]), strict=True):
        scores.add(each, hits)
    return scores


def _rate(seed: int, *, together: bool) -> float:
    """Characters a second of this process's own time: others take the rest of a busy machine."""
    texts = [each.text for kind in ("forms", "news", "messages", "careers") for each in KINDS[kind](seed, 100)]
    begun = time.process_time()
    for some in [texts] if together else [[text] for text in texts]:
        find_in_prose(some)
    return sum(map(len, texts)) / (time.process_time() - begun)
