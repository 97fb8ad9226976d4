import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policies.keys.data_keys import derive_key
from policies.transforms.keyed import FieldKeys
from policies.transforms.make import REDACTED, could_have_made, transform_of
from policies.transforms.spec import (
    AgeBand,
    Cover,
    CoverAfter,
    CoverBefore,
    CoverRange,
    DatePart,
    Digest,
    Drop,
    Fpe,
    Keep,
    KeepRange,
    Of,
    Part,
    Pseudonym,
    Redact,
    Replace,
    Scan,
    Shape,
    Show,
    Spec,
    form_of,
    name_of,
)
from tests.policies.transforms.specs import POSITIONS

KEY = b"k" * 32
KEYS = FieldKeys(KEY, "hall", "person_name")


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
    assert transform_of(spec, KEYS)(value) == expected


@pytest.mark.parametrize("spec", [Scan(), Drop()])
def test_what_is_the_maskers_work_is_refused(spec: Spec) -> None:
    with pytest.raises(ValueError, match="masker"):
        transform_of(spec, KEYS)


masks = st.just(Redact()) | st.just(Replace("x")) | POSITIONS | st.builds(DatePart, st.sampled_from(Part))


@given(masks, st.text(max_size=20))
@example(Keep(fill=1), " ")
def test_a_mask_of_a_mask_is_the_same_mask_and_is_recognised(spec: Spec, value: str) -> None:
    mask = transform_of(spec, KEYS)
    masked = mask(value)
    assert mask(masked) == masked
    assert bool(value) == bool(masked)
    if value:
        assert could_have_made(spec)(masked) or not masked.strip()


@pytest.mark.parametrize(
    ("spec", "value", "could"),
    [
        (Keep(first=3, last=4), "138****8000", True),
        (Keep(first=3, last=4), " 138****8000 ", True),
        (Keep(first=3, last=4), "********", True),
        (Keep(first=3, last=4), "13800138000", False),
        (Keep(first=1, fill=2), "张**", True),
        (Keep(first=1, fill=2), "张***", False),
        (KeepRange(3, 5), "**345****", True),
        (KeepRange(3, 5), "123456789", False),
        (KeepRange(3, 6), "**0000", True),  # of a value that ends there
        (Cover(first=3, last=4), "***0013****", True),
        (Cover(first=3, last=4), "13800138000", False),
        (CoverRange(4, 7), "138****8000", True),
        (CoverRange(4, 7), "138", False),
        (CoverBefore("@"), "*****@qq.com", True),
        (CoverBefore("@"), "wang@qq.com", False),
        (CoverAfter("-"), "0571-********", True),
        (CoverAfter("-"), "0571-88888888", False),
        (DatePart(Part.YEAR), "1985", True),
        (DatePart(Part.YEAR), "1985年", True),
        (DatePart(Part.YEAR), "1985-03-12", False),
        (DatePart(Part.MONTH), "1985-03", True),
        (DatePart(Part.DECADE), "1980s", True),
        (DatePart(Part.DECADE), "1985", False),
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
    transform = transform_of(Digest(), KEYS)
    others = [FieldKeys(b"j" * 32, "hall", "person_name"), FieldKeys(KEY, "hall", "mobile")]
    assert len({transform("张三"), transform("李四"), *(transform_of(Digest(), keys)("张三") for keys in others)}) == 4
    assert len(transform("张三")) == 26
    assert could_have_made(Digest())(transform("张三"))
    assert transform("") == ""


def test_derived_keys_differ_by_every_part_of_the_context() -> None:
    keys = {derive_key(KEY, *context) for context in (("a", "bc"), ("ab", "c"), ("abc",), ("a", "bc", ""))}
    assert len(keys) == 4


def test_names_and_forms_for_records() -> None:
    named: dict[Spec, str] = {
        Keep(first=3, last=4): "keep 3..4",
        KeepRange(3, 6): "keep-range 3-6",
        Cover(first=3, last=4): "cover 3..4",
        CoverRange(4, 7): "cover-range 4-7",
        CoverBefore("@"): "cover-before @",
        Fpe(): "fpe",
        Fpe(first=6, shape=Shape.RESIDENT_ID, version=2): "fpe 6..0 resident-id version 2",
        Pseudonym(): "pseudonym",
        Pseudonym(chars=5, by=Of.SUBJECT): "pseudonym 5 by subject",
        AgeBand(every=10, on="2026-07-01"): "age every 10 on 2026-07-01",
        DatePart(Part.YEAR): "date year",
        Redact(): "redact",
        Show(): "show",
    }
    assert {spec: name_of(spec) for spec in named} == named
    assert form_of(Drop()) == form_of(Redact()) == "none"
    assert REDACTED == "***"
