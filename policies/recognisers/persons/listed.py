"""Names in a list of persons: what stands between two others with 、 around it, and whose number is told behind.

A list says what its items are: where some of them are names, or the list ends with two comrades (两位同志), an item
counts that nothing else would give away.
"""

import re
from collections.abc import Container, Iterator, Sequence

from policies.recognisers.persons.given_names import is_han, surname_length
from policies.recognisers.persons.names import SURNAMES
from policies.recognisers.persons.patterns import ENDS, FOLLOWS_LONG, IN_LIST, NEXT_HONORIFIC, ROLE
from policies.recognisers.persons.peoples import is_word_of_names
from policies.recognisers.persons.rare_surnames import WORDY
from policies.recognisers.persons.stated import ORGANISATION, Found
from policies.recognisers.persons.words import (
    ALL_SURNAMES,
    AMBIGUOUS,
    GIVEN,
    NEVER_LAST,
    NOBODY,
    NOT_A_NAME,
    TRANSLITERATING,
)

_HAN = "\u4e00-\u9fff\u3400-\u4dbf"
_ITEM = f"[{_HAN}·•・]"
_RUN = re.compile(f"(?<!{_ITEM}){_ITEM}{{2,160}}(?:[、／/]{_ITEM}{{1,40}})+")
_BETWEEN = re.compile("[、／/]")
_NUMBER = "[二两三四五六七八九十]"
_ENDS_LIST = re.compile(f"等|和|与|及|以及|均|都|共|{_NUMBER}(?:位|名|人|户)|{_NUMBER}+人")
_COUNTED = re.compile(
    f"(?<!第)等?{_NUMBER}{{1,3}}(?:位|名)(?:同志|老师|同学|教授|先生|女士|专家|干部|院士|医生|居民|村民|委员|代表|工人|"
    f"艺术家|老艺术家|教师|选手|队员|记者)|(?<!第)等?{_NUMBER}{{1,3}}(?:人|户)(?![口次民均])"
)
"""How many persons a list tells of, behind its last item."""
_SURE = 2
"""Names in a list from which on what else stands in it is hardly anything else."""
_SHARE = 4
"""At least every fourth item of a list of persons is a name by itself."""
_BEFORE_NAMES = "请由与和对给让经据跟是有为"
"""What stands before the first of a list."""
_NEVER_FIRST = "等和与及或其各该本在由以为对"


def names_beside(text: str, kept: Sequence[Found], taken: bytearray) -> Iterator[Found]:
    """Names of given characters next to one of the names *kept* in a list of two or more. *taken*: what is named."""
    starts, ends = {each.start for each in kept}, {each.end for each in kept}
    for match in IN_LIST.finditer(text):
        start, end = match.span(1)
        beside = (text[start - 1] in "、和与及" and start - 1 in ends) or (
            text[end : end + 1] in ("、", "和", "与", "及") and end + 1 in starts
        )
        if beside and not any(taken[start:end]) and match[1][:2] not in NOT_A_NAME and is_given(text, start, end):
            yield Found(start, end, "context", 0.7)


def names_in_lists(text: str, kept: Sequence[Found], taken: bytearray, words: Container[str]) -> Iterator[Found]:
    """Names that only their list gives away. *words* are those of the language."""
    for run in _RUN.finditer(text) if _BETWEEN.search(text) else ():
        items = _items(text, *run.span())
        sure = sum(any(start <= each.start and each.end <= end for each in kept) for start, end in items)
        sure = sure if sure * _SHARE >= len(items) else 0
        is_counted = _COUNTED.search(text, items[-1][0]) is not None and _counted_at(text, items[-1]) > 0
        if not sure and not is_counted:
            continue
        for place, (start, end) in enumerate(items):
            if any(taken[start:end]):
                continue
            begins, stops = start, end
            if place == len(items) - 1:
                stops = _last(text, start, end)
            if place == 0:
                begins = _first(text, begins, stops, words)
            if begins < stops and _may_be(text, begins, stops, words, sure=sure, is_counted=is_counted):
                yield Found(begins, stops, "context", 0.65)


_LONGEST = 3
"""Characters of an item that is all of it a name."""


def is_given(text: str, start: int, end: int) -> bool:
    """Whether from *start* to *end* of *text* a surname stands and characters of given names."""
    given = text[start + surname_length(text, start) : end]
    return bool(given) and given[-1] not in NEVER_LAST and all(char in GIVEN for char in given)


def _items(text: str, start: int, end: int) -> list[tuple[int, int]]:
    items, begins = [], start
    for match in _BETWEEN.finditer(text, start, end):
        items.append((begins, match.start()))
        begins = match.end()
    return [*items, (begins, end)]


def _counted_at(text: str, item: tuple[int, int]) -> int:
    """Where it is told how many there are, behind a name of two or three characters that begins *item*; 0: nowhere."""
    sizes = (size for size in (2, 3, 4, 5) if size <= _LONGEST or _is_spelled(text[item[0] : item[0] + size]))
    return next((item[0] + size for size in sizes if _COUNTED.match(text, item[0] + size)), 0)


def _is_spelled(name: str) -> bool:
    return all(char in TRANSLITERATING for char in name)


def _last(text: str, start: int, end: int) -> int:
    """Where the last item of a list ends that goes on to *end*; *start* where that is not clear."""
    if end - start <= _LONGEST:
        return end
    for size in (5, 4, 3, 2):
        stops = start + size
        if size > _LONGEST and not _is_spelled(text[start:stops]):
            continue
        if _ENDS_LIST.match(text, stops) or FOLLOWS_LONG.match(text, stops) or NEXT_HONORIFIC.match(text, stops):
            return stops
    return start


def _first(text: str, start: int, end: int, words: Container[str]) -> int:
    """Where the name begins that the first item of a list ends with at *end*; *end* where that is not clear."""
    if text[start] in _BEFORE_NAMES and end - start > 2:
        start += 1
    if end - start <= _LONGEST:
        return start
    for size in (3, 2):
        begins = end - size
        if surname_length(text, begins) and (
            ROLE.search(text, max(start, begins - 8), begins) or not _runs_over(text, begins, words)
        ):
            return begins
    return end


def _runs_over(text: str, at: int, words: Container[str]) -> bool:
    return any(text[at - back : at - back + size] in words for back in (1, 2) for size in (2, 3, 4) if size > back)


def _may_be(text: str, start: int, end: int, words: Container[str], *, sure: int, is_counted: bool) -> bool:
    name = text[start:end]
    if sure and is_word_of_names(name):
        return True
    if name in NOBODY or name[0] in _NEVER_FIRST or name.endswith(ORGANISATION) or ROLE.search(name):
        return False
    if NEXT_HONORIFIC.search(name) or (not ENDS.match(text, start - 1) and start and text[start - 1] in "的"):
        return False
    size = surname_length(text, start)
    if not size and name[0] in WORDY:
        size = 1
    length = end - start - size
    if size and is_han(name[size:], length) and 1 <= length <= 2 and name[-1] not in NEVER_LAST:
        if is_counted:
            return True
        if name in words or name[:2] in NOT_A_NAME:
            is_name = name[0] in ALL_SURNAMES and is_given(text, start, end)
            is_name = is_name or (len(name) == 2 and name[0] in SURNAMES and name[0] not in AMBIGUOUS)
            return sure >= _SURE and name not in NOT_A_NAME and is_name
        return name[0] in ALL_SURNAMES or (sure >= _SURE and all(char in GIVEN for char in name[size:]))
    return (
        (sure >= _SURE or (sure > 0 and is_counted)) and _is_spelled(name) and 3 <= len(name) <= 6 and name not in words
    )
