"""The values on a page that something on it heads, and the page with what becomes of them."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator

from policies.documents.held import Held, Place
from policies.documents.look import Look
from policies.documents.page_reading import Reading
from policies.formats.html.tokens import HtmlTokens
from policies.transforms.make import REDACTED


def values_in(source: str, is_label: Callable[[str], bool]) -> list[Held]:
    """The values of the page *source* that something heads, in order, apart from one another. Raises Withheld."""
    reading = Reading(is_label)
    at = 0
    for token in HtmlTokens().feed(source, final=True):
        reading.take(token, at)
        at += len(token.source)
    found: list[Held] = []
    taken: list[Place] = []
    for held in sorted(reading.done(), key=lambda held: (not is_label(held.key), held.places[0])):
        numbers = [bisect_left(taken, place) for place in held.places]
        if all(_is_free(taken, number, place) for number, place in zip(numbers, held.places, strict=True)):
            found.append(held)
            for place in held.places:
                insort(taken, place)
    return sorted(found, key=lambda held: held.places[0])


def joined_in(source: str, is_label: Callable[[str], bool]) -> list[Place]:
    """The places of those values of the page *source* that are put together of several texts. Raises Withheld."""
    held = values_in(source, is_label)
    return [place for each in held if len(each.places) > 1 for place in each.places]


def _is_free(taken: list[Place], number: int, place: Place) -> bool:
    """Whether *place*, which belongs at *number*, overlaps none of those *taken*, in order."""
    before_ends = taken[number - 1][1] if number else 0
    return before_ends <= place[0] and (number == len(taken) or place[1] <= taken[number][0])


def without(source: str, held: Iterable[Held]) -> str:
    """The page *source* without the values *held*."""
    return _written(source, ((each, "") for each in held if not each.more))


def masked(source: str, held: list[Held], look: Look) -> str:
    """The page *source* with what *look* makes of each of the values *held*. Raises Withheld."""
    return _written(source, _settled(held, look))


def _settled(held: list[Held], look: Look) -> Iterator[tuple[Held, str]]:
    rows: dict[int, list[Held]] = {}
    for each in held:
        if each.row:
            rows.setdefault(each.row, []).append(each)
        else:
            new = look.masked(each.text, each.key)
            yield each, REDACTED if each.more else new
    for cells in rows.values():
        keys, values = [cell.key for cell in cells], [cell.text for cell in cells]
        subject = look.subject_in(keys, values)
        for cell, action in zip(cells, look.row(keys, values), strict=True):
            yield cell, look.done(cell.text, action, subject)


def _written(source: str, held: Iterable[tuple[Held, str]]) -> str:
    edits: list[tuple[Place, str]] = []
    for each, new in held:
        if new != each.text:
            edits += [(each.places[0], each.spelled(new) if new else ""), *((place, "") for place in each.places[1:])]
    out, at = [], 0
    for (start, end), new in sorted(edits):
        out += [source[at:start], new]
        at = end
    return "".join([*out, source[at:]])
