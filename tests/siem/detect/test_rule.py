from datetime import timedelta
from typing import Any

import pytest

from siem.detect.definition import Measure, Threshold
from siem.detect.rule import Refused, condition_of_item, condition_of_rule, threshold_of
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

LISTS = {"posts": frozenset({"window", "archive"})}

ITEMS: list[tuple[str, Any, Condition]] = [
    ("user.id", "clerk-wang", Is("user.id", "clerk-wang")),
    ("user.id", "clerk-*", Like("user.id", "clerk-*")),
    ("user.id", "clerk-?\\*\\\\x", Like("user.id", "clerk-?\\*\\\\x")),
    ("user.id", "clerk-\\*", Is("user.id", "clerk-*")),
    ("user.id", "a\\b", Is("user.id", "a\\b")),
    ("user.id", "", Is("user.id", "")),
    ("user.id", None, Not(Exists("user.id"))),
    ("user.id", ["a", "b"], In("user.id", frozenset({"a", "b"}))),
    ("user.id", ["a", "b*"], AnyOf((Is("user.id", "a"), Like("user.id", "b*")))),
    ("user.id|startswith", "cl*k", Like("user.id", "cl*k*")),
    ("user.id|endswith", "?g", Like("user.id", "*?g")),
    ("user.id|contains", ["a", "b"], AnyOf((Like("user.id", "*a*"), Like("user.id", "*b*")))),
    ("user.id|contains|all", ["a", "b"], AllOf((Like("user.id", "*a*"), Like("user.id", "*b*")))),
    ("user.id|neq", "a", Not(Is("user.id", "a"))),
    ("user.id|neq", ["a", "b"], Not(In("user.id", frozenset({"a", "b"})))),
    ("user.id|exists", True, Exists("user.id")),
    ("user.id|exists", False, Not(Exists("user.id"))),
    ("user.roles|expand", "%posts%", In("user.roles", LISTS["posts"])),
    ("user.roles|expand", "100%", Is("user.roles", "100%")),
    ("http.response.status_code", 404, Is("http.response.status_code", 404)),
    ("http.response.status_code", [403, 404], In("http.response.status_code", frozenset({403, 404}))),
    ("http.response.status_code|gte", 400, Compare("http.response.status_code", Operator.AT_LEAST, 400)),
    ("http.response.status_code|gt", 399.5, Compare("http.response.status_code", Operator.MORE, 399.5)),
    ("http.response.status_code|lt", 400, Compare("http.response.status_code", Operator.LESS, 400)),
    ("http.response.status_code|lte", 400, Compare("http.response.status_code", Operator.AT_MOST, 400)),
    ("source.ip|cidr", "10.0.0.0/8", Within("source.ip", "10.0.0.0/8")),
    (
        "source.ip|cidr",
        ["10.0.0.0/8", "2001:db8::/32"],
        AnyOf((Within("source.ip", "10.0.0.0/8"), Within("source.ip", "2001:db8::/32"))),
    ),
]


@pytest.mark.parametrize(("key", "value", "condition"), ITEMS, ids=[f"{key}: {value}" for key, value, _ in ITEMS])
def test_what_a_test_of_sigma_means(key: str, value: Any, condition: Condition) -> None:
    assert condition_of_item(key, value, LISTS) == condition


def plain(detection: dict[str, Any]) -> dict[str, Any]:
    return {"title": "a", "logsource": {"product": "yingbi", "service": "access"}, "detection": detection}


A, B, C = Is("user.id", "a"), Is("user.id", "b"), Is("service.name", "c")
CONDITIONS: list[tuple[str, Condition]] = [
    ("a", A),
    ("not a", Not(A)),
    ("a and c", AllOf((A, C))),
    ("a or c", AnyOf((A, C))),
    ("a or b", In("user.id", frozenset({"a", "b"}))),
    ("a and not (b or c)", AllOf((A, Not(AnyOf((B, C)))))),
    ("not a and c or b", AnyOf((AllOf((Not(A), C)), B))),
    ("1 of *", AnyOf((A, B, C))),
    ("all of them", AllOf((A, B, C))),
]


@pytest.mark.parametrize(("told", "condition"), CONDITIONS, ids=[told for told, _ in CONDITIONS])
def test_what_a_condition_of_sigma_means(told: str, condition: Condition) -> None:
    detection = {"a": {"user.id": "a"}, "b": {"user.id": "b"}, "c": {"service.name": "c"}, "condition": told}
    assert condition_of_rule(plain(detection), LISTS) == condition


def test_a_list_of_mappings_is_any_of_them_and_a_mapping_is_all_of_it() -> None:
    detection = {"a": [{"user.id": "a", "service.name": "c"}, {"user.id": "b"}], "condition": "a"}
    assert condition_of_rule(plain(detection), LISTS) == AnyOf((AllOf((A, C)), B))


def test_more_values_than_an_index_takes_are_refused() -> None:
    detection = {
        **{f"part{number}": {"user.id": [f"clerk-{number}-{n}" for n in range(400)]} for number in range(3)},
        "condition": "1 of part*",
    }
    assert isinstance(condition_of_rule(plain(detection), LISTS), AnyOf)
    one = {"part": {"user.id": [f"clerk-{n}" for n in range(1001)]}, "condition": "part"}
    with pytest.raises(Refused, match="1001 values, 1000 is the most") as refused:
        condition_of_rule(plain(one), LISTS)
    assert refused.value.reasons[0][0] == ("detection", "condition")


@pytest.mark.parametrize(
    ("told", "at_least"), [({"gte": 5}, 5), ({"gt": 5}, 6), ({"gte": 4.5}, 5), ({"gt": 4.5}, 5), ({"gt": 0}, 1)]
)
def test_what_a_threshold_of_sigma_means(told: dict[str, float], at_least: int) -> None:
    correlation = {"type": "event_count", "rules": "a", "group-by": "user.id", "timespan": "3m", "condition": told}
    found = threshold_of({"title": "a", "correlation": correlation})
    assert found == Threshold(measure=Measure.EVENT_COUNT, at_least=at_least, within=timedelta(minutes=3))
