from datetime import datetime, timedelta
from itertools import islice, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siem.detect.definition import Finding, Group, RuleId
from siem.detect.silence import Silence
from siem.detect.waiting import Waiting
from siem.index.progress import Span
from tests.siem.detect.rules import EVENTS_RULE, SUBJECTS_RULE, rule
from tests.siem.events import NINE

FRESH = timedelta(seconds=5)
FLOOD = rule(id=RuleId("flood"), name="flood")
SECOND = timedelta(seconds=1)


def clerk(number: int) -> Group:
    return (("user.id", f"clerk-{number}"),)


def told(findings: Any) -> list[tuple[str, Group, datetime, datetime]]:
    return [(each.rule.id, each.group, each.first_at, each.last_at) for each in findings]


@given(st.lists(st.integers(0, 60), min_size=1, max_size=20))
def test_times_that_are_fresh_to_each_other_are_one_finding_in_whatever_order_they_come(seconds: list[int]) -> None:
    waiting = Waiting(FRESH)
    for second in seconds:
        waiting.add(FLOOD, None, clerk(1), NINE + second * SECOND, NINE + second * SECOND)
    findings: list[Finding] = list(waiting.due())
    covered = [(each.first_at, each.last_at) for each in findings]
    assert covered == sorted(covered)
    assert all(later[0] - earlier[1] > FRESH for earlier, later in pairwise(covered))
    for second in seconds:
        assert any(first <= NINE + second * SECOND <= last for first, last in covered)
    assert {each.new_from for each in findings} == {NINE + min(seconds) * SECOND}
    assert list(waiting.due()) == [] == list(waiting.since())


def test_a_rule_that_floods_waits_for_itself_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("siem.detect.waiting.AT_ONCE", 10)
    waiting = Waiting(FRESH)
    for number in range(40):
        waiting.add(FLOOD, None, clerk(number), NINE, NINE)
    for number in range(4):
        waiting.add(EVENTS_RULE, None, clerk(number), NINE, NINE)
        waiting.add(SUBJECTS_RULE, None, clerk(number), NINE, NINE)
    rules = [rule for rule, *_ in told(waiting.due())]
    assert rules.count("events") + rules.count("subjects") >= 6
    assert len(rules) == 10
    rounds = 1
    while list(waiting.since()):
        rules += [rule for rule, *_ in told(waiting.due())]
        rounds += 1
    assert (len(rules), rounds) == (48, 5)


def test_what_is_too_much_to_wait_is_left_out_and_told_of_once_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("siem.detect.waiting.MOST", 2)
    waiting = Waiting(FRESH)
    for number in range(6):
        waiting.add(FLOOD, None, clerk(number % 5), NINE + number * SECOND, NINE + number * SECOND - SECOND)
    assert waiting.left_out(FLOOD) is None
    assert min(waiting.since()) == NINE - SECOND
    assert [group for _, group, *_ in told(waiting.due())] == [clerk(0), clerk(1)]
    assert min(waiting.since()) == NINE + SECOND
    assert waiting.left_out(FLOOD) == Span(NINE + SECOND, NINE + 4 * SECOND)
    assert waiting.left_out(FLOOD) is None


def test_what_could_not_be_written_waits_on() -> None:
    waiting = Waiting(FRESH)
    for number in range(3):
        waiting.add(FLOOD, None, clerk(number), NINE, NINE)
    assert [each.group for each in islice(waiting.due(), 2)] == [clerk(0), clerk(1)]
    assert [group for _, group, *_ in told(waiting.due())] == [clerk(1), clerk(2)]


def test_silenced_and_not_are_two_findings() -> None:
    silence = Silence(
        id="S-1", rule=FLOOD.id, caller="clerk-1", since=NINE, until=NINE + SECOND, why="known", by="x", ended_by=""
    )
    waiting = Waiting(FRESH)
    waiting.add(FLOOD, silence, clerk(1), NINE, NINE)
    waiting.add(FLOOD, None, clerk(1), NINE + SECOND, NINE)
    assert told(waiting.due()) == [
        ("flood/S-1", clerk(1), NINE, NINE),
        ("flood", clerk(1), NINE + SECOND, NINE + SECOND),
    ]
