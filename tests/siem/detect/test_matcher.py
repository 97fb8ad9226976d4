from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siem.detect.matcher import Matcher
from siem.index.condition import Condition, matches
from tests.effort import examples
from tests.siem.conditions import conditions
from tests.siem.detect.examples import shipped_rules
from tests.siem.detect.rules import rule
from tests.siem.events import assorted

CORPUS = assorted(150, seed=5)


@given(st.lists(conditions, max_size=6), st.lists(st.sampled_from(CORPUS), min_size=1, max_size=20))
@settings(max_examples=examples(100), deadline=None)
def test_it_names_the_rules_that_match(of_rules: list[Condition], documents: list[dict[str, Any]]) -> None:
    matcher = Matcher([rule(condition=condition) for condition in of_rules])
    for item in documents:
        assert matcher.satisfied(item) == [n for n, condition in enumerate(of_rules) if matches(condition, item)]


def test_it_knows_so_many_facets_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("siem.detect.matcher._MOST_FACETS", 3)
    rules = shipped_rules()
    matcher = Matcher(rules)
    for item in CORPUS:
        assert matcher.satisfied(item) == [n for n, each in enumerate(rules) if matches(each.condition, item)]
    assert len(matcher._plans) <= 3
