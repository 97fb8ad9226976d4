"""Our own agent in playbooks: which HTTP calls it knows, and the typed command that each stands for.

A playbook addresses the gateway as an `http-api` agent, so that any CACAO engine can run it against the console's API.
Our own engine knows the agent by its id and does not call itself over HTTP.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from incident.command import (
    ASSIGNEES,
    AskPerson,
    Command,
    Containment,
    DraftNotice,
    Question,
    StartDuties,
    Tighten,
    lacks_object,
)
from incident.commanding import since_of
from incident.expression import VARIABLE
from incident.ids import Actor, CaseId, CommandKey
from incident.playbook import CommandText, Playbook, Step

OWN_AGENT = "http-api--7f5c1a52-9c0e-4d86-8a57-3f1d2a0c6b11"
"""The id under which every playbook defines the gateway as an agent."""

CASE = "__case__"
MOST_HOURS = 24
"""Invariant 6: what contains longer than this takes two people, so no playbook may ask for it."""

UNKNOWN = "（未知 unknown）"
"""What a person reads in the place of a variable without a value."""

_USE = re.compile(rf"({VARIABLE}):value")
_START_LINE = re.compile(r"(?P<method>[A-Z]+) (?P<target>\S+) HTTP/1\.1")


class Act(StrEnum):
    """What the agent can be told to do."""

    TIGHTEN = "tighten"
    ASK_CONTAINMENT = "ask_containment"
    OFFER_CONTAINMENT = "offer_containment"
    """Ask which of the measures that fit the case be taken, where the alert names nobody who could be blocked."""
    ASSESS_SCOPE = "assess_scope"
    START_DUTIES = "start_duties"
    DRAFT_NOTICE = "draft_notice"
    ASK_APPROVAL = "ask_approval"
    PUBLISH_NOTICE = "publish_notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One call of the API. `needs` and `takes` are the keys of its JSON body."""

    act: Act
    needs: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()
    kind: Containment | None = None


def _tighten(kind: Containment, *needs: str) -> Route:
    return Route(act=Act.TIGHTEN, kind=kind, needs=frozenset(needs), takes=frozenset({"hours", "reason"}))


_CASE = f"/api/v1/cases/{CASE}:value"
ROUTES: Mapping[str, Route] = {
    f"{_CASE}/contain": Route(
        act=Act.TIGHTEN,
        needs=frozenset({"kind", "hours", "reason"}),
        takes=frozenset({"system", "target"}),
    ),
    f"{_CASE}/ask-containment": Route(act=Act.ASK_CONTAINMENT, takes=frozenset({"text"})),
    f"{_CASE}/offer-containment": Route(act=Act.OFFER_CONTAINMENT, needs=frozenset({"hours"})),
    f"{_CASE}/reassess": Route(act=Act.ASSESS_SCOPE, needs=frozenset({"hours"})),
    f"{_CASE}/start-duties": Route(act=Act.START_DUTIES),
    f"{_CASE}/notice/redraft": Route(act=Act.DRAFT_NOTICE, needs=frozenset({"template"})),
    f"{_CASE}/notice/ask-approval": Route(act=Act.ASK_APPROVAL, takes=frozenset({"text"})),
    f"{_CASE}/notice/publish": Route(act=Act.PUBLISH_NOTICE),
}
"""Every call is a POST: target as the playbook writes it, and what it stands for. Each is an address of the API, with
its body, so that any engine can call it.
"""

FORMER: Mapping[str, Route] = {
    "/api/containment/block-caller": _tighten(Containment.BLOCK_CALLER, "caller"),
    "/api/containment/block-credential": _tighten(Containment.BLOCK_CREDENTIAL, "credential"),
    "/api/containment/stop-operation": _tighten(Containment.STOP_OPERATION, "system", "operation"),
    "/api/containment/stop-system": _tighten(Containment.STOP_SYSTEM, "system"),
    "/api/containment/mask-harder": _tighten(Containment.MASK_HARDER, "system"),
    f"/api/cases/{CASE}:value/containment-approvals": Route(act=Act.ASK_CONTAINMENT, takes=frozenset({"text"})),
    f"/api/cases/{CASE}:value/containment-offers": Route(act=Act.OFFER_CONTAINMENT, takes=frozenset({"hours"})),
    f"/api/cases/{CASE}:value/scope": Route(act=Act.ASSESS_SCOPE, takes=frozenset({"look_back_hours"})),
    f"/api/cases/{CASE}:value/duties": Route(act=Act.START_DUTIES),
    f"/api/cases/{CASE}:value/notice-drafts": Route(act=Act.DRAFT_NOTICE, needs=frozenset({"template"})),
    f"/api/cases/{CASE}:value/notice-approvals": Route(act=Act.ASK_APPROVAL, takes=frozenset({"text"})),
    f"/api/cases/{CASE}:value/notice-publications": Route(act=Act.PUBLISH_NOTICE),
}
"""What playbooks called earlier, and no API served: cases run by the text that they began with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that was read: what to do, and the body with its variables not yet filled in."""

    route: Route
    body: Mapping[str, str | int]

    @property
    def kind(self) -> Containment | None:
        """What the call tightens, where it does."""
        return self.route.kind or (Containment(str(self.body["kind"])) if self.route.act is Act.TIGHTEN else None)

    def filled(self, key: str, variables: Mapping[str, str]) -> str:
        """The body's text under *key*, or an empty one. Raises ValueError where a variable in it has no value."""
        return substitute(str(self.body.get(key, "")), variables)

    def hours(self, key: str, otherwise: int) -> timedelta:
        """The body's number of hours under *key*."""
        return timedelta(hours=int(self.body.get(key, otherwise)))

    def look_back(self, otherwise: int) -> timedelta:
        """How long before the first finding is counted from."""
        return self.hours("look_back_hours" if "look_back_hours" in self.body else "hours", otherwise)


def read_call(command: CommandText) -> Call:
    """The call that *command*, addressed to our agent, makes. Raises ValueError that says what is wrong with it."""
    line = _START_LINE.fullmatch(command.text)
    if command.type != "http-api" or line is None:
        raise ValueError("a command for the gateway is an http-api command such as `POST /api/... HTTP/1.1`")
    route = ROUTES.get(line["target"]) or FORMER.get(line["target"])
    if route is None or line["method"] != "POST":
        raise ValueError(f"the gateway has no call `{line['method']} {line['target']}`")
    try:
        body = json.loads(command.content or "{}")
    except (ValueError, RecursionError):
        raise ValueError(f"the content for `{line['target']}` is not JSON") from None
    if not isinstance(body, dict):
        raise ValueError(f"the content for `{line['target']}` must be a JSON object")
    if unknown := sorted(body.keys() - route.needs - route.takes):
        raise ValueError(f"`{line['target']}` takes no `{unknown[0]}`")
    if missing := sorted(route.needs - body.keys()):
        raise ValueError(f"`{line['target']}` needs `{missing[0]}`")
    for key, value in body.items():
        is_look_back = route.act is Act.ASSESS_SCOPE and key == "hours"
        _check_value("look_back_hours" if is_look_back else key, value)
    return Call(route=route, body=body)


def _check_value(key: str, value: object) -> None:
    match key:
        case "hours":
            if type(value) is not int or not 1 <= value <= MOST_HOURS:
                raise ValueError(f"`hours` must be a number from 1 to {MOST_HOURS}: longer takes two people")
        case "kind":
            if value not in set(Containment):
                raise ValueError(f"`kind` must be one of {', '.join(f'`{kind}`' for kind in Containment)}")
        case "look_back_hours":
            if type(value) is not int or not 0 <= value <= 24 * 366:
                raise ValueError("`look_back_hours` must be a number from 0 to 8784")
        case _:
            if not isinstance(value, str):
                raise ValueError(f"`{key}` must be a text")


def variables_in(text: str) -> frozenset[str]:
    """The variables that *text* uses as `__name__:value`."""
    return frozenset(_USE.findall(text))


def substitute(text: str, variables: Mapping[str, str]) -> str:
    """*text* with the values of its variables. Raises ValueError where one has none."""

    def value_of(match: re.Match[str]) -> str:
        if match[1] not in variables:
            raise ValueError(f"变量 {match[1]} 没有值 / the variable `{match[1]}` has no value")
        return variables[match[1]]

    return _USE.sub(value_of, text)


def for_reader(text: str, variables: Mapping[str, str]) -> str:
    """The same for a person: what has no value is said to be unknown, since a question is asked all the same."""
    return _USE.sub(lambda match: variables.get(match[1]) or UNKNOWN, text)


def simple_command(
    call: Call,
    step: Step,
    variables: Mapping[str, str],
    *,
    key: CommandKey,
    case: CaseId,
    by: Actor,
    now: datetime,
    first: datetime,
) -> Command:
    """The typed command for *call*, of the kinds that need nothing of the case but its variables and when its *first*
    finding was.

    Raises ValueError where it cannot be made, as when the caller to be blocked is not known.
    """
    match call.route.act:
        case Act.TIGHTEN:
            assert call.kind is not None
            return _tightening(call, call.kind, variables, key=key, case=case, by=by, now=now, first=first)
        case Act.ASK_CONTAINMENT | Act.ASK_APPROVAL:
            question = Question.CONTAIN if call.route.act is Act.ASK_CONTAINMENT else Question.APPROVE_NOTICE
            return AskPerson(
                key=key,
                case=case,
                question=question,
                title=step.name,
                text=call.filled("text", variables) or step.description,
                assignee=ASSIGNEES[question],
            )
        case Act.START_DUTIES:
            return StartDuties(key=key, case=case)
        case Act.DRAFT_NOTICE:
            return DraftNotice(key=key, case=case, template=call.filled("template", variables))
        case Act.ASSESS_SCOPE | Act.PUBLISH_NOTICE | Act.OFFER_CONTAINMENT:
            raise ValueError("a call that needs more of the case than its variables")


def template_in(book: Playbook, known: Mapping[str, str]) -> str:
    """The template that *book* drafts a notice from, where *known* are the constants of whoever calls it.

    Empty where it drafts none, or only what an alert tells of.
    """
    for step in book.steps.values():
        for command in step.commands if step.agent == OWN_AGENT else ():
            call = read_call(command)
            if call.route.act is Act.DRAFT_NOTICE:
                template = str(call.body["template"])
                if variables_in(template) <= known.keys():
                    return substitute(template, known)
    return ""


def _tightening(
    call: Call,
    kind: Containment,
    variables: Mapping[str, str],
    *,
    key: CommandKey,
    case: CaseId,
    by: Actor,
    now: datetime,
    first: datetime,
) -> Tighten:
    names = ("target", "caller", "credential", "operation")
    target = next((call.filled(name, variables) for name in names if name in call.body), "")
    system = call.filled("system", variables)
    if lacks_object(kind, system, target):
        raise ValueError("告警没有指明控制的对象 / it is not known whom or what to contain: the alert names none")
    return Tighten(
        key=key,
        case=case,
        kind=kind,
        system=system,
        target=target,
        since=since_of(kind, first, now),
        until=now + call.hours("hours", MOST_HOURS),
        reason=call.filled("reason", variables),
        by=by,
    )
