"""Identifiers as spreadsheets and slips of the pen leave them: nobody is found by them, and nobody protected."""

import re
import unicodedata

from policies.digest import canonical
from policies.recognisers.checksums import is_placed_uscc, is_resident_id, resembles_resident_id

_EXPONENT = r"[0-9](?:\.[0-9]+)?E\+?[0-9]{2}"
_WHOLE = re.compile(_EXPONENT, re.IGNORECASE)
_IN_TEXT = re.compile(r"(?<![\w.])[1-9](?:\.[0-9]+)?E\+1[0-9](?![\w.])", re.IGNORECASE)
"""Of eleven to twenty digits: what else is written so names nobody."""
_LOST = "000"
"""A spreadsheet keeps fifteen digits of a number, and has zeros in the place of the last three of a resident ID."""


def is_rounded(text: str) -> bool:
    """Whether *text* is a number whose last digits a spreadsheet has lost."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return _WHOLE.fullmatch(plain) is not None or (has_wrong_check(plain) and has_lost_digits(plain))


def has_lost_digits(text: str) -> bool:
    """Whether *text* ends as a resident ID does whose last digits are lost; one in a thousand ends so by itself."""
    return canonical(text).endswith(_LOST)


def has_wrong_check(text: str) -> bool:
    """Whether *text* is a resident ID but for its check digit: with a province and a date of birth."""
    plain = canonical(text)
    return resembles_resident_id(plain) and not is_resident_id(plain) and not is_placed_uscc(plain)


def rounded_in(text: str) -> int:
    """How many numbers stand in *text* as a spreadsheet shows what it has rounded."""
    return sum(1 for _ in _IN_TEXT.finditer(text))
