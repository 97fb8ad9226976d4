import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from incident.graph import SHIPPED
from incident.playbook import StepKind, read_playbook
from tests.incident.books import PEOPLE, identify, manual, raw_book, step_id, text_of
from tests.incident.schemas import schema_validator

type Raw = dict[str, Any]


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft7Validator:
    return schema_validator()


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.json")), ids=lambda path: path.stem)
def test_the_schemas_of_oasis_accept_what_we_ship(path: Path, validator: jsonschema.Draft7Validator) -> None:
    assert [error.message for error in validator.iter_errors(json.loads(path.read_text("utf-8")))] == []


def test_the_schemas_do_check_something(validator: jsonschema.Draft7Validator) -> None:
    raw = json.loads((SHIPPED / "bulk-retrieval.json").read_text("utf-8"))
    raw["workflow_start"] = "start"
    assert list(validator.iter_errors(raw))


def test_the_playbooks_of_the_tests_are_playbooks(validator: jsonschema.Draft7Validator) -> None:
    assert [error.message for error in validator.iter_errors(simple())] == []


def simple() -> Raw:
    return raw_book(start={"then": "do"}, do=manual(ok="end"), end={})


def test_what_is_read() -> None:
    book, findings = read_playbook(text_of(simple()), "x.json")
    assert findings == ()
    assert book is not None
    do = book.steps[step_id("do")]
    assert (do.kind, do.commands[0].type, do.commands[0].text) == (StepKind.ACTION, "manual", "请处理")
    assert do.follows == (step_id("end"),)
    assert book.source == text_of(simple())
    assert len(book.digest) == 64


def set_in(*keys: str, to: Any) -> Callable[[Raw], None]:
    def change(raw: Raw) -> None:
        for key in keys[:-1]:
            raw = raw[key]
        raw[keys[-1]] = to

    return change


DO = str(step_id("do"))
WITH_HEADERS = [{"type": "manual", "command": "x", "headers": {}}]
BAD = [
    ("unknown key", set_in("colour", to="red"), "unknown-key", "the playbook has the unknown key `colour`"),
    ("unknown key of a step", set_in("workflow", DO, "agents", to=[]), "unknown-key", "unknown key `agents`"),
    ("key of another step", set_in("workflow", DO, "condition", to="x"), "unknown-key", "unknown key `condition`"),
    ("wrong version", set_in("spec_version", to="cacao-1.1"), "wrong-type", "must be `cacao-2.0`"),
    ("not a playbook", set_in("type", to="bundle"), "wrong-type", "must be `playbook`"),
    ("step of version 1", set_in("workflow", DO, "type", to="single"), "unknown-step", "does not run"),
    ("made-up step", set_in("workflow", DO, "type", to="dance"), "unknown-step", "is a `dance`"),
    ("id of another type", set_in("workflow", DO, "type", to="parallel"), "wrong-id", "must begin with its type"),
    ("no name", set_in("name", to=""), "wrong-value", "needs a text for `name`"),
    ("no workflow", set_in("workflow", to=None), "wrong-value", "needs an object for `workflow`"),
    ("step is a list", set_in("workflow", DO, to=[]), "not-an-object", "must be an object"),
    ("no command", set_in("workflow", DO, "commands", to=[]), "wrong-value", "one at least"),
    ("no agent", set_in("workflow", DO, "agent", to=None), "wrong-value", "for `agent`"),
    ("timeout in words", set_in("workflow", DO, "timeout", to="1 h"), "wrong-value", "milliseconds"),
    ("timeout of a century", set_in("workflow", DO, "timeout", to=10**14), "wrong-value", "milliseconds"),
    ("revoked", set_in("revoked", to=True), "revoked", "is revoked"),
    ("signed by nobody", set_in("signatures", to=[{}]), "missing", "a signature of the playbook needs a text"),
    (
        "variable a number",
        set_in("playbook_variables", to={"__x__": {"type": "string", "value": 5}}),
        "wrong-value",
        "text",
    ),
    ("variable a text", set_in("playbook_variables", to={"__x__": "5"}), "not-an-object", "must be an object"),
    ("variable odd", set_in("playbook_variables", to={"__x__": {"type": "s", "v": 1}}), "unknown-key", "`v`"),
    ("agent a text", set_in("agent_definitions", to={PEOPLE: "us"}), "not-an-object", "must be an object"),
    (
        "manual with headers",
        set_in("workflow", DO, "commands", to=WITH_HEADERS),
        "unknown-key",
        "`headers`",
    ),
    ("no text", set_in("workflow", DO, "commands", to=[{"type": "manual"}]), "missing", "`command`"),
]


@pytest.mark.parametrize(("change", "code", "says"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_is_not_understood_is_an_error_with_its_line(change: Callable[[Raw], None], code: str, says: str) -> None:
    raw = simple()
    change(raw)
    _, findings = read_playbook(text_of(raw), "x.json")
    found = [finding for finding in findings if finding.code == code]
    assert found, findings
    assert says in found[0].message
    assert found[0].file == "x.json"


@pytest.mark.parametrize("text", ["", "{", "[]", "5", '{"type": }', "[" * 100_000])
def test_what_is_not_json_is_one_finding(text: str) -> None:
    book, findings = read_playbook(text, "x.json")
    assert book is None
    assert [finding.code for finding in findings] == ["not-json"]


def test_the_line_is_that_of_the_step() -> None:
    raw = simple()
    raw["workflow"][DO]["colour"] = "red"
    text = text_of(raw)
    _, (finding,) = read_playbook(text, "x.json")
    assert f'"{DO}": {{' in text.splitlines()[finding.line - 1]


def test_a_key_that_stands_twice_is_found() -> None:
    text = text_of(simple()).replace('"name": "main"', '"name": "main", "name": "other"')
    _, (finding,) = read_playbook(text, "x.json")
    assert finding.code == "duplicate-key"


@pytest.mark.parametrize(
    "more",
    [
        {"type": "bash", "command": "rm -rf /"},
        {"type": "ssh", "command_b64": "cm0gLXJmIC8="},
        {"type": "powershell", "command": "Remove-Item"},
        {"type": "openc2-http", "command": "POST /openc2", "content_b64": "e30=", "headers": {"a": ["b"]}},
        {"type": "sigma", "command_b64": "dGl0bGU6IHg="},
        {"type": "made-up", "command": "x", "anything": [1, 2]},
    ],
    ids=lambda more: str(more["type"]),
)
def test_commands_that_are_never_run_are_kept_whole(more: Raw) -> None:
    raw = simple()
    raw["workflow"][DO]["commands"] = [more]
    book, findings = read_playbook(text_of(raw), "x.json")
    assert findings == ()
    assert book is not None
    command = book.steps[step_id("do")].commands[0]
    assert command.type == more["type"]
    assert json.loads(command.text) == more


def test_base64_is_read() -> None:
    raw = simple()
    raw["workflow"][DO]["commands"] = [{"type": "manual", "command_b64": "6K+35aSE55CG"}]
    book, _ = read_playbook(text_of(raw), "x.json")
    assert book is not None
    assert book.steps[step_id("do")].commands[0].text == "请处理"


def test_ids_of_the_tests_stay_the_same() -> None:
    assert identify("playbook", "main") == identify("playbook", "main")
