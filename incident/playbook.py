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

from incident.ids import PlaybookId, StepId
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

    @property
    def digest(self) -> str:
        """SHA-256 of the text, in hex."""
        return hashlib.sha256(self.source.encode()).hexdigest()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TOP = _words(
    "type spec_version id name description playbook_types playbook_activities playbook_processing_summary created_by "
    "created modified revoked valid_from valid_until derived_from related_to priority severity impact industry_sectors "
    "labels external_references markings playbook_variables workflow_start workflow_exception workflow "
    "playbook_extensions authentication_info_definitions agent_definitions target_definitions extension_definitions "
    "data_marking_definitions signatures"
)
_STEP = _words(
    "type name description external_references delay timeout step_variables owner on_completion on_success on_failure "
    "step_extensions"
)
_STEP_OWN = {
    StepKind.START: frozenset[str](),
    StepKind.END: frozenset[str](),
    StepKind.ACTION: frozenset({"commands", "agent", "targets", "in_args", "out_args"}),
    StepKind.IF: frozenset({"condition", "on_true", "on_false"}),
    StepKind.WHILE: frozenset({"condition", "on_true"}),
    StepKind.SWITCH: frozenset({"switch", "cases"}),
    StepKind.PARALLEL: frozenset({"next_steps"}),
    StepKind.PLAYBOOK: frozenset({"playbook_id", "playbook_version", "in_args", "out_args"}),
}
_ASKING = (StepKind.IF, StepKind.WHILE)
_COMMAND = frozenset({"type", "description", "version", "playbook_activity", "external_references"})
_COMMAND_OWN = {
    "manual": frozenset({"command", "command_b64"}),
    "http-api": frozenset({"command", "headers", "content", "content_b64"}),
}
_VARIABLE = frozenset({"type", "description", "value", "constant", "external"})


def read_playbook(text: str, file: str) -> tuple[Playbook | None, tuple[Finding, ...]]:
    """The playbook in *text* with all that is wrong with its form; None where it cannot be read at all."""
    reader = Reader(text, file)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        for key in {key for place, (key, _) in enumerate(pairs) if key in dict(pairs[:place])}:
            reader.report("duplicate-key", key, f"the key `{key}` stands twice in one object")
        return dict(pairs)

    try:
        raw = json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        return None, (Finding(file=file, line=line, code="not-json", message="the file is not JSON from here on"),)
    if not isinstance(raw, dict):
        return None, (Finding(file=file, line=1, code="not-json", message="a playbook is a JSON object"),)
    reader.unknown_keys(raw, _TOP, "the playbook")
    for key, value in (("type", "playbook"), ("spec_version", "cacao-2.0")):
        if raw.get(key) != value:
            reader.report("wrong-type", key, f"`{key}` must be `{value}`")
    for key in ("created_by", "created", "modified"):
        reader.text(raw, key, "the playbook")
    if raw.get("revoked") is True:
        reader.report("revoked", "revoked", "the playbook is revoked")
    if "signatures" in raw:
        reader.report("signed", "signatures", "signatures cannot be checked yet, so a signed playbook is refused")
    steps = {
        StepId(key): step
        for key, value in reader.object(raw, "workflow", "the playbook").items()
        if (step := _read_step(reader, key, value)) is not None
    }
    return Playbook(
        id=PlaybookId(reader.text(raw, "id", "the playbook")),
        name=reader.text(raw, "name", "the playbook"),
        description=reader.text(raw, "description", "the playbook", needed=False),
        modified=reader.text(raw, "modified", "the playbook", needed=False),
        start=StepId(reader.text(raw, "workflow_start", "the playbook")),
        exception=_step_id(reader, raw, "workflow_exception", "the playbook"),
        steps=steps,
        variables=_read_variables(reader, raw, "playbook_variables", "the playbook"),
        agents=_read_agents(reader, raw, "agent_definitions"),
        targets=_read_agents(reader, raw, "target_definitions"),
        source=text,
    ), reader.findings


def _read_step(reader: Reader, key: str, raw: object) -> Step | None:
    what = f"step `{key}`"
    if not isinstance(raw, dict):
        reader.report("not-an-object", key, f"{what} must be an object")
        return None
    kind_text = reader.text(raw, "type", what, at=key)
    if not key.startswith(f"{kind_text}--"):
        reader.report("wrong-id", key, f"the id of {what} must begin with its type `{kind_text}`")
    if kind_text not in tuple(StepKind):
        reader.report("unknown-step", key, f"{what} is a `{kind_text}`, which this engine does not run")
        return None
    kind = StepKind(kind_text)
    reader.unknown_keys(raw, _STEP | _STEP_OWN[kind], what, at=key)
    return Step(
        id=StepId(key),
        kind=kind,
        name=reader.text(raw, "name", what, needed=False, at=key) or key,
        description=reader.text(raw, "description", what, needed=False, at=key),
        delay=reader.milliseconds(raw, "delay", what, at=key),
        timeout=reader.milliseconds(raw, "timeout", what, at=key),
        on_completion=_step_id(reader, raw, "on_completion", what, at=key),
        on_success=_step_id(reader, raw, "on_success", what, at=key),
        on_failure=_step_id(reader, raw, "on_failure", what, at=key),
        variables=_read_variables(reader, raw, "step_variables", what, at=key),
        commands=_read_commands(reader, raw, what, key) if kind is StepKind.ACTION else (),
        agent=reader.text(raw, "agent", what, at=key) if kind is StepKind.ACTION else "",
        targets=reader.texts(raw, "targets", what, at=key),
        in_args=reader.texts(raw, "in_args", what, at=key),
        out_args=reader.texts(raw, "out_args", what, at=key),
        condition=reader.text(raw, "condition", what, at=key) if kind in _ASKING else "",
        on_true=_step_id(reader, raw, "on_true", what, at=key, needed=kind in _ASKING),
        on_false=_step_id(reader, raw, "on_false", what, at=key),
        next_steps=tuple(StepId(item) for item in reader.texts(raw, "next_steps", what, at=key)),
        switch=reader.text(raw, "switch", what, at=key) if kind is StepKind.SWITCH else "",
        cases=_read_cases(reader, raw, what, key) if kind is StepKind.SWITCH else {},
        playbook=PlaybookId(reader.text(raw, "playbook_id", what, at=key)) if kind is StepKind.PLAYBOOK else None,
    )


def _step_id(
    reader: Reader, raw: dict[str, Any], key: str, what: str, *, at: str = "", needed: bool = False
) -> StepId | None:
    text = reader.text(raw, key, what, needed=needed, at=at)
    return StepId(text) if text else None


def _read_cases(reader: Reader, raw: dict[str, Any], what: str, at: str) -> dict[str, StepId]:
    cases = reader.object(raw, "cases", what, at=at)
    found = {value: StepId(step) for value, step in cases.items() if isinstance(step, str) and step}
    if not cases or len(found) < len(cases):
        reader.report("wrong-value", at, f"{what} needs a step for each of its `cases`, and one case at least")
    return found


def _read_commands(reader: Reader, raw: dict[str, Any], what: str, at: str) -> tuple[CommandText, ...]:
    found = []
    for item in reader.objects(raw, "commands", what, at=at):
        kind = reader.text(item, "type", f"a command of {what}", at=at)
        own = _COMMAND_OWN.get(kind)
        if own is not None:
            reader.unknown_keys(item, _COMMAND | own, f"a command of {what}", at=at)
            text = reader.text_or_base64(item, "command", f"a command of {what}", at=at)
        else:  # kept and never run: a person is shown all of it
            text = json.dumps(item, ensure_ascii=False, sort_keys=True)
        headers = reader.object(item, "headers", f"a command of {what}", needed=False, at=at)
        found.append(
            CommandText(
                type=kind,
                text=text,
                content=reader.text_or_base64(item, "content", f"a command of {what}", needed=False, at=at),
                headers={name: tuple(map(str, values)) for name, values in headers.items() if isinstance(values, list)},
            )
        )
    if not found:
        reader.report("no-command", at, f"{what} has no command")
    return tuple(found)


def _read_variables(reader: Reader, raw: dict[str, Any], key: str, what: str, *, at: str = "") -> dict[str, Variable]:
    found = {}
    for name, item in reader.object(raw, key, what, needed=False, at=at).items():
        if not isinstance(item, dict):
            reader.report("not-an-object", name, f"variable `{name}` must be an object")
            continue
        reader.unknown_keys(item, _VARIABLE, f"variable `{name}`", at=name)
        reader.text(item, "type", f"variable `{name}`", at=name)
        value = item.get("value")
        if value is not None and not isinstance(value, str):
            reader.report("wrong-value", name, f"the value of variable `{name}` must be a text")
            value = None
        found[name] = Variable(
            value=value, constant=item.get("constant") is True, external=item.get("external") is True
        )
    return found


def _read_agents(reader: Reader, raw: dict[str, Any], key: str) -> dict[str, Agent]:
    found = {}
    for name, item in reader.object(raw, key, "the playbook", needed=False).items():
        if not isinstance(item, dict):
            reader.report("not-an-object", name, f"agent `{name}` must be an object")
            continue
        found[name] = Agent(
            type=reader.text(item, "type", f"agent `{name}`", at=name),
            name=reader.text(item, "name", f"agent `{name}`", at=name),
            text=json.dumps(item, ensure_ascii=False),
        )
    return found
