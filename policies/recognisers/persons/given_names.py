"""Of how many characters a name is: surnames of one or two, given names, the surname of a husband, names from Japan."""

from collections.abc import Container

from policies.recognisers.persons.names import SURNAMES
from policies.recognisers.persons.patterns import FOLLOWS_LONG, NEXT_HONORIFIC
from policies.recognisers.persons.words import ALL_SURNAMES, COMPOUND, GIVEN, JAPANESE_LAST, NEVER_LAST

_FOUR = 4


def surname_length(text: str, start: int) -> int:
    """Of how many characters the surname at *start* of *text* is; 0 where there is none."""
    if text[start : start + 2] in COMPOUND:
        return 2
    return 1 if text[start : start + 1] in ALL_SURNAMES else 0


def is_han(given: str, length: int) -> bool:
    """Whether *given* is of *length* Chinese characters."""
    return len(given) == length and all("\u4e00" <= char <= "\u9fff" for char in given)


def has_two_surnames(text: str, start: int, end: int, words: Container[str]) -> bool:
    """Whether four characters may be the name of a woman who bears her husband's surname before her own."""
    four = text[start:end]
    return (
        len(four) == _FOUR
        and four[1] in SURNAMES
        and four[3] not in NEVER_LAST
        and all(char in GIVEN for char in four[2:])
        and not any(four[at : at + 2] in words for at in (1, 2))
    )


def is_of_four(text: str, start: int, end: int, words: Container[str]) -> bool:
    """Whether the last of four characters from *start*, the first of them a surname, is the name's: it belongs to no
    word behind.
    """
    last = text[end - 1]
    if last in JAPANESE_LAST and NEXT_HONORIFIC.match(text, end):
        return True
    if last not in GIVEN or last in NEVER_LAST or text[end - 1 : end + 1] in words:
        return False
    return not (FOLLOWS_LONG.match(text, end - 1) or NEXT_HONORIFIC.match(text, end - 1))


def is_last_of_japanese(text: str, start: int, end: int, words: Container[str]) -> bool:
    """Whether a name that is read from *start* to *end*, without a Chinese surname, has one character more: 孝|一."""
    return end - start >= _FOUR and text[end : end + 1] in (*JAPANESE_LAST,) and text[end : end + 2] not in words
