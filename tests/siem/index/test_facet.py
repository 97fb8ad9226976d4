from typing import Any

import pytest
from hypothesis import given, settings
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
    matches,
    values_of,
)
from siem.index.facet import FACET_FIELDS, KEPT, Possible, facet_of, most_in, possible, value_in
from tests.effort import examples
from tests.siem.conditions import conditions
from tests.siem.events import DIGESTS, assorted, document

CORPUS = assorted(120, seed=11)
SHOWN = Is("yingbi.disclosure", "CLEAR")


@given(conditions, st.sampled_from(CORPUS))
@settings(max_examples=examples(400), deadline=None)
def test_a_facet_never_says_what_its_event_denies(condition: Condition, item: dict[str, Any]) -> None:
    told = possible(condition, facet_of(item))
    assert told is Possible.MAYBE or matches(condition, item) is (told is Possible.ALWAYS)


@pytest.mark.parametrize("item", CORPUS[:40], ids=lambda item: str(item["event"]["id"]))
def test_a_facet_holds_what_the_event_has(item: dict[str, Any]) -> None:
    facet = facet_of(item)
    assert len(facet) == len(FACET_FIELDS)
    for name in KEPT:
        assert value_in(facet, name) == next(values_of(item, name), None)
    for name in ("yingbi.subject_count", "yingbi.unattributed", "http.response.body.bytes"):
        exact = next(values_of(item, name), 0)
        assert exact <= most_in(facet, name) <= max(64 * exact, 1)
    assert most_in(facet, "event.duration") == float("inf")


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (SHOWN, Possible.ALWAYS),
        (Not(SHOWN), Possible.NEVER),
        (Is("user.id", "clerk-wang"), Possible.MAYBE),
        (AllOf((SHOWN, Is("user.id", "x"))), Possible.MAYBE),
        (AllOf((Not(SHOWN), Is("user.id", "x"))), Possible.NEVER),
        (AnyOf((SHOWN, Is("user.id", "x"))), Possible.ALWAYS),
        (AnyOf(()), Possible.NEVER),
        (Compare("http.response.body.bytes", Operator.AT_LEAST, 2**25), Possible.ALWAYS),
        (Compare("http.response.body.bytes", Operator.LESS, 2**26), Possible.MAYBE),
        (Compare("yingbi.subject_count", Operator.MORE, 40), Possible.NEVER),
        (In("yingbi.subject_count", frozenset({7, 900})), Possible.NEVER),
        (In("yingbi.subject_count", frozenset({2, 900})), Possible.MAYBE),
        (Exists("yingbi.unattributed"), Possible.NEVER),
        (Exists("yingbi.on_behalf_of"), Possible.ALWAYS),
        (Like("yingbi.on_behalf_of", "e1:*"), Possible.MAYBE),
    ],
    ids=str,
)
def test_what_a_facet_tells(condition: Condition, told: Possible) -> None:
    item = document(1, bytes_out=2**25 + 7, on_behalf_of=DIGESTS[3])
    assert possible(condition, facet_of(item)) is told
