"""Names that the tagger sees, without what is none and with what is missing, and words of none that look like names."""

import re
from collections.abc import Iterator

from policies.recognisers.persons.abroad import is_before_role, is_somebody_abroad
from policies.recognisers.persons.announced_names import announced
from policies.recognisers.persons.bounds import Bounds
from policies.recognisers.persons.given_names import is_han, surname_length
from policies.recognisers.persons.listed import is_given
from policies.recognisers.persons.patterns import DOT, LATIN_NAME, LEADS, NEXT_HONORIFIC
from policies.recognisers.persons.read import Read
from policies.recognisers.persons.stated import Found
from policies.recognisers.persons.things import is_of_a_thing
from policies.recognisers.persons.words import (
    ALL_SURNAMES,
    BEHIND_A_BRAND,
    COMPOUND,
    NOBODY,
    NOT_A_NAME,
    TRANSLITERATING,
)

_ASKING = re.compile("何[时必况故曾尝]")
_OF_A_DOCUMENT = re.compile(r"[字发函办]?[〔［\[（(【][0-9]{4}[〕］\]）)】](?:第)?[0-9]{1,5}号")
"""Behind whose short name a document is numbered: 杭西民〔2024〕13号."""


def tagged_names(read: Read, bounds: Bounds) -> Iterator[Found]:
    """Such names in what is *read*; *bounds*: where they begin and end."""
    text = read.text
    for start, end in read.people.items():
        yield from _corrected(read, bounds, start, end)
    for start, end, kind in read.words:
        if is_somebody_abroad(text, start, end, kind, read.known) and not is_of_a_thing(
            text, start, end, read.words, read.known
        ):
            yield Found(start, end, "context", 0.7)


def _corrected(read: Read, bounds: Bounds, start: int, end: int) -> Iterator[Found]:
    """The name that the tagger sees from *start* to *end*, without what is others' and with what is missing."""
    text = read.text
    if read.in_title(start, end) or text.startswith(BEHIND_A_BRAND, end):
        return
    if text[start:end] in NOT_A_NAME or text[start:end] in NOBODY or _is_country(read, start, end):
        return
    if text[start + 1 : start + 2] == "比" and text[start] in "零一二三四五六七八九十":
        return
    if is_of_a_thing(read.text, start, end, read.words, read.known):
        return
    if text[start:end].isascii() and not LATIN_NAME.fullmatch(text, start, end):
        return
    if text[end - 1] in "/／|:：" or _OF_A_DOCUMENT.match(text, end):
        return
    if is_before_role(text, start, end, read.people) or _ASKING.match(text, start) or _is_of_handle(read, start, end):
        return
    start = bounds.begin(start, end)
    end = bounds.end(start, end)
    if text[start:end] in COMPOUND and text[start - 1 : start] in (":", "："):
        yield from announced(read, start)
    if end - start > 1 or text[start] in ALL_SURNAMES:
        yield Found(start, end, "model", 0.85)


def _is_of_handle(read: Read, start: int, end: int) -> bool:
    """Whether what has no surname begins the handle of somebody, and goes on: @阿拉斯加的狗."""
    text = read.text
    is_first = text[start - 1 : start] == "@" and not surname_length(text, start)
    return is_first and is_han(text[end : end + 1], 1) and NEXT_HONORIFIC.match(text, end) is None


def _is_country(read: Read, start: int, end: int) -> bool:
    """Whether what is spelled like a name is a country's, before whoever leads it: 几内亚比绍前总统若泽."""
    leads = LEADS.match(read.text, end)
    if leads is None or sum(char not in TRANSLITERATING for char in read.text[start:end]) > (end - start) // 4:
        return False
    behind, _ = read.word_over(leads.end())
    is_spelled = behind - leads.end() > 2 and all(char in TRANSLITERATING for char in read.text[leads.end() : behind])
    return is_spelled or leads.end() in read.people or DOT.search(read.text, leads.end(), leads.end() + 6) is not None


def unknown_word(read: Read, start: int, end: int) -> Iterator[Found]:
    """A word from *start* to *end* that is none of the language and looks like a name."""
    size = surname_length(read.text, start)
    if not size or end - start != size + 2 or not is_given(read.text, start, end):
        return
    if read.text[start:end] in NOBODY or _OF_A_DOCUMENT.match(read.text, end):
        return
    pieces = (read.text[start:end], *(read.text[at : at + 2] for at in range(start, end - 1)))
    if not any(piece in read.known for piece in pieces):
        yield Found(start, end, "model", 0.6)
