"""Serials of what is given out as a whole: `YB-7K3M-Q9TV-2C`. Random, so nobody guesses another's; the log says whose.

Nine signs of five bits and one to check them, in Crockford's alphabet (no I, L, O, U; read as the digits they look
like). The check is a weighted sum over the field of 32 elements: one wrong sign, and any two that changed places, are
always noticed.
"""

import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import NewType

Mark = NewType("Mark", str)

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Source: Crockford, Base 32."""
SIGNS = 10

_POLYNOMIAL = 0b100101
"""x^5 + x^2 + 1, of which x is a generator."""
_LOOKS_LIKE = str.maketrans("OIL", "011")
_SIGNED = {sign: value for value, sign in enumerate(ALPHABET)}
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_BETWEEN = r"[ \t\u00a0_\-\u2010-\u2015\u2212\u30fc]{0,3}"
_FOUND = re.compile(rf"(?<![A-Z0-9])Y{_BETWEEN}B((?:{_BETWEEN}[0-9A-Z]){{{SIGNS}}})(?![A-Z0-9])", re.IGNORECASE)
_GROUPED = re.compile(r"[^0-9A-Z]+[0-9A-Z]{4}[^0-9A-Z]+[0-9A-Z]{4}[^0-9A-Z]+[0-9A-Z]{2}")
"""How an unreadable one is told from words that begin with these letters: written as we write them."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What a text holds of them."""

    read: tuple[Mark, ...] = ()
    """Each once, in the order of the text. Whether they are ours only the log tells."""
    unreadable: int = 0
    """How many stand there whose check does not hold."""


NO_MARKS = Marks()


def new_mark(random: Callable[[int], int] = secrets.randbelow) -> Mark:
    """A serial that nobody had before, as far as 45 random bits go."""
    values = [random(len(ALPHABET)) for _ in range(SIGNS - 1)]
    values.append(_divided(_sum(values), SIGNS - 1))
    return _spelled("".join(ALPHABET[value] for value in values))


def marks_in(text: str) -> Marks:
    """The serials in *text*, be they written wide, with blanks, in small letters or without their hyphens."""
    plain = text if text.isascii() else _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    read: dict[Mark, None] = {}
    unreadable: set[str] = set()
    for match in _FOUND.finditer(plain):
        signs = re.sub("[^0-9A-Z]", "", match[1].upper()).translate(_LOOKS_LIKE)
        if _holds(signs):
            read[_spelled(signs)] = None
        elif _GROUPED.fullmatch(match[1]):
            unreadable.add(signs)
    return Marks(tuple(read), len(unreadable))


def _holds(signs: str) -> bool:
    values = [_SIGNED.get(sign, -1) for sign in signs]
    return min(values) >= 0 and _sum(values) == 0


def _spelled(signs: str) -> Mark:
    return Mark(f"YB-{signs[:4]}-{signs[4:8]}-{signs[8:]}")


def _sum(values: list[int]) -> int:
    """The sum of x^place * value over the field."""
    total = 0
    for value in reversed(values):
        total = _times_x(total) ^ value
    return total


def _times_x(value: int) -> int:
    doubled = value << 1
    return doubled ^ _POLYNOMIAL if doubled & len(ALPHABET) else doubled


def _divided(value: int, by: int) -> int:
    """*value* / x^*by*: x^31 is one."""
    for _ in range(len(ALPHABET) - 1 - by):
        value = _times_x(value)
    return value
