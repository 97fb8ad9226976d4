"""English words written without their vowels, as names of columns are where these were to be short: `ptnt`, `stdnt`."""

import re
from collections.abc import Iterable

from policies.recognisers.field_names.labels import PEOPLE_IN_CHINESE
from policies.recognisers.field_names.readings import in_pinyin

_WORDS = (
    "name number mobile telephone phone birth gender address certificate card identity identification passport "
    "account contact license licence vehicle plate marriage nation email householder applicant resident"
).split()
"""Words of what fields hold; whose it is, is in `words.ROLES`."""
_LEAST, _LEAST_SHORT = 5, 4
"""Letters of a word that is written so, and of what is left of it."""
_VOWELS = re.compile("(?<=.)[aeiou]")
_DOUBLED = re.compile(r"(.)\1")
_IN_PINYIN = frozenset(map(in_pinyin, PEOPLE_IN_CHINESE))
_CROWDED = re.compile("[b-df-hj-np-tv-z]{3}")
"""Consonants beside each other as where a vowel was left out."""


def short_forms(roles: Iterable[str], things: Iterable[str]) -> dict[str, str]:
    """By what is left of them, *roles* and words of what fields hold; none that one of *things* may be as well."""
    of_things = {form for word in things for form in _forms(word)}
    found: dict[str, str] = {}
    for word in (*_WORDS, *roles):
        for form in _forms(word) - of_things:
            found.setdefault(form, word)
    return found


def without_vowels(word: str) -> str:
    """What is left of *word* where vowels of it were left out, as in hsband; else *word*, as it is of patent."""
    if _CROWDED.search(word) is None:
        return word
    return _DOUBLED.sub(r"\1", _VOWELS.sub("", word))


def _forms(word: str) -> set[str]:
    if len(word) < _LEAST or not word.isascii() or word in _IN_PINYIN:
        return set()
    short = _VOWELS.sub("", word)
    forms = {short, _DOUBLED.sub(r"\1", short)}
    return {form for form in forms if len(form) >= _LEAST_SHORT and form != word}
