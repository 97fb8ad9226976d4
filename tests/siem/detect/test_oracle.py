"""Our windows against somebody else's: the SQLite backend of pySigma, which compiles a rule to one SQL query.

Too slow for an engine, and it knows no lists, but it was written by other people from the same specification.
"""

import json
import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sigma.backends.sqlite.sqlite import sqliteBackend
from sigma.collection import SigmaCollection

from siem.detect.rule_set import parse_rules
from siem.record.event import Disclosure
from tests.siem.detect.reference import hits
from tests.siem.events import NINE, digest, document

COLUMNS = ("@timestamp", "event.id", "user.id", "event.action", "yingbi.disclosure", "yingbi.subjects")
RULE = """
title: 甲 / Part
name: part
logsource: {{product: yingbi, service: access}}
detection:
  shown: {{event.action: [whole, shown], yingbi.disclosure: clear}}
  left_out: {{user.id|startswith: batch-}}
  condition: shown and not left_out
---
title: 乙 / Whole
id: 7f3c1a52-6f0e-4b7c-9d5e-2a8f4c1b6eff
name: whole
level: high
correlation: {{type: {kind}, rules: part, group-by: user.id, timespan: {timespan}, condition: {condition}}}
yingbi: {{what_to_do: {{zh: 看, en: Look}}}}
"""
CORRELATIONS = {
    "events": {"kind": "event_count", "timespan": "20s", "condition": "{gte: 4}"},
    "more events": {"kind": "event_count", "timespan": "1m", "condition": "{gt: 7}"},
    "people": {"kind": "value_count", "timespan": "30s", "condition": "{field: yingbi.subjects, gte: 5}"},
}


def flat(found: dict[str, Any], name: str) -> Any:
    value: Any = found
    for key in name.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value[0] if isinstance(value, list) else value


def found_by_pysigma(text: str, documents: list[dict[str, Any]]) -> set[tuple[str, datetime]]:
    backend: Any = sqliteBackend(table="events", timestamp_field="@timestamp", event_id_field="event.id")  # type: ignore[no-untyped-call]
    (query,) = backend.convert(SigmaCollection.from_yaml(text))
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(f"CREATE TABLE events ({', '.join(f'`{column}`' for column in COLUMNS)})")
        rows = [[flat(item, column) for column in COLUMNS] for item in documents]
        database.executemany(f"INSERT INTO events VALUES ({', '.join('?' * len(COLUMNS))})", rows)
        return {
            (json.loads(group)["user.id"], datetime.fromtimestamp(end, UTC))
            for _, group, end, *_ in database.execute(query)
        }


@pytest.mark.parametrize("correlation", CORRELATIONS.values(), ids=CORRELATIONS)
@pytest.mark.parametrize("seed", range(8))
def test_the_threshold_is_reached_when_pysigma_says_so(correlation: dict[str, str], seed: int) -> None:
    chance = random.Random(seed)
    documents = [
        document(
            number,
            at=NINE + timedelta(seconds=chance.randrange(400)),
            caller=chance.choice(["a", "b", "batch-7", ""]),
            subjects=(digest(chance.randrange(9)),),
            disclosure=chance.choice([Disclosure.CLEAR, Disclosure.CLEAR, Disclosure.CLEAR, Disclosure.MASKED]),
        )
        for number in range(220)
    ]
    text = RULE.format(**correlation)
    (rule,) = parse_rules(text, "whole.yml", {})
    ours = {
        (str(dict(group)["user.id"]), datetime.fromisoformat(event["@timestamp"]))
        for group, events in hits(rule, documents).items()
        for event in events
    }
    assert ours == found_by_pysigma(text, documents)
    assert ours
