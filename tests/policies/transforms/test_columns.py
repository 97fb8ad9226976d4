from hypothesis import given
from hypothesis import strategies as st

from policies.transforms.columns import are_alphanumeric, each_of
from policies.transforms.keyed import FieldKeys
from policies.transforms.make import transform_of
from policies.transforms.spec import Redact, Replace, Spec
from tests.policies.transforms.specs import KEEPS, POSITIONS, VALUES

SPECS: st.SearchStrategy[Spec] = KEEPS | POSITIONS | st.sampled_from([Redact(), Replace("某人")])
alike = st.integers(1, 12).flatmap(lambda length: st.lists(st.text("0１a张𠮷", min_size=length, max_size=length)))
"""Values of one length, as most fields have."""


@given(SPECS, alike | st.lists(st.text(max_size=12) | VALUES))
def test_many_values_become_what_each_becomes_by_itself(spec: Spec, values: list[str]) -> None:
    apply = transform_of(spec, FieldKeys(b"", "", ""))
    assert each_of(spec, apply)(values) == list(map(apply, values))


@given(alike | st.lists(VALUES))
def test_letters_and_digits_are_told_from_all_else(values: list[str]) -> None:
    assert are_alphanumeric(values) == all(map(str.isalnum, values))
