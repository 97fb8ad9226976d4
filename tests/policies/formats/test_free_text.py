import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.formats import free_text
from policies.formats.free_text import FEW_KNOWN, KnownValues, Span

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


def obvious(values: list[str], text: str) -> list[Span]:
    """What stands in *text*, by a pattern of all values, the longest first."""
    kept = [value.strip() for value in values if value.strip().strip("*") and looked_for(value.strip())]
    if not kept:
        return []
    pattern = re.compile("|".join(map(re.escape, sorted(kept, key=len, reverse=True))))
    return [Span(match.start(), match.end(), ()) for match in pattern.finditer(text)]


@given(values, st.text(letters, max_size=60))
def test_many_values_are_found_like_few(values: list[str], text: str) -> None:
    fillers = [f"filler{number}" for number in range(FEW_KNOWN + 1)]
    assert list(known([*fillers, *values]).spans(text)) == obvious(values, text)


@given(values, st.text(letters, max_size=60))
def test_few_values_cover_the_same_text(values: list[str], text: str) -> None:
    """Where two overlap, few are looked for one by one: no less is hidden."""
    few = {place for span in known(values).spans(text) for place in range(span.start, span.end)}
    many = {place for span in obvious(values, text) for place in range(span.start, span.end)}
    assert few >= many


@pytest.mark.parametrize(
    ("value", "text", "is_found"),
    [
        ("张三丰", "找张三丰", True),
        (" 张三丰 ", "找张三丰", True),
        ("张", "张", False),  # a single character is too common
        ("24", "0 0 24 24", False),
        ("12345", "12345", False),
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


def test_the_oldest_is_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(free_text, "MOST_KNOWN", FEW_KNOWN + 2)
    found = known([f"value{number:04}" for number in range(FEW_KNOWN + 3)])
    assert not list(found.spans("value0000"))
    assert list(found.spans("value0001 value0034")) == [Span(0, 9, ()), Span(10, 19, ())]
