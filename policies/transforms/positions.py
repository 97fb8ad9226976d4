"""Stars in place of some characters, told by where they stand. Characters are code points.

White space, and what cannot be seen, is passed over: it counts neither as shown nor as hidden, wherever it stands, or a
mask of the last four digits would hide four blanks behind the number.

All masks turn a value into stars as a whole where too little would be hidden: a mask made for mobile numbers must not
show seven of the eight digits of a landline.
"""

import re
from collections.abc import Callable
from typing import assert_never

from policies.recognisers.normalise import INVISIBLE
from policies.transforms.spec import Cover, CoverAfter, CoverBefore, CoverRange, Keep, KeepRange, Positions

type Mask = Callable[[str], str]

STAR = "*"
REDACTED = STAR * 3
_PASSED_OVER = re.compile(rf"[\s{INVISIBLE}]+")


def starred(spec: Positions) -> Mask:
    """The function from a value to what *spec* makes of it. Raises ValueError where *spec* cannot be."""
    match spec:
        case Keep(first, last, fill):
            return keep(first, last, fill)
        case KeepRange(start, end):
            return keep_range(start, end)
        case Cover(first, last):
            return cover(first, last)
        case CoverRange(start, end):
            return cover_range(start, end)
        case CoverBefore(mark):
            return cover_before(mark)
        case CoverAfter(mark):
            return cover_after(mark)
        case _:
            assert_never(spec)


def stars_of(spec: Positions) -> str:
    """A regular expression for what *spec* makes of values of which it shows something."""
    match spec:
        case Keep(first, last, fill):
            return rf".{{{first}}}" + (r"\*+" if fill is None else rf"\*{{{fill}}}") + rf".{{{last}}}"
        case KeepRange(start, end):
            return rf"\*{{{start - 1}}}.{{{end - start + 1}}}\**" if start > 1 else rf".{{{end}}}\*+"
        case Cover(first, last):
            return rf"\*{{{first}}}.*\*{{{last}}}"
        case CoverRange(start, _):
            return rf".{{{start - 1}}}\*.*"
        case CoverBefore(mark):
            return rf"\*+{re.escape(mark)}.*"
        case CoverAfter(mark):
            return rf".*?{re.escape(mark)}\*+"
        case _:
            assert_never(spec)


def keep(first: int, last: int, fill: int | None) -> Mask:
    """A mask that shows the *first* and *last* characters and stars between: *fill* of them, or one for each hidden.

    A value of which it would hide fewer than `least_hidden` characters becomes all stars: a mask made for mobile
    numbers must not show seven of the eight digits of a landline. Raises ValueError where *fill* is less than that.
    """
    least = least_hidden(first, last)
    if fill is not None and fill < least:
        raise ValueError(f"a mask that shows {first + last} characters stands for at least {least} hidden ones")
    shown = first + last
    shortest = shown + least

    def too_short(value: str) -> str:
        return STAR * (shown + fill) if fill and value else _all_stars(value)

    def without_blanks(value: str, masked: str) -> str:
        """*masked*, which has as many characters whatever the value, without what is passed over."""
        return masked or too_short(value)

    # Every personal value of every answer passes one of these: each does only what it must.
    def ends(value: str) -> str:
        if not value.isalnum() and (bare := seen(value)) != value:
            return over(value, ends(bare))
        length = len(value)
        if length < shortest:
            return too_short(value)
        return f"{value[:first]}{stars or STAR * (length - shown)}{value[length - last :]}"

    def only_last(value: str) -> str:
        if not value.isalnum() and (bare := seen(value)) != value:
            return over(value, only_last(bare))
        return value[tail].rjust(len(value), STAR) if len(value) >= shortest else too_short(value)

    def only_first(value: str) -> str:
        if not value.isalnum() and (bare := seen(value)) != value:
            return over(value, only_first(bare))
        return value[:first] + stars if len(value) >= shortest else too_short(value)

    stars = STAR * (fill or 0)
    tail = slice(-last, None) if last else slice(0)
    over = _over_blanks if fill is None else without_blanks
    if fill and not last:
        return only_first
    return only_last if not first and not fill else ends


def keep_range(start: int, end: int) -> Mask:
    """A mask that shows the characters from *start* to *end*, counted from 1. Raises ValueError for none."""
    _check(start, end)
    shown = end - start + 1
    shortest = max(end, shown + least_hidden(shown, 0))

    def mask(value: str) -> str:
        if not value.isalnum() and (bare := seen(value)) != value:
            return _over_blanks(value, mask(bare))
        length = len(value)
        if length < shortest:
            return _all_stars(value)
        return STAR * (start - 1) + value[start - 1 : end] + STAR * (length - end)

    return mask


def cover(first: int, last: int) -> Mask:
    """A mask that hides the *first* and *last* characters. Raises ValueError where it would hide none."""
    if first + last < 1:
        raise ValueError("it hides nothing: say how many of the first or last characters it covers")

    def mask(value: str) -> str:
        if not value.isalnum() and (bare := seen(value)) != value:
            return _over_blanks(value, mask(bare))
        shown = len(value) - first - last
        if shown < 1 or first + last < least_hidden(shown, 0):
            return _all_stars(value)
        return STAR * first + value[first : first + shown] + STAR * last

    return mask


def cover_range(start: int, end: int) -> Mask:
    """A mask that hides the characters from *start* to *end*, counted from 1. Raises ValueError for none."""
    _check(start, end)

    def mask(value: str) -> str:
        if not value.isalnum() and (bare := seen(value)) != value:
            return _over_blanks(value, mask(bare))
        length = len(value)
        hidden = min(end, length) - start + 1
        if hidden < least_hidden(max(length - hidden, 0), 0):
            return _all_stars(value)
        return value[: start - 1] + STAR * hidden + value[end:]

    return mask


def cover_before(mark: str) -> Mask:
    """A mask that hides what stands before the first *mark*; all, where that is too little or there is no *mark*."""

    def mask(value: str) -> str:
        text = value.strip()
        place = text.find(mark)
        if place < 0 or len(seen(text[:place])) < least_hidden(len(seen(text[place:])), 0):
            return _all_stars(value)
        start = value.index(text) + place
        return STAR * start + value[start:]

    return mask


def cover_after(mark: str) -> Mask:
    """A mask that hides what stands after the first *mark*; all, where that is too little or there is no *mark*."""

    def mask(value: str) -> str:
        text = value.strip()
        begin, found, rest = text.partition(mark)
        if len(seen(rest)) < least_hidden(len(seen(begin + found)), 0):
            return _all_stars(value)
        end = value.index(text) + len(begin + found)
        return value[:end] + STAR * (len(value) - end)

    return mask


def seen(value: str) -> str:
    """*value* without what masks pass over."""
    if value.isalnum() or (value.isascii() and value.isprintable() and " " not in value):
        return value  # as nearly all are, for which it is not worth looking
    return _PASSED_OVER.sub("", value)


def _over_blanks(value: str, masked: str) -> str:
    """*masked*, a star or what stood there for each character of *value*, with what is passed over where it stood."""
    if not masked.strip(STAR):
        return _all_stars(value)
    characters = iter(masked)
    return "".join(char if _PASSED_OVER.fullmatch(char) else next(characters) for char in value)


def _check(start: int, end: int) -> None:
    if not 1 <= start <= end:
        raise ValueError("places are counted from 1, and the last one does not stand before the first")


def _all_stars(value: str) -> str:
    return STAR * max(len(value), len(REDACTED)) if value else value


def least_hidden(first: int, last: int) -> int:
    """How many characters a mask that shows *first* + *last* must hide at least: half as many as it shows."""
    return max(1, (first + last + 1) // 2)
