"""Identifiers with the check digits that real ones have, and the ways in which people write them down."""

import unicodedata
from datetime import date
from random import Random

from policies.recognisers.checksums import is_luhn, resident_id_check_digit

_MOBILE_PREFIXES = (
    *range(130, 140), 145, 147, *range(150, 154), *range(155, 160), 162, 165, 166, 167, *range(170, 174),
    *range(175, 179), *range(180, 190), *range(190, 194), *range(195, 200),
)  # fmt: skip
"""Allocated to people: the 14x numbers of machines have 13 digits."""

_CARD_LENGTHS = (16, 17, 18, 19)
_CARD_SHARES = (20, 5, 10, 65)

_FULL_WIDTH = {ord(char): ord(char) + 0xFEE0 for char in "0123456789X"}
assert unicodedata.normalize("NFKC", "0X".translate(_FULL_WIDTH)) == "0X"


def resident_id(random: Random, code: str, born: date, *, male: bool) -> str:
    """An ID number of the region *code*. Source: GB 11643-1999; the order number is odd for men."""
    order = random.randrange(1, 1000, 2) if male else random.randrange(2, 1000, 2)
    first_seventeen = f"{code}{born:%Y%m%d}{order:03d}"
    return first_seventeen + resident_id_check_digit(first_seventeen)


def old_resident_id(number: str) -> str:
    """The 15-digit form that somebody born in the twentieth century had until 1999."""
    return number[:6] + number[8:17]


def mobile(random: Random) -> str:
    """Eleven digits."""
    return f"{random.choice(_MOBILE_PREFIXES)}{random.randrange(10**8):08d}"


def bank_card(random: Random) -> str:
    """16 to 19 digits that start with 62 and satisfy the Luhn formula."""
    (length,) = random.choices(_CARD_LENGTHS, _CARD_SHARES)
    start = f"62{random.randrange(10 ** (length - 3)):0{length - 3}d}"
    return next(start + digit for digit in "0123456789" if is_luhn(start + digit))


def spelled_mobile(random: Random, number: str) -> str:
    """*number* as somebody would write it."""
    parts = (number[:3], number[3:7], number[7:])
    spellings = (
        number,
        " ".join(parts),
        "-".join(parts),
        "+86 " + " ".join(parts),
        "+86" + number,
        number.translate(_FULL_WIDTH),
    )
    return random.choices(spellings, (50, 12, 12, 8, 8, 10))[0]


def spelled_resident_id(random: Random, number: str) -> str:
    """*number* as somebody would write it: a final x is small as often as not."""
    parts = (number[:6], number[6:14], number[14:])
    spellings = (
        number,
        number.lower(),
        " ".join(parts),
        "-".join(parts),
        number.translate(_FULL_WIDTH),
    )
    return random.choices(spellings, (45, 25, 12, 8, 10))[0]


def spelled_card(random: Random, number: str) -> str:
    """*number* as somebody would write it."""
    groups = [number[start : start + 4] for start in range(0, len(number), 4)]
    spellings = (number, " ".join(groups), "-".join(groups), number.translate(_FULL_WIDTH))
    return random.choices(spellings, (50, 30, 10, 10))[0]
