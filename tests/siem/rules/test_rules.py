"""Every rule that is shipped: its form, and its examples on every index."""

import re
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from siem.detect.alert import FRESH
from siem.detect.definition import Rule
from siem.detect.examples import NINE, SECTIONS
from siem.detect.try_examples import failures
from siem.index.store import EventStore
from siem.record.ecs import Document
from tests.contract.backends import BACKENDS, opened
from tests.siem.detect.detection import chopped, detecting
from tests.siem.detect.examples import RULES_FOLDER, examples_of, shipped_rules
from tests.siem.detect.reference import expected

RULES = shipped_rules()
LEAKS = {
    *("bulk_reads", "bulk_values", "people_at_once", "canary", "many_subjects", "reveal_rate"),
    *("people_in_an_hour", "people_in_a_day", "sensitive_people", "citizen_sees_others", "terminal_sees_many"),
    *("glass_then_bulk", "reveal_then_export", "guessed_then_in", "key_from_many_addresses", "nobody_in_clear"),
    "requests_replayed",
}
"""What these find may be a leak, and the clocks of the law begin to run. What the others find, people look at first."""
TAG = re.compile(r"attack\.(t[0-9]{4}|[a-z-]+)|yingbi\.[a-z-]+")
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventStore]:
    with opened(request.param, tmp_path, request) as opener:
        yield opener()


def test_the_pack_is_in_the_manual_of_those_who_answer_it() -> None:
    manual = (RULES_FOLDER.parent.parent / "docs" / "on-call.md").read_text("utf-8")
    named = re.findall(r"^\| `(\w+)` \S+（(\S+)） \|", manual, re.MULTILINE)
    levels = {"critical": "严重", "high": "高", "medium": "中", "low": "低"}
    assert sorted(named) == sorted((rule.name, levels[rule.level]) for rule in RULES)
    assert len(RULES) >= 30


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_can_be_read_by_those_who_answer_it(rule: Rule) -> None:
    chinese, _, english = rule.title.partition(" / ")
    assert CHINESE.search(chinese)
    assert english
    assert not CHINESE.search(english)
    assert CHINESE.search(rule.description)
    assert CHINESE.search(rule.what_to_do.zh)
    assert not CHINESE.search(rule.what_to_do.en)
    assert bool(rule.respond) is (rule.name in LEAKS)
    assert rule.tags
    assert all(map(TAG.fullmatch, rule.tags))
    assert rule.false_positives
    assert all(CHINESE.search(each) and " / " in each for each in rule.false_positives)
    assert str(uuid.UUID(rule.id)) == rule.id
    assert rule.source.startswith(f"{rule.name}.yml:")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_has_examples_of_every_kind_and_each_raises_what_it_says(rule: Rule) -> None:
    examples = examples_of(rule)
    assert {example.section for example in examples} == set(SECTIONS)
    assert [str(failure) for failure in failures(rule, examples)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_detector_raises_the_alerts_of_the_examples_on_every_index(
    rule: Rule, store: EventStore, tmp_path: Path
) -> None:
    """The examples lie so far apart that none knows of another, and are shipped in the order of time."""
    examples = examples_of(rule)
    documents: list[dict[str, Any]] = []
    for number, example in enumerate(examples):
        start = max((moment_of(item) for item in documents), default=NINE) + 2 * FRESH + rule.counted.reach
        documents += [moved(item, number, start - NINE) for item in example.documents]
    with detecting([rule], store, tmp_path) as detection:
        for batch in chopped(documents, 3):
            detection.feed(batch)
        alerts = detection.alerts.latest(1000)
        told = [
            {**alert.group, "event_count": alert.event_count, "subject_count": alert.subject_count} for alert in alerts
        ]
        assert as_counted(told) == as_counted(alert for example in examples for alert in example.alerts)
        assert detection.found() == expected([rule], documents, FRESH)


def moved(document: Document, number: int, by: timedelta) -> dict[str, Any]:
    at = (moment_of(document) + by).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    event, own = document["event"], document["yingbi"]
    return {
        **document,
        "@timestamp": at,
        "event": {**event, "id": f"{event['id']}-{number}"},
        "yingbi": {**own, "exchange": f"{own['exchange']}-{number}"},
    }


def moment_of(document: Document) -> datetime:
    return datetime.fromisoformat(document["@timestamp"])


def as_counted(alerts: Iterable[Mapping[str, object]]) -> Counter[tuple[tuple[str, object], ...]]:
    return Counter(tuple(sorted(alert.items())) for alert in alerts)
