"""Looks for many values at once in a text: all of them, wherever they stand."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SHORTEST_KNOWN = 2
"""A single character is too common to be looked for elsewhere."""
SHORTEST_WORD = 3
"""The same of Latin letters."""
SHORTEST_NUMBER = 6
"""The same of digits: what is shorter identifies nobody, and stands everywhere in a page."""
LONGEST_KNOWN = 64

_FEW_DIGITS = re.compile(rf"[0-9]{{1,{SHORTEST_NUMBER - 1}}}(?:[,;|，；、] ?[0-9]{{1,{SHORTEST_NUMBER - 1}}})*")
"""Also where they stand in a list, as the numbers of rows do."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that must be hidden."""

    start: int
    end: int
    categories: tuple[str, ...]
    """What recognisers found in it, as `found.found_as` tells it; empty where it is only known from elsewhere."""


def is_looked_for(value: str) -> bool:
    """Whether *value* is long enough to be somebody's, and not a mask already."""
    return len(value) >= _least_length(value) and not _FEW_DIGITS.fullmatch(value) and bool(value.strip("*"))


def _least_length(value: str) -> int:
    if not value.isascii():
        return SHORTEST_KNOWN
    return SHORTEST_WORD if any(map(str.isalpha, value)) else SHORTEST_NUMBER


class Finder:
    """Looks for values of two characters at least, by how they begin and by their lengths.

    What a place costs does not grow with how many values there are: a set is asked once for each length.
    """

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._by_start: dict[str, dict[int, set[str]]] = {}  # by their first two characters, then by length
        self._starts: re.Pattern[str] | None = None
        for value in values:
            self.add(value)

    def __bool__(self) -> bool:
        return bool(self._by_start)

    def add(self, value: str) -> None:
        """Look for *value* from now on."""
        start = value[:SHORTEST_KNOWN]
        if start not in self._by_start:
            self._by_start[start] = {}
            self._starts = None
        by_length = self._by_start[start]
        if len(value) not in by_length:
            by_length[len(value)] = set()
            self._by_start[start] = dict(sorted(by_length.items(), reverse=True))
        self._by_start[start][len(value)].add(value)

    def spans(self, text: str) -> list[Span]:
        """Where values stand in *text*, in order; those that overlap are one."""
        found: list[Span] = []
        begins = ends = -1
        for start, value in self._places(text, only_longest=True):
            if start >= ends:
                if ends > 0:
                    found.append(Span(begins, ends, ()))
                begins = start
            ends = max(ends, start + len(value))
        return [*found, Span(begins, ends, ())] if ends > 0 else found

    def found_in(self, text: str) -> set[str]:
        """Which values stand in *text*."""
        return {value for _, value in self._places(text, only_longest=False)}

    def _places(self, text: str, *, only_longest: bool) -> Iterator[tuple[int, str]]:
        """Every place where a value begins in *text*, and the value; they may overlap."""
        if not self._by_start:
            return
        if self._starts is None:
            first, second = (f"[{re.escape(''.join({start[n] for start in self._by_start}))}]" for n in (0, 1))
            self._starts = re.compile(f"{first}(?={second})")
        for match in self._starts.finditer(text):
            start = match.start()
            for length, values in self._by_start.get(text[start : start + SHORTEST_KNOWN], {}).items():
                if (value := text[start : start + length]) in values:
                    yield start, value
                    if only_longest:
                        break


def merge(spans: Iterable[Span]) -> list[Span]:
    """*spans* in order, those that overlap made one."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if merged and span.start < merged[-1].end:
            last = merged.pop()
            span = Span(last.start, max(last.end, span.end), last.categories + span.categories)
        merged.append(span)
    return merged
