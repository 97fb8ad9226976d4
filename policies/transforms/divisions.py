"""Addresses and codes of divisions without their finer parts: to the province, the prefecture or the county.

What is shown of an address is a name of a division after GB/T 2260 and nothing else: what no division begins is hidden.
"""

import re
import unicodedata
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from policies.transforms.positions import REDACTED
from policies.transforms.spec import Reach

_TABLE = Path(__file__).parent / "divisions.txt"
_BETWEEN = re.compile(r"[\s,，、/\-—>]*")
_CODE = re.compile(r"\d{6}(?:\d{3}|\d{6})?", re.ASCII)
_DIGITS = {Reach.PROVINCE: 2, Reach.CITY: 4, Reach.DISTRICT: 6}
_NO_NAMES = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
"""What stands in the table in the place of prefectures that are none."""
_LONGEST = 15
"""Characters of a name."""
_KIND = re.compile("(?:特别行政区|(?:维吾尔|壮族|回族)?自治区|省|市)$")


@dataclass(slots=True)
class _Division:
    """A province or a prefecture."""

    within: dict[str, "_Division"] = field(default_factory=dict)
    """Its prefectures, by full and by short name; those of a prefecture are none."""
    districts: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Divisions:
    """The table, as it is asked."""

    provinces: Mapping[str, _Division]
    """By full and by short name: `浙江省`, `浙江`."""
    cities: Mapping[str, _Division]
    """By full name."""
    districts: frozenset[str]
    codes: frozenset[str]
    """Of two, four and six digits."""


@cache
def divisions() -> Divisions:
    """The divisions of China as this version ships them."""
    provinces: dict[str, _Division] = {}
    cities: dict[str, _Division] = {}
    codes: set[str] = set()
    province = _Division()
    for line in _TABLE.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        code, name, *counties = line.split(" ")
        codes.add(code)
        if len(code) == 2:
            province = provinces[name] = provinces[_KIND.sub("", name)] = _Division()
            if name.endswith("市"):
                cities[name] = province.within[name] = province  # 北京市 is written twice at times
            continue
        codes |= {code + county[:2] for county in counties}
        city = _Division(districts={county[2:] for county in counties})
        province.districts |= city.districts
        if name not in _NO_NAMES:
            cities[name] = province.within[name] = city
            province.within.setdefault(name.removesuffix("市"), city)
    districts = frozenset().union(*(each.districts for each in provinces.values()))
    return Divisions(provinces, cities, districts, frozenset(codes))


def area(reach: Reach) -> Callable[[str], str]:
    """The function from an address, or a code of 6, 9 or 12 digits, to its division of *reach*, as it was written.

    An address that names only greater divisions is shown as far as those. `浙江省杭州市西湖区文三路1号` becomes
    `浙江省杭州市`, 330106 becomes 330100. What begins with no division becomes `***`.
    """
    table = divisions()

    def mask(value: str) -> str:
        text = value.strip()
        if not text:
            return value
        digits = unicodedata.normalize("NFKC", text)
        if _CODE.fullmatch(digits):
            return _code(digits, reach, table.codes) or REDACTED
        return text[: _end(text, reach, table)] or REDACTED

    return mask


def area_number(reach: Reach) -> Callable[[float], float | None]:
    """The same for a code that is a number of six digits; None for what is none."""
    codes = divisions().codes
    return lambda code: int(_code(str(code), reach, codes) or 0) or None if len(str(code)) == 6 else None


def _code(digits: str, reach: Reach, codes: frozenset[str]) -> str:
    for shown in range(_DIGITS[reach], 0, -2):
        known = digits[:shown]
        if known in codes and not known.endswith("00"):
            return known.ljust(len(digits), "0")
    return ""


def _end(text: str, reach: Reach, table: Divisions) -> int:
    """Up to where *text* names divisions no finer than *reach*."""
    found: list[tuple[Reach, int, bool]] = []  # of each division: where its name ends, and whether it is its full name
    cities, districts = table.cities, table.districts

    def take(level: Reach, names: Container[str]) -> str:
        begin = found[-1][1] if found else 0
        between = _BETWEEN.match(text, begin) if found else None
        name = _longest(text, between.end() if between else begin, names)
        if name:
            end = (between.end() if between else begin) + len(name)
            found.append((level, end, level is not Reach.PROVINCE or _KIND.search(name) is not None))
        return name

    # 吉林市 is a prefecture, though 吉林 before it is a province.
    if len(_longest(text, 0, table.cities)) <= len(_longest(text, 0, table.provinces)) and (
        name := take(Reach.PROVINCE, table.provinces)
    ):
        cities, districts = table.provinces[name].within, frozenset(table.provinces[name].districts)
    if name := take(Reach.CITY, cities):
        districts = frozenset(cities[name].districts)
        found[-1] = (*found[-1][:2], name in table.cities)
    take(Reach.DISTRICT, districts)
    # A short name counts where another division follows or nothing does: 上海路 is a street.
    return max(
        (
            end
            for place, (level, end, is_full) in enumerate(found)
            if _DIGITS[level] <= _DIGITS[reach] and (is_full or place + 1 < len(found) or end == len(text))
        ),
        default=0,
    )


def _longest(text: str, begin: int, names: Container[str]) -> str:
    """The longest of *names* that *text* has at *begin*; nothing where it has none."""
    return next(
        (name for length in range(_LONGEST, 1, -1) if (name := text[begin : begin + length]) in names),
        "",
    )
