"""Masks free text: what recognisers find, and values known to be personal from elsewhere in the same message."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from policies.formats.masker import Tally
from policies.recognisers.scan import scan
from policies.transforms.make import REDACTED

SHORTEST_KNOWN = 2
"""A single character is too common to be looked for elsewhere."""
SHORTEST_WORD = 3
"""The same of Latin letters."""
SHORTEST_NUMBER = 6
"""The same of digits: what is shorter identifies nobody, and stands everywhere in a page."""
LONGEST_KNOWN = 64
MOST_KNOWN = 2_000
FEW_KNOWN = 32


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that must be hidden."""

    start: int
    end: int
    categories: tuple[str, ...]
    """What recognisers found in it; empty where it is only known from elsewhere."""


class KnownValues:
    """Personal values seen in declared fields of one message: each is masked wherever else it stands."""

    def __init__(self) -> None:
        self._values: dict[str, None] = {}
        self._by_start: dict[str, list[str]] = {}  # by their first two characters, the longest first
        self._starts: re.Pattern[str] | None = None

    def add(self, value: str) -> None:
        """Look for *value* from now on. The oldest is forgotten when there are too many."""
        value = value.strip()
        if value in self._values or not _least_length(value) <= len(value) <= LONGEST_KNOWN or not value.strip("*"):
            return
        if len(self._values) >= MOST_KNOWN:
            oldest = next(iter(self._values))
            del self._values[oldest]
            self._by_start[oldest[:SHORTEST_KNOWN]].remove(oldest)
        self._values[value] = None
        start = value[:SHORTEST_KNOWN]
        if start not in self._by_start:
            self._by_start[start] = []
            self._starts = None
        self._by_start[start].append(value)
        self._by_start[start].sort(key=len, reverse=True)

    def spans(self, text: str) -> Iterable[Span]:
        """Where known values stand in *text*: the longest where two begin together."""
        if len(self._values) <= FEW_KNOWN:
            return [Span(start, start + len(value), ()) for value in self._values for start in _places(value, text)]
        return list(self._many(text))

    def _many(self, text: str) -> Iterator[Span]:
        if self._starts is None:
            first, second = (f"[{re.escape(''.join({start[n] for start in self._by_start}))}]" for n in (0, 1))
            self._starts = re.compile(f"{first}(?={second})")
        end = 0
        for match in self._starts.finditer(text):
            start = match.start()
            if start < end:
                continue
            for value in self._by_start.get(text[start : start + SHORTEST_KNOWN], ()):
                if text.startswith(value, start):
                    end = start + len(value)
                    yield Span(start, end, ())
                    break


def _least_length(value: str) -> int:
    if not value.isascii():
        return SHORTEST_KNOWN
    return SHORTEST_WORD if any(map(str.isalpha, value)) else SHORTEST_NUMBER


def _places(value: str, text: str) -> Iterator[int]:
    start = text.find(value)
    while start >= 0:
        yield start
        start = text.find(value, start + len(value))


def personal_spans(text: str, known: KnownValues | None = None) -> list[Span]:
    """What of *text* must be hidden, in order, apart from one another."""
    spans = [Span(hit.start, hit.end, (hit.category,)) for hit in scan(text)]
    if known is not None:
        spans.extend(known.spans(text))
    return merge(spans)


def merge(spans: Iterable[Span]) -> list[Span]:
    """*spans* in order, those that overlap made one."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if merged and span.start < merged[-1].end:
            last = merged.pop()
            span = Span(last.start, max(last.end, span.end), last.categories + span.categories)
        merged.append(span)
    return merged


def hide(text: str, spans: Sequence[Span], tally: Tally | None = None) -> str:
    """*text* with three stars in place of each of *spans*, which are counted."""
    if not spans:
        return text
    pieces, end = [], 0
    for span in spans:
        pieces += [text[end : span.start], REDACTED]
        end = span.end
        if tally is not None:
            for category in span.categories:
                tally.found[category] += 1
    return "".join([*pieces, text[end:]])


def mask_free_text(text: str, known: KnownValues | None, tally: Tally) -> str:
    """*text* with three stars in place of everything personal in it."""
    return hide(text, personal_spans(text, known), tally)
