"""Which findings are somebody's ordinary work."""

from datetime import timedelta
from typing import Any

import pytest

from siem.detect.custom import Custom, Usual, custom_from
from siem.detect.definition import Measure, Rule, Threshold
from siem.detect.rule_file import RuleError
from siem.detect.rule_set import parse_rules
from tests.siem.detect.rules import rule
from tests.siem.events import NINE
from yingbi.rules import SHIPPED

WANG = (("user.id", "wang"),)
KNOWN = Custom({"wang": Usual(an_hour=400, a_day=1_000)}, NINE)


def counting(at_least: int, within: timedelta, *, custom: bool = True) -> Rule:
    people = Threshold(measure=Measure.VALUE_COUNT, field="yingbi.subjects", at_least=at_least, within=within)
    return rule(threshold=people, custom=custom)


@pytest.mark.parametrize(
    ("asked", "after_days", "is_covered"),
    [
        (counting(300, timedelta(minutes=10)), 0, True),
        (counting(300, timedelta(minutes=10), custom=False), 0, False),
        (counting(400, timedelta(minutes=10)), 0, False),
        (counting(400, timedelta(hours=1)), 0, False),
        (counting(1_999, timedelta(days=1)), 0, True),
        (counting(2_000, timedelta(days=1)), 0, False),
        (counting(300, timedelta(minutes=10)), 4, True),
        (counting(300, timedelta(minutes=10)), 5, False),
    ],
)
def test_less_than_what_is_usual_is_ordinary_work(asked: Rule, after_days: int, is_covered: bool) -> None:
    at = NINE + timedelta(days=after_days)
    assert KNOWN.covers(asked, WANG, at) is is_covered
    assert not KNOWN.covers(asked, (("user.id", "li"),), at)
    assert not Custom().covers(asked, WANG, at)
    assert custom_from(KNOWN.as_json()).covers(asked, WANG, at) is is_covered


@pytest.mark.parametrize(
    "told", [{}, {"usual": []}, {"usual": {"wang": 3}}, {"usual": {"wang": [9999, 9999]}, "told_at": None}, []]
)
def test_what_cannot_be_read_is_nobodys_custom(told: Any) -> None:
    assert not custom_from(told).covers(counting(2, timedelta(hours=1)), WANG, NINE)


def test_a_rule_that_counts_no_people_has_no_custom_to_ask_for() -> None:
    text = (SHIPPED / "bulk_reads.yml").read_text("utf-8")
    with pytest.raises(RuleError, match="`custom` is for rules that count"):
        parse_rules(text.replace("  respond:", "  custom: true\n  respond:"), "bulk_reads.yml", {})
