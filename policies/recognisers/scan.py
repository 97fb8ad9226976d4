"""Finds personal data in text: a gate over the bytes, the table's patterns where the gate opens, exact checks on hits.

Text without personal data is most of all text; the gate (hyperscan) reads it at memory speed and the rest never runs.
"""

import functools
import re
import threading
from collections.abc import Iterable, Iterator

import hyperscan
from msgspec.structs import replace

from policies.recognisers.names import ANNOUNCING, FOLLOWING, find_names_before_words, find_names_behind_words
from policies.recognisers.normalise import DIGITS_ELSEWHERE, INVISIBLE, LIKE_X, NUMERALS, Normal, normalise
from policies.recognisers.readings import MOST_ROUNDS, PACKED_GATE, READING_GATE, packed, readings
from policies.recognisers.table import (
    AROUND_GROUPS,
    CONTEXT_CHARS,
    MOST_SEPARATORS,
    ORDER,
    SEPARATORS,
    TABLE,
    Hit,
    Recogniser,
)
from policies.recognisers.tokens import MARK, find_tokens

_STRIPPED = str.maketrans("", "", f"{SEPARATORS}{AROUND_GROUPS}".replace("\\", ""))
_RANK = {category: rank for rank, category in enumerate(ORDER)}

# Every number of the table has eleven digits in a row, with few separators between two, but for the codes of companies:
# those are eighteen letters and digits without any.
_DIGITS = "[0-9\uff10-\uff19]"
_WIDE = (
    "\\t\\x0b\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u2010-\u2015\u2043\u2212\ufe58\ufe63"
    "\u2500\u30fc\uff0d\uff0e\uff0f\uff3f\uff65"
)
"""What is read as one of the separators."""
_BETWEEN = f"[{SEPARATORS}{_WIDE}]{{0,{MOST_SEPARATORS}}}"
_AROUND = f"[{AROUND_GROUPS}{_WIDE}\uff08\uff09\uff0c\uff1a\uff5c\uff5e]{{0,3}}"
_NUMERAL = f"[{''.join(map(chr, NUMERALS))}]"
_NUMBER, _AT_SIGN, _HIDDEN, _BEFORE, _BEHIND, _TOKEN, _GROUPED, _IN_WORDS, _READ_ON, _PACKED, _WIDE_LETTER = range(11)
_GATE = {
    _NUMBER: f"(?:{_DIGITS}{_BETWEEN}){{10}}{_DIGITS}",
    _AT_SIGN: "[@\uff20]",
    _HIDDEN: f"[{INVISIBLE}{DIGITS_ELSEWHERE}]",
    _BEFORE: "|".join(ANNOUNCING),
    _BEHIND: "|".join(FOLLOWING),
    _TOKEN: MARK,
    _GROUPED: f"[1\uff11][3-9\uff13-\uff19]{_DIGITS}(?:{_AROUND}{_DIGITS}{{4}}){{2}}"
    f"|{_DIGITS}{{6}}{_AROUND}{_DIGITS}{{8}}{_AROUND}{_DIGITS}{{3}}",
    _IN_WORDS: f"(?:{_NUMERAL}[ \\-、·]?){{10}}{_NUMERAL}|{_NUMERAL}[ \\-]?{_DIGITS}|{_DIGITS}[ \\-]?{_NUMERAL}",
    _READ_ON: READING_GATE,
    _PACKED: PACKED_GATE,
    _WIDE_LETTER: f"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a{''.join(map(chr, LIKE_X))}]",
}
_IN_DIGITS = NUMERALS | str.maketrans("、·", "--")
_NUMBERS = tuple(row for row in TABLE if row.category != "email")
_CODES = tuple(row for row in TABLE if row.category == "uscc")
_RUN = re.compile(rf"[0-9A-Za-z](?:[{SEPARATORS}]{{0,{MOST_SEPARATORS}}}+[0-9A-Za-z])*+")
"""No candidate for a number is longer than the run of letters, digits and separators that it stands in, unless it is
written in groups."""
_GROUP = re.compile("[0-9]{4,}+")
"""What an identifier ends or begins with that is not written digit by digit."""
_SEPARATING = frozenset(SEPARATORS.replace("\\", ""))
_UNCHECKED = frozenset({"context", "pattern"})
_EMAILS = tuple(row for row in TABLE if row.category == "email")


@functools.cache
def _gate() -> hyperscan.Database:
    """Compiled when it is first asked for: that takes most of a second, and few processes look into text."""
    gate = hyperscan.Database()
    gate.compile(
        expressions=[expression.encode() for expression in _GATE.values()],
        ids=list(_GATE),
        elements=len(_GATE),
        flags=[hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_SINGLEMATCH] * len(_GATE),
    )
    return gate


_of_thread = threading.local()


def _opened(text: str) -> list[int]:
    """Which parts of the gate *text* opens."""
    opened: list[int] = []
    # A lone surrogate cannot be encoded, and cannot be part of a hit either.
    _gate().scan(
        text.encode("utf-8", "replace"),
        match_event_handler=lambda pattern, *_: opened.append(pattern),
        scratch=_scratch(),
    )
    return opened


def _scratch() -> hyperscan.Scratch:
    """Working memory for the gate; two threads must not share one."""
    found: hyperscan.Scratch | None = getattr(_of_thread, "scratch", None)
    if found is None:
        found = _of_thread.scratch = hyperscan.Scratch(_gate())
    return found


def make_ready() -> None:
    """Let the first text be looked into as fast as any other."""
    _gate()


def may_hold_personal_data(text: str) -> bool:
    """False only where `scan` would find nothing."""
    return bool(_opened(text))


def scan(text: str) -> tuple[Hit, ...]:
    """The personal data in *text*, by position, none overlapping another. Offsets count code points of *text*.

    What is escaped or packed counts like what it stands for.
    """
    return _scanned(text, MOST_ROUNDS)


def _scanned(text: str, layers: int) -> tuple[Hit, ...]:
    opened = _opened(text)
    if not opened:
        return ()
    found = _hits_in(text, opened)
    if _READ_ON in opened:
        for reading in readings(text):
            for hit in _hits_in(reading.text, _opened(reading.text)):
                start, end = reading.span(hit.start, hit.end)
                found.append(Hit(start, end, hit.category, hit.score, hit.why))
    if _PACKED in opened and layers:
        found.extend(_packed_hits(text, layers - 1))
    return tuple(resolve(found) if len(found) > 1 else found)


def _packed_hits(text: str, layers: int) -> Iterator[Hit]:
    for start, end, held, is_text in packed(text):
        for hit in _scanned(held, layers):
            if is_text or hit.why.startswith("checksum") or hit.category == "mobile":
                yield Hit(start, end, hit.category, hit.score, hit.why)


def _hits_in(text: str, opened: list[int]) -> list[Hit]:
    """The personal data in *text* as it stands, which opened those parts of the gate."""
    everything = _HIDDEN in opened  # what hides characters may hide them from the gate as well
    normal = normalise(text)
    found: list[Hit] = []
    if rows := _rows_for(opened):
        is_grouped = everything or _GROUPED in opened
        longest = len(text) if is_grouped else max(map(len, _RUN.findall(normal.text)), default=0)
        found.extend(hit for row in rows if row.shortest <= longest for hit in _hits_of(row, normal.text))
    if everything or _IN_WORDS in opened:
        in_digits = normal.text.translate(_IN_DIGITS)
        found.extend(hit for row in _NUMBERS for hit in _hits_of(row, in_digits))
    if everything or _AT_SIGN in opened:
        found.extend(hit for row in _EMAILS for hit in _hits_of(row, normal.text))
    if everything or _BEFORE in opened:
        found.extend(find_names_behind_words(normal.text))
    if everything or _BEHIND in opened:
        found.extend(find_names_before_words(normal.text))
    if everything or _TOKEN in opened:
        found.extend(find_tokens(normal.text, _first_category))
    hits = [_in_original(hit, normal) for hit in found]
    return hits if normal.origin is None else [*hits, *_parted_hits(text)]


def _parted_hits(text: str) -> Iterator[Hit]:
    """The numbers in *text* where what hides characters stands between two: taken out, it makes one of them that is
    none.
    """
    parted = normalise(text, hidden="-")
    for reading in dict.fromkeys((parted.text, parted.text.translate(_IN_DIGITS))):
        for row in _NUMBERS:
            yield from (_in_original(hit, parted) for hit in _hits_of(row, reading))


def _rows_for(opened: list[int]) -> tuple[Recogniser, ...]:
    """The rows for numbers and codes of which one may be found."""
    if _NUMBER in opened or _GROUPED in opened or _HIDDEN in opened:
        return _NUMBERS
    return _CODES if _PACKED in opened or _WIDE_LETTER in opened else ()


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


def _hits_of(row: Recogniser, text: str) -> Iterable[Hit]:
    """The hits of *row* in *text*, none overlapping another.

    What two of them claim is one hit: either may be the right one.
    """
    last: Hit | None = None
    for hit in _overlapping_hits_of(row, text):
        if last is None or hit.start >= last.end:
            if last is not None:
                yield last
            last = hit
        else:
            surer = max(last, hit, key=lambda one: one.score)
            last = Hit(last.start, max(last.end, hit.end), hit.category, surer.score, surer.why)
    if last is not None:
        yield last


def _overlapping_hits_of(row: Recogniser, text: str) -> Iterator[Hit]:
    """By where they begin. A number that stands before an identifier may be taken for its first digits, and one behind
    it for its last: so where a check fails, the candidates within the candidate are looked at as well.
    """
    for match in row.pattern.finditer(text):
        hit = _judged(row, text, match)
        if hit is not None:
            yield hit
        # A candidate that counts only behind a word counts there whether its check holds or not.
        if (hit is None or hit.why in _UNCHECKED) and row.check is not None and not row.needs_context:
            yield from _hits_within(row, text, match)


def _hits_within(row: Recogniser, text: str, match: re.Match[str]) -> Iterator[Hit]:
    start, end = match.span()
    groups = list(_GROUP.finditer(text, start + 1, end))
    within = [row.pattern.match(text, start, group.end()) for group in groups if group.end() < end]
    within += [row.pattern.match(text, group.start()) for group in groups if text[group.start() - 1] in _SEPARATING]
    for candidate in within:
        if candidate is not None and (hit := _judged(row, text, candidate)) is not None:
            yield hit


def _judged(row: Recogniser, text: str, match: re.Match[str]) -> Hit | None:
    """What the candidate *match* is, or None."""
    start, end = match.span()
    candidate = match[0].translate(_STRIPPED).upper()
    holds = row.check is None or row.check(candidate)
    announced = _is_announced(row, text, start)
    if holds and (announced or not row.needs_context):
        grounds = ("checksum" if row.check else "pattern") + (",context" if announced else "")
        return Hit(start, end, row.category, min(1.0, row.score + 0.1 * announced), grounds)
    if announced and row.context_only:
        return Hit(start, end, row.category, 0.6, "context")
    if row.form is not None and row.form(candidate):
        return Hit(start, end, row.category, 0.6, "pattern")
    return None


def _is_announced(row: Recogniser, text: str, start: int) -> bool:
    before = text[max(0, start - CONTEXT_CHARS) : start].lower()
    return any(word in before for word in row.context)


def _in_original(hit: Hit, normal: Normal) -> Hit:
    if normal.origin is None:
        return hit
    start, end = normal.original_span(hit.start, hit.end)
    return Hit(start, end, hit.category, hit.score, hit.why)
