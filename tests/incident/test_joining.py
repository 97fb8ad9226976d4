"""A "no" to containment is about what was known: what later alerts bring is contained, or asked about, all the same."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from incident.command import CONTAINING, Containment, Failed, Question, Tighten
from incident.duty.duties import Grade
from incident.facts.case import Move, StateMoved
from incident.ids import CaseId, CommandKey, NotPermitted
from incident.state import State
from tests.incident.office import CHEN, LI, TEN, Office, alert, shown

CASE = CaseId("C-20261123-001")


def later(office: Office, name: str = "a-2", **changes: Any) -> None:
    """Another alert of the account, raised now about what was read until now, is told and followed."""
    office.cases.open_or_join(alert(name, **{"raised_at": office.watch.at, "last_at": office.watch.at, **changes}))
    office.perform_all()


def declined(office: Office) -> None:
    office.cases.open_or_join(alert())
    office.cases.decline(CASE, office.question(CASE, Question.CONTAIN).key, CHEN, "经核实为正常业务")
    office.perform_all()


def ended(office: Office) -> None:
    office.cases.open_or_join(alert(automatic=True))
    office.perform_all()
    office.watch.move(hours=24)


def lifted(office: Office) -> None:
    office.cases.open_or_join(alert(automatic=True))
    office.perform_all()
    (key,) = office.overlay
    office.cases.ask_lift(CASE, CommandKey(key), CHEN, "误报")
    office.cases.agree_lift(CASE, CommandKey(key), LI)
    office.perform_all()


def resolved(office: Office) -> None:
    declined(office)
    office.cases.act(CASE, Move.RESOLVE, CHEN)


def dismissed(office: Office) -> None:
    lifted(office)
    office.cases.act(CASE, Move.DISMISS, CHEN, "批准的导出")


def failed(office: Office) -> None:
    office.cases.open_or_join(alert(automatic=True))
    (command,) = office.cases.pending()
    office.cases.finished(command.key, Failed(said="the overlay is not ours"))
    office.perform_all()


BEFORE: list[Callable[[Office], None]] = [declined, ended, lifted, resolved, failed]


@pytest.mark.parametrize("before", BEFORE)
def test_a_later_alert_that_contains_by_itself_contains(office: Office, before: Callable[[Office], None]) -> None:
    before(office)
    office.watch.move(minutes=5)
    known = set(office.overlay)
    later(office, automatic=True, level="critical")
    (new,) = [entry for key, entry in office.overlay.items() if key not in known]
    assert (new.kind.value, new.target, new.by) == ("block_caller", "clerk-wang", "rule:many-subjects")
    assert new.until == office.watch.at + timedelta(hours=24)
    case = office.cases.get(CASE)
    assert (case.state, case.level) == (State.CONTAINED, "critical")
    office.restart()
    later(office, automatic=True, level="critical", event_count=10)
    assert len(office.overlay) == len(known) + 1, "it grows, and is contained already"


@pytest.mark.parametrize("before", [declined, ended, lifted, resolved])
def test_a_later_alert_that_asks_first_asks_again(office: Office, before: Callable[[Office], None]) -> None:
    before(office)
    office.watch.move(minutes=5)
    known = set(office.overlay)
    later(office)
    later(office, event_count=10)
    asked = office.question(CASE, Question.CONTAIN)
    assert set(office.overlay) == known
    assert [(each.kind, each.target) for each in asked.measures] == [(Containment.BLOCK_CALLER, "clerk-wang")]
    office.cases.complete(CASE, asked.key, CHEN)
    office.perform_all()
    (new,) = [entry for key, entry in office.overlay.items() if key not in known]
    assert (new.target, new.by) == ("clerk-wang", f"person:{CHEN}")


def test_a_no_to_the_second_question_is_a_no_to_that_alert(office: Office) -> None:
    declined(office)
    later(office)
    office.cases.decline(CASE, office.question(CASE, Question.CONTAIN).key, CHEN, "仍为正常业务")
    later(office, event_count=10)
    assert not [asked for asked in office.cases.get(CASE).questions if asked.question is Question.CONTAIN]
    with pytest.raises(NotPermitted, match="no such question"):
        office.cases.retry(CASE, CommandKey(f"{CASE}.contain.a-2"), CHEN)
    later(office, "a-3", automatic=True)
    assert [entry.target for entry in office.overlay.values()] == ["clerk-wang"]


def test_what_two_people_took_back_is_asked_about_where_it_goes_on(office: Office) -> None:
    lifted(office)
    office.watch.move(hours=1)
    for count in (40, 50):
        later(office, "a-1", automatic=True, raised_at=TEN, event_count=count)
    assert office.overlay == {}
    asked = office.question(CASE, Question.CONTAIN)
    office.cases.decline(CASE, asked.key, CHEN, "批准的导出")
    later(office, "a-1", automatic=True, raised_at=TEN, event_count=60)
    assert office.overlay == {}
    assert not [each for each in office.cases.get(CASE).questions if each.question is Question.CONTAIN]


def test_another_rule_about_the_same_events_does_not_block_again(office: Office) -> None:
    lifted(office)
    office.watch.move(minutes=5)
    later(office, rule="other", automatic=True, last_at=TEN - timedelta(seconds=1))
    assert office.overlay == {}
    assert office.question(CASE, Question.CONTAIN).measures


def test_a_false_alarm_that_goes_on_is_asked_about_in_its_case(office: Office) -> None:
    dismissed(office)
    office.watch.move(minutes=5)
    later(office, "a-1", automatic=True, raised_at=TEN, event_count=40)
    case = office.cases.get(CASE)
    assert (case.state, office.overlay) == (State.OPEN, {})
    reasons = [entry.fact.reason for entry in case.entries if isinstance(entry.fact, StateMoved)]
    assert reasons[-1] == "认定为误报后告警仍在继续 / the alert went on after it was held to be false"
    asked = office.question(CASE, Question.CONTAIN)
    assert [(each.kind, each.target) for each in asked.measures] == [(Containment.BLOCK_CALLER, "clerk-wang")]


def test_another_rule_about_a_false_alarm_is_asked_about_in_its_case(office: Office) -> None:
    dismissed(office)
    office.watch.move(minutes=5)
    later(office, rule="other", automatic=True, last_at=TEN - timedelta(seconds=1))
    assert [case.id for case in office.cases.all()] == [CASE]
    assert (office.cases.get(CASE).state, office.overlay) == (State.OPEN, {})
    assert office.question(CASE, Question.CONTAIN).measures


def test_what_the_account_does_after_a_false_alarm_is_another_case(office: Office) -> None:
    dismissed(office)
    office.watch.move(minutes=5)
    later(office, automatic=True)
    new, old = office.cases.all()
    assert (old.id, old.state, new.state) == (CASE, State.DISMISSED, State.CONTAINED)
    assert [(entry.case, entry.target) for entry in office.overlay.values()] == [(new.id, "clerk-wang")]


def test_a_question_that_waited_when_it_was_dismissed_waits_again_once(office: Office) -> None:
    office.cases.open_or_join(alert())
    office.cases.act(CASE, Move.DISMISS, CHEN, "误报")
    later(office, "a-1", raised_at=TEN, event_count=40)
    assert office.question(CASE, Question.CONTAIN)


def test_what_failed_is_not_tried_at_every_growth(office: Office) -> None:
    failed(office)
    later(office, "a-1", automatic=True, raised_at=TEN, event_count=40)
    assert office.overlay == {}


def test_a_resolved_case_is_open_again_and_says_why(office: Office) -> None:
    resolved(office)
    later(office)
    case = office.cases.get(CASE)
    assert case.state is State.OPEN
    reasons = [entry.fact.reason for entry in case.entries if isinstance(entry.fact, StateMoved)]
    assert reasons[-1] == "处置完毕后又有告警 a-2 / alert a-2 came after the handling had ended"


def test_number_and_grade_hold_what_a_later_alert_brought(office: Office) -> None:
    office.record(count=10, fields=(shown("name"),))
    declined(office)
    office.watch.move(hours=1)
    more = 10 + min(clause.persons for clause in office.cases.rules.duties.clauses)  # the first ten are known already
    office.record(count=more, fields=(shown("resident_id"),), at=office.watch.at - timedelta(minutes=1))
    before = office.cases.get(CASE).graded
    later(office, automatic=True)
    case = office.cases.get(CASE)
    assert case.scope is not None
    assert case.scope.persons == more
    assert case.graded != before
    assert case.graded is not None
    assert case.graded.clauses


def test_only_a_person_lowers_a_grade(office: Office) -> None:
    office.record(count=20)
    declined(office)
    office.cases.grade(CASE, LI, Grade.MAJOR, "社会影响重大")
    later(office)
    graded = office.cases.get(CASE).graded
    assert graded is not None
    assert graded.grade is Grade.MAJOR


def test_while_the_playbook_asks_it_is_contained_once(office: Office) -> None:
    office.cases.open_or_join(alert())
    later(office, automatic=True)
    commands = [each.command for each in office.cases.get(CASE).commands.values()]
    assert len([each for each in commands if isinstance(each, Tighten) and each.kind in CONTAINING]) == 1
