"""Invented residents: numbers that every check of form lets pass, and that nobody was ever given.

A resident ID number begins with the code of the county in force when the number is given (GB 11643-1999, 4.1), which is
after the birth. So a number with a code that was given up years before the birth date in it was given to nobody. The
codes are of real places, older people bear them for life, and so no reader of lists is struck by one: unlike a code
that never was, or a birth in the future. Who compares codes with years of birth can tell them. Phone numbers are not
invented: there is none that surely belongs to nobody, so whoever plants gives one of their own office.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from deploy.demo.register.names import full_name, surname
from deploy.demo.register.numbers import resident_id

GIVEN_UP: Mapping[str, int] = {
    "332522": 2000, "332523": 2000, "332525": 2000, "332526": 2000, "332527": 2000, "332528": 2000,
    "332624": 1994, "332625": 1994, "332626": 1994, "332627": 1994,
    "330621": 2013, "330322": 2015,
}  # fmt: skip
"""Code: the year in which it was given up. Source: GB/T 2260 and its changes, Zhejiang: the prefectures of Taizhou and
Lishui became cities, and counties districts.
"""
MARGIN = 3
"""Years after it during which some office may still have used the old code."""
YOUNGEST = 16
"""Years: children stand in few registers."""


class NoCode(Exception):
    """No code was given up long enough ago."""


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented resident."""

    name: str = field(repr=False)
    sex: str
    born: date = field(repr=False)
    id_no: str = field(repr=False)


def invented(
    random: Random, today: date, is_taken: Callable[[str], bool], codes: Mapping[str, int] = GIVEN_UP
) -> Iterator[Invented]:
    """Invented residents without end, none twice and none whose number *is_taken*. Raises NoCode.

    *codes* are by when they were given up.
    """
    latest = today - timedelta(days=YOUNGEST * 366)
    usable = {code: date(year + MARGIN + 1, 1, 1) for code, year in codes.items() if year + MARGIN < latest.year}
    if not usable:
        raise NoCode
    drawn = set()
    while True:
        code, first = random.choice(sorted(usable.items()))
        born = first + timedelta(days=random.randrange((latest - first).days + 1))
        male = random.random() < 0.5
        number = resident_id(random, code, born, male=male)
        name = full_name(random, surname(random), male=male)
        if number not in drawn and not is_taken(number):
            drawn.add(number)
            yield Invented(name, "男" if male else "女", born, number)
