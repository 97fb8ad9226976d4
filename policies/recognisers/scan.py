"""Finds personal data in text: a gate over the bytes, the table's patterns where the gate opens, exact checks on hits.

Text without personal data is most of all text; the gate (hyperscan) reads it at memory speed and the rest never runs.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from policies.recognisers.around import CONTEXT_CHARS
from policies.recognisers.candidates import hits_of, merged
from policies.recognisers.gate import Opened, make_ready, opened_to_hide
from policies.recognisers.labelled import LABELLED, hits_behind_labels
from policies.recognisers.names import find_names_before_words, find_names_behind_words
from policies.recognisers.normalise import AS_DIGITS, LOOK_ALIKE, NUMERALS, Normal, normalise
from policies.recognisers.prose import find_in_prose
from policies.recognisers.readings import MOST_ROUNDS, packed, packed_in_lines, readings
from policies.recognisers.table import DOUBTFUL, MOST_SEPARATORS, ORDER, SEPARATORS, TABLE, Hit, Recogniser
from policies.recognisers.tokens import find_tokens

__all__ = ["candidates", "make_ready", "may_hold_personal_data", "resolve", "scan"]

_RANK = {category: rank for rank, category in enumerate(ORDER)}
_IN_DIGITS = NUMERALS | str.maketrans("、·", "--")
_BY_THEMSELVES = {"email": Opened.AT_SIGN, "passport": Opened.PASSPORT, "plate": Opened.PLATE}
_CODES = tuple(row for row in TABLE if row.category in ("uscc", "vin"))
_NUMBERS = tuple(row for row in TABLE if row.category not in _BY_THEMSELVES)
_WRITTEN_IN_DIGITS = tuple(row for row in _NUMBERS if row not in _CODES)
_RUN = re.compile(rf"[0-9A-Za-z](?:[{SEPARATORS}]{{0,{MOST_SEPARATORS}}}+[0-9A-Za-z])*+")
"""No candidate for a number is longer than the run of letters, digits and separators that it stands in, unless it is
written in groups."""
_MIXED = re.compile(
    rf"(?<![0-9A-Za-z])(?=[0-9 \-]*[{LOOK_ALIKE}])[0-9{LOOK_ALIKE}](?:[ \-]?[0-9{LOOK_ALIKE}]){{10,18}}[Xx]?"
    r"(?![0-9A-Za-z])"
)
"""A number in which letters stand for digits."""
_LEAST_DIGITS = 6
_LABELS_TO_HIDE = {number for number, row in enumerate(LABELLED) if not row.only_reported}


def may_hold_personal_data(text: str) -> bool:
    """False only where `scan` would find nothing."""
    return bool(opened_to_hide(text))


def scan(text: str, *, prose: bool = False) -> tuple[Hit, ...]:
    """The personal data in *text*, by position, none overlapping another. Offsets count code points of *text*.

    What is escaped or packed counts like what it stands for. *prose*: what a tagger finds as well; raises NoWeights.
    """
    found = candidates(text, opened_to_hide(text), opened_to_hide)
    if prose:
        found += find_in_prose([text])[0]
    return tuple(resolve(merged(found)) if len(found) > 1 else found)


type Gate = Callable[[str], set[int]]
"""Says what a text may hold, of what is looked for."""


def candidates(text: str, may_hold: set[int], gate: Gate, layers: int = MOST_ROUNDS) -> list[Hit]:
    """All that *text* may hold, in no order; they may overlap, and some are doubtful. *may_hold*: what *gate* says."""
    if not may_hold:
        return []
    found = _hits_in(text, may_hold)
    if Opened.READ_ON in may_hold:
        for reading in readings(text):
            for hit in _hits_in(reading.text, gate(reading.text)):
                start, end = reading.span(hit.start, hit.end)
                found.append(Hit(start, end, hit.category, hit.score, hit.why))
    if Opened.PACKED in may_hold and layers:
        for start, end, held, is_text in (*packed(text), *packed_in_lines(text)):
            for hit in candidates(held, gate(held), gate, layers - 1):
                if is_text or hit.why.startswith("checksum") or hit.category == "mobile":
                    found.append(Hit(start, end, hit.category, hit.score if is_text else DOUBTFUL, hit.why))
    return found


def _hits_in(text: str, may_hold: set[int]) -> list[Hit]:
    """What *text* as it stands may hold."""
    everything = Opened.HIDDEN in may_hold  # what hides characters may hide them from the gate as well
    normal = normalise(text)
    found: list[Hit] = []
    if rows := _rows_for(may_hold):
        is_grouped = everything or Opened.GROUPED in may_hold
        longest = len(text) if is_grouped else max(map(len, _RUN.findall(normal.text)), default=0)
        found.extend(hit for row in rows if row.shortest <= longest for hit in hits_of(row, normal.text))
    for row in TABLE:
        if (part := _BY_THEMSELVES.get(row.category)) is not None and (everything or part in may_hold):
            found.extend(hits_of(row, normal.text))
    if everything or Opened.IN_WORDS in may_hold:
        in_digits = normal.text.translate(_IN_DIGITS)
        found.extend(hit for row in _WRITTEN_IN_DIGITS for hit in hits_of(row, in_digits))
    if everything or Opened.LOOK_ALIKE in may_hold:
        found.extend(_look_alikes(normal.text))
    found.extend(_by_words(normal.text, may_hold, everything=everything))
    hits = [_in_original(hit, normal) for hit in found]
    return hits if normal.origin is None else [*hits, *_parted_hits(text)]


def _by_words(text: str, may_hold: set[int], *, everything: bool) -> Iterator[Hit]:
    """What words around it give away in normalised *text*."""
    if everything or Opened.BEFORE in may_hold:
        yield from find_names_behind_words(text)
    if everything or Opened.BEHIND in may_hold:
        yield from find_names_before_words(text)
    if everything or Opened.TOKEN in may_hold:
        yield from find_tokens(text, _first_category)
    labels = {number - Opened.LABELS for number in may_hold if number >= Opened.LABELS}
    yield from hits_behind_labels(text, labels | _LABELS_TO_HIDE if everything else labels)


def _look_alikes(text: str) -> Iterator[Hit]:
    """The numbers in *text* in which letters stand for some digits: proven by a check, or announced."""
    for match in _MIXED.finditer(text):
        if sum(map(str.isdigit, match[0])) < _LEAST_DIGITS:
            continue
        first = max(0, match.start() - CONTEXT_CHARS)
        read = text[first : match.start()] + match[0].translate(AS_DIGITS) + text[match.end() : match.end() + 1]
        for row in _WRITTEN_IN_DIGITS:
            for hit in hits_of(row, read):
                start, end = first + hit.start, first + hit.end
                if start < match.end() and end > match.start() and hit.why != "pattern":
                    yield Hit(start, end, hit.category, hit.score, hit.why)


def _parted_hits(text: str) -> Iterator[Hit]:
    """The numbers in *text* where what hides characters stands between two: taken out, it makes one of them that is
    none.
    """
    parted = normalise(text, hidden="-")
    for reading in dict.fromkeys((parted.text, parted.text.translate(_IN_DIGITS))):
        for row in _NUMBERS:
            yield from (_in_original(hit, parted) for hit in hits_of(row, reading))


def _rows_for(may_hold: set[int]) -> tuple[Recogniser, ...]:
    """The rows for numbers and codes of which one may be found."""
    if not may_hold.isdisjoint((Opened.NUMBER, Opened.GROUPED, Opened.HIDDEN)):
        return _NUMBERS
    return _CODES if not may_hold.isdisjoint((Opened.PACKED, Opened.WIDE_LETTER)) else ()


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


def _in_original(hit: Hit, normal: Normal) -> Hit:
    if normal.origin is None:
        return hit
    start, end = normal.original_span(hit.start, hit.end)
    return Hit(start, end, hit.category, hit.score, hit.why)
