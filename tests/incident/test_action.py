import json
from datetime import timedelta
from typing import Any

import pytest

from incident.action import ROUTES, Act, read_call, simple_command, substitute, variables_in
from incident.command import AskPerson, Command, Containment, DraftNotice, Question, StartDuties, Tighten
from incident.expression import Expression
from incident.ids import ENGINE, CaseId, CommandKey
from incident.playbook import CommandText
from tests.incident.books import book, manual, step_id
from tests.incident.office import TEN

CASE, KEY = CaseId("C-20261123-001"), CommandKey("C-20261123-001.3.1")
STEP = book(start={"then": "do"}, do=manual(ok="end"), end={}).steps[step_id("do")]


def post(target: str, body: dict[str, Any] | None = None, **changes: str) -> CommandText:
    told = {"type": "http-api", "text": f"POST {target} HTTP/1.1", "content": json.dumps(body or {}), **changes}
    return CommandText(**told)  # type: ignore[arg-type]


def command(target: str, body: dict[str, Any] | None = None, **variables: str) -> Command:
    known = {f"__{name}__": value for name, value in variables.items()}
    return simple_command(read_call(post(target, body)), STEP, known, key=KEY, case=CASE, by=ENGINE, now=TEN, first=TEN)


@pytest.mark.parametrize(
    ("target", "body", "kind", "system", "to"),
    [
        ("block-caller", {"caller": "__who__:value"}, Containment.BLOCK_CALLER, "", "clerk-wang"),
        ("block-credential", {"credential": "key:ab"}, Containment.BLOCK_CREDENTIAL, "", "key:ab"),
        ("stop-operation", {"system": "hall", "operation": "GET /x"}, Containment.STOP_OPERATION, "hall", "GET /x"),
        ("stop-system", {"system": "hall"}, Containment.STOP_SYSTEM, "hall", ""),
        ("mask-harder", {"system": "hall"}, Containment.MASK_HARDER, "hall", ""),
    ],
)
def test_the_containments(target: str, body: dict[str, Any], kind: Containment, system: str, to: str) -> None:
    made = command(f"/api/containment/{target}", {**body, "hours": 3, "reason": "案件"}, who="clerk-wang")
    assert made == Tighten(
        key=KEY,
        case=CASE,
        kind=kind,
        system=system,
        target=to,
        until=TEN + timedelta(hours=3),
        reason="案件",
        by=ENGINE,
    )


def test_without_a_word_it_lasts_a_day() -> None:
    made = command("/api/containment/stop-system", {"system": "hall"})
    assert isinstance(made, Tighten)
    assert made.until == TEN + timedelta(hours=24)


@pytest.mark.parametrize("variables", [{}, {"who": ""}], ids=["no value", "an empty one"])
def test_nobody_in_particular_is_not_blocked(variables: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"no value|not known whom"):
        command("/api/containment/block-caller", {"caller": "__who__:value"}, **variables)


def test_the_other_calls() -> None:
    cases = "/api/cases/__case__:value"
    assert command(f"{cases}/duties") == StartDuties(key=KEY, case=CASE)
    assert command(f"{cases}/notice-drafts", {"template": "t"}) == DraftNotice(key=KEY, case=CASE, template="t")
    asked = command(f"{cases}/containment-approvals", {"text": "停用 __who__:value？"}, who="clerk-wang")
    assert isinstance(asked, AskPerson)
    assert (asked.question, asked.text) == (Question.CONTAIN, "停用 clerk-wang？")
    approval = command(f"{cases}/notice-approvals")
    assert isinstance(approval, AskPerson)
    assert approval.question is Question.APPROVE_NOTICE


@pytest.mark.parametrize(
    "name", ["__a__", "___a__", "____a__", "__a___", "__a__b__", "__a-_1__", "_____", "__" + "a" * 200 + "__"]
)
@pytest.mark.parametrize("before", ["", "block ", "--host=", "x"])
def test_a_variable_is_read_by_its_whole_name(name: str, before: str) -> None:
    others = {"__a__": "WRONG", "__b__": "WRONG", "_____": "WRONG"}
    text = f"{before}{name}:value, __z__:value."
    assert variables_in(text) == {name, "__z__"}
    assert substitute(text, {**others, name: "right", "__z__": "last"}) == f"{before}right, last."
    assert Expression(f"{name}:value = 'right'").holds({**others, name: "right"})


def test_every_act_has_its_call() -> None:
    assert {route.act for route in ROUTES.values()} == set(Act)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (post("/api/containment/burn", {}), "has no call `POST /api/containment/burn`"),
        (post("/api/cases/C-1/duties"), "has no call"),
        (post("x", text="GET /api/containment/stop-system HTTP/1.1"), "has no call `GET"),
        (post("x", text="stop the system"), "is an http-api command"),
        (post("/api/containment/stop-system", type="bash"), "is an http-api command"),
        (post("/api/containment/stop-system"), "needs `system`"),
        (post("/api/containment/stop-system", {"system": "hall", "colour": 1}), "takes no `colour`"),
        (post("/api/containment/stop-system", {"system": 5}), "`system` must be a text"),
        (post("/api/containment/stop-system", {"system": "hall", "hours": 25}), "1 to 24"),
        (post("/api/containment/stop-system", {"system": "hall", "hours": 0}), "1 to 24"),
        (post("/api/containment/stop-system", {"system": "hall", "hours": "3"}), "1 to 24"),
        (post("/api/containment/stop-system", {"system": "hall", "hours": True}), "1 to 24"),
        (post("/api/cases/__case__:value/scope", {"look_back_hours": -1}), "0 to 8784"),
        (post("/api/containment/stop-system", content="[]"), "must be a JSON object"),
        (post("/api/containment/stop-system", content="{"), "is not JSON"),
    ],
)
def test_what_the_gateway_does_not_take_is_refused_at_load(text: CommandText, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_call(text)


def test_a_value_cannot_become_another_key_of_the_body() -> None:
    made = command("/api/containment/block-caller", {"caller": "__who__:value"}, who='x", "hours": 1, "reason": "')
    assert isinstance(made, Tighten)
    assert made.target == 'x", "hours": 1, "reason": "'
    assert made.until == TEN + timedelta(hours=24)


def test_variables_are_found_and_filled_in_once() -> None:
    assert variables_in("a __x__:value b __y-2__:value __z__") == {"__x__", "__y-2__"}
    assert substitute("__x__:value", {"__x__": "__y__:value", "__y__": "secret"}) == "__y__:value"
