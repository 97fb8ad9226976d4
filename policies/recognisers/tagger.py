"""Says of each word of Chinese sentences what it is: part of the name of a person, of a place, of an organisation.

The network is that of LAC: two layers of gated recurrent units in both directions, and a chain of labels over them. All
sentences of a batch advance together, the longest first, so that each step is a few products of matrices.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from policies.kernel.library import KERNEL, Kernel

type Floats = npt.NDArray[np.float32]
type Numbers = npt.NDArray[np.intp]

MOST_AT_ONCE = 64
"""Sentences of a batch. More would wait for the longest of them."""
FEWEST_TOGETHER = 3
"""Sentences that NumPy multiplies faster than the kernel, which goes through the weights for each."""
_LAYERS = 2


class Network:
    """The weights in *folder*, and what they make of words. Of few sentences the *kernel* does what goes by steps."""

    def __init__(self, folder: Path, kernel: Kernel | None = KERNEL) -> None:
        self._kernel = kernel

        def kept(name: str) -> Floats:
            weights: Floats = np.load(folder / f"{name}.npy")
            return weights

        # Many processes read the same embedding, and each of them a little of it.
        self._embedding: Floats = np.load(folder / "embedding.npy", mmap_mode="r")
        self._inputs, self._bias, self._gates, self._candidates = [], [], [], []
        size = kept("candidate0").shape[-1]
        # The logistic function is a hyperbolic tangent of half its argument, which NumPy computes faster.
        half = np.concatenate([np.full(2 * size, 0.5, np.float32), np.ones(size, np.float32)])
        for layer in range(_LAYERS):
            both = kept(f"inputs{layer}") * half
            self._inputs.append(np.ascontiguousarray(np.concatenate(list(both), axis=1)))
            self._bias.append((kept(f"bias{layer}") * half).ravel())
            self._gates.append(kept(f"gates{layer}") * np.float32(0.5))
            self._candidates.append(kept(f"candidate{layer}"))
        self._size = size
        self._emission, self._emission_bias = kept("emission"), kept("emission_bias")
        chain = kept("transitions")
        self._first, self._last, self._next = chain[0], chain[1], chain[2:]

    def tag(self, sentences: Sequence[Sequence[int]]) -> list[list[int]]:
        """The number of the label of each word of each of *sentences*, which are numbers of words, none empty."""
        found: list[list[int]] = [[] for _ in sentences]
        order = sorted(range(len(sentences)), key=lambda place: -len(sentences[place]))
        for first in range(0, len(order), MOST_AT_ONCE):
            batch = order[first : first + MOST_AT_ONCE]
            fits, active = self._emissions([sentences[place] for place in batch])
            labels = self._labels(fits, active)
            for column, place in enumerate(batch):
                found[place] = labels[: len(sentences[place]), column].tolist()
        return found

    def _emissions(self, sentences: Sequence[Sequence[int]]) -> tuple[Floats, Numbers]:
        """How well each label fits each word, by step, sentence and label; and how many of *sentences* have each step.

        *sentences* come longest first.
        """
        lengths = np.array([len(each) for each in sentences])
        steps, count = int(lengths[0]), len(sentences)
        place = np.arange(steps)[:, None]
        is_word = place < lengths
        words = np.zeros((steps, count), np.intp)
        words.T[is_word.T] = np.concatenate([np.asarray(each, np.intp) for each in sentences])
        # Where each word stands in its sentence read backwards; behind its end nothing moves.
        turned = np.where(is_word, lengths - 1 - place, place)
        active = is_word.sum(axis=1)
        distinct, which = np.unique(words, return_inverse=True)
        size = self._size
        projected = (self._embedding[distinct] @ self._inputs[0] + self._bias[0])[which.reshape(words.shape)]
        output = self._both_ways(projected, 0, turned, active)
        for layer in range(1, _LAYERS):
            flat = output.reshape(-1, 2 * size) @ self._inputs[layer] + self._bias[layer]
            output = self._both_ways(flat.reshape(steps, count, -1), layer, turned, active)
        fits = output.reshape(-1, 2 * size) @ self._emission + self._emission_bias
        return fits.reshape(steps, count, -1), active

    def _both_ways(self, projected: Floats, layer: int, turned: Numbers, active: Numbers) -> Floats:
        """What a layer makes of its *projected* inputs, of both directions side by side."""
        steps, count, _ = projected.shape
        size, columns = self._size, np.arange(count)
        pair = np.empty((steps, 2, count, 3 * size), np.float32)
        pair[:, 0] = projected[:, :, : 3 * size]
        pair[:, 1] = projected[turned, columns, 3 * size :]
        hidden = self._recur(pair, layer, active)
        return np.concatenate([hidden[:, 0], hidden[turned, 1, columns]], axis=2)

    def _recur(self, projected: Floats, layer: int, active: Numbers) -> Floats:
        """The hidden states, step by step, of both directions."""
        steps, _, count, _ = projected.shape
        size = self._size
        gates, candidates = self._gates[layer], self._candidates[layer]
        hidden = np.zeros((steps, 2, count, size), np.float32)
        if self._kernel is not None and count < FEWEST_TOGETHER:
            told = active.astype(np.uint32)
            weights = _place(gates), _place(candidates)
            done = self._kernel.recur(_place(projected), *weights, _place(told), size, count, _place(hidden))
            assert done, "the weights do not go together"
            return hidden
        state = np.zeros((2, count, size), np.float32)
        for step in range(steps):
            some = active[step]
            state = state[:, :some]
            given = projected[step, :, :some]
            gate = state @ gates
            gate += given[..., : 2 * size]
            np.tanh(gate, out=gate)
            gate *= 0.5
            gate += 0.5
            update, reset = gate[..., :size], gate[..., size:]
            new = (reset * state) @ candidates
            new += given[..., 2 * size :]
            np.tanh(new, out=new)
            new -= state
            new *= update
            new += state
            state = hidden[step, :, :some] = new
        return hidden

    def _labels(self, fits: Floats, active: Numbers) -> Numbers:
        """The likeliest label of each step of each sentence."""
        steps, count, kinds = fits.shape
        came = np.zeros((steps, count, kinds), np.intp)
        score = fits[0] + self._first
        ends = score.copy()
        towards = np.ascontiguousarray(self._next.T)
        for step in range(1, steps):
            some = active[step]
            ways = score[:some, None, :] + towards
            came[step, :some] = ways.argmax(axis=2)
            score = ways.max(axis=2) + fits[step, :some]
            ends[:some] = score
        label = (ends + self._last).argmax(axis=1)
        found = np.zeros((steps, count), np.intp)
        rows = np.arange(count)
        for step in range(steps - 1, -1, -1):
            some = active[step]
            found[step, :some] = label[:some]
            label[:some] = came[step, rows[:some], label[:some]]
        return found


def _place(numbers: npt.NDArray[np.float32 | np.uint32]) -> tuple[int, int]:
    """Where *numbers*, which lie in a row, are, and how many they are."""
    return numbers.ctypes.data, numbers.size
