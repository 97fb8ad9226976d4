"""What somebody is called in a text that has told the whole name: 史来贵 is 老史 afterwards."""

import re
from collections.abc import Container, Sequence

from policies.recognisers.persons.given_names import surname_length
from policies.recognisers.persons.patterns import NEXT_HONORIFIC
from policies.recognisers.table import Hit

_CALLED = re.compile("[小老阿]")
_WHOLE = 2
"""Characters of a name at least that is told whole."""


def called_in_short(text: str, people: Sequence[Hit], words: Container[str]) -> list[Hit]:
    """*people*, and those of them who are called by the surname alone. *words* are those of the language."""
    surnames = {
        text[hit.start : hit.start + size]
        for hit in people
        if (size := surname_length(text, hit.start)) and hit.end - hit.start >= max(_WHOLE, size + 1)
    }
    # To compile the patterns below for each text takes longer than to look whether they could find anything.
    is_old = _CALLED.search(text) is not None
    is_titled = any(text.count(surname) > 1 for surname in surnames) and NEXT_HONORIFIC.search(text) is not None
    if not surnames or not (is_old or is_titled):
        return list(people)
    taken = bytearray(len(text))
    for hit in people:
        taken[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
    one_of = "|".join(map(re.escape, sorted(surnames, key=len, reverse=True)))
    found = list(people)
    for match in re.finditer(f"[小老阿](?:{one_of})", text):
        goes_on = text[match.end() : match.end() + 2] in words and text[match.end() - 1 : match.end() + 1] in words
        if match[0] not in words and not goes_on and not any(taken[match.start() : match.end()]):
            found.append(Hit(*match.span(), people[0].category, 0.7, "repeated"))
    found += (
        Hit(*match.span(), people[0].category, 0.7, "repeated")
        for match in re.finditer(one_of, text)
        if NEXT_HONORIFIC.match(text, match.end())
        and _is_apart(text, match, words)
        and not any(taken[match.start() : match.end()])
    )
    return found


def _is_apart(text: str, match: re.Match[str], words: Container[str]) -> bool:
    """Whether no word runs over the surname: not 方 in 地方主任."""
    start, end = match.span()
    return not any(text[at : at + 2] in words for at in (start - 1, end - 1) if at >= 0)
