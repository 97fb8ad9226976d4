from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from siem.index.condition import Compare, Is, Operator, matches
from siem.index.fields import FIELDS, Kind, whole, whole_range
from tests.siem.events import assorted

INT64 = st.integers(-(2**63), 2**63 - 1)
NUMBERS = st.one_of(INT64, st.integers(), st.floats(allow_nan=False), INT64.map(lambda number: number + 0.5))
NOT_SEARCHED = {"@timestamp"}


def leaves(document: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in document.items():
        name = f"{path}.{key}" if path else key
        if isinstance(value, dict):
            yield from leaves(value, name)
        elif name == "yingbi.fields":
            yield f"{name}.rule", [use["rule"] for use in value]
        else:
            yield name, value


def test_the_table_names_every_field_of_an_event_and_no_other() -> None:
    seen = {name for document in assorted(300, seed=1) for name, _ in leaves(document)}
    assert seen == set(FIELDS) | NOT_SEARCHED


def test_the_table_tells_what_the_values_are() -> None:
    for document in assorted(300, seed=2):
        for name, value in leaves(document):
            if name not in NOT_SEARCHED:
                field = FIELDS[name]
                assert isinstance(value, list) is field.listed, name
                for item in value if field.listed else [value]:
                    assert isinstance(item, int if field.kind is Kind.NUMBER else str), name


@given(INT64, st.sampled_from(Operator), NUMBERS)
def test_a_range_of_whole_numbers_means_what_the_comparison_means(
    found: int, operator: Operator, number: float
) -> None:
    bounds = whole_range(operator, number)
    held = bounds is not None and bounds[0] <= found <= bounds[1]
    assert held is matches(Compare("n", operator, number), {"n": found})


@given(INT64, NUMBERS)
def test_a_whole_number_equals_what_the_number_equals(found: int, number: float) -> None:
    assert (whole(number) == found) is matches(Is("n", number), {"n": found})
