"""Dates without their finer parts, in the way in which they were written."""

import re
import unicodedata

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
_DECADE = re.compile("(?:18|19|20|21)[0-9]0(?:s|年代)")


def date_part(value: str, to: Part) -> str:
    """*value* to the month, year or decade; as it is where it says no more; `***` where it is no date.

    Dates are read as `1985-03-12`, also with `/` or `.`, `19850312` and `1985年3月12日`, with or without a time of day
    after them, of the years 1800 to 2199. An empty value stays empty.
    """
    text = unicodedata.normalize("NFKC", value).strip()
    if not text:
        return value
    if _DECADE.fullmatch(text):
        return text
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


def _spelled(year: str, month: str | None, separator: str, to: Part) -> str:
    chinese = separator == "年"
    if to is Part.DECADE:
        return f"{year[:3]}0{'年代' if chinese else 's'}"
    if to is Part.YEAR or month is None:
        return f"{year}年" if chinese else year
    return f"{year}年{month}月" if chinese else f"{year}{separator}{month}"
