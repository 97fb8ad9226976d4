"""Dates without their finer parts, or moved, in the way in which they were written."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta

from policies.transforms.positions import REDACTED
from policies.transforms.spec import Part

_MONTH, _DAY = "(0?[1-9]|1[0-2])", "(?:0?[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:[T ]\d{1,2}:\d{2}.*)?"
_WRITTEN = (
    ("-", re.compile(rf"((?:18|19|20|21)\d\d)(?:-{_MONTH}(?:-{_DAY}{_TIME})?)?")),
    ("/", re.compile(rf"((?:18|19|20|21)\d\d)(?:/{_MONTH}(?:/{_DAY}{_TIME})?)?")),
    (".", re.compile(rf"((?:18|19|20|21)\d\d)(?:\.{_MONTH}(?:\.{_DAY}{_TIME})?)?")),
    ("", re.compile(r"((?:18|19|20|21)\d\d)(0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])?")),
    ("年", re.compile(rf"((?:18|19|20|21)\d\d)年(?:{_MONTH}月(?:{_DAY}[日号]{_TIME})?)?")),
)
_MAY_BE_A_DAY = re.compile(r"[0-9]{2}(?:0[1-9]|1[0-2])[0-9]{2}")
"""Six digits that somebody may have written for a day of some century: 201112 is November 2011, or 12 November 2020."""
_WHOLE = re.compile(
    rf"((?:18|19|20|21)\d\d)([-/.年]?){_MONTH}([-/.月]?)(0?[1-9]|[12][0-9]|3[01])([日号]?)"
    r"([T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?( ?Z| ?[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
"""A day, perhaps with a time of day and its zone. The signs between its parts must go together: see `_SIGNS`."""
_SIGNS = {("-", "-", ""), ("/", "/", ""), (".", ".", ""), ("", "", ""), ("年", "月", "日"), ("年", "月", "号")}
_FIRST, _LAST = date(1800, 1, 1), date(2199, 12, 31)
_DECADE = re.compile("(?:18|19|20|21)[0-9]0(?:s|年代)")


def date_part(value: str, to: Part) -> str:
    """*value* to the month, year or decade; as it is where it says no more; `***` where it is no date.

    Dates are read as `1985-03-12`, also with `/` or `.`, `19850312` and `1985年3月12日`, with or without a time of day
    after them, of the years 1800 to 2199. Six digits are a month where they cannot be a day; a month that was written
    without a sign gets one, so that it can be nothing else. An empty value stays empty.
    """
    text = unicodedata.normalize("NFKC", value).strip()
    if not text:
        return value
    if _DECADE.fullmatch(text):
        return text
    if _MAY_BE_A_DAY.fullmatch(text):
        return REDACTED
    for separator, pattern in _WRITTEN:
        match = pattern.fullmatch(text)
        if match:
            return _spelled(match[1], match[2], separator, to)
    return REDACTED


def is_date_part(value: str, to: Part) -> bool:
    """Whether *value* could be what `date_part` makes of a longer date."""
    text = value.strip()
    if to is Part.DECADE:
        return _DECADE.fullmatch(text) is not None
    return bool(text) and text != REDACTED and date_part(text, to) == text


def shifter(days: int, number_of: Callable[[str], int]) -> Callable[[str, str], str]:
    """The function from a date and its subject to the date moved by up to *days* days, by 1 at least.

    *number_of* gives a subject's number; all dates of the subject move by the same. A time of day becomes midnight: to
    the second it would tell which. What is no whole day, is nobody's, or would leave the years 1800 to 2199 becomes
    `***`.
    """

    def shift(value: str, subject: str) -> str:
        text = unicodedata.normalize("NFKC", value).strip()
        if not text:
            return value
        match, day = _whole(text)
        if match is None or day is None or not subject:
            return REDACTED
        number = number_of(subject) % (2 * days)
        moved = day + timedelta(number - days if number < days else number - days + 1)
        if not _FIRST <= moved <= _LAST:
            return REDACTED
        width = 1 if "0" not in (match[3][0], match[5][0]) and 1 in (len(match[3]), len(match[5])) else 2
        spelled = f"{moved.year}{match[2]}{moved.month:0{width}}{match[4]}{moved.day:0{width}}{match[6]}"
        return spelled + re.sub("[0-9]", "0", match[7] or "") + (match[8] or "")

    return shift


def whole_date(value: str) -> date | None:
    """The day that *value* names, in one of the ways in which dates are read; None where it names none."""
    return _whole(unicodedata.normalize("NFKC", value).strip())[1]


def _whole(text: str) -> tuple[re.Match[str] | None, date | None]:
    match = _WHOLE.fullmatch(text)
    if match is None or (match[2], match[4], match[6]) not in _SIGNS or (match[8] and not match[7]):
        return None, None
    if not match[2] and len(match[3] + match[5]) != 4:
        return None, None
    try:
        return match, date(int(match[1]), int(match[3]), int(match[5]))
    except ValueError:
        return None, None


def _spelled(year: str, month: str | None, separator: str, to: Part) -> str:
    chinese = separator == "年"
    if to is Part.DECADE:
        return f"{year[:3]}0{'年代' if chinese else 's'}"
    if to is Part.YEAR or month is None:
        return f"{year}年" if chinese else year
    return f"{year}年{month}月" if chinese else f"{year}{separator or '-'}{month}"
