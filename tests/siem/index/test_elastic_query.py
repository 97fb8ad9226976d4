from datetime import UTC, datetime
from typing import Any

import pytest

from siem.index.condition import (
    EVERYTHING,
    SEARCHED_CHARS,
    AnyOf,
    Compare,
    Condition,
    In,
    Is,
    Like,
    Not,
    Operator,
    Within,
)
from siem.index.elastic_query import mapping, query_of
from siem.index.fields import FIELDS

START, END = datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 23, 10, tzinfo=UTC)


def query(condition: Condition) -> Any:
    found = query_of(condition, START, END)
    span, asked = found["bool"]["filter"]
    assert span == {
        "range": {"@timestamp": {"gte": "2026-11-23T09:00:00.000000Z", "lt": "2026-11-23T10:00:00.000000Z"}}
    }
    return asked


V6 = {"wildcard": {"source.ip.text": {"value": "*:*"}}}
NOTHING: Any = {"match_none": {}}
TABLE: list[tuple[Condition, Any]] = [
    (EVERYTHING, {"match_all": {}}),
    (AnyOf(()), {"bool": {"should": [NOTHING], "minimum_should_match": 1}}),
    (Is("http.response.status_code", 200.0), {"terms": {"http.response.status_code": [200]}}),
    (Is("http.response.status_code", 200.5), {"terms": {"http.response.status_code": []}}),
    (In("yingbi.subjects", frozenset({"e1:ab"})), {"terms": {"yingbi.subjects": ["e1:ab"]}}),
    (
        Is("user.id", "Wang"),
        {
            "bool": {
                "should": [
                    {"term": {"user.id": {"value": "Wang", "case_insensitive": True}}},
                    {"terms": {"user.id": []}},
                ],
                "minimum_should_match": 1,
            }
        },
    ),
    (
        Like("user.id", "a\\*b\\c?*"),
        {"wildcard": {"user.id": {"value": "a\\*b\\\\c?*", "case_insensitive": True}}},
    ),
    (Like("user.id", "x" * (SEARCHED_CHARS + 1)), NOTHING),
    (Compare("event.duration", Operator.MORE, 2.0**70), NOTHING),
    (Compare("event.duration", Operator.LESS, 3.5), {"range": {"event.duration": {"gte": -(2**63), "lte": 3}}}),
    (
        Within("source.ip", "10.0.0.0/24"),
        {"bool": {"must": [{"range": {"source.ip": {"gte": "10.0.0.0", "lte": "10.0.0.255"}}}], "must_not": [V6]}},
    ),
    (
        Not(Within("source.ip", "::/127")),
        {
            "bool": {
                "must_not": [
                    {"bool": {"must": [{"range": {"source.ip": {"gte": "::", "lte": "::1"}}}], "filter": [V6]}}
                ]
            }
        },
    ),
]


@pytest.mark.parametrize(
    ("condition", "expected"), TABLE, ids=[f"{number}-{type(item[0]).__name__}" for number, item in enumerate(TABLE)]
)
def test_the_query_of_a_condition(condition: Condition, expected: Any) -> None:
    assert query(condition) == expected


def test_no_query_asks_beyond_the_years_that_can_be_indexed() -> None:
    asked = query_of(EVERYTHING, datetime(1900, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    assert asked["bool"]["filter"][0] == {
        "range": {"@timestamp": {"gte": "1970-01-01T00:00:00.000000Z", "lt": "2262-01-01T00:00:00.000000Z"}}
    }


def test_the_mapping_is_strict_and_names_every_field() -> None:
    found = mapping()
    assert found["dynamic"] == "strict"
    assert found["properties"]["yingbi"]["properties"]["fields"]["dynamic"] is False
    assert found["properties"]["@timestamp"] == {"type": "date_nanos"}
    for name in FIELDS:
        level = found
        for key in name.split("."):
            level = level["properties"][key]
        assert level["type"] in {"keyword", "ip", "long"}, name
