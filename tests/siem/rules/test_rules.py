"""Every rule that is shipped: its form, and its examples on every index."""

import re
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from siem.detect.alert import FRESH
from siem.detect.definition import Rule
from siem.index.store import EventStore
from tests.contract.backends import BACKENDS, opened
from tests.siem.detect.detection import chopped, detecting
from tests.siem.detect.examples import SECTIONS, Example, shipped_examples, shipped_rules
from tests.siem.detect.reference import expected

RULES = shipped_rules()
EXAMPLES = shipped_examples()
NO_LEAK = {"break_glass", "limit_reached", "reveal_refused"}
"""What these find is no leak, and no clock of the law begins to run: people look at it and open a case if it is one."""
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventStore]:
    with opened(request.param, tmp_path, request) as opener:
        yield opener()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_can_be_read_by_those_who_answer_it(rule: Rule) -> None:
    chinese, _, english = rule.title.partition(" / ")
    assert CHINESE.search(chinese)
    assert english
    assert not CHINESE.search(english)
    assert CHINESE.search(rule.description)
    assert CHINESE.search(rule.what_to_do.zh)
    assert not CHINESE.search(rule.what_to_do.en)
    assert bool(rule.respond) is (rule.name not in NO_LEAK)
    assert str(uuid.UUID(rule.id)) == rule.id
    assert rule.source.startswith(f"{rule.name}.yml:")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_has_examples_of_every_kind(rule: Rule) -> None:
    assert {example.section for example in EXAMPLES if example.rule == rule} == set(SECTIONS)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_raises_the_alerts_it_names(example: Example, store: EventStore, tmp_path: Path) -> None:
    with detecting([example.rule], store, tmp_path) as detection:
        for batch in chopped(example.documents, 3):
            detection.feed(batch)
        alerts = detection.alerts.latest()
        told = [
            {**alert.group, "event_count": alert.event_count, "subject_count": alert.subject_count} for alert in alerts
        ]
        assert as_counted(told) == as_counted(example.alerts)
        assert bool(alerts) is (example.section == "fires")
        assert detection.found() == expected([example.rule], example.documents, FRESH)


def as_counted(alerts: Iterable[Mapping[str, object]]) -> Counter[tuple[tuple[str, object], ...]]:
    return Counter(tuple(sorted(alert.items())) for alert in alerts)
