"""The form of playbooks: at least as strict as the schemas of OASIS, and no stricter than the specification."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.form import check_form
from incident.graph import SHIPPED
from incident.playbook import read_playbook
from incident.reading import Finding, Reader
from tests.incident.books import PEOPLE, identify, manual, raw_book, step_id, text_of
from tests.incident.schemas import schema_validator

type Raw = dict[str, Any]

VALIDATOR = schema_validator()
SHIPPED_TEXTS = [path.read_text("utf-8") for path in sorted(SHIPPED.glob("*.json"))]
NOTHING_LIKE_IT = [None, True, -1, 101, 0.5, "", "x", "2026-11-26", [], [1], {}, {"x": 1}, {"type": "x"}]


def full() -> Raw:
    """A playbook with something of everything that the specification knows."""
    raw = raw_book(
        start={"then": "while"},
        while_={"condition": "__n__:value != '0'", "yes": "do", "ok": "switch", "timeout": 1000},
        do=manual(
            ok="end", out_args=["__n__"], targets=[identify("ssh", "t")], delay=5, owner=identify("identity", "o")
        ),
        switch={"switch": "__n__:value", "cases": {"0": "all", "default": "end"}},
        all={"branches": ["call", "end-2"]},
        call={"calls": "other", "ok": "end", "in_args": ["__n__"], "playbook_version": "2026-11-26T00:00:00.000Z"},
        end={},
        end_2={},
        variables={"__n__": {"type": "integer", "value": "1", "constant": False, "external": False}},
    )
    reference = {"name": "r", "description": "d", "source": "s", "url": "https://r.example", "external_id": "1"}
    extension, statement = identify("extension-definition", "e"), identify("marking-statement", "m")
    login, by, at = identify("http-basic", "a"), identify("identity", "us"), "2026-11-26T00:00:00Z"
    return raw | {
        "description": "d",
        "playbook_types": ["mitigation"],
        "playbook_activities": ["contain-threats"],
        "playbook_processing_summary": {"manual_playbook": True, "while_logic": True},
        "revoked": False,
        "valid_from": at,
        "derived_from": [identify("playbook", "before")],
        "priority": 1,
        "severity": 100,
        "impact": 0,
        "labels": ["l"],
        "external_references": [reference],
        "markings": [statement],
        "authentication_info_definitions": {login: {"type": "http-basic", "kms": True, "kms_key_identifier": "k"}},
        "target_definitions": {
            identify("ssh", "t"): {
                "type": "ssh",
                "name": "t",
                "address": {"dname": ["t.example"]},
                "port": "22",
                "authentication_info": login,
                "location": {"city": "c"},
            }
        },
        "extension_definitions": {
            extension: {"type": "extension-definition", "name": "e", "created_by": by, "schema": "s", "version": "1"}
        },
        "data_marking_definitions": {
            statement: {"type": "marking-statement", "id": statement, "created_by": by, "created": at, "statement": "s"}
        },
    }


def findings_of(raw: Raw) -> tuple[Finding, ...]:
    reader = Reader(text_of(raw), "x.json")
    check_form(raw, reader)
    return reader.findings


def test_something_of_everything_is_of_the_right_form() -> None:
    assert [error.message for error in VALIDATOR.iter_errors(full())] == []
    assert findings_of(full()) == ()


def places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to everything in *value*."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, item in inner for deeper in places(item, (*path, key)))]


@given(st.data())
def test_what_the_schemas_refuse_is_refused(data: st.DataObject) -> None:
    raw: Raw = data.draw(st.sampled_from([full(), *map(json.loads, SHIPPED_TEXTS)]))
    for _ in range(data.draw(st.integers(1, 2))):
        way = data.draw(st.sampled_from([place for place in places(raw) if place]))
        holder: Any = raw
        for key in way[:-1]:
            holder = holder[key]
        if data.draw(st.booleans()):
            holder[way[-1]] = data.draw(st.sampled_from(NOTHING_LIKE_IT))
        else:
            del holder[way[-1]]
    if not VALIDATOR.is_valid(raw):
        assert read_playbook(text_of(raw), "x.json")[1], [error.message for error in VALIDATOR.iter_errors(raw)]


@pytest.mark.parametrize(
    ("way", "value", "code"),
    [
        (("colour",), "red", "unknown-key"),
        (("agent_definitions", next(iter(full()["agent_definitions"])), "type"), "x", "wrong-value"),
        (("extension_definitions", next(iter(full()["extension_definitions"])), "type"), "x", "wrong-value"),
        (("workflow", str(step_id("do")), "commands", 0, "colour"), "red", "unknown-key"),
        (("agent_definitions", PEOPLE, "address"), {}, "unknown-key"),
        (("external_references", 0, "link"), "x", "unknown-key"),
        (("playbook_variables", "n"), {"type": "string"}, "wrong-id"),
        (("playbook_variables", "__n__", "constant"), "no", "wrong-value"),
        (("workflow", "action--1"), {"type": "end"}, "wrong-id"),
        (("created",), "2026-11-26T08:00:00+08:00", "wrong-value"),
        (("priority",), 101, "wrong-value"),
        (("agent_definitions", PEOPLE, "name"), "", "wrong-value"),
    ],
    ids=lambda value: str(value[-1]) if isinstance(value, tuple) else "",
)
def test_what_the_specification_does_not_know_is_found(way: tuple[Any, ...], value: object, code: str) -> None:
    raw = full()
    holder: Any = raw
    for key in way[:-1]:
        holder = holder[key]
    holder[way[-1]] = value
    assert code in {finding.code for finding in findings_of(raw)}
