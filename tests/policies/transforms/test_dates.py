from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.transforms.dates import date_part, is_date_part
from policies.transforms.spec import Part

WRITTEN = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%Y-%m-%dT%H:%M:%S+08:00", "%Y-%m-%d %H:%M")
DATES = st.builds(
    lambda day, way: day.strftime(way), st.dates(date(1800, 1, 1), date(2199, 12, 31)), st.sampled_from(WRITTEN)
)
PARTS = st.sampled_from(Part)


@pytest.mark.parametrize(
    ("value", "month", "year", "decade"),
    [
        ("1985-03-12", "1985-03", "1985", "1980s"),
        ("1985/3/2", "1985/3", "1985", "1980s"),
        ("1985.03.12", "1985.03", "1985", "1980s"),
        ("19850312", "1985-03", "1985", "1980s"),
        ("20111203", "2011-12", "2011", "2010s"),
        ("198503", "1985-03", "1985", "1980s"),
        ("201112", "***", "***", "***"),  # or 12 November 2020
        ("190312", "***", "***", "***"),  # or 12 March 2019, or 19 March 2012
        ("210102", "***", "***", "***"),  # or a district of Shenyang
        ("２０１１１２", "***", "***", "***"),
        ("1985年3月12日", "1985年3月", "1985年", "1980年代"),
        ("１９８５-０３-１２", "1985-03", "1985", "1980s"),
        (" 1985-03-12 ", "1985-03", "1985", "1980s"),
        ("1985-03-12T08:15:00Z", "1985-03", "1985", "1980s"),
        ("1985-03", "1985-03", "1985", "1980s"),
        ("1985年", "1985年", "1985年", "1980年代"),
        ("1980s", "1980s", "1980s", "1980s"),
        ("", "", "", ""),
        ("1985-13-12", "***", "***", "***"),
        ("1985-03-12-4", "***", "***", "***"),
        ("12.3.1985", "***", "***", "***"),
        ("3月12日", "***", "***", "***"),
        ("11010519850312002X", "***", "***", "***"),
        ("4834", "***", "***", "***"),
        ("张三", "***", "***", "***"),
    ],
)
def test_dates(value: str, month: str, year: str, decade: str) -> None:
    assert [date_part(value, part) for part in Part] == [month, year, decade]


@given(DATES, PARTS)
def test_what_is_finer_is_gone_whatever_it_was(value: str, part: Part) -> None:
    shown = date_part(value, part)
    assert shown != "***"
    assert len(shown) < len(value)
    assert shown.startswith(value[:3])
    assert date_part(shown, part) == shown
    assert is_date_part(shown, part)
    assert not is_date_part(value, part)


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), PARTS, st.sampled_from(["%y%m%d", "%d%m%y", "%m%d%y"]))
def test_a_day_of_six_digits_is_never_shown(day: date, part: Part, way: str) -> None:
    assert day.strftime("%m%d") not in date_part(day.strftime(way), part)
    assert day.strftime(way) != date_part(day.strftime(way), part)


@given(st.dates(date(1800, 1, 1), date(2199, 12, 31)), st.dates(date(1800, 1, 1), date(2199, 12, 31)), PARTS)
def test_days_of_one_part_look_alike(one: date, other: date, part: Part) -> None:
    same = {
        Part.MONTH: (one.year, one.month) == (other.year, other.month),
        Part.YEAR: one.year == other.year,
        Part.DECADE: one.year // 10 == other.year // 10,
    }[part]
    assert (date_part(one.isoformat(), part) == date_part(other.isoformat(), part)) == same


@given(st.text(max_size=30), PARTS)
def test_any_text_becomes_a_date_part_or_stars(value: str, part: Part) -> None:
    shown = date_part(value, part)
    assert shown in ("***", value) or is_date_part(shown, part) or not value.strip()
