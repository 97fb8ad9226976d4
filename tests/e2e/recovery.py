"""An attacker who puts together everything that one caller may fetch, and counts which ID numbers are still possible.

It knows nothing of how the gateway masks: it reads what stands in the answers. It is given more than it could know:
where every subject was registered, and which rows of other systems are about the same person.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

DAYS = tuple(date(1930, 1, 1) + timedelta(days=number) for number in range(36_525))
"""The birth dates of everybody who may be alive."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
"""Source: GB 11643-1999, 6.2 (ISO 7064 MOD 11-2)."""
_CHECKS = "10X98765432"
_DAY = re.compile(r"((?:19|20)\d\d)(?:[-/年.]([01]?\d))?(?:[-/月.]([0-3]?\d))?")


@dataclass
class Pieces:
    """What is known of one person."""

    shown: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """What stood in answers, by field."""

    def add(self, row: dict[str, object], names: Iterable[str]) -> None:
        """Keep what *row* shows of *names*."""
        for name in names:
            text = str(row.get(name) or "").strip()
            if text.strip("*"):
                self.shown[name].add(text)


def digits_left(pieces: Pieces, name: str, length: int) -> int:
    """How many characters of the field *name*, whose values have *length*, were shown in no answer."""
    return length - len(_places(pieces.shown[name], length))


def numbers_left(pieces: Pieces, region: str) -> int:
    """How many ID numbers registered in *region* fit everything in *pieces*."""
    places = _places(pieces.shown["id_no"], 18)
    if len(places) == 18:
        return 1
    shown = frozenset((place, digit) for place, digit in places.items() if 6 <= place < 14)
    days = _days(frozenset(pieces.shown["birth_date"]), shown)
    orders = [
        f"{order:03}"
        for order in range(1000)
        if all(places.get(14 + place, digit) == digit for place, digit in enumerate(f"{order:03}"))
        and _fits_sex(order, pieces.shown["sex"])
    ]
    if 17 not in places:
        return len(orders) * days.total()
    left = 0
    for order in orders:
        for weight, number in days.items():
            check = _CHECKS[(_weight(region, 0) + weight + _weight(order, 14)) % 11]
            left += number * (places[17] == check)
    return left


def _weight(digits: str, place: int) -> int:
    return sum(int(digit) * _WEIGHTS[place + offset] for offset, digit in enumerate(digits)) % 11


def _places(shown: Iterable[str], length: int) -> dict[int, str]:
    """Which character is known at each place of a value of *length*."""
    return {
        place: character
        for text in shown
        if len(text) == length
        for place, character in enumerate(text)
        if character != "*"
    }


@lru_cache(maxsize=4096)
def _days(shown: frozenset[str], digits: frozenset[tuple[int, str]]) -> Counter[int]:
    """How many birth dates of each weight fit what is *shown* of it, and these *digits* of the number."""
    parts = [[int(part) for part in match.groups() if part] for text in shown if (match := _DAY.search(text))]
    return Counter(
        _weight(spelled, 6)
        for day in DAYS
        if all([day.year, day.month, day.day][: len(known)] == known for known in parts)
        for spelled in [f"{day:%Y%m%d}"]
        if all(spelled[place - 6] == digit for place, digit in digits)
    )


def _fits_sex(order: int, shown: Iterable[str]) -> bool:
    return all({"男": 1, "女": 0}.get(sex, order % 2) == order % 2 for sex in shown)
