"""Conditions as Elasticsearch queries, and the mapping they rely on. Nothing here talks to a cluster.

Only queries of the search core are used, no scripts: a cluster of any licence answers them.
"""

import ipaddress
import re
from datetime import UTC, datetime
from typing import Any, assert_never

from siem.index.condition import (
    SEARCHED_CHARS,
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
    Scalar,
    Within,
    is_searched,
    pieces_of,
)
from siem.index.fields import FIELDS, Kind, check, whole, whole_range
from siem.index.strict import FIRST, LAST

type Query = dict[str, Any]

MAPPING_VERSION = 9

_NOTHING: Query = {"match_none": {}}
_HAS_LETTER = re.compile("[A-Za-z]")
_SPECIAL = re.compile(r"[*?\\]")
_V6 = {"wildcard": {"source.ip.text": {"value": "*:*"}}}


def mapping() -> dict[str, Any]:
    """The mapping of an index of events. Strict: what `to_ecs` does not write is refused."""
    tree: dict[str, Any] = {
        "@timestamp": {"type": "date_nanos"},  # `date` would round to milliseconds
        "yingbi": {"properties": {"fields": {"dynamic": False, "properties": {}}}},
    }
    for name, field in FIELDS.items():
        *path, leaf = name.split(".")
        level = tree
        for key in path:
            level = level.setdefault(key, {"properties": {}})["properties"]
        level[leaf] = _mapped(field.kind)
    return {"dynamic": "strict", "_meta": {"yingbi_mapping": MAPPING_VERSION}, "properties": tree}


def _mapped(kind: Kind) -> dict[str, Any]:
    text = {"type": "keyword", "ignore_above": SEARCHED_CHARS}
    match kind:
        case Kind.KEYWORD:
            return text
        case Kind.DIGEST:
            return {**text, "normalizer": "lowercase"}
        case Kind.ADDRESS:
            # Equality is of the text, as everywhere; a text that is no address must not stop the log.
            return {"type": "ip", "ignore_malformed": True, "fields": {"text": text}}
        case Kind.NUMBER:
            return {"type": "long", "coerce": False}
        case _:
            assert_never(kind)


def query_of(condition: Condition, start: datetime, end: datetime) -> Query:
    """The events with start <= `@timestamp` < end that satisfy *condition*. Raises ValueError as `check` does."""
    check(condition)
    span = {"gte": moment_of(start), "lt": moment_of(end)}
    return {"bool": {"filter": [{"range": {"@timestamp": span}}, _query(condition)]}}


def condition_query(condition: Condition) -> Query:
    """The events that satisfy *condition*, whenever they were. Raises ValueError as `check` does."""
    check(condition)
    return _query(condition)


def _query(condition: Condition) -> Query:
    match condition:
        case Is(name, value):
            return _one_of(name, (value,))
        case In(name, values):
            return _one_of(name, tuple(values))
        case Like(name, pattern):
            return _like(name, pattern)
        case Compare(name, operator, number):
            return _compared(name, operator, number)
        case Within(name, network):
            return _within(name, network)
        case Exists(name):
            return {"exists": {"field": text_of(name)}}
        case AllOf(parts):
            return {"bool": {"filter": [_query(part) for part in parts]}} if parts else {"match_all": {}}
        case AnyOf(parts):
            # A `should` without clauses finds everything, whatever `minimum_should_match` says.
            return {"bool": {"should": [_query(part) for part in parts] or [_NOTHING], "minimum_should_match": 1}}
        case Not(part):
            return {"bool": {"must_not": [_query(part)]}}
        case _:
            assert_never(condition)


def _one_of(name: str, values: tuple[Scalar, ...]) -> Query:
    match FIELDS[name].kind:
        case Kind.NUMBER:
            numbers = [
                number for value in values if not isinstance(value, str) and (number := whole(value)) is not None
            ]
            return {"terms": {name: numbers}}
        case Kind.DIGEST:
            return {"terms": {name: [value for value in map(str, values) if is_searched(value)]}}
        case Kind.KEYWORD | Kind.ADDRESS:
            texts = [value for value in map(str, values) if is_searched(value)]
            cased = [_any_case(text_of(name), value) for value in texts if _HAS_LETTER.search(value)]
            plain = {"terms": {text_of(name): [value for value in texts if not _HAS_LETTER.search(value)]}}
            return {"bool": {"should": [*cased, plain], "minimum_should_match": 1}}
        case kind:
            assert_never(kind)


def _any_case(name: str, value: str) -> Query:
    return {"term": {name: {"value": value, "case_insensitive": True}}}


def _like(name: str, pattern: str) -> Query:
    if not is_searched(pattern):
        return _NOTHING
    pieces = tuple(pieces_of(pattern))
    if not any(wild for wild, _ in pieces):  # an empty `wildcard` finds nothing, not the empty text
        return _one_of(name, ("".join(text for _, text in pieces),))
    # For Elasticsearch a backslash escapes whatever follows; for us, three characters only.
    value = "".join(text if wild else _SPECIAL.sub(r"\\\g<0>", text) for wild, text in pieces)
    return {"wildcard": {text_of(name): {"value": value, "case_insensitive": True}}}


def _compared(name: str, operator: Operator, number: float) -> Query:
    bounds = whole_range(operator, number)
    if bounds is None:
        return _NOTHING
    return {"range": {name: {"gte": bounds[0], "lte": bounds[1]}}}


def _within(name: str, network: str) -> Query:
    block = ipaddress.ip_network(network)
    # Elasticsearch keeps IPv4 as a part of IPv6; for us the two are apart.
    family = {"filter" if block.version == 6 else "must_not": [_V6]}
    between = {"range": {name: {"gte": str(block[0]), "lte": str(block[-1])}}}
    return {"bool": {"must": [between], **family}}


def text_of(name: str) -> str:
    """The field that holds the values of *name* as texts."""
    return f"{name}.text" if FIELDS[name].kind is Kind.ADDRESS else name


def moment_of(at: datetime) -> str:
    """*at* as a cluster reads it; beyond the times that can be indexed, the first or the last of them."""
    bounded = min(max(at, FIRST), LAST).astimezone(UTC)
    return bounded.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
