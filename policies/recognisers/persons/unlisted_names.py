"""Names behind who somebody is whose characters no list of surnames has: 证人吾买尔出庭, 负责人承军声明.

They count where no word of the language holds any of them, and what stands behind them stands behind a person.
"""

from collections.abc import Iterator

from policies.recognisers.persons.given_names import is_han, surname_length
from policies.recognisers.persons.patterns import ENDS, FOLLOWS, FOLLOWS_LONG
from policies.recognisers.persons.rare_surnames import WORDY
from policies.recognisers.persons.read import Read
from policies.recognisers.persons.stated import Found, is_doubled
from policies.recognisers.persons.words import GIVEN, NEVER_LAST, TRANSLITERATING

_SHORTEST, _LONGEST = 3, 7
"""Characters of a name of another language without dots."""

_NO_FIRST = frozenset("有是为由之以将可无能不也都已正在该其此这那各每均应须需拟与和及或等的地得所把被向对从到").union(
    WORDY
)
"""What a name without a surname does not begin with, or is read elsewhere."""


def unlisted_names(read: Read) -> Iterator[Found]:
    """Such names in what is *read*."""
    for _, start in read.somebodys:
        yield from _spelled(read, start)
        if is_doubled(read.text[start : start + 2]) and FOLLOWS_LONG.match(read.text, start + 2):
            yield Found(start, start + 2, "context", 0.7)
        if not surname_length(read.text, start) and read.text[start : start + 1] not in _NO_FIRST:
            yield from _of_no_list(read, start)


def _spelled(read: Read, start: int) -> Iterator[Found]:
    """A name at *start* that is spelled from another language."""
    text = read.text
    end = start
    while end - start < _LONGEST and text[end : end + 1] in TRANSLITERATING:
        end += 1
    for stops in range(end, start + _SHORTEST - 1, -1):
        is_over = ENDS.match(text, stops) or FOLLOWS.match(text, stops)
        if is_over and text[stops - 1] not in NEVER_LAST and not read.holds_word(start, stops + 1):
            yield Found(start, stops, "context", 0.7)
            return


def _of_no_list(read: Read, start: int) -> Iterator[Found]:
    """A name of two or three characters at *start* that begins with no surname that is listed."""
    text = read.text
    for end in (start + 3, start + 2):
        if not is_han(text[start:end], end - start) or end not in read.ends or text[end - 1] in NEVER_LAST:
            continue
        is_over = FOLLOWS_LONG.match(text, end) or (end - start > 2 and ENDS.match(text, end))
        is_given = all(char in GIVEN for char in text[start + 1 : end])
        if is_over and is_given and not read.holds_word(max(0, start - 1), end + 1):
            yield Found(start, end, "context", 0.65)
            return
