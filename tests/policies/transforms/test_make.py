import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.transforms.make import (
    REDACTED,
    could_have_made,
    derive_key,
    digest,
    keep,
    least_hidden,
    transform_of,
)
from policies.transforms.spec import Digest, Drop, Keep, Redact, Replace, Scan, Show, Spec, form_of, name_of

KEY = b"k" * 32


@pytest.mark.parametrize(
    ("spec", "value", "expected"),
    [
        (Show(), "张三", "张三"),
        (Redact(), "张三", "***"),
        (Redact(), "", ""),
        (Replace("已隐藏"), "张三", "已隐藏"),
        (Keep(first=3, last=4), "13800138000", "138****8000"),
        (Keep(first=3, last=4), "2288822", "*******"),  # too short to hide anything
        (Keep(first=3, last=4), "83821234", "********"),  # it would show seven of eight digits
        (Keep(first=3, last=4), "1", "***"),
        (Keep(last=4), "11010519491231002X", "**************002X"),
        (Keep(first=1, fill=2), "张三丰", "张**"),
        (Keep(first=1, fill=2), "张", "***"),
        (Keep(first=1, fill=2), "阿不都·热合曼", "阿**"),
        (Keep(first=1), "\U00020bb7田", "\U00020bb7*"),  # a character outside the BMP is one character
        (Keep(last=4), "１３８００１３８０００", "*******８０００"),
        (Keep(), "张三", "**"),
    ],
)
def test_transforms(spec: Spec, value: str, expected: str) -> None:
    assert transform_of(spec, KEY)(value) == expected


@pytest.mark.parametrize("spec", [Scan(), Drop()])
def test_what_is_the_maskers_work_is_refused(spec: Spec) -> None:
    with pytest.raises(ValueError, match="masker"):
        transform_of(spec, KEY)


def test_a_fill_that_tells_of_too_little_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 4 hidden"):
        keep(3, 4, 2)


keeps = st.builds(Keep, first=st.integers(0, 6), last=st.integers(0, 6), fill=st.none()) | st.builds(
    lambda first, last, more: Keep(first=first, last=last, fill=least_hidden(first, last) + more),
    st.integers(0, 6),
    st.integers(0, 6),
    st.integers(0, 3),
)
masks = st.just(Redact()) | st.just(Replace("x")) | keeps


@given(masks, st.text(max_size=20))
def test_a_mask_of_a_mask_is_the_same_mask_and_is_recognised(spec: Spec, value: str) -> None:
    mask = transform_of(spec, KEY)
    masked = mask(value)
    assert mask(masked) == masked
    assert bool(value) == bool(masked)
    if value:
        assert could_have_made(spec)(masked) or not masked.strip()


@given(keeps, st.text(st.characters(exclude_characters="*"), min_size=1, max_size=20))
def test_at_least_half_as_much_is_hidden_as_is_shown(spec: Keep, value: str) -> None:
    masked = transform_of(spec, KEY)(value)
    shown = len(masked.replace("*", ""))
    assert shown in (0, spec.first + spec.last)
    assert len(value) - shown >= least_hidden(spec.first, spec.last) or shown == 0


@pytest.mark.parametrize(
    ("spec", "value", "could"),
    [
        (Keep(first=3, last=4), "138****8000", True),
        (Keep(first=3, last=4), " 138****8000 ", True),
        (Keep(first=3, last=4), "********", True),
        (Keep(first=3, last=4), "13800138000", False),
        (Keep(first=1, fill=2), "张**", True),
        (Keep(first=1, fill=2), "张***", False),
        (Redact(), "***", True),
        (Redact(), "电话***", True),
        (Scan(), "电话***，已办", True),
        (Scan(), "电话未留", False),
        (Show(), "***", False),
        (Replace("已隐藏"), "已隐藏", True),
    ],
)
def test_masks_coming_back_are_told_from_values(spec: Spec, value: str, could: bool) -> None:
    assert could_have_made(spec)(value) is could


def test_digests_depend_on_key_and_value() -> None:
    transform = transform_of(Digest(), KEY)
    assert transform("张三") == digest("张三", KEY) != digest("张三", b"j" * 32) != digest("李四", KEY)
    assert len(transform("张三")) == 26
    assert could_have_made(Digest())(transform("张三"))
    assert transform("") == ""


def test_derived_keys_differ_by_every_part_of_the_context() -> None:
    keys = {derive_key(KEY, *context) for context in (("a", "bc"), ("ab", "c"), ("abc",), ("a", "bc", ""))}
    assert len(keys) == 4


def test_names_and_forms_for_records() -> None:
    assert [name_of(spec) for spec in (Keep(first=3, last=4), Redact(), Show())] == ["keep 3..4", "redact", "show"]
    assert form_of(Drop()) == form_of(Redact()) == "none"
    assert REDACTED == "***"
