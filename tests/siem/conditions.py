"""Conditions for property tests: every form of the language over every field it can be asked of."""

from hypothesis import strategies as st

from siem.index.condition import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Exists,
    In,
    Is,
    Like,
    Not,
    Operator,
    Within,
)
from siem.index.fields import FIELDS, Kind
from tests.siem.events import ADDRESSES, DIGESTS, NETWORKS, NUMBERS, OPERATIONS, TEXTS


def names(*kinds: Kind) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(name for name, field in FIELDS.items() if field.kind in kinds))


any_name = names(*Kind)
text_name = names(Kind.KEYWORD, Kind.DIGEST, Kind.ADDRESS)
texts = st.sampled_from(("", *TEXTS, *ADDRESSES, *DIGESTS, *OPERATIONS, "clear", "forward", "web", "Allowed", "GET"))
texts |= texts.map(str.swapcase)
numbers: st.SearchStrategy[float] = st.sampled_from((*NUMBERS, -(2**63) - 1, 2**70, 200.5, float("inf"), -float("inf")))
patterns = st.lists(st.sampled_from(("*", "?", "\\*", "\\?", "\\\\", "\\")) | texts, max_size=4).map("".join)
patterns |= texts.map(lambda text: f"*{text[1:3]}*") | texts.map(lambda text: f"{text[:2]}*")

leaves: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Is, text_name, texts),
    st.builds(Is, names(Kind.NUMBER), numbers),
    st.builds(In, text_name, st.frozensets(texts, max_size=4)),
    st.builds(In, names(Kind.NUMBER), st.frozensets(numbers, max_size=4)),
    st.builds(Like, text_name, patterns),
    st.builds(Compare, names(Kind.NUMBER), st.sampled_from(Operator), numbers),
    st.builds(Within, names(Kind.ADDRESS), st.sampled_from(NETWORKS)),
    st.builds(Exists, any_name),
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.builds(AllOf, st.lists(parts, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(parts, max_size=3).map(tuple)),
        st.builds(Not, parts),
    ),
    max_leaves=6,
)
