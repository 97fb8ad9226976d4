import pytest
from hypothesis import given

from policies.transforms.positions import cover, cover_range, keep, keep_range, least_hidden, seen, starred
from policies.transforms.spec import Cover, CoverAfter, CoverBefore, CoverRange, Keep, KeepRange, Positions
from tests.policies.transforms.specs import COVERS, KEEPS, MARKS, POSITIONS, RANGES, VALUES


@pytest.mark.parametrize(
    ("spec", "value", "expected"),
    [
        (KeepRange(7, 14), "11010519491231002X", "******19491231****"),
        (KeepRange(3, 6), "13800138000", "**8001*****"),
        (KeepRange(3, 6), "1380", "****"),  # too short to reach
        (KeepRange(1, 3), "张三丰", "***"),  # it would hide nothing
        (KeepRange(2, 2), "\U00020bb7田中", "*田*"),
        (KeepRange(2, 3), "", ""),
        (Cover(first=3, last=4), "13800138000", "***0013****"),
        (Cover(first=3, last=4), "1380013", "*******"),
        (Cover(first=3, last=4), "138", "***"),
        (Cover(last=1), "张三丰", "张三*"),
        (Cover(last=1), "阿不都·热合曼", "*******"),  # one hidden for six shown is too little
        (CoverRange(4, 7), "13800138000", "138****8000"),
        (CoverRange(7, 14), "11010519491231002X", "110105********002X"),
        (CoverRange(4, 7), "138001", "138***"),  # it ends sooner
        (CoverRange(4, 7), "138", "***"),  # there is nothing to hide where it would
        (CoverRange(4, 7), "１３８００１３８０００", "１３８****８０００"),
        (CoverRange(2, 2), "张", "***"),
        (CoverBefore("@"), "wang@qq.com", "****@qq.com"),
        (CoverBefore("@"), "abc@b@c", "***@b@c"),
        (CoverBefore("@"), "li@qq.com", "*********"),  # two hidden for seven shown is too little
        (CoverBefore("1"), "330105196811044834", "******************"),
        (CoverBefore("4"), "330105196811044834", "*************44834"),
        (CoverBefore("1"), "   106", "******"),  # nothing before it
        (CoverBefore("@"), " wang@qq.com ", "*****@qq.com "),
        (CoverBefore("@"), "@qq.com", "*******"),  # nothing before it
        (CoverBefore("@"), "wang", "****"),  # no such mark
        (CoverBefore("·"), "阿不都·热合曼", "***·热合曼"),
        (CoverBefore("·"), "阿·热合曼江", "******"),
        (CoverAfter("-"), "0571-88888888", "0571-********"),
        (CoverAfter("-"), "0571-", "*****"),
        (CoverAfter("-"), "13800138000-2", "*************"),
        (CoverAfter("X"), "33010519681104483X \u3000", "*" * 20),  # nothing after it
        (CoverAfter("-"), " 0571-888 ", " 0571-****"),
        (Keep(last=4), "1234 5678 ", "**** 5678 "),
        (Keep(last=4), "6222 0000 1234 5", "**** **** *234 5"),
        (Keep(first=3, last=4), " 138 1234\u30005678", " 138 ****\u30005678"),
        (Keep(first=3, last=4, fill=4), " 138 1234 5678", "138****5678"),
        (Keep(first=1, fill=2), "\u3000张 三", "张**"),
        (Keep(first=3, last=4), "138    1234", "***********"),  # blanks are nothing hidden
        (Keep(last=4), "12 34", "*****"),
        (Cover(last=4), "12345678    ", "1234****    "),
        (Cover(last=4), "12345678\u200b\u200b\u200b\u200b", "1234****\u200b\u200b\u200b\u200b"),
        (CoverRange(4, 7), "138 0013 8000", "138 **** 8000"),
        (KeepRange(3, 6), "1 3800138 000", "* *8001** ***"),
        (Keep(last=1), "   ", "***"),
        (Keep(first=1, fill=2), " ", "***"),
        (CoverBefore("@"), "w    @q.com", "***********"),
        (CoverBefore("@"), "wa ng@q.com", "*****@q.com"),
        (CoverAfter(" "), "J  ohn", "J ****"),
        (CoverAfter("-"), "0571-8    ", "**********"),
        (CoverAfter("市"), "杭州市西湖区文三路1号", "杭州市********"),
        (CoverAfter("-"), "88888888", "********"),
    ],
)
def test_values(spec: Positions, value: str, expected: str) -> None:
    assert starred(spec)(value) == expected


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: keep(3, 4, 2), "at least 4 hidden"),
        (lambda: cover(0, 0), "hides nothing"),
        (lambda: keep_range(0, 3), "counted from 1"),
        (lambda: cover_range(4, 3), "does not stand before"),
    ],
)
def test_what_cannot_be(make: object, says: str) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match=says):
        make()


@given(POSITIONS, VALUES)
def test_nothing_is_shown_but_what_stood_there(spec: Positions, value: str) -> None:
    masked = starred(spec)(value)
    assert "*" in masked
    if not isinstance(spec, Keep) or spec.fill is None:
        assert len(masked) == len(value) or masked == "***"
        assert all(shown in ("*", true) for shown, true in zip(masked, value, strict=False))


@given(POSITIONS, VALUES)
def test_at_least_half_as_much_is_hidden_as_is_shown(spec: Positions, value: str) -> None:
    shown = len(seen(starred(spec)(value)).replace("*", ""))
    assert shown == 0 or len(seen(value)) - shown >= least_hidden(shown, 0)


@given(KEEPS | COVERS | RANGES, VALUES)
def test_white_space_changes_nothing_but_where_it_stands(spec: Positions, value: str) -> None:
    mask = starred(spec)
    assert set(mask(value)) == {"*"} == set(mask(seen(value)) or "*") or seen(mask(value)) == mask(seen(value))


@given(POSITIONS, VALUES)
def test_a_mask_of_a_mask_is_the_same(spec: Positions, value: str) -> None:
    masked = starred(spec)(value)
    assert starred(spec)(masked) == masked


@given(KEEPS, VALUES)
def test_a_keep_shows_all_that_it_says_or_nothing(spec: Keep, value: str) -> None:
    assert len(seen(starred(spec)(value)).replace("*", "")) in (0, spec.first + spec.last)


@given(MARKS, VALUES)
def test_one_side_of_a_mark_is_all_stars(spec: CoverBefore | CoverAfter, value: str) -> None:
    masked = starred(spec)(value)
    before, found, after = masked.partition(spec.mark)
    assert not (before if isinstance(spec, CoverBefore) or not found else after).strip("*")
