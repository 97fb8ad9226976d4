"""What a text says to a reader whom odd spellings do not stop: mail addresses spelled out, names in disguise."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from policies.recognisers.normalise import normalise

_OPENS, _CLOSES = r"[\[({<【〔「]", r"[\])}>】〕」]"
_AT = rf"(?:\s{{0,3}}@\s{{0,3}}|\s{{0,3}}{_OPENS}\s{{0,3}}(?:at|@|艾特)\s{{0,3}}{_CLOSES}\s{{0,3}})"
_DOT = rf"(?:[.。]|\s{{0,3}}{_OPENS}\s{{0,3}}(?:dot|点|\.)\s{{0,3}}{_CLOSES}\s{{0,3}}|\s{{1,3}}dot\s{{1,3}})"
_LOCAL, _LABEL = "[A-Za-z0-9][A-Za-z0-9._+-]{0,63}", "[A-Za-z0-9][A-Za-z0-9-]{0,62}"
_MAIL = re.compile(
    rf"{_LOCAL}{_AT}{_LABEL}(?:{_DOT}{_LABEL}){{1,6}}|{_LOCAL}\s{{1,3}}at\s{{1,3}}{_LABEL}(?:\s{{1,3}}dot\s{{1,3}}{_LABEL}){{1,6}}",
    re.IGNORECASE,
)
"""A bare `at` counts only before a bare `dot`: `read it at www.example.cn` is no address of anybody's."""

_LIKE_LATIN = str.maketrans(
    {
        **dict(zip("авсенкморѕтухіјһԁԛԝѵгӏ", "abcehkmopstyxljhdqwvrl", strict=True)),
        **dict(zip("αβεηικνορτυωμχ", "abenlkvoptuwux", strict=True)),
        **dict(zip("ɑıi1|0", "allllo", strict=True)),
    }
)
"""Letters of Cyrillic and of Greek that look like one of ours, and what is taken for an `l` or an `o`.

Source: Unicode UTS #39, confusables, those of small letters.
"""
_BETWEEN = r"[\W_]{0,3}"
_SHORTEST = 3
"""Letters of a name that is looked for across separators."""


def spells_mail(text: str) -> bool:
    """Whether *text* spells out a mail address: `zhang[at]example.com`, or one with signs of another width."""
    return _MAIL.search(normalise(unicodedata.normalize("NFKC", text)).text) is not None


def names_any(text: str, names: Iterable[str]) -> bool:
    """Whether *text* holds one of *names*: with other separators or none, hidden characters, or look-alikes."""
    plain, seen = unicodedata.normalize("NFKC", text).casefold(), _seen(text)
    letters = _letters(seen)
    return any(name.casefold() in plain or _is_across(name, seen, letters) for name in names if name)


def _is_across(name: str, seen: str, letters: str) -> bool:
    looked_for = _seen_name(name)
    key = _letters(looked_for)
    if len(key) < _SHORTEST or not any(letter.isalpha() for letter in name):
        return looked_for in seen  # of an address of digits the dots are what tells it from a number
    if key not in letters:  # a case may have thousands of names: nearly all end here
        return False
    return re.search(rf"(?<![a-z0-9]){_BETWEEN.join(map(re.escape, key))}(?![a-z0-9])", seen) is not None


def _letters(seen: str) -> str:
    return "".join(filter(str.isalnum, seen))


def _seen(text: str) -> str:
    """*text* as it looks: without accents and what only hides, in small letters, of Latin where others are like it."""
    return normalise(unicodedata.normalize("NFKD", text)).text.casefold().translate(_LIKE_LATIN)


_seen_name = lru_cache(maxsize=16_384)(_seen)
