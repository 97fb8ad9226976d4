from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siem.detect.adapt import SEQUENCES, adapted, spelled
from siem.detect.definition import EVERY_EVENT, Level, Rule
from siem.detect.examples import LISTS
from siem.detect.rule_set import parse_rules, rule_files
from yingbi.rules import SHIPPED

FILES = {path.name: path.read_text("utf-8") for path in rule_files(SHIPPED)}
RULES = [(file, rule) for file, text in FILES.items() for rule in parse_rules(text, file, LISTS)]


def read(text: str, file: str, of: Rule) -> Rule:
    return next(rule for rule in parse_rules(text, file, LISTS) if rule.id == of.id)


@pytest.mark.parametrize(("file", "rule"), RULES, ids=[rule.name for _, rule in RULES])
def test_only_the_numbers_of_a_shipped_rule_change(file: str, rule: Rule) -> None:
    text = adapted(FILES[file], rule, at_least=7, within=timedelta(minutes=90), level=Level.LOW)
    found = read(text, file, rule)
    assert found.level is Level.LOW
    if rule.threshold != EVERY_EVENT:
        assert found.threshold.within == timedelta(minutes=90)
        if rule.threshold.measure not in SEQUENCES:
            assert found.threshold.at_least == 7
    was, now = FILES[file].splitlines(), text.splitlines()
    assert len(was) == len(now)
    assert sum(before != after for before, after in zip(was, now, strict=True)) <= 3
    again = adapted(
        text, found, at_least=rule.threshold.at_least, within=rule.threshold.within or None, level=rule.level
    )
    assert read(again, file, rule) == rule


def test_what_is_not_given_stays_as_it_was_written() -> None:
    file, rule = RULES[0]
    assert adapted(FILES[file], rule) == FILES[file]


@given(st.integers(1, 31 * 86_400))
def test_a_span_is_written_as_sigma_reads_it(seconds: int) -> None:
    text = spelled(timedelta(seconds=seconds))
    unit = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}[text[-1]]
    assert int(text[:-1]) * unit == seconds
    assert unit == 86_400 or seconds % (unit * (24 if unit == 3_600 else 60))
