"""Finds personal data in text: a gate over the bytes, the table's patterns where the gate opens, exact checks on hits.

Text without personal data is most of all text; the gate (hyperscan) reads it at memory speed and the rest never runs.
"""

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from msgspec.structs import replace

from policies.recognisers.around import CONTEXT_CHARS
from policies.recognisers.candidates import MIXED, hits_of, is_sure, merged
from policies.recognisers.compiled import ALL, JOINED, Identified, Span, compiled
from policies.recognisers.gate import Opened, make_gate_ready, opened_to_hide
from policies.recognisers.labelled import LABELLED, hits_behind_labels
from policies.recognisers.normalise import (
    AS_DIGITS,
    KEY,
    MARK_BEFORE_WORD,
    MARK_OF_LIST,
    NUMERALS,
    Normal,
    normalise,
)
from policies.recognisers.persons.names import find_names_before_words, find_names_behind_words, has_dots, patterns_for
from policies.recognisers.prose import find_in_prose
from policies.recognisers.readings import MOST_ROUNDS, PACKED, SHORTEST_LINE, packed, packed_in_lines, readings
from policies.recognisers.table import DOUBTFUL, MOST_SEPARATORS, ORDER, SEPARATORS, TABLE, Hit, Recogniser
from policies.recognisers.tokens import find_tokens

__all__ = ["candidates", "identified", "make_ready", "may_hold_personal_data", "resolve", "scan"]

_RANK = {category: rank for rank, category in enumerate(ORDER)}
_IN_DIGITS = NUMERALS | str.maketrans("、·", "--")
_BY_THEMSELVES = {"email": Opened.AT_SIGN, "passport": Opened.PASSPORT, "plate": Opened.PLATE}
_CODES = tuple(row for row in TABLE if row.category in ("uscc", "vin"))
_NUMBERS = tuple(row for row in TABLE if row.category not in _BY_THEMSELVES)
_WRITTEN_IN_DIGITS = tuple(row for row in _NUMBERS if row not in _CODES)
_RUN = re.compile(rf"[0-9A-Za-z](?:[{SEPARATORS}]{{0,{MOST_SEPARATORS}}}+[0-9A-Za-z])*+")
"""No candidate for a number is longer than the run of letters, digits and separators that it stands in, unless it is
written in groups."""
_LEAST_DIGITS = 6
_TO_HIDE = frozenset(
    {
        *(Opened.NUMBER, Opened.GROUPED, Opened.AT_SIGN, Opened.PASSPORT, Opened.PLATE, Opened.BEFORE, Opened.BEHIND),
        *(Opened.TOKEN, Opened.IN_WORDS, Opened.LOOK_ALIKE),
        *(Opened.LABELS + number for number, row in enumerate(LABELLED) if not row.only_reported),
    }
)
"""What is looked for where something hides characters: it may hide them from the gate as well."""
_AS_WRITTEN = frozenset(range(Opened.LABELS + len(LABELLED))) - {
    *(Opened.HIDDEN, Opened.TOKEN, Opened.IN_WORDS, Opened.READ_ON)
}
"""All but what makes another text of one."""


def make_ready() -> None:
    """Let the first text be looked into as fast as any other."""
    make_gate_ready()
    compiled()


def may_hold_personal_data(text: str) -> bool:
    """False only where `scan` would find nothing."""
    return bool(opened_to_hide(text))


def scan(text: str, *, prose: bool = False) -> Sequence[Hit]:
    """The personal data in *text*, by position, none overlapping another. Offsets count code points of *text*.

    What is escaped or packed counts like what it stands for. *prose*: what a tagger finds as well; raises NoWeights.
    """
    may_hold = opened_to_hide(text)
    if not prose and (told := identified(text, may_hold, opened_to_hide, JOINED)) is not None:
        return tuple(told) if isinstance(told, list) else told
    found = candidates(text, may_hold, opened_to_hide)
    if prose:
        found += find_in_prose([text])[0]
    return tuple(resolve(merged(found)) if len(found) > 1 else found)


type Gate = Callable[[str], set[int]]
"""Says what a text may hold, of what is looked for."""


def identified(text: str, may_hold: set[int], gate: Gate, becomes: int) -> Sequence[Hit] | None:
    """What *becomes* (see `compiled.py`) of all that *text* may hold, where the kernel can tell, else None."""
    if not may_hold:
        return []
    if not may_hold <= _AS_WRITTEN:
        return None
    told = _told(text, may_hold, becomes)
    if told is None or any(_look_alikes(text, told.alike)):
        return None
    if Opened.PACKED in may_hold and any(_unpacked(text, told.packed, gate, MOST_ROUNDS)):
        return None
    return told.hits


def candidates(text: str, may_hold: set[int], gate: Gate, layers: int = MOST_ROUNDS) -> list[Hit]:
    """All that *text* may hold, in no order; they may overlap, and some are doubtful. *may_hold*: what *gate* says."""
    if not may_hold:
        return []
    found = _hits_in(text, may_hold, gate)
    more: list[Hit] = []
    if Opened.READ_ON in may_hold:
        for reading in readings(text):
            for hit in _hits_in(reading.text, gate(reading.text), gate):
                start, end = reading.span(hit.start, hit.end)
                more.append(Hit(start, end, hit.category, hit.score, hit.why))
    if Opened.PACKED in may_hold and layers:
        more += _unpacked(text, _beside_proven(text, found), gate, layers)
    return found + more


def _unpacked(text: str, spans: Iterable[Span], gate: Gate, layers: int) -> Iterator[Hit]:
    """What is packed in *spans* of *text* and over its lines, up to so many *layers* deep, each where it stands."""
    for start, end, held, is_text in _packed(text, spans):
        for hit in candidates(held, gate(held), gate, layers - 1):
            if is_text or hit.why.startswith("checksum") or hit.category == "mobile":
                yield Hit(start, end, hit.category, hit.score if is_text else DOUBTFUL, hit.why)


def _packed(text: str, spans: Iterable[Span]) -> Iterator[tuple[int, int, str, bool]]:
    longest = 0
    for first, last in spans:
        longest = max(longest, last - first)
        for start, end, held, is_text in packed(text[first:last]):
            yield first + start, first + end, held, is_text
    # No identifier that is proven is as long as a line of base64, so the span that holds one is among these.
    if longest >= SHORTEST_LINE and "\n" in text:
        yield from packed_in_lines(text)


def _beside_proven(text: str, found: Iterable[Hit]) -> Iterator[Span]:
    """Where something may be packed in *text*, but for what is, as it stands, an identifier by its check digit."""
    proven = sorted((hit.start, hit.end) for hit in found if hit.why.startswith("checksum") and is_sure(hit))
    at = reach = 0
    for run in PACKED.finditer(text):
        while at < len(proven) and proven[at][0] <= run.start():
            reach = max(reach, proven[at][1])
            at += 1
        if reach < run.end():
            yield run.span()


def _hits_in(text: str, may_hold: set[int], gate: Gate) -> list[Hit]:
    """What *text* as it stands may hold; what may number the items of a list is read as that as well."""
    asked = may_hold | _TO_HIDE if Opened.HIDDEN in may_hold else may_hold
    if Opened.HIDDEN in may_hold:
        text = MARK_BEFORE_WORD.sub(" ", text)
    normal = normalise(text)
    told = _told(normal.text, asked, ALL)
    found = list(told.hits) if told is not None else list(_hits_of_tables(normal.text, asked))
    if Opened.IN_WORDS in asked:
        in_digits = normal.text.translate(_IN_DIGITS)
        found.extend(_hits_of(_WRITTEN_IN_DIGITS, in_digits))
        if Opened.LOOK_ALIKE in asked:
            found.extend(_look_alikes(in_digits))
    if Opened.LOOK_ALIKE in asked:
        found.extend(_look_alikes(normal.text, None if told is None else told.alike))
    if Opened.TOKEN in asked:
        found.extend(find_tokens(normal.text, _first_category))
    hits = [_in_original(hit, normal, text) for hit in found]
    if Opened.HIDDEN in may_hold and MARK_OF_LIST.search(text) is not None:
        apart = MARK_OF_LIST.sub(" ", text)
        hits.extend(_hits_in(apart, gate(apart), gate))
    return hits if normal.origin is None else [*hits, *_parted_hits(text)]


def _told(text: str, asked: set[int], becomes: int) -> Identified | None:
    """What the kernel says of *text*, of what is *asked*; None where it cannot say."""
    bits = _bits_for(frozenset(asked), has_dots(text))
    return None if bits is None else compiled().identify(text, bits, becomes, unpacks=Opened.PACKED in asked)


@functools.lru_cache(maxsize=1024)
def _bits_for(asked: frozenset[int], with_dots: bool) -> int | None:
    """The rows of which the kernel is asked; None where it does not know all."""
    behind, before = patterns_for("·" if with_dots else "")
    keys: list[object] = [*_rows_for(asked), *_labels(asked)]
    keys += [pattern for part, pattern in ((Opened.BEFORE, behind), (Opened.BEHIND, before)) if part in asked]
    return compiled().bits_of([*keys, *([MIXED] if Opened.LOOK_ALIKE in asked else [])])


def _hits_of_tables(text: str, asked: set[int]) -> Iterator[Hit]:
    """The same by Python: what the rows and the words find in normalised *text*."""
    longest = len(text) if Opened.GROUPED in asked else max(map(len, _RUN.findall(text)), default=0)
    for row in _rows_for(asked):
        if row.shortest <= longest or row.category in _BY_THEMSELVES:
            yield from hits_of(row, text)
    if Opened.BEFORE in asked:
        yield from find_names_behind_words(text)
    if Opened.BEHIND in asked:
        yield from find_names_before_words(text)
    yield from hits_behind_labels(text, _labels(asked))


def _labels(asked: AbstractSet[int]) -> set[int]:
    return {number - Opened.LABELS for number in asked if number >= Opened.LABELS}


def _hits_of(rows: tuple[Recogniser, ...], text: str) -> Iterable[Hit]:
    """What *rows* find in normalised *text*."""
    bits = _bits_of(rows)
    told = None if bits is None else compiled().identify(text, bits)
    return told.hits if told is not None else (hit for row in rows for hit in hits_of(row, text))


@functools.cache
def _bits_of(rows: tuple[Recogniser, ...]) -> int | None:
    return compiled().bits_of(rows)


def _look_alikes(text: str, spans: Iterable[Span] | None = None) -> Iterator[Hit]:
    """The numbers in *text* in which letters stand for some digits: proven by a check, or announced.

    *spans*: where they may stand, if that is known, of a text that need not be normalised.
    """
    for start, end in spans if spans is not None else (match.span() for match in MIXED.finditer(text)):
        first = max(0, start - CONTEXT_CHARS)
        around = normalise(text[first : end + 1]).text
        written = around[start - first : end - first]
        if sum(map(str.isdigit, written)) < _LEAST_DIGITS:
            continue
        read = around[: start - first] + written.translate(AS_DIGITS) + around[end - first :]
        for hit in _hits_of(_WRITTEN_IN_DIGITS, read):
            if first + hit.start < end and first + hit.end > start and _is_told(hit, written):
                score = DOUBTFUL if _BAR in (text[first + hit.start], text[first + hit.end - 1]) else hit.score
                yield Hit(first + hit.start, first + hit.end, hit.category, score, hit.why)


_BAR = "|"
"""It stands between the cells of tables more often than for a one."""
_AS_ZERO = frozenset("Oo0123456789- ")


def _is_told(hit: Hit, written: str) -> bool:
    """Whether a number with letters in it is one: by a check, by a word before, or by nothing but O for zeros in a
    mobile number.
    """
    return hit.why != "pattern" or (hit.category == "mobile" and _AS_ZERO.issuperset(written))


def _parted_hits(text: str) -> Iterator[Hit]:
    """The numbers in *text* where what hides characters stands between two: taken out, it makes one of them that is
    none.
    """
    parted = normalise(text, hidden="-")
    for reading in dict.fromkeys((parted.text, parted.text.translate(_IN_DIGITS))):
        yield from (_in_original(hit, parted, text) for hit in _hits_of(_NUMBERS, reading))


def _rows_for(asked: AbstractSet[int]) -> tuple[Recogniser, ...]:
    """The rows of the table of which one may find something."""
    numbers: tuple[Recogniser, ...] = ()
    if not asked.isdisjoint((Opened.NUMBER, Opened.GROUPED)):
        numbers = _NUMBERS
    elif not asked.isdisjoint((Opened.PACKED, Opened.WIDE_LETTER)):
        numbers = _CODES
    alone = (row for row in TABLE if (part := _BY_THEMSELVES.get(row.category)) is not None and part in asked)
    return (*numbers, *alone)


def _first_category(text: str) -> str | None:
    return next((hit.category for hit in scan(text)), None)


def resolve(found: Iterable[Hit]) -> list[Hit]:
    """*found* without overlaps: the category that stands first in `ORDER` wins, then the longer, then the earlier.

    What is left of one that another has won a part of stays a hit: it may have been the right one.
    """
    hits = sorted(found, key=lambda hit: (_RANK[hit.category], hit.start - hit.end, hit.start))
    taken: list[Hit] = []
    covered = bytearray(max((hit.end for hit in hits), default=0))
    for hit in hits:
        # To compare with each that was taken would take the square of their number: a text of numbers has many.
        start = covered.find(0, hit.start, hit.end)
        while start >= 0:
            end = covered.find(1, start, hit.end)
            end = hit.end if end < 0 else end
            taken.append(hit if (start, end) == (hit.start, hit.end) else replace(hit, start=start, end=end))
            covered[start:end] = b"\1" * (end - start)
            start = covered.find(0, end, hit.end)
    return sorted(taken, key=lambda hit: hit.start)


def _in_original(hit: Hit, normal: Normal, text: str) -> Hit:
    """*hit* where it stands in *text*, with the key that is drawn around its last digit."""
    if normal.origin is None:
        return hit
    start, end = normal.original_span(hit.start, hit.end)
    if (drawn := KEY.match(text, end)) is not None:
        end = drawn.end()
    return Hit(start, end, hit.category, hit.score, hit.why)
