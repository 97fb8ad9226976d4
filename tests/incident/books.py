"""Small playbooks for tests, from a few words per step."""

import json
import uuid
from typing import Any

from incident.action import OWN_AGENT
from incident.graph import check
from incident.ids import StepId
from incident.playbook import Playbook, read_playbook

PEOPLE = "group--5b2e9a52-52d0-4b8e-9d8f-3d9a4d9c0a01"


def identify(kind: str, name: str) -> str:
    """The same id for the same name, in the form that CACAO wants."""
    made = uuid.UUID(bytes=uuid.uuid5(uuid.NAMESPACE_URL, name).bytes, version=4)
    return f"{kind}--{made}"


def step_id(name: str) -> StepId:
    kind = {
        "start": "start",
        "end": "end",
        "if": "if-condition",
        "while": "while-condition",
        "switch": "switch-condition",
        "all": "parallel",
        "call": "playbook-action",
    }
    return StepId(identify(kind.get(name.partition("-")[0], "action"), name))


def manual(text: str = "请处理", **more: Any) -> dict[str, Any]:
    return {"commands": [{"type": "manual", "command": text}], "agent": PEOPLE, **more}


def own(target: str, content: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    command: dict[str, Any] = {"type": "http-api", "command": f"POST /api/{target} HTTP/1.1"}
    if content is not None:
        command["content"] = json.dumps(content, ensure_ascii=False)
    return {"commands": [command], "agent": OWN_AGENT, **more}


def raw_book(
    name: str = "main", *, exception: str = "", variables: dict[str, Any] | None = None, **steps: Any
) -> dict[str, Any]:
    """A playbook whose steps are told by name: `start`, `end-…`, `if-…`, `while-…`, `switch-…`, `all-…`,
    `call-…`, any other is an action.

    In a step, `then`, `ok`, `failed`, `yes`, `no`, `branches` and `cases` name other steps.
    """
    words = {"then": "on_completion", "ok": "on_success", "failed": "on_failure", "yes": "on_true", "no": "on_false"}
    workflow = {}
    for key, told in steps.items():
        step_name = key.rstrip("_").replace("_", "-")
        identified = step_id(step_name)
        step: dict[str, Any] = {"type": identified.partition("--")[0], "name": step_name}
        for word, value in told.items():
            if word in words:
                step[words[word]] = step_id(value)
            elif word == "branches":
                step["next_steps"] = [step_id(each) for each in value]
            elif word == "cases":
                step["cases"] = {each: step_id(target) for each, target in value.items()}
            elif word == "calls":
                step["playbook_id"] = identify("playbook", value)
            else:
                step[word] = value
        workflow[identified] = step
    declared = {"__case__": {"type": "string", "external": True}, **(variables or {})}
    return {
        "type": "playbook",
        "spec_version": "cacao-2.0",
        "id": identify("playbook", name),
        "name": name,
        "created_by": identify("identity", "us"),
        "created": "2026-11-23T01:00:00.000Z",
        "modified": "2026-11-23T01:00:00.000Z",
        "playbook_variables": declared,
        "workflow_start": step_id("start"),
        **({"workflow_exception": step_id(exception)} if exception else {}),
        "workflow": workflow,
        "agent_definitions": {
            PEOPLE: {"type": "group", "name": "值班员"},
            OWN_AGENT: {"type": "http-api", "name": "影壁", "address": {"dname": ["console.yingbi.example"]}},
        },
    }


def text_of(raw: dict[str, Any]) -> str:
    return json.dumps(raw, ensure_ascii=False, indent=1)


def book(name: str = "main", **told: Any) -> Playbook:
    """The playbook that `raw_book` tells, read and found sound."""
    read, findings = read_playbook(text_of(raw_book(name, **told)), f"{name}.json")
    assert read is not None
    assert not findings, findings
    assert not check(read, f"{name}.json"), check(read, f"{name}.json")
    return read
