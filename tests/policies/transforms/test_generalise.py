from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.transforms.keyed import FieldKeys
from policies.transforms.make import could_have_made, number_transform_of, transform_of
from policies.transforms.spec import AgeBand, AmountBand, Grid, Keep, Spec

KEYS = FieldKeys(b"", "", "")
TENS = AgeBand(every=10)
THEN = AgeBand(every=10, on="2026-07-01")
STAGES = AgeBand(at=(6, 18, 60), on="2026-07-01")
MYRIADS = AmountBand(every=10_000)
STEPS = AmountBand(at=(1_000, 5_000, 20_000))
KILOMETRE, HALF = Grid("0.01"), Grid("0.5")
cuts = st.lists(st.integers(1, 99), min_size=1, max_size=5, unique=True).map(lambda found: tuple(sorted(found)))
AGES = st.builds(AgeBand, every=st.integers(2, 50)) | st.builds(
    AgeBand, at=cuts, on=st.sampled_from(["", "2026-07-01"])
)
AMOUNTS = st.builds(AmountBand, every=st.integers(2, 10**6)) | st.builds(AmountBand, at=cuts)
GRIDS = st.builds(Grid, st.sampled_from(["0.00001", "0.01", "0.25", "0.5", "1", "7", "30"]))


@pytest.mark.parametrize(
    ("spec", "value", "shown"),
    [
        (TENS, "37", "30-39"),
        (TENS, "0", "0-9"),
        (TENS, "40", "40-49"),
        (TENS, "37岁", "30-39岁"),
        (TENS, "３７ 周岁", "30-39 周岁"),
        (TENS, "90", "90以上"),
        (TENS, "104", "90以上"),
        (TENS, "30-39", "30-39"),
        (TENS, "31-40", "***"),
        (TENS, "151", "***"),
        (TENS, "-3", "***"),
        (TENS, "1985-03-12", "1980-1989"),  # nobody has said what day it is
        (TENS, "1985年3月12日", "1980-1989"),
        (TENS, "1980-1989", "1980-1989"),
        (TENS, "1981-1990", "***"),
        (TENS, "1985-03", "***"),
        (THEN, "1985-03-12", "40-49"),
        (THEN, "1986-07-01", "40-49"),
        (THEN, "1986-07-02", "30-39"),
        (THEN, "19360101", "90以上"),
        (THEN, "2027-01-01", "***"),
        (THEN, "1850-01-01", "***"),
        (STAGES, "5", "0-5"),
        (STAGES, "18", "18-59"),
        (STAGES, "60", "60以上"),
        (STAGES, "2008-07-01", "18-59"),
        (AgeBand(at=(18,)), "2008-07-01", "***"),
        (TENS, "", ""),
        (TENS, "张三", "***"),
        (TENS, "\U00020bb7", "***"),
        (TENS, "11010519491231002X", "***"),
        (MYRIADS, "12345.67", "10000~20000"),
        (MYRIADS, "￥12,345.67", "10000~20000"),
        (MYRIADS, "12345元", "10000~20000元"),
        (MYRIADS, "１２３４５", "10000~20000"),
        (MYRIADS, "20000", "20000~30000"),
        (MYRIADS, "0", "0~10000"),
        (MYRIADS, "-1", "-10000~0"),
        (MYRIADS, "-10000", "-10000~0"),
        (MYRIADS, "10000~20000", "10000~20000"),
        (MYRIADS, "10001~20001", "***"),
        (MYRIADS, "999,999,999,999,999", "999999999990000~1000000000000000"),
        (MYRIADS, "1,000,000,000,000,000", "***"),  # an identifier rather than an amount
        (MYRIADS, "-1,000,000,000,000,000", "***"),
        (MYRIADS, "1000000000000000~1000000000010000", "***"),
        (AmountBand(every=7), "-999999999999999", "***"),  # whose band begins lower
        (STEPS, "1,000,000,000,000,000", "***"),
        (MYRIADS, "1.2万", "***"),
        (MYRIADS, "12,34", "***"),
        (STEPS, "999.99", "1000以下"),
        (STEPS, "1000", "1000~5000"),
        (STEPS, "30000", "20000以上"),
        (STEPS, "-5", "1000以下"),
        (STEPS, "20000以上", "20000以上"),
        (STEPS, "", ""),
        (KILOMETRE, "30.274150", "30.27"),
        (KILOMETRE, "30.27415,120.15515", "30.27,120.16"),
        (KILOMETRE, "（30.27415， 120.15515）", "(30.27, 120.16)"),
        (KILOMETRE, "POINT(120.15515 30.27415)", "POINT(120.16 30.27)"),
        (KILOMETRE, "-33.8688", "-33.87"),
        (KILOMETRE, "-0.001", "0.00"),
        (KILOMETRE, "30", "30.00"),
        (HALF, "120.15515", "120.0"),
        (Grid("7"), "-179", "-175"),  # -182 would be nearer
        (KILOMETRE, "181", "***"),
        (KILOMETRE, "30°16'27\"", "***"),
        (KILOMETRE, "30.1,120.2,8.5", "***"),
        (KILOMETRE, "杭州市", "***"),
        (KILOMETRE, "", ""),
    ],
)
def test_values(spec: Spec, value: str, shown: str) -> None:
    assert transform_of(spec, KEYS)(value) == shown


@given(
    AGES | AMOUNTS | GRIDS,
    st.text(max_size=20)
    | st.integers(-200, 10**9).map(str)
    | st.floats(-180, 180).map(lambda each: f"{each:.6f}")
    | st.dates(date(1930, 1, 1), date(2026, 1, 1)).map(str),
)
def test_a_band_of_a_band_is_the_same_and_is_recognised(spec: Spec, value: str) -> None:
    band = transform_of(spec, KEYS)
    shown = band(value)
    assert band(shown) == shown
    assert bool(shown) == bool(value)
    assert could_have_made(spec)(shown) or not value.strip()


@given(AGES, st.integers(0, 150), st.integers(0, 150))
def test_ages_of_one_band_look_alike_as_text_and_as_numbers(spec: AgeBand, one: int, other: int) -> None:
    band, number = transform_of(spec, KEYS), number_transform_of(spec)
    assert (band(str(one)) == band(str(other))) == (number(one) == number(other))
    low = number(one)
    assert low is not None
    assert low <= one
    assert number(low) == low


@given(AMOUNTS, st.integers(-(10**8), 10**8) | st.floats(-(10**8), 10**8))
def test_an_amount_becomes_the_lower_end_of_its_band(spec: AmountBand, amount: float) -> None:
    floor = number_transform_of(spec)(amount)
    if floor is None:
        assert amount < 0
        return
    assert type(floor) is type(amount)
    assert floor <= amount
    assert number_transform_of(spec)(floor) == floor


@given(GRIDS, st.integers(-180, 180) | st.floats(-180, 180))
def test_a_degree_becomes_the_nearest_point_within_the_world(spec: Grid, degrees: float) -> None:
    point = number_transform_of(spec)(degrees)
    assert point is not None
    assert abs(point) <= 180
    assert abs(point - degrees) <= float(spec.every) / (1 if abs(degrees) + float(spec.every) > 180 else 2) + 1e-9
    assert number_transform_of(spec)(point) == point


@pytest.mark.parametrize(
    ("spec", "value", "shown"),
    [
        (TENS, 37, 30),
        (TENS, 37.5, None),
        (TENS, 151, None),
        (TENS, -1, None),
        (MYRIADS, 12_345, 10_000),
        (MYRIADS, 12_345.67, 10_000.0),
        (MYRIADS, 10**15 - 1, 10**15 - 10**4),
        (MYRIADS, 10**15, None),  # an identifier rather than an amount
        (MYRIADS, -(10**15), None),
        (MYRIADS, 1e15, None),
        (AmountBand(every=2), 330105196811044834, None),
        (AmountBand(every=7), -(10**15) + 1, None),  # whose band begins lower
        (STEPS, 10**14, 20_000),
        (STEPS, 10**15, None),
        (STEPS, 999, 0),
        (STEPS, -1, None),
        (KILOMETRE, 120.15515, 120.16),
        (HALF, 30, 30),
        (KILOMETRE, 1e300, None),
        (Keep(last=1), 37, None),
    ],
)
def test_numbers(spec: Spec, value: float, shown: float | None) -> None:
    result = number_transform_of(spec)(value)
    assert result == shown
    assert type(result) is type(shown)
