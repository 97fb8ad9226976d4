"""Check digits of identifiers. Each function says whether a whole, normalised identifier carries the right one."""

from datetime import date

from policies.recognisers.countries import names_foreign_country
from policies.recognisers.regions import PROVINCES, is_region

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_OF_RESIDENT_ID, _LEAST_OF_CERTIFICATE = 18, 20
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUES = {char: value for value, char in enumerate(_USCC_ALPHABET)}
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


def resident_id_check_digit(first_seventeen: str) -> str:
    """The eighteenth character of a resident ID number: a digit or `X`.

    Source: GB 11643-1999, 4.1.4 (ISO 7064, MOD 11-2).
    """
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, first_seventeen, strict=True))
    return _ID_CHECKS[total % 11]


def is_resident_id(number: str) -> bool:
    """Whether *number*, 18 characters with an upper-case `X`, has a real birth date and the right check digit.

    The region code is not judged: numbers keep the codes of regions that have since been abolished.
    """
    return _has_birth_date(number) and number[17] == resident_id_check_digit(number[:17])


def resembles_resident_id(number: str) -> bool:
    """Whether *number* is a resident ID number but perhaps for its check digit: with a real province and birth date.

    Source: GB 11643-1999, 4.1; the card of foreigners of 2023 has a 9, the province and the country in its place.
    """
    return _has_birth_date(number) and (number[:2] in PROVINCES or _begins_as_foreigners_card(number))


def is_placed_resident_id(number: str) -> bool:
    """Whether *number* is a resident ID number of a division that there is or was, or a card of a foreigner."""
    return is_resident_id(number) and (is_region(number[:6]) or _begins_as_foreigners_card(number))


def is_disability_certificate(number: str) -> bool:
    """Whether *number* begins with a resident ID number as above, as that of a certificate of disability does; the kind
    and the degree behind it, a digit each, are for whoever asks.

    Source: Measures for the Administration of Certificates of Disability, 2017: 20 places, B and a digit or two where
    it was issued anew.
    """
    return len(number) >= _LEAST_OF_CERTIFICATE and is_placed_resident_id(number[:_OF_RESIDENT_ID])


def _begins_as_foreigners_card(number: str) -> bool:
    """Source: National Immigration Administration, notice on the permanent residence card of foreigners, 2023."""
    return number[0] == "9" and number[1:3] in PROVINCES and names_foreign_country(number[3:6])


def is_foreigners_card_15(number: str) -> bool:
    """Whether *number*, in capital letters, is that of a permanent residence card of before 2023: a country, a province
    and ten digits more, of which the rules that are public say nothing that could be checked.
    """
    return names_foreign_country(number[:3]) and number[:3].isalpha() and number[3:5] in PROVINCES


def _has_birth_date(number: str) -> bool:
    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdigit()):
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return 1850 <= born.year <= 2100


def is_resident_id_15(number: str) -> bool:
    """Whether *number* has the form of the 15-digit resident ID numbers issued until 1999, with a real birth date."""
    if len(number) != 15 or not (number.isascii() and number.isdigit()):
        return False
    try:
        date(1900 + int(number[6:8]), int(number[8:10]), int(number[10:12]))
    except ValueError:
        return False
    return True


def lengthen_resident_id(number: str) -> str:
    """The 18-character form of a 15-digit resident ID number. Source: GB 11643-1999, foreword."""
    first_seventeen = number[:6] + "19" + number[6:]
    return first_seventeen + resident_id_check_digit(first_seventeen)


def is_luhn(number: str) -> bool:
    """Whether the digits of *number* satisfy the Luhn formula. Source: ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def uscc_check_character(first_seventeen: str) -> str:
    """The eighteenth character of a unified social credit code. Source: GB 32100-2015, annex A (MOD 31-3)."""
    total = sum(_USCC_VALUES[char] * weight for char, weight in zip(first_seventeen, _USCC_WEIGHTS, strict=True))
    return _USCC_ALPHABET[(31 - total % 31) % 31]


def is_uscc(code: str) -> bool:
    """Whether *code*, 18 upper-case characters, is over the code's alphabet and has the right check character."""
    if len(code) != 18 or any(char not in _USCC_VALUES for char in code):
        return False
    return code[17] == uscc_check_character(code[:17])


GIVEN_OUT_BY = frozenset(
    (
        "11 12 13 19 21 29 31 32 33 34 35 39 41 49 51 52 53 54 55 59 61 62 69 71 72 79 81 89 91 92 93 "
        "A1 A9 N1 N2 N3 N9 Y1"
    ).split()
)


def is_placed_uscc(code: str) -> bool:
    """Whether *code* has the right check character, and who may give out such codes gave it out in a prefecture.

    Source: GB 32100-2015, 4.2 and 4.3. Zones have codes of their own within a prefecture.
    """
    return is_uscc(code) and code[:2] in GIVEN_OUT_BY and (is_region(f"{code[2:6]}00") or code[2:8] == "100000")


_VIN_VALUES = {char: value for value, char in enumerate("0123456789")} | dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_LEAST_LETTERS = 3


def is_vin(number: str) -> bool:
    """Whether *number*, 17 upper-case characters, has the right check digit, and letters as makers' codes have.

    Source: GB 16735-2019, annex A.
    """
    if len(number) != len(_VIN_WEIGHTS) or any(char not in _VIN_VALUES for char in number):
        return False
    total = sum(_VIN_VALUES[char] * weight for char, weight in zip(number, _VIN_WEIGHTS, strict=True))
    return sum(map(str.isalpha, number)) >= _LEAST_LETTERS and number[8] == "0123456789X"[total % 11]
