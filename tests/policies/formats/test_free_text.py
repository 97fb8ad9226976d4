import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from policies.digest import Digester
from policies.formats import free_text
from policies.formats.free_text import FEW_KNOWN, KnownValues, hide, mask_free_text, personal_spans
from policies.formats.masker import Tally, Withheld
from policies.recognisers.scan import scan

letters = st.sampled_from("张三李四ab-]^\\1*. ")
values = st.lists(st.text(letters, min_size=2, max_size=5), max_size=12, unique=True)


def known(values: list[str]) -> KnownValues:
    found = KnownValues()
    for value in values:
        found.add(value)
    return found


def looked_for(value: str) -> bool:
    least = 2 if not value.isascii() else 3 if re.search("[a-z]", value) else 6
    return len(value) >= least


def obvious(values: list[str], text: str) -> set[int]:
    """What a value stands on in *text*, place by place."""
    kept = [value.strip() for value in values if value.strip().strip("*") and looked_for(value.strip())]
    return {
        place
        for value in kept
        for start in range(len(text))
        if text.startswith(value, start)
        for place in range(start, start + len(value))
    }


def found(known: KnownValues, text: str) -> set[int]:
    return {place for span in known.spans(text) for place in range(span.start, span.end)}


@pytest.mark.parametrize("others", [0, FEW_KNOWN + 1])
@given(values, st.text(letters, max_size=60))
def test_few_values_and_many_are_found_wherever_they_stand(others: int, values: list[str], text: str) -> None:
    fillers = [f"filler{number}" for number in range(others)]
    assert found(known([*fillers, *values]), text) == obvious(values, text)


@pytest.mark.parametrize(
    ("value", "text", "is_found"),
    [
        ("张三丰", "找张三丰", True),
        (" 张三丰 ", "找张三丰", True),
        ("张", "张", False),  # a single character is too common
        ("24", "0 0 24 24", False),
        ("12345", "12345", False),
        ("12345, 6", "12345, 6", False),
        ("123456", "123456", True),
        ("2026-11-23", "2026-11-23", True),
        ("no", "no", False),
        ("Ann", "Ann", True),
        ("1a", "1a", False),
        ("***", "***", False),
        ("x" * 65, "x" * 65, False),
    ],
)
def test_what_is_looked_for(value: str, text: str, is_found: bool) -> None:
    assert bool(list(known([value]).spans(text))) == is_found


def test_of_too_many_values_none_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(free_text, "MOST_KNOWN", FEW_KNOWN + 2)
    few = known([f"value{number:04}" for number in range(FEW_KNOWN + 2)])
    few.add("value0000")
    with pytest.raises(Withheld, match="too_large_to_mask"):
        few.add("another")


@given(st.sampled_from(["", "9", "1a", "号", "8 "]), st.sampled_from(["", "20519", "x", "。"]), st.integers(0, 9_999))
def test_a_number_that_somebody_wrote_is_treated_alike_whether_it_is_right_or_wrong(
    before: str, after: str, middle: int
) -> None:
    """Digits around it keep recognisers off: what is known must not show which of many was right."""
    known = KnownValues()
    known.add("16565252051")
    right, wrong = "16565252051", f"1656{middle:04}051"
    # By chance the check digit of something longer fits, which says nothing of what is known.
    found = [[(hit.start, hit.end) for hit in scan(f"{before}{number}{after}")] for number in (right, wrong)]
    assume(found[0] == found[1])
    one, other = (
        hide(f"{before}{number}{after}", personal_spans(f"{before}{number}{after}", known, typed=True))
        for number in (right, wrong)
    )
    assert one == other
    assert right not in one


def test_shorter_numbers_and_pages_without_hidden_numbers_are_left_alone() -> None:
    known = KnownValues()
    assert personal_spans("单号202611250001", known, typed=True) == []
    known.add("16565252051")
    assert personal_spans("单号2026112500", known, typed=True) == []
    assert personal_spans("/static/app.js?v=1700000000000", known) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/list?xm=贺芷兰&dz=竹林巷8号&page=2", "/list?xm=***&dz=***&page=2"),
        ("xm=贺芷兰;lxdh=8765432", "xm=***;lxdh=***"),
        ('{"xm": "贺芷兰", "xb": "1"}', '{"xm": "***", "xb": "1"}'),
        ("mobile=1&email=yes&jbr=001", "mobile=1&email=yes&jbr=001"),
        ("sex=1&mz=汉族", "sex=1&mz=汉族"),
    ],
)
def test_names_addresses_and_numbers_behind_keys_are_hidden_in_data(text: str, shown: str) -> None:
    tally = Tally(Digester("test", bytes(32)))
    assert mask_free_text(text, None, tally, typed=True) == shown
    assert personal_spans(text, keyed=True) == personal_spans(text, KnownValues(), keyed=True)


def test_what_stands_behind_a_key_is_counted_once_by_what_told() -> None:
    tally = Tally(Digester("test", bytes(32)))
    mask_free_text("xm=贺芷兰", None, tally, typed=True)
    assert tally.found == {"person_name:context": 1}


def test_a_program_is_left_to_run() -> None:
    assert not personal_spans("const name = userName; address = 竹林;")
