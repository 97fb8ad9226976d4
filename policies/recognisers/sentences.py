"""Sentences of a text as the tagger is given them, and what it says of each of their characters."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policies.recognisers.lexicon import Cut
from policies.recognisers.weights import Tagger

LONGEST = 160
"""Characters of a sentence: what is longer is cut at a comma, or anywhere."""
_SENTENCE = re.compile(r"[^。！？；!?;\n\r]+[。！？；!?;]*")
_ENDS = "。！？；!?;\n\r"
_PAUSES = "，、,：: 　"
_HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, tagged."""

    start: int
    """Where it stands in its text."""
    text: str
    words: tuple[tuple[int, int, str], ...]
    """Where each word begins and ends in it, and what it is."""


def sentences_in(text: str) -> Iterator[tuple[int, str]]:
    """The sentences of *text* in which a Chinese character stands, and where each begins."""
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        while start < end:
            stop = end if end - start <= LONGEST else _pause_before(text, start, start + LONGEST)
            if _HAN.search(text, start, stop):
                yield start, text[start:stop]
            start = stop


def end_of_part(text: str, most: int) -> int:
    """Where the longest beginning of *text* ends that has *most* characters at most, all of them of whole sentences; at
    a pause where the first sentence is too long to be read as one. 0 where there is none.
    """
    end = max(text.rfind(mark, 0, max(0, most)) for mark in _ENDS)
    if end < 0 and most > LONGEST:
        end = max(text.rfind(pause, 0, most) for pause in _PAUSES)
    return end + 1


def _pause_before(text: str, start: int, end: int) -> int:
    last = max(text.rfind(pause, start + LONGEST // 2, end) for pause in _PAUSES)
    return last + 1 if last >= 0 else end


def tagged(texts: Sequence[str], tagger: Tagger) -> list[list[Sentence]]:
    """The sentences of each of *texts*, with what their words are."""
    parts = [(number, start, part) for number, text in enumerate(texts) for start, part in sentences_in(text)]
    cuts = [tagger.lexicon.cut(part) for _, _, part in parts]
    kinds = tagger.network.tag([cut.numbers for cut in cuts])
    found: list[list[Sentence]] = [[] for _ in texts]
    for (number, start, part), cut, kind in zip(parts, cuts, kinds, strict=True):
        found[number].append(Sentence(start, part, tuple(_words(cut, [tagger.labels[each] for each in kind]))))
    return found


def _words(cut: Cut, labels: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    start = end = 0
    kind = ""
    for length, label in zip(cut.lengths, labels, strict=True):
        begins = not label.endswith("-I") or not kind
        if begins and kind:
            yield start, end, kind
        if begins:
            start, kind = end, label.partition("-")[0]
        end += length
    if kind:
        yield start, end, kind
