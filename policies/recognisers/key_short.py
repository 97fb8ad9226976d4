"""English words written without their vowels, as names of columns are where these were to be short: `ptnt`, `stdnt`."""

import re
from collections.abc import Iterable

from policies.recognisers.pinyin import SYLLABLE

_WORDS = (
    "name number mobile telephone phone birth gender address certificate card identity identification passport "
    "account contact license licence vehicle plate marriage nation email householder applicant resident"
).split()
"""Words of what fields hold; whose it is, is in `key_words.ROLES`."""
_LEAST, _LEAST_SHORT = 5, 4
"""Letters of a word that is written so, and of what is left of it."""
_VOWELS = re.compile("(?<=.)[aeiou]")
_DOUBLED = re.compile(r"(.)\1")
_IN_PINYIN = re.compile(rf"{SYLLABLE}+")


def short_forms(roles: Iterable[str], things: Iterable[str]) -> dict[str, str]:
    """By what is left of them, *roles* and words of what fields hold; none that one of *things* may be as well."""
    of_things = {form for word in things for form in _forms(word)}
    found: dict[str, str] = {}
    for word in (*_WORDS, *roles):
        for form in _forms(word) - of_things:
            found.setdefault(form, word)
    return found


def _forms(word: str) -> set[str]:
    if len(word) < _LEAST or not word.isascii() or _IN_PINYIN.fullmatch(word) is not None:
        return set()
    short = _VOWELS.sub("", word)
    forms = {short, _DOUBLED.sub(r"\1", short)}
    return {form for form in forms if len(form) >= _LEAST_SHORT and form != word}
