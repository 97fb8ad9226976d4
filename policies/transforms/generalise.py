"""Values made coarser: ages and amounts by bands, coordinates by a grid. What is none of those becomes three stars.

None of them knows what day it is: an age is what the value says, or what it was on a day that the policy declares.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import pairwise

from policies.transforms.dates import whole_date
from policies.transforms.positions import REDACTED
from policies.transforms.spec import AgeBand, AmountBand, Grid

OLDEST_BAND = 90
"""From this age on there are few of any age, and one band holds them all. Source: 45 CFR 164.514(b)(2)(i)(C)."""
_MOST_AGE = 150
_AGE = re.compile(r"(\d{1,3})( ?(?:岁|周岁)?)", re.ASCII)
_AGES = re.compile(r"(?:\d{1,3}-\d{1,3}|\d{1,3}以上)( ?(?:岁|周岁)?)", re.ASCII)
_BORN = re.compile(r"(\d{4})-(\d{4})", re.ASCII)
_AMOUNT = re.compile(r"[¥$]? ?(-?\d{1,3}(?:,\d{3})+|-?\d{1,15})(\.\d{1,8})?( ?元)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,20})?", re.ASCII)
_PLACE = re.compile(
    rf"(?:POINT ?)?[(\[]? ?{_NUMBER.pattern}(?: ?[,; ] ?{_NUMBER.pattern})? ?[)\]]?", re.ASCII | re.IGNORECASE
)
_FARTHEST = 180
_TOO_MUCH = 10**15
"""From here on a number is an identifier rather than an amount, and the end of its band would hold most of it."""

type Band = Callable[[str], str]
type NumberBand = Callable[[float], float | None]


def age_band(spec: AgeBand) -> Band:
    """The function from an age or a birth date to its band: `37` to `30-39`, `1985-03-12` to `30-39` or `1980-1989`.

    A birth date is an age where *spec* declares the day; without one it becomes a band of years of birth.
    """
    cuts, labels = _cuts_of(spec), _labels_of(spec)
    known = set(labels)
    on = date.fromisoformat(spec.on) if spec.on else None

    def band(value: str) -> str:
        text = unicodedata.normalize("NFKC", value).strip()
        if not text:
            return value
        if (match := _AGES.fullmatch(text)) and text.removesuffix(match[1]) in known:
            return text
        if match := _AGE.fullmatch(text):
            age = int(match[1])
            return labels[bisect_right(cuts, age) - 1] + match[2] if age <= _MOST_AGE else REDACTED
        if spec.every and (match := _BORN.fullmatch(text)) and _is_band(int(match[1]), int(match[2]), spec.every):
            return text
        born = whole_date(text)
        if born is None:
            return REDACTED
        if on is None:
            return _years(born.year, spec.every) if spec.every else REDACTED
        age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        return labels[bisect_right(cuts, age) - 1] if 0 <= age <= _MOST_AGE else REDACTED

    return band


def age_floor(spec: AgeBand) -> NumberBand:
    """The function from an age to the lowest age of its band; None for what is none."""
    cuts = _cuts_of(spec)
    return lambda age: cuts[bisect_right(cuts, age) - 1] if 0 <= age <= _MOST_AGE and age == int(age) else None


def amount_band(spec: AmountBand) -> Band:
    """The function from an amount to its band: `12,345.67` to `10000~20000`, the lower end among it.

    A number of more than fifteen digits is no amount.
    """

    def band(value: str) -> str:
        text = unicodedata.normalize("NFKC", value).strip()
        if not text:
            return value
        if is_amount_band(spec, text):
            return text
        match = _AMOUNT.fullmatch(text)
        if match is None:
            return REDACTED
        amount = Decimal(match[1].replace(",", "") + (match[2] or ""))
        label = _amount_label(spec, amount)
        return label + (match[3] or "") if amount < _TOO_MUCH and is_amount_band(spec, label) else REDACTED

    return band


def amount_floor(spec: AmountBand) -> NumberBand:
    """The function from an amount to the lower end of its band, of the same type; None where the band has none.

    A number of more than fifteen digits is no amount.
    """

    def floor(amount: float) -> float | None:
        if spec.every:
            low = amount // spec.every * spec.every
            return type(amount)(low) if low > -_TOO_MUCH and amount < _TOO_MUCH else None
        if not 0 <= amount < _TOO_MUCH:
            return None
        return type(amount)((0, *spec.at)[bisect_right(spec.at, amount)])

    return floor


def is_amount_band(spec: AmountBand, text: str) -> bool:
    """Whether *text* is the name of a band."""
    bare = re.sub(" ?元$", "", text)
    if not spec.every:
        return bare in {_amount_label(spec, Decimal(amount)) for amount in (spec.at[0] - 1, *spec.at)}
    low, between, high = bare.partition("~")
    if not between or not re.fullmatch(r"-?\d{1,16}", low, re.ASCII) or not re.fullmatch(r"-?\d{1,16}", high, re.ASCII):
        return False
    is_band = int(low) % spec.every == 0 and int(high) - int(low) == spec.every
    return is_band and -_TOO_MUCH < int(low) < _TOO_MUCH


def grid(spec: Grid) -> Band:
    """The function from a latitude, a longitude or a pair of both to the nearest point, in the way it was written."""
    step = Decimal(spec.every)

    def snapped(match: re.Match[str]) -> str:
        return format(_snap(Decimal(match[0]), step), "f")

    def mask(value: str) -> str:
        text = unicodedata.normalize("NFKC", value).strip()
        if not text:
            return value
        if not _PLACE.fullmatch(text) or any(abs(Decimal(each)) > _FARTHEST for each in _NUMBER.findall(text)):
            return REDACTED
        return _NUMBER.sub(snapped, text)

    return mask


def grid_number(spec: Grid) -> NumberBand:
    """The same for a number; None for what is no degree."""
    step = Decimal(spec.every)

    def snapped(degrees: float) -> float | None:
        if abs(degrees) > _FARTHEST:
            return None
        point = _snap(Decimal(str(degrees)), step)
        return int(point) if isinstance(degrees, int) and point == int(point) else float(point)

    return snapped


def _snap(degrees: Decimal, step: Decimal) -> Decimal:
    point = ((degrees / step).to_integral_value() * step).quantize(step)
    if abs(point) > _FARTHEST:
        point -= step.copy_sign(point)
    return point if point else abs(point)  # no minus before a nought


def _cuts_of(spec: AgeBand) -> tuple[int, ...]:
    return (0, *spec.at) if spec.at else (*range(0, OLDEST_BAND, spec.every), OLDEST_BAND)


def _labels_of(spec: AgeBand) -> tuple[str, ...]:
    cuts = _cuts_of(spec)
    return (*(f"{low}-{high - 1}" for low, high in pairwise(cuts)), f"{cuts[-1]}以上")


def _years(year: int, every: int) -> str:
    first = year // every * every
    return f"{first}-{first + every - 1}"


def _is_band(first: int, last: int, every: int) -> bool:
    return first % every == 0 and last - first == every - 1


def _amount_label(spec: AmountBand, amount: Decimal) -> str:
    if spec.every:
        # `//` of decimals cuts towards nought, and a band below it goes down.
        low = int((amount / spec.every).to_integral_value("ROUND_FLOOR")) * spec.every
        return f"{low}~{low + spec.every}"
    place = bisect_right(spec.at, amount)
    if place == 0:
        return f"{spec.at[0]}以下"
    return f"{spec.at[place - 1]}~{spec.at[place]}" if place < len(spec.at) else f"{spec.at[-1]}以上"
