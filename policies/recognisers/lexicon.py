"""Cuts Chinese text into words as the tagger's authors cut what they trained it on, and numbers the words.

The likeliest cut wins: that whose words' frequencies have the greatest product.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import log
from pathlib import Path

_LATIN = re.compile("[0-9A-Za-z]")
_UNKNOWN = "OOV"


@dataclass(frozen=True, slots=True)
class Cut:
    """A text as the tagger reads it."""

    numbers: list[int]
    """Of each word, in the tagger's vocabulary."""
    lengths: list[int]
    """Of each word, in characters."""


class Lexicon:
    """The dictionaries of one tagger, which lie in *folder*."""

    def __init__(self, folder: Path) -> None:
        self._numbers = {word: int(number) for number, word in _pairs(folder / "word.dic", "\t")}
        self._plain = dict(_pairs(folder / "q2b.dic", "\t"))
        self._unknown = self._numbers[_UNKNOWN]
        counts = {word: int(count) for word, count in _pairs(folder / "small_seg.dic", " ")}
        self._total = log(sum(counts.values()))
        # A word of n characters weighs log n, not its frequency, in what the tagger was trained with; it is kept so.
        self._weights: dict[str, float | None] = {}
        for word in counts:
            for length in range(1, len(word)):
                self._weights.setdefault(word[:length], None)
            self._weights[word] = log(len(word)) - self._total

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self._weights.get(word) is not None

    def cut(self, text: str) -> Cut:
        """The words of *text*: those that the tagger does not know are read character by character."""
        numbers: list[int] = []
        lengths: list[int] = []
        known, plain, unknown = self._numbers, self._plain, self._unknown
        for word in self._words(text):
            if word in known:
                numbers.append(known.get(plain.get(word, word), unknown))
                lengths.append(len(word))
            else:
                numbers += [known.get(plain.get(char, char), unknown) for char in word]
                lengths += [1] * len(word)
        return Cut(numbers, lengths)

    def _words(self, text: str) -> Iterator[str]:
        """The likeliest words of *text*. Latin letters and digits that stand alone in a row are one word."""
        ends = self._likeliest_ends(text)
        start, row = 0, 0  # `row`: where letters began that are not yet given out
        while start < len(text):
            end = ends[start]
            if end - start > 1 or _LATIN.match(text[start]) is None:
                if row < start:
                    yield text[row:start]
                yield text[start:end]
                row = end
            start = end
        if row < start:
            yield text[row:start]

    def _likeliest_ends(self, text: str) -> list[int]:
        """Where the word ends that begins at each place, if one does."""
        length = len(text)
        weights, alone = self._weights, -self._total
        best = [0.0] * (length + 1)
        ends = [0] * length
        for start in range(length - 1, -1, -1):
            end = start + 1
            weight = weights.get(text[start:end], 0)
            top, at = (weight or alone) + best[end], end
            while weight != 0 and end < length:
                end += 1
                weight = weights.get(text[start:end], 0)
                if weight and (score := weight + best[end]) >= top:
                    top, at = score, end
            best[start], ends[start] = top, at
        return ends


def _pairs(path: Path, separator: str) -> Iterator[tuple[str, str]]:
    """The first and the second of each line of *path* that has two."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            pair = line.rstrip("\n").split(separator)
            if len(pair) == 2:
                yield pair[0], pair[1]
