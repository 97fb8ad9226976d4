"""Which numbers a notice may give to call, as its contact or within its text: lines of offices, never somebody's own.

Source: the national numbering plan (YD/T 1100, 电信网编号计划): area codes 010, 02x and 03xx to 09xx; services of
three to five digits that begin with 1; 95 and 96 of enterprises and regions; 400 and 800.
"""

import re
from collections.abc import Iterable

from incident.notice import Contact
from policies.recognisers.normalise import normalise

_APART = re.compile(r"[、,;/|或\n]|\bor\b")
_AREA = r"(?:10|2\d|[3-9]\d{2})"
_LINE = re.compile(
    rf"(?P<number>(?:\(0{_AREA}\)|0{_AREA}|\+86[ -]?{_AREA})[ -]{{0,3}}\d{{7,8}}"
    r"|[2-8]\d{6,7}|1\d{2,4}|9[56]\d{3,6}|[48]00[ -]?\d{3,4}[ -]?\d{3,4})(?: ?(?:-|转|ext\.?) ?\d{1,6})?",
    re.IGNORECASE,
)


def are_lines(text: str) -> bool:
    """Whether *text* is one number or several, and each a landline or a hotline by its form."""
    return all(_lines(text))


def public_numbers(contact: Contact, ours: Iterable[str]) -> frozenset[str]:
    """The digits of each number that is no secret: those of *contact* that are lines, and *ours* of the settings."""
    typed = (match for field in (contact.phone, contact.hotline) for match in _lines(field) if match)
    written = (part for match in typed for part in (match[0], match["number"]))
    return frozenset({*map(digits_of, written), *map(digits_of, ours)}) - {""}


def digits_of(text: str) -> str:
    """The digits of *text*, in ASCII."""
    return "".join(letter for letter in normalise(text).text if "0" <= letter <= "9")


def _lines(text: str) -> list[re.Match[str] | None]:
    """Each number in *text* with its extension; None for a part that is no number of a line."""
    plain = normalise(text).text.strip()
    return [_LINE.fullmatch(part.strip()) for part in _APART.split(plain)] if plain else []
