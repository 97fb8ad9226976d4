"""The network in batches against the same network word by word, and sentences that its authors tagged."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from policies.kernel.library import KERNEL
from policies.recognisers.sentences import tagged
from policies.recognisers.tagger import MOST_AT_ONCE, Network
from tests.absence import not_here
from tests.policies.recognisers.weights_here import the_tagger

type Floats = npt.NDArray[np.float32]
WORDS, SIZE, INPUT, LABELS = 40, 6, 5, 7


@cache
def weights() -> dict[str, Floats]:
    chance = np.random.default_rng(3)

    def some(*shape: int) -> Floats:
        return chance.normal(0, 0.8, shape).astype(np.float32)

    made = {"embedding": some(WORDS, INPUT)}
    for layer, width in enumerate((INPUT, 2 * SIZE)):
        made |= {
            f"inputs{layer}": some(2, width, 3 * SIZE),
            f"bias{layer}": some(2, 3 * SIZE),
            f"gates{layer}": some(2, SIZE, 2 * SIZE),
            f"candidate{layer}": some(2, SIZE, SIZE),
        }
    return made | {
        "emission": some(2 * SIZE, LABELS),
        "emission_bias": some(LABELS),
        "transitions": some(LABELS + 2, LABELS),
    }


@cache
def networks() -> list[Network]:
    """With the kernel, where it is built, and without."""
    with TemporaryDirectory() as folder:
        for name, array in weights().items():
            np.save(Path(folder) / f"{name}.npy", array)
        return [Network(Path(folder), kernel) for kernel in dict.fromkeys((KERNEL, None))]


def reference(sentence: Sequence[int]) -> list[int]:
    """The labels by the definition: one word after the other, every chain of labels compared by its last two."""
    own = weights()
    state = own["embedding"][list(sentence)]
    for layer in range(2):
        ways = []
        for way in range(2):
            hidden, steps = np.zeros(SIZE, np.float32), []
            for word in state[:: 1 - 2 * way]:
                given = word @ own[f"inputs{layer}"][way] + own[f"bias{layer}"][way]
                gates = 1 / (1 + np.exp(-(given[: 2 * SIZE] + hidden @ own[f"gates{layer}"][way])))
                update, reset = gates[:SIZE], gates[SIZE:]
                new = np.tanh(given[2 * SIZE :] + (reset * hidden) @ own[f"candidate{layer}"][way])
                hidden = (1 - update) * hidden + update * new
                steps.append(hidden)
            ways.append(np.array(steps[:: 1 - 2 * way]))
        state = np.concatenate(ways, axis=1)
    fits = state @ own["emission"] + own["emission_bias"]
    first, last, following = own["transitions"][0], own["transitions"][1], own["transitions"][2:]
    chains = [([label], float(first[label] + fits[0, label])) for label in range(LABELS)]
    for step in range(1, len(sentence)):
        chains = [
            max(
                (
                    ([*chain, label], score + float(following[chain[-1], label] + fits[step, label]))
                    for chain, score in chains
                ),
                key=lambda each: each[1],
            )
            for label in range(LABELS)
        ]
    return max(chains, key=lambda each: each[1] + float(last[each[0][-1]]))[0]


@given(st.lists(st.lists(st.integers(0, WORDS - 1), min_size=1, max_size=12), max_size=9))
def test_a_batch_is_tagged_as_each_sentence_by_its_definition(sentences: list[list[int]]) -> None:
    expected = [reference(each) for each in sentences]
    assert [network.tag(sentences) for network in networks()] == [expected] * len(networks())


def test_more_than_one_batch() -> None:
    chance = np.random.default_rng(5)
    many = [chance.integers(0, WORDS, 1 + number % 9).tolist() for number in range(2 * MOST_AT_ONCE + 3)]
    expected = [reference(each) for each in many]
    assert [network.tag(many) for network in networks()] == [expected] * len(networks())


def test_what_does_not_go_together_is_refused_by_the_kernel() -> None:
    if KERNEL is None:
        not_here("the kernel: install rustc, and run `make venv` again")
    numbers, active = np.zeros(64, np.float32), np.ones(1, np.uint32)
    place, few = (numbers.ctypes.data, numbers.size), (active.ctypes.data, active.size)
    assert not KERNEL.recur(place, place, place, few, 4, 1, place)
    assert not KERNEL.recur(place, place, place, few, 1 << 62, 4, place)
    assert not KERNEL.recur(
        (numbers.ctypes.data, 24), place, (numbers.ctypes.data, 32), few, 4, 0, (numbers.ctypes.data, 8)
    )


TAGGED = (
    "百度/ORG 是/v 一家/m 高科技/n 公司/n",
    "LAC/nz 是/v 个/q 优秀/a 的/u 分词/n 工具/n",
)
"""From the manual of LAC 2.1.2, which is in its archive."""


def test_sentences_of_the_manual_of_the_weights_are_tagged_as_it_says() -> None:
    texts = ["".join(word.rpartition("/")[0] for word in line.split()) for line in TAGGED]
    found = [
        " ".join(f"{sentence.text[start:end]}/{kind}" for start, end, kind in sentence.words)
        for (sentence,) in tagged(texts, the_tagger())
    ]
    assert tuple(found) == TAGGED
