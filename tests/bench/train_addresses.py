"""Learns where addresses begin and end, and writes `policies/recognisers/addresses/chain.npz`:

    .venv/bin/python -m tests.bench.train_addresses

Of texts of our own alone: sentences put together by `written_sentences`, the templates of `written`, and lines of
`ordinary_texts.txt` in which nothing is anybody's. None of `tests/bench/marked` is learned from, so that all of them
measure what was learned. The same seed gives the same weights; it takes some minutes on one core.

Source: the gradient of a chain is what it expects less what is true (Lafferty, McCallum and Pereira, 2001), by sums
forward and backward in logarithms; steps as Kingma and Ba, "Adam", ICLR 2015; the weights are averaged (Polyak).
"""

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path

import numpy as np
import numpy.typing as npt

from policies.recognisers.addresses import chain as address_chain
from policies.recognisers.addresses.chain import BEGIN, END, OUTSIDE, WITHIN, labels_of
from policies.recognisers.addresses.spacing import without_spaces
from policies.recognisers.normalise import normalise
from policies.recognisers.sentences import Sentence, tagged
from policies.recognisers.weights import tagger
from tests.bench.written import KINDS, Written
from tests.bench.written_sentences import Sentences

type Floats = npt.NDArray[np.float32]
type Numbers = npt.NDArray[np.intp]

SENTENCES = 32_000
SEED = 20261128
OF_A_TEMPLATE = 100
"""Texts of each kind of `written`."""
EPOCHS, AT_ONCE, PACE, DECAY = 3, 48, 0.005, 1e-5
FEWEST = 3
"""How often a sign stands in what is learned from, at least."""
LEAST = 0.04
"""What a sign weighs for one of the labels at least, to be kept."""
_NEVER = np.float32(-1e4)
_ALLOWED = np.full((4, 4), _NEVER, np.float32)
for _before, _label in ((0, 0), (0, 1), (1, 2), (1, 3), (2, 2), (2, 3), (3, 0), (3, 1)):
    _ALLOWED[_before, _label] = 0
_FIRST = np.array([0, 0, _NEVER, _NEVER], np.float32)
_LAST = np.array([0, _NEVER, _NEVER, 0], np.float32)
assert (OUTSIDE, BEGIN, WITHIN, END) == (0, 1, 2, 3)


@dataclass(slots=True)
class Example:
    """A sentence with the truth."""

    signs: Numbers
    """Of each character, as rows of the weights."""
    labels: Numbers


@dataclass(slots=True)
class Learner:
    """The weights while they are learned; the last row is of all signs that are too rare."""

    weights: Floats
    after: Floats = field(default_factory=lambda: np.zeros((4, 4), np.float32))
    bias: Floats = field(default_factory=lambda: np.zeros(4, np.float32))
    _steps: int = 0
    _moments: list[tuple[Floats, Floats]] = field(default_factory=list)

    def step(self, examples: Sequence[Example], pace: float) -> None:
        """Learn from *examples* at once."""
        signs = np.concatenate([each.signs for each in examples])
        lengths = [len(each.labels) for each in examples]
        fits = np.full((len(examples), max(lengths), 4), 0, np.float32)
        truth = np.zeros(fits.shape[:2], np.intp)
        is_there = np.arange(fits.shape[1]) < np.array(lengths)[:, None]
        fits[is_there] = self.weights[signs].sum(axis=1) + self.bias
        truth[is_there] = np.concatenate([each.labels for each in examples])
        expected, followed = expectations(fits, is_there, self.after + _ALLOWED)
        missing = (expected - np.eye(4, dtype=np.float32)[truth])[is_there]
        for row, length in enumerate(lengths):
            np.subtract.at(followed, (truth[row, : length - 1], truth[row, 1:length]), 1)
        slope = np.empty_like(self.weights)
        for label in range(4):
            each = np.repeat(missing[:, label], signs.shape[1])
            slope[:, label] = np.bincount(signs.ravel(), each, len(self.weights))
        slope[-1] = 0
        slopes = slope, followed * (_ALLOWED == 0), missing.sum(axis=0)
        self._descend([each / np.float32(len(examples)) for each in slopes], pace)

    def _descend(self, slopes: Sequence[Floats], pace: float) -> None:
        self._steps += 1
        self._moments = self._moments or [(np.zeros_like(each), np.zeros_like(each)) for each in slopes]
        for values, slope, (first, second) in zip(self.all(), slopes, self._moments, strict=True):
            slope = slope + DECAY * values if values is self.weights else slope
            first += np.float32(0.1) * (slope - first)
            second += np.float32(0.001) * (slope * slope - second)
            values -= pace * (first / (1 - 0.9**self._steps)) / (np.sqrt(second / (1 - 0.999**self._steps)) + 1e-8)

    def all(self) -> tuple[Floats, Floats, Floats]:
        """All that is learned."""
        return self.weights, self.after, self.bias


def expectations(fits: Floats, is_there: npt.NDArray[np.bool_], after: Floats) -> tuple[Floats, Floats]:
    """How likely each label is at each character of several sentences, and how often each follows each in all."""
    steps = fits.shape[1]
    forward, backward = np.zeros_like(fits), np.zeros_like(fits)
    forward[:, 0] = fits[:, 0] + _FIRST
    for step in range(1, steps):
        come = _sum(forward[:, step - 1, :, None] + after, 1) + fits[:, step]
        forward[:, step] = np.where(is_there[:, step, None], come, forward[:, step - 1])
    whole = _sum(forward[:, -1] + _LAST, 1)[:, None]
    backward[:, -1] = _LAST
    followed = np.zeros((4, 4), np.float32)
    for step in range(steps - 2, -1, -1):
        next_is_there = is_there[:, step + 1]
        ahead = after + (fits[:, step + 1] + backward[:, step + 1])[:, None]
        backward[:, step] = np.where(next_is_there[:, None], _sum(ahead, 2), _LAST)
        pairs = np.exp(np.minimum(forward[:, step, :, None] + ahead - whole[..., None], 0))
        followed += pairs[next_is_there].sum(axis=0)
    return np.exp(np.minimum(forward + backward - whole[:, None], 0)), followed


def _sum(values: Floats, axis: int) -> Floats:
    """The logarithm of the sum of what *values* are logarithms of."""
    most = values.max(axis=axis, keepdims=True)
    total: Floats = (most + np.log(np.exp(values - most).sum(axis=axis, keepdims=True))).squeeze(axis)
    return total


def texts() -> Iterator[Written]:
    """All that is learned from."""
    made = Sentences(SEED)
    for _ in range(SENTENCES):
        yield made.sentence()
    for kind, make in KINDS.items():
        if kind != "address lines":
            yield from make(SEED, OF_A_TEMPLATE)
    ordinary = (Path(__file__).parent / "ordinary_texts.txt").read_text("utf-8").splitlines()
    for line in ordinary:
        if not line.startswith(("#", "===")) and not set("⟨⟩⟦⟧«»") & set(line):
            yield Written(line, ())


def labelled(written: Sequence[Written]) -> Iterator[tuple[Sentence, list[int]]]:
    """The sentences of texts, tagged, with the labels of their characters."""
    normal = [without_spaces(normalise(each.text)) for each in written]
    read = tagged([each.text for each in normal], tagger())
    for each, text, sentences in zip(written, normal, read, strict=True):
        if len(text.text) != len(each.text):
            continue
        for sentence in sentences:
            last = sentence.start + len(sentence.text)
            spans = [
                (start - sentence.start, end - sentence.start)
                for start, end, category in each.truth
                if category == "address" and start < last and end > sentence.start
            ]
            if all(0 <= start < end - 1 and end <= len(sentence.text) for start, end in spans):
                yield sentence, labels_of(len(sentence.text), spans)


def main() -> None:
    """Learn, and write down what was learned."""
    known = [*labelled([*texts()])]
    told = address_chain.signs_of([sentence for sentence, _ in known])
    signs, which, times = np.unique(told, return_inverse=True, return_counts=True)
    kept = times >= FEWEST
    rows = np.where(kept, np.cumsum(kept) - 1, kept.sum())[which.reshape(told.shape)].T
    signs = signs[kept]
    ends = np.cumsum([len(labels) for _, labels in known])
    examples = [
        Example(rows[end - len(labels) : end], np.array(labels))
        for (_, labels), end in zip(known, ends.tolist(), strict=True)
    ]
    learner = Learner(np.zeros((len(signs) + 1, 4), np.float32))
    sums, steps = [np.zeros_like(each, np.float64) for each in learner.all()], 0
    chance = random.Random(SEED)
    for epoch in range(EPOCHS):
        order = sorted(examples, key=lambda each: len(each.labels) // 8 + 3 * chance.random())
        groups = [*batched(order, AT_ONCE)]
        chance.shuffle(groups)
        for number, group in enumerate(groups):
            learner.step(group, PACE * (1 - 0.9 * (epoch + number / len(groups)) / EPOCHS))
            if epoch:
                sums = [total + each for total, each in zip(sums, learner.all(), strict=True)]
                steps += 1
        print(f"epoch {epoch + 1} of {EPOCHS}", file=sys.stderr)
    weights, after, bias = ((total / steps).astype(np.float32) for total in sums)
    _write(signs, weights[:-1], after, bias)


def _write(signs: npt.NDArray[np.uint32], weights: Floats, after: Floats, bias: Floats) -> None:
    weighs = np.abs(weights).max(axis=1) >= LEAST
    signs, weights = signs[weighs], weights[weighs]
    scale = np.float32(np.abs(weights).max() / 127)
    rounded = np.rint(weights / scale).astype(np.int8)
    np.savez_compressed(address_chain.WEIGHTS, signs=signs, weights=rounded, scale=scale, after=after, bias=bias)
    print(f"{len(signs)} signs of {len(weighs)}, {address_chain.WEIGHTS.stat().st_size} octets")


if __name__ == "__main__":
    main()
