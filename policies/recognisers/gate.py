"""The gate before the recognisers: one pass of hyperscan over the octets of a text says which of them are to be asked.

It must never be stricter than what it opens: see docs/decisions/0002-gate-before-patterns.md. `python -m` this module,
as `make venv` does, compiles it for all processes to come: docs/decisions/0057-quick-starts.md.
"""

import functools
import sys
import threading
from collections.abc import Iterable, Sequence
from enum import IntEnum, auto

import hyperscan

from policies.recognisers.compiled_gate import Pattern, database_of, keep
from policies.recognisers.first_look import PROVINCES, WIDE_SEPARATORS, may_open
from policies.recognisers.labelled import LABELLED
from policies.recognisers.normalise import DIGITS_ELSEWHERE, INVISIBLE, LIKE_X, LOOK_ALIKE, NUMERALS, TRADITIONAL
from policies.recognisers.persons.names import ANNOUNCING, FOLLOWING
from policies.recognisers.readings import PACKED_GATE, READING_GATE
from policies.recognisers.table import AROUND_GROUPS, MOST_SEPARATORS, SEPARATORS
from policies.recognisers.tokens import MARK

# Every number of the table has eleven digits in a row, with few separators between two, but for the codes of companies:
# those are eighteen letters and digits without any.
_DIGITS = "[0-9\uff10-\uff19]"
_LETTER = "[A-Za-z\uff21-\uff3a\uff41-\uff5a]"
_BETWEEN = f"[{SEPARATORS}{WIDE_SEPARATORS}]{{0,{MOST_SEPARATORS}}}"
_AROUND = f"[{AROUND_GROUPS}{WIDE_SEPARATORS}\uff08\uff09\uff0c\uff1a\uff5c\uff5e]{{0,3}}"
_NUMERAL = f"[{''.join(map(chr, NUMERALS))}]"


class Opened(IntEnum):
    """What a text may hold. Behind the last, a number for each row of `LABELLED`."""

    NUMBER = 0
    AT_SIGN = auto()
    HIDDEN = auto()
    BEFORE = auto()
    BEHIND = auto()
    TOKEN = auto()
    GROUPED = auto()
    IN_WORDS = auto()
    READ_ON = auto()
    PACKED = auto()
    WIDE_LETTER = auto()
    PASSPORT = auto()
    PLATE = auto()
    LOOK_ALIKE = auto()
    LABELS = auto()


_WRITTEN_AS: dict[str, str] = {}
for _code, _simple in TRADITIONAL.items():
    _WRITTEN_AS[chr(_simple)] = _WRITTEN_AS.get(chr(_simple), "") + chr(_code)


def _however_written(word: str) -> str:
    """A pattern for *word* in simplified and traditional characters, in letters of any width."""
    return "".join(
        f"[{char}{chr(ord(char) + 0xFEE0)}{chr(ord(char.upper()) + 0xFEE0)}]"
        if "a" <= char <= "z"
        else f"[{char}{chr(ord(char) + 0xFEE0)}]"
        if "0" <= char <= "9"
        else f"[{char}{_WRITTEN_AS[char]}]"
        if char in _WRITTEN_AS
        else "[ \\t\u00a0\u3000]"
        if char == " "
        else char
        for char in word
    )


def _words(words: Iterable[str]) -> str:
    return "|".join(map(_however_written, words))


_GATE: dict[int, str] = {
    Opened.NUMBER: f"(?:{_DIGITS}{_BETWEEN}){{10}}{_DIGITS}",
    Opened.AT_SIGN: "[@\uff20]",
    Opened.HIDDEN: f"[{INVISIBLE}{DIGITS_ELSEWHERE}]",
    Opened.BEFORE: _words(ANNOUNCING),
    Opened.BEHIND: _words(FOLLOWING),
    Opened.TOKEN: MARK,
    Opened.GROUPED: f"[1\uff11][3-9\uff13-\uff19]{_DIGITS}(?:{_AROUND}{_DIGITS}{{4}}){{2}}"
    f"|{_DIGITS}{{6}}{_AROUND}{_DIGITS}{{8}}{_AROUND}{_DIGITS}{{3}}"
    f"|{_DIGITS}{{2,4}}[)\uff09]{_BETWEEN}(?:{_DIGITS}{{2,4}}[ \\-{WIDE_SEPARATORS}])?{_DIGITS}{{3,4}}"
    f"[ \\-{WIDE_SEPARATORS}]?{_DIGITS}{{4}}",
    Opened.IN_WORDS: f"(?:{_NUMERAL}[ \\-、·]?){{10}}{_NUMERAL}|{_NUMERAL}[ \\-]?{_DIGITS}|{_DIGITS}[ \\-]?{_NUMERAL}",
    Opened.READ_ON: READING_GATE,
    Opened.PACKED: PACKED_GATE,
    Opened.WIDE_LETTER: f"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a{''.join(map(chr, LIKE_X))}]",
    Opened.PASSPORT: f"[EG\uff25\uff27](?:{_LETTER}|{_DIGITS}){_DIGITS}{{7}}",
    Opened.PLATE: f"[{PROVINCES}][·•・\uff65]?{_LETTER}[ ·•・.\\-{WIDE_SEPARATORS}]?(?:{_LETTER}|{_DIGITS}){{4}}"
    f"|使[ {WIDE_SEPARATORS}]?{_LETTER}?{_DIGITS}{{5}}|[WＷ][JＪ]",
    Opened.LOOK_ALIKE: f"{_DIGITS}[{LOOK_ALIKE}]|[{LOOK_ALIKE}]{_DIGITS}",
}
_FLAGS = hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_SINGLEMATCH
_ONLY_REPORTED = frozenset(Opened.LABELS + number for number, row in enumerate(LABELLED) if row.only_reported)


_APART = frozenset((Opened.GROUPED, Opened.PASSPORT, Opened.PLATE))
"""Asked by themselves: all at once take five times as long as these and the others one behind the other."""


def parts() -> tuple[list[Pattern], list[Pattern]]:
    """What the gate asks of a text, in two parts."""
    asks = [Pattern(number, expression, _FLAGS) for number, expression in _GATE.items()]
    asks += [
        Pattern(Opened.LABELS + number, _words(row.words), _FLAGS | hyperscan.HS_FLAG_CASELESS)
        for number, row in enumerate(LABELLED)
    ]
    return [ask for ask in asks if ask.number in _APART], [ask for ask in asks if ask.number not in _APART]


@functools.cache
def _gate() -> tuple[hyperscan.Database, ...]:
    """Read when it is first asked for: few processes look into text."""
    return tuple(map(database_of, parts()))


_of_thread = threading.local()


def opened(text: str) -> set[int]:
    """Which parts of the gate *text* opens."""
    return asked(text) if may_open(text) else set()


def asked(text: str) -> set[int]:
    """The same, whatever the first look says."""
    found: set[int] = set()
    # A lone surrogate cannot be encoded, and cannot be part of a hit either.
    octets = text.encode("utf-8", "replace")
    for part, scratch in _parts_of_thread():
        part.scan(octets, match_event_handler=lambda number, *_: found.add(number), scratch=scratch)
    return found


def opened_to_hide(text: str) -> set[int]:
    """The same, but for what is only reported."""
    return opened(text) - _ONLY_REPORTED


def _parts_of_thread() -> Sequence[tuple[hyperscan.Database, hyperscan.Scratch]]:
    """The parts of the gate, each with its working memory; two threads must not share one."""
    found: Sequence[tuple[hyperscan.Database, hyperscan.Scratch]] | None = getattr(_of_thread, "parts", None)
    if found is None:
        found = _of_thread.parts = [(part, hyperscan.Scratch(part)) for part in _gate()]
    return found


def make_gate_ready() -> None:
    """Let the first text be looked into as fast as any other."""
    may_open("")
    _gate()


if __name__ == "__main__":
    try:
        keep(parts())
    except OSError as error:  # all works without, and each start takes a second more
        print(f"the gate is not kept, `{error.filename}`: {error.strerror}: every process compiles it", file=sys.stderr)
