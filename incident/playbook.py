"""CACAO playbooks, read strictly: what is not understood is an error before any incident, not during one.

Source: CACAO Security Playbooks 2.0 (OASIS committee specification 01). All of its workflow steps are run;
`docs/divergences.md` says what of them is read in another way.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from incident.duty.due_time import due_within
from incident.form import check_form
from incident.ids import PlaybookId, StepId
from incident.letters import DEEPEST, is_too_deep
from incident.reading import Finding, Reader


class StepKind(StrEnum):
    """The steps that the engine runs."""

    START = "start"
    END = "end"
    ACTION = "action"
    IF = "if-condition"
    WHILE = "while-condition"
    SWITCH = "switch-condition"
    PARALLEL = "parallel"
    PLAYBOOK = "playbook-action"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A declared variable; `value` is None where it is not known yet."""

    value: str | None
    constant: bool
    external: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandText:
    """One command of an action step as it is written."""

    type: str
    """`manual`, `http-api`, or one that a person has to carry out."""
    text: str
    content: str = ""
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the workflow. Which fields have a meaning follows from its kind."""

    id: StepId
    kind: StepKind
    name: str
    description: str
    delay: timedelta | None
    timeout: timedelta | None
    due: timedelta | None
    """Within what time of being asked a person is to have done it: `incident.duty.due_time`."""
    on_completion: StepId | None
    on_success: StepId | None
    on_failure: StepId | None
    variables: Mapping[str, Variable]
    commands: tuple[CommandText, ...] = ()
    agent: str = ""
    targets: tuple[str, ...] = ()
    in_args: tuple[str, ...] = ()
    out_args: tuple[str, ...] = ()
    condition: str = ""
    on_true: StepId | None = None
    on_false: StepId | None = None
    next_steps: tuple[StepId, ...] = ()
    switch: str = ""
    """The variable that is compared, as `__name__:value`."""
    cases: Mapping[str, StepId] = field(default_factory=dict)
    """Steps by the value for which they are taken; `default` for any other."""
    playbook: PlaybookId | None = None

    @property
    def follows(self) -> tuple[StepId, ...]:
        """The steps that may come after this one, on the same level."""
        return tuple(step for step in (self.on_completion, self.on_success, self.on_failure) if step)

    @property
    def branches(self) -> tuple[StepId, ...]:
        """The first steps of its branches, one level down."""
        return tuple(step for step in (self.on_true, self.on_false, *self.next_steps, *self.cases.values()) if step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Who carries out commands, or what they are carried out on."""

    type: str
    name: str
    text: str
    """Everything else it says, as JSON, so that variables used in it are found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """A playbook that was read. It may still not hold together; `incident.graph` says."""

    id: PlaybookId
    name: str
    description: str
    modified: str
    start: StepId
    exception: StepId | None
    steps: Mapping[StepId, Step]
    variables: Mapping[str, Variable]
    agents: Mapping[str, Agent]
    targets: Mapping[str, Agent]
    source: str
    """The file's text: what a case keeps, so that it goes on by it whatever becomes of the file."""
    valid_from: str = ""
    """As it is written, a time in UTC; empty where it is not said."""
    valid_until: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the text, in hex."""
        return hashlib.sha256(self.source.encode()).hexdigest()


_RUN = ("manual", "http-api")
"""The commands that are read; those of any other type are shown to a person."""


def read_playbook(text: str, file: str) -> tuple[Playbook | None, tuple[Finding, ...]]:
    """The playbook in *text* with all that is wrong with it; None where its form is wrong, or it is no JSON."""
    text = text.removeprefix("\ufeff")  # editors of Windows put it before every file
    reader = Reader(text, file)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        known = dict(pairs)
        if len(known) < len(pairs):
            for key in {key for place, (key, _) in enumerate(pairs) if key in dict(pairs[:place])}:
                reader.report("duplicate-key", key, f"the key `{key}` stands twice in one object")
        return known

    try:
        raw = json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        return None, (Finding(file=file, line=line, code="not-json", message="the file is not JSON from here on"),)
    if is_too_deep(raw):
        said = f"more than {DEEPEST} objects and lists stand within one another"
        return None, (Finding(file=file, line=1, code="too-deep", message=said),)
    if not isinstance(raw, dict):
        return None, (Finding(file=file, line=1, code="not-json", message="a playbook is a JSON object"),)
    for key, value in (("type", "playbook"), ("spec_version", "cacao-2.0")):
        if raw.get(key) != value:
            reader.report("wrong-type", key, f"`{key}` must be `{value}`")
    check_form(raw, reader)
    if raw.get("revoked") is True:
        reader.report("revoked", "revoked", "the playbook is revoked")
    _check_steps(reader, raw)
    if reader.findings:
        return None, reader.findings
    steps = {StepId(key): _read_step(reader, key, value) for key, value in raw["workflow"].items()}
    return Playbook(
        id=PlaybookId(raw["id"]),
        name=raw["name"],
        description=raw.get("description", ""),
        modified=raw["modified"],
        start=StepId(raw["workflow_start"]),
        exception=_step_id(raw, "workflow_exception"),
        steps=steps,
        variables=_read_variables(raw.get("playbook_variables", {})),
        agents=_read_agents(raw.get("agent_definitions", {})),
        targets=_read_agents(raw.get("target_definitions", {})),
        source=text,
        valid_from=raw.get("valid_from", ""),
        valid_until=raw.get("valid_until", ""),
    ), reader.findings


def _check_steps(reader: Reader, raw: dict[str, Any]) -> None:
    """Report the steps that are of no type, or whose id says another."""
    workflow = raw.get("workflow")
    for key, step in workflow.items() if isinstance(workflow, dict) else ():
        kind = step.get("type") if isinstance(step, dict) else None
        if not isinstance(kind, str):
            continue
        if not key.startswith(f"{kind}--"):
            reader.report("wrong-id", key, f"the id of step `{key}` must begin with its type `{kind}`")
        if kind not in tuple(StepKind):
            reader.report("unknown-step", key, f"step `{key}` is a `{kind}`, which this engine does not run")


def _read_step(reader: Reader, key: str, raw: dict[str, Any]) -> Step:
    what = f"step `{key}`"
    return Step(
        id=StepId(key),
        kind=StepKind(raw["type"]),
        name=raw.get("name") or key,
        description=raw.get("description", ""),
        delay=_span(raw, "delay"),
        timeout=_span(raw, "timeout"),
        due=due_within(raw, reader, key),
        on_completion=_step_id(raw, "on_completion"),
        on_success=_step_id(raw, "on_success"),
        on_failure=_step_id(raw, "on_failure"),
        variables=_read_variables(raw.get("step_variables", {})),
        commands=tuple(_read_command(reader, item, what, key) for item in raw.get("commands", ())),
        agent=raw.get("agent", ""),
        targets=tuple(raw.get("targets", ())),
        in_args=tuple(raw.get("in_args", ())),
        out_args=tuple(raw.get("out_args", ())),
        condition=raw.get("condition", ""),
        on_true=_step_id(raw, "on_true"),
        on_false=_step_id(raw, "on_false"),
        next_steps=tuple(map(StepId, raw.get("next_steps", ()))),
        switch=raw.get("switch", ""),
        cases=_read_cases(reader, raw, what, key),
        playbook=PlaybookId(raw["playbook_id"]) if "playbook_id" in raw else None,
    )


def _step_id(raw: dict[str, Any], key: str) -> StepId | None:
    return StepId(raw[key]) if key in raw else None


def _span(raw: dict[str, Any], key: str) -> timedelta | None:
    return timedelta(milliseconds=raw[key]) if key in raw else None


def _read_cases(reader: Reader, raw: dict[str, Any], what: str, at: str) -> dict[str, StepId]:
    cases = raw.get("cases", {})
    found = {value: StepId(step) for value, step in cases.items() if isinstance(step, str) and step}
    if ("cases" in raw and not cases) or len(found) < len(cases):
        reader.report("wrong-value", at, f"{what} needs a step for each of its `cases`, and one case at least")
    return found


def _read_command(reader: Reader, raw: dict[str, Any], what: str, at: str) -> CommandText:
    kind = raw["type"]
    if kind in _RUN:
        text = reader.text_or_base64(raw, "command", f"a command of {what}", at=at)
        if not text:
            reader.report("missing", at, f"a command of {what} needs a text for `command`")
    else:  # kept and never run: a person is shown all of it
        text = json.dumps(raw, ensure_ascii=False, sort_keys=True)
    headers = raw.get("headers", {})
    return CommandText(
        type=kind,
        text=text,
        content=reader.text_or_base64(raw, "content", f"a command of {what}", at=at) if kind in _RUN else "",
        headers={name: tuple(map(str, values)) for name, values in headers.items() if isinstance(values, list)},
    )


def _read_variables(raw: dict[str, Any]) -> dict[str, Variable]:
    return {
        name: Variable(
            value=item.get("value"), constant=item.get("constant", False), external=item.get("external", False)
        )
        for name, item in raw.items()
    }


def _read_agents(raw: dict[str, Any]) -> dict[str, Agent]:
    return {
        name: Agent(type=item["type"], name=item["name"], text=json.dumps(item, ensure_ascii=False))
        for name, item in raw.items()
    }
