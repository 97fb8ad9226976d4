"""Names of other languages without dots that a tagger takes for places or words, and places that it takes for names."""

import re
from collections.abc import Container, Mapping

from policies.recognisers.persons.patterns import BEGINS, LEADS, ROLE, ROLE_FIRST
from policies.recognisers.persons.words import KIN, TRANSLITERATING

_KINDS = frozenset({"LOC", "nz", "ORG", "n"})
"""How a tagger reads such names."""
_SHORTEST, _LONGEST, _SURE = 2, 7, 3
_SPEAKS = re.compile("说|表示|称|认为|指出|回应|否认|承认|官宣|退役|夺冠|当选|率队|出席|会见|抵达")
"""What somebody does, and no place."""


def is_somebody_abroad(text: str, start: int, end: int, kind: str, words: Container[str]) -> bool:
    """Whether what a tagger takes for a *kind* of word from *start* to *end* is somebody: 总理|默尔兹.

    It is no word of the language, of which *words* are all, is spelled like a name of another one, and stands where
    somebody stands.
    """
    if kind not in _KINDS or not _SHORTEST <= end - start <= _LONGEST or text[start:end] in words:
        return False
    if not all(char in TRANSLITERATING for char in text[start:end]) or LEADS.match(text, end):
        return False
    if ROLE.search(text, max(0, start - 8), start) is not None:
        return True
    return end - start >= _SURE and BEGINS.match(text, start) is not None and _SPEAKS.match(text, end) is not None


def is_before_role(text: str, start: int, end: int, people: Mapping[int, int]) -> bool:
    """Whether what is spelled like a name is a country's or a firm's, before whoever is of it: 特斯拉|总裁马洛.

    *people*: where what a tagger takes for names begins and ends.
    """
    if end - start < _SURE or not all(char in TRANSLITERATING for char in text[start:end]):
        return False
    role = ROLE_FIRST.match(text, end) or LEADS.match(text, end)
    return role is not None and role[0] not in KIN and role.end() in people
