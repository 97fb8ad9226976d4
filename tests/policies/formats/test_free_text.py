import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.formats import free_text
from policies.formats.free_text import FEW_KNOWN, KnownValues
from policies.formats.masker import Withheld

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
