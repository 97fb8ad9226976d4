"""A reader who had not signed in: there is no account to block, and nothing about that fails in silence."""

from datetime import timedelta
from typing import Any

import pytest

from incident.command import Containment, Question
from incident.ids import CaseId
from incident.measures import measures_for
from incident.state import State
from tests.incident.books import book, manual, own
from tests.incident.office import CHEN, LIMIT, TEN, Office, alert, scope_commands
from tests.siem.events import document

CASE = CaseId("C-20261123-001")
OPERATION = "GET /register/residents/{id}"
NOBODY = {"service.name": "register", "source.ip": "10.0.0.7"}


def touched(office: Office, **changes: Any) -> None:
    office.record(count=3, caller="", source_ip="10.0.0.7")
    facts = {"rule": "canary", "group": NOBODY, "respond": "canary-record", **changes}
    office.cases.open_or_join(alert(**facts))
    office.perform_all()


@pytest.mark.parametrize("respond", ["canary-record", "bulk-retrieval"])
@pytest.mark.parametrize("automatic", [True, False])
def test_a_person_is_asked_which_measure_to_take(office: Office, respond: str, automatic: bool) -> None:
    touched(office, respond=respond, automatic=automatic)
    assert office.overlay == {}
    asked = office.question(CASE, Question.CONTAIN)
    assert [(each.kind, each.system, each.target) for each in asked.measures] == [
        (Containment.MASK_HARDER, "register", ""),
        (Containment.STOP_OPERATION, "register", OPERATION),
        (Containment.STOP_SYSTEM, "register", ""),
    ]
    office.cases.complete(CASE, asked.key, CHEN, inputs={"measure": "1"})
    office.perform_all()
    assert [(each.kind.value, each.system, each.target) for each in office.overlay.values()] == [
        ("stop_operation", "register", OPERATION)
    ]
    case = office.cases.get(CASE)
    assert case.state is State.CONTAINED
    assert case.notice.draft is not None
    assert "已停用涉事账号" not in case.notice.draft.content.body_zh


def test_a_no_is_a_no_and_the_case_goes_on(office: Office) -> None:
    touched(office)
    office.cases.decline(CASE, office.question(CASE, Question.CONTAIN).key, CHEN, "内部巡检")
    office.perform_all()
    case = office.cases.get(CASE)
    assert (office.overlay, case.state) == ({}, State.OPEN)
    assert case.notice.draft is not None


def test_only_what_came_from_there_is_counted(office: Office) -> None:
    office.events.append(
        [document(100 + number, at=TEN - timedelta(minutes=3), source_ip="10.0.0.9") for number in range(9)], LIMIT
    )
    touched(office)
    scope = office.cases.get(CASE).scope
    assert scope is not None
    assert (scope.events, scope.persons) == (3, 3)
    assert all(command.question.where.keys() == NOBODY.keys() for command in scope_commands(office.cases.get(CASE)))


def test_who_signed_in_at_the_same_address_is_not_of_the_case(office: Office) -> None:
    """A hall has one address for all its counters: its clerks read nothing of what the stranger did."""
    at = TEN - timedelta(minutes=3)
    clerks = [document(100 + number, at=at, caller="clerk-li", source_ip="10.0.0.7") for number in range(9)]
    office.events.append(clerks, LIMIT)
    touched(office)
    case = office.cases.get(CASE)
    assert case.scope is not None
    assert (case.scope.events, case.scope.persons, case.scope.callers) == (3, 3, ())
    assert not [each for each in measures_for(case, 1) if each.kind is Containment.BLOCK_CALLER]
    told = {fact.name: fact.value.zh for fact in office.cases.facts(CASE)}
    assert (told["persons"], told["accounts"]) == ("3", "0")


def test_what_a_person_has_to_do_is_asked_although_a_value_is_unknown(office: Office) -> None:
    office.books = {
        "main": book(
            variables={"__caller__": {"type": "string", "external": True}},
            start={"then": "block"},
            block=own("containment/block-caller", {"caller": "__caller__:value"}, ok="end", failed="hand"),
            hand=manual("请停用账号 __caller__:value", then="end-2"),
            end_2={},
            end={},
        )
    }
    office.restart()
    office.cases.open_or_join(alert(group=NOBODY, respond="main", automatic=True))
    assert office.question(CASE, Question.STEP).text == "请停用账号 （未知 unknown）"


def test_where_not_even_the_system_is_known_that_is_said(office: Office) -> None:
    touched(office, group={"source.ip": "192.0.2.1"})
    assert any("neither an account nor a system" in asked.text for asked in office.cases.get(CASE).questions)
