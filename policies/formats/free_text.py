"""Masks free text: what recognisers find, and values known to be personal from elsewhere in the same message."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

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

_BETWEEN_WORDS = re.compile(r"[\s,;:|/'\"()\[\]{}<>]+")
_JOINED_WORDS = re.compile(r"[^\s,;:|/'\"()\[\]{}<>]+")
_WORD = re.compile(r"\w+")
_PLAIN_WORD = re.compile(r"[A-Za-z_.-]+|[0-9]{1,5}")
"""What columns, operators and settings are called; a name in Latin letters is left where the caller has said it."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that must be hidden."""

    start: int
    end: int
    categories: tuple[str, ...]
    """What recognisers found in it; empty where it is only known from elsewhere."""


class Finder:
    """Looks for many values at once, by how they begin: the longest where two begin together."""

    def __init__(self) -> None:
        self._by_start: dict[str, list[str]] = {}  # by their first two characters, the longest first
        self._starts: re.Pattern[str] | None = None

    def add(self, value: str) -> None:
        """Look for *value*, of two characters at least, from now on."""
        start = value[:SHORTEST_KNOWN]
        if start not in self._by_start:
            self._by_start[start] = []
            self._starts = None
        self._by_start[start].append(value)
        self._by_start[start].sort(key=len, reverse=True)

    def remove(self, value: str) -> None:
        """Look for it no longer."""
        self._by_start[value[:SHORTEST_KNOWN]].remove(value)

    def spans(self, text: str) -> Iterator[Span]:
        """Where the values stand in *text*, apart from one another."""
        if not self._by_start:
            return
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


class Said:
    """What the caller has said in the request, where an answer may repeat it.

    Whether it is shown must not depend on what is hidden, or whoever guesses is told (DESIGN decision 6). In what
    a page works by, such as addresses, it is left as it is. In other text its words are hidden whatever they may be,
    but for what public fields of the answer hold, and plain words.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._finder = Finder()
        pieces: dict[str, None] = {}
        # A page may repeat it percent-encoded, and what looks percent-encoded is read that way by maskers.
        for text in dict.fromkeys(form for said in texts for form in (said, unquote(said))):
            pieces |= dict.fromkeys([text.strip(), *_BETWEEN_WORDS.split(text), *_WORD.findall(text)])
        for piece in pieces:
            if len(piece) >= SHORTEST_KNOWN:
                self._finder.add(piece)
        self._guesses = {text[slice(*place)] for text in pieces for place in _guesses_in(text)}

    def note_public(self, text: str) -> None:
        """Whoever says what stands in *text* has guessed nothing."""
        if self._guesses:
            self._guesses -= {guess for guess in self._guesses if guess in text}

    def spans(self, text: str) -> tuple[list[Span], list[Span]]:
        """Where *text* repeats it, and which words in those places are hidden."""
        places, words = list(self._finder.spans(text)), []
        for place in places:
            said = text[place.start : place.end]
            words += [
                Span(place.start + start, place.start + end, ())
                for start, end in _guesses_in(said)
                if said[start:end] in self._guesses
            ]
        return places, words


def _guesses_in(text: str) -> Iterator[tuple[int, int]]:
    """Where words stand in *text* that could be somebody's: each by itself, or joined where alone they are plain."""
    for joined in _JOINED_WORDS.finditer(text):
        words = [match.span() for match in _WORD.finditer(joined[0]) if _is_guess(match[0])]
        if words:
            yield from ((joined.start() + start, joined.start() + end) for start, end in words)
        elif _is_guess(joined[0]):
            yield joined.span()


class KnownValues:
    """Personal values seen in declared fields of one message: each is masked wherever else it stands."""

    def __init__(self, said: Said | None = None) -> None:
        self.said = said
        self.hides = False
        """Whether anything was hidden so far, looked for elsewhere or not."""
        self._values: dict[str, None] = {}
        self._finder: Finder | None = None  # made when there are many

    def add(self, value: str) -> None:
        """Look for *value* from now on. The oldest is forgotten when there are too many."""
        value = value.strip()
        if value in self._values or not _least_length(value) <= len(value) <= LONGEST_KNOWN or not value.strip("*"):
            return
        if len(self._values) >= MOST_KNOWN:
            oldest = next(iter(self._values))
            del self._values[oldest]
            if self._finder is not None:
                self._finder.remove(oldest)
        self._values[value] = None
        if self._finder is not None:
            self._finder.add(value)

    def spans(self, text: str, *, working: bool = False) -> list[Span]:
        """What of *text* must be hidden. *working*: it is something that a page works by."""
        known = self._known(text)
        places, words = self.said.spans(text) if self.said is not None else ([], [])
        if not places:
            return known
        kept = [
            span for span in known if not any(place.start <= span.start and span.end <= place.end for place in places)
        ]
        return kept if working or not self.hides else [*kept, *words]

    def _known(self, text: str) -> list[Span]:
        if len(self._values) <= FEW_KNOWN:
            return [Span(start, start + len(value), ()) for value in self._values for start in _places(value, text)]
        if self._finder is None:
            self._finder = Finder()
            for value in self._values:
                self._finder.add(value)
        return list(self._finder.spans(text))


def _is_guess(word: str) -> bool:
    return len(word) >= SHORTEST_KNOWN and not _PLAIN_WORD.fullmatch(word)


def _least_length(value: str) -> int:
    if not value.isascii():
        return SHORTEST_KNOWN
    return SHORTEST_WORD if any(map(str.isalpha, value)) else SHORTEST_NUMBER


def _places(value: str, text: str) -> Iterator[int]:
    start = text.find(value)
    while start >= 0:
        yield start
        start = text.find(value, start + len(value))


def personal_spans(text: str, known: KnownValues | None = None, *, working: bool = False) -> list[Span]:
    """What of *text* must be hidden, in order, apart from one another. *working*: see `KnownValues.spans`."""
    spans = [Span(hit.start, hit.end, (hit.category,)) for hit in scan(text)]
    if known is not None:
        spans.extend(known.spans(text, working=working))
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


def mask_free_text(text: str, known: KnownValues | None, tally: Tally, *, working: bool = False) -> str:
    """*text* with three stars in place of everything personal in it. *working*: see `KnownValues.spans`."""
    return hide(text, personal_spans(text, known, working=working), tally)
