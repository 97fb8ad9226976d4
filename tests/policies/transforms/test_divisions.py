from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.transforms.divisions import area, area_number, divisions
from policies.transforms.spec import Reach

PROVINCE, CITY, DISTRICT = Reach
HIDDEN = "***"


@pytest.mark.parametrize(
    ("value", "province", "city", "district"),
    [
        ("浙江省杭州市西湖区文三路1号", "浙江省", "浙江省杭州市", "浙江省杭州市西湖区"),
        ("浙江省 杭州市 西湖区 文三路1号", "浙江省", "浙江省 杭州市", "浙江省 杭州市 西湖区"),
        ("浙江杭州西湖区文三路1号", "浙江", "浙江杭州", "浙江杭州西湖区"),
        ("杭州市西湖区文三路1号", HIDDEN, "杭州市", "杭州市西湖区"),
        ("西湖区文三路1号", HIDDEN, HIDDEN, "西湖区"),
        ("浙江省义乌市稠城街道", "浙江省", "浙江省", "浙江省义乌市"),
        ("浙江省杭州市江干区景昙路9号", "浙江省", "浙江省杭州市", "浙江省杭州市"),  # no such district any more
        ("北京市朝阳区建国路88号", "北京市", "北京市", "北京市朝阳区"),
        ("北京市北京市朝阳区建国路", "北京市", "北京市北京市", "北京市北京市朝阳区"),
        ("重庆市云阳县双江街道", "重庆市", "重庆市", "重庆市云阳县"),
        ("吉林市昌邑区1号", HIDDEN, "吉林市", "吉林市昌邑区"),
        ("吉林省吉林市昌邑区1号", "吉林省", "吉林省吉林市", "吉林省吉林市昌邑区"),
        ("新疆维吾尔自治区石河子市", "新疆维吾尔自治区", "新疆维吾尔自治区", "新疆维吾尔自治区石河子市"),
        ("内蒙古呼和浩特市赛罕区", "内蒙古", "内蒙古呼和浩特市", "内蒙古呼和浩特市赛罕区"),
        ("甘肃省临夏回族自治州积石山保安族东乡族撒拉族自治县大河家镇", "甘肃省", "甘肃省临夏回族自治州",
         "甘肃省临夏回族自治州积石山保安族东乡族撒拉族自治县"),
        ("广东省东莞市南城街道", "广东省", "广东省东莞市", "广东省东莞市"),
        ("香港特别行政区九龙", "香港特别行政区", "香港特别行政区", "香港特别行政区"),
        ("浙江省", "浙江省", "浙江省", "浙江省"),
        ("浙江", "浙江", "浙江", "浙江"),
        ("上海路12号", HIDDEN, HIDDEN, HIDDEN),  # a street that is called so
        ("浙江省杭州路3号", "浙江省", "浙江省", "浙江省"),
        (" 浙江省杭州市 ", "浙江省", "浙江省杭州市", "浙江省杭州市"),
        ("某小区3幢", HIDDEN, HIDDEN, HIDDEN),
        ("张三", HIDDEN, HIDDEN, HIDDEN),
        ("\U00020bb7", HIDDEN, HIDDEN, HIDDEN),
        ("", "", "", ""),
        ("330106", "330000", "330100", "330106"),
        ("３３０１０６", "330000", "330100", "330106"),
        ("330106003007", "330000000000", "330100000000", "330106000000"),
        ("330106003", "330000000", "330100000", "330106000"),
        ("330100", "330000", "330100", "330100"),
        ("330000", "330000", "330000", "330000"),
        ("330199", "330000", "330100", "330100"),  # no such county
        ("990106", HIDDEN, HIDDEN, HIDDEN),
        ("33010", HIDDEN, HIDDEN, HIDDEN),
        ("330106198503121234", HIDDEN, HIDDEN, HIDDEN),
    ],
)  # fmt: skip
def test_addresses_and_codes(value: str, province: str, city: str, district: str) -> None:
    assert [area(reach)(value) for reach in Reach] == [province, city, district]


NAMES = st.sampled_from(sorted({*divisions().provinces, *divisions().cities, *divisions().districts}))
ADDRESSES = st.lists(NAMES | st.text(max_size=4), max_size=5).map("".join) | st.integers(0, 10**6).map(str)


@given(ADDRESSES, st.sampled_from(Reach))
def test_nothing_is_shown_but_names_of_divisions(value: str, reach: Reach) -> None:
    shown = area(reach)(value)
    assert area(reach)(shown) == shown
    assert bool(shown) == bool(value)
    if shown == HIDDEN or not value.strip() or shown.isdigit():
        return
    assert value.strip().startswith(shown)
    table = divisions()
    known = {*table.provinces, *table.cities, *table.districts, *(name.removesuffix("市") for name in table.cities)}
    reachable = {0}
    for end in range(1, len(shown) + 1):
        if any(shown[begin:end] in known or not shown[begin:end].strip(" ,，、/-—>\t\n\r") for begin in reachable):
            reachable.add(end)
    assert len(shown) in reachable


@given(ADDRESSES)
def test_a_greater_division_shows_no_more_than_a_smaller_one(value: str) -> None:
    shown = [area(reach)(value) for reach in Reach]
    for greater, smaller in pairwise(shown):
        assert greater == HIDDEN or smaller.startswith(greater.rstrip("0") if greater.isdigit() else greater)


@pytest.mark.parametrize(
    ("code", "shown"), [(330106, 330100), (330100, 330100), (990106, None), (33, None), (3.5, None)]
)
def test_numbers_that_are_codes(code: float, shown: int | None) -> None:
    assert area_number(CITY)(code) == shown


def test_the_table_holds_what_the_standard_does() -> None:
    table = divisions()
    assert len([code for code in table.codes if len(code) == 2]) == 34
    assert len([code for code in table.codes if len(code) == 6]) > 2_900
    assert {"110101", "330106", "659001", "469028"} <= table.codes
    assert PROVINCE is Reach("province")
    assert "市辖区" not in table.cities
