"""A first look at a text, at nearly the speed of memory: most hold nothing that any recogniser would be asked about.

The kernel reads it unit by unit, as `gate.rs` says, by tables that are made here from what the gate asks. Without the
kernel every text goes to the gate.
"""

import functools
import re
from array import array
from collections.abc import Iterable

from policies.kernel.library import KERNEL, Kernel
from policies.recognisers.labelled import LABELLED
from policies.recognisers.normalise import (
    DIGITS_ELSEWHERE,
    INVISIBLE,
    LIKE_X,
    LOOK_ALIKE,
    NUMERALS,
    READ_AS,
    TRADITIONAL,
)
from policies.recognisers.persons.names import ANNOUNCING, FOLLOWING
from policies.recognisers.table import AROUND_GROUPS, PROVINCES_OF_PLATES, SEPARATORS
from policies.recognisers.tokens import MARK

WIDE_SEPARATORS = (
    "\\t\\x0b\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u2010-\u2015\u2043\u2212\ufe58\ufe63"
    "\u2500\u30fc\uff0d\uff0e\uff0f\uff3f\uff65"
)
"""What is read as one of the separators."""
PROVINCES = PROVINCES_OF_PLATES + "".join(
    chr(code) for code, simple in TRADITIONAL.items() if chr(simple) in PROVINCES_OF_PLATES
)
"""Those of plates, also in traditional characters."""
_UNITS = 0x10000
_BEGIN = 4096
"""Characters that are looked at before the rest of a long text is made ready for that."""
_CLASSES = (
    "[0-9]",
    None,  # where words begin
    f"[{INVISIBLE}{DIGITS_ELSEWHERE}{''.join(map(chr, LIKE_X))}@\\\\%~&<\uff01-\uff5e\ud800-\udfff]",
    f"[{''.join(map(chr, NUMERALS))}]",
    "[\u4e00-\u9fff\u3400-\u4dbf]",
    "[ \u00a0\u2000-\u200a\u3000]",
    "[A-Za-z0-9+/_-]",
    f"[{PROVINCES}使]",
    f"[{LOOK_ALIKE}]",
    f"[{SEPARATORS}{AROUND_GROUPS}{WIDE_SEPARATORS}\uff08\uff09\uff0c\uff1a\uff5c\uff5e]",
)
"""What a code unit may be, bit by bit, as `gate.rs` has it. What is always looked at holds all that is wide."""
_WORD = 1 << _CLASSES.index(None)
_BETWEEN = 1 << len(_CLASSES) - 1
_PLAIN_PUNCTUATION = "\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f"
"""Of what is wide, what stands in every text and is no part of a code."""


def may_open(text: str) -> bool:
    """False only where *text* opens nothing of the gate."""
    if KERNEL is None:
        return True
    if len(text) > _BEGIN and _may_open(KERNEL, text[:_BEGIN]):
        return True
    return _may_open(KERNEL, text)


def _may_open(kernel: Kernel, text: str) -> bool:
    return kernel.may_open(text.encode("utf-16-le", "surrogatepass"), _places()) is not False


@functools.cache
def _places() -> tuple[int, ...]:
    """Where each of the tables lies, and how long it is."""
    return tuple(place for table in _tables() for place in table.buffer_info())


@functools.cache
def _tables() -> "tuple[array[int], ...]":
    """For each unit what it may be and what it is read as; for each pair where the words that begin with it stand."""
    every = "".join(map(chr, range(_UNITS)))
    classes, folded = array("H", bytes(2 * _UNITS)), array("H", map(_folded, every))
    for bit, members in enumerate(_CLASSES):
        for char in re.findall(members, every) if members is not None else ():
            classes[ord(char)] |= 1 << bit
    for char in _PLAIN_PUNCTUATION:
        classes[ord(char)] &= _BETWEEN
    words = {word.lower() for word in (*ANNOUNCING, *FOLLOWING, MARK, "wj", *_labels())}
    firsts = {ord(word[0]) for word in words}
    for unit, plain in enumerate(folded):
        if plain in firsts:
            classes[unit] |= _WORD
    return (classes, folded, *_chained(words))


def _labels() -> Iterable[str]:
    return (word for row in LABELLED for word in row.words)


def _folded(char: str) -> int:
    plain = READ_AS.get(ord(char), ord(char))
    lower = chr(plain).casefold()
    return ord(lower) if len(lower) == 1 and ord(lower) < _UNITS else plain


def _chained(words: Iterable[str]) -> "tuple[array[int], array[int]]":
    """Where in the second the words stand whose first two units have a hash: each behind its length, a 0 at last."""
    by_hash: dict[int, list[str]] = {}
    for word in sorted(words):
        by_hash.setdefault(_hash(ord(word[0]), ord(word[1])), []).append(word)
    chains, flat = array("H", bytes(2 * _UNITS)), array("H", [0])
    for number, some in by_hash.items():
        chains[number] = len(flat)
        for word in some:
            flat.extend((len(word), *map(ord, word)))
        flat.append(0)
    return chains, flat


def _hash(first: int, second: int) -> int:
    """The same in `gate.rs`."""
    return first ^ ((second << 5 | second >> 11) & 0xFFFF)
