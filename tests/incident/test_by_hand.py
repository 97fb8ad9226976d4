"""Manual steps: their due time is kept and moves by nothing, who does one is on record, and what is late stays late."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.activation import Issued
from incident.by_hand import is_late, late_steps, urgency_of
from incident.by_hand_acts import give_back, take
from incident.command import AskPerson, Question
from incident.duty.clocks import Urgency
from incident.duty.due_time import DEFINITION, DUE_TIME, WITHIN
from incident.facts.by_hand import StepGivenBack, StepTaken, StepWarned
from incident.graph import check, load_playbooks
from incident.ids import CaseId, CommandKey, NotPermitted
from incident.journal import read_fact
from incident.playbook import StepKind, read_playbook
from tests.incident.books import book, manual, raw_book, text_of
from tests.incident.office import CHEN, LI, TEN, Office

HOUR = 3_600_000
CASE = CaseId("C-20261123-001")


def within(milliseconds: object, **more: Any) -> dict[str, Any]:
    """A manual step that is due so long after somebody is asked."""
    return {**manual(), "step_extensions": {DUE_TIME: {WITHIN: milliseconds}}, "then": "end", **more}


def opened(office: Office, one: dict[str, Any]) -> CommandKey:
    """The key of the one manual step of a case that has begun."""
    office.books = {"main": book("main", start={"then": "one"}, one=one, end={})}
    office.restart()
    office.cases.open_by_hand("来信", "low", CHEN, "", book="main")
    (asked,) = office.cases.get(CASE).questions
    return asked.key


def issued(office: Office, key: CommandKey) -> Issued:
    return office.cases.get(CASE).commands[key]


def warned(office: Office) -> list[Urgency]:
    facts = (entry.fact for entry in office.cases.get(CASE).entries)
    return [fact.urgency for fact in facts if isinstance(fact, StepWarned)]


def after(office: Office, **by: float) -> None:
    office.watch.move(**by)
    office.cases.tick()


@pytest.mark.parametrize(
    ("one", "due"),
    [
        (within(4 * HOUR), TEN + timedelta(hours=4)),
        (within(2 * HOUR, timeout=4 * HOUR), TEN + timedelta(hours=2)),
        ({**manual(timeout=HOUR), "then": "end"}, TEN + timedelta(hours=1)),
        ({**manual(), "then": "end"}, None),
    ],
)
def test_the_extension_says_when_a_step_is_due_and_else_its_timeout(office: Office, one: Any, due: object) -> None:
    key = opened(office, one)
    (asked,) = office.cases.get(CASE).questions
    assert asked.due == due
    office.watch.move(minutes=10)
    office.restart()
    assert issued(office, key).command == asked, "invariant 7: a restart moves no clock"


def test_a_step_is_warned_of_twice_and_given_up_never(office: Office) -> None:
    key = opened(office, within(4 * HOUR))
    for hours, said in ((2.9, []), (0.2, [Urgency.LAST_QUARTER]), (0.5, [Urgency.LAST_QUARTER])):
        after(office, hours=hours)
        office.restart()
        assert warned(office) == said
    after(office, hours=1)
    after(office, hours=1)
    assert warned(office) == [Urgency.LAST_QUARTER, Urgency.OVER]
    assert office.cases.get(CASE).questions, "it still waits"
    office.cases.complete(CASE, key, CHEN)
    case = office.cases.get(CASE)
    assert is_late(issued(office, key), TEN), "late for ever"
    assert late_steps(case, TEN) == {case.commands[key].step}


def test_what_is_done_in_time_is_neither_warned_of_nor_late(office: Office) -> None:
    key = opened(office, within(4 * HOUR))
    office.cases.complete(CASE, key, CHEN)
    after(office, days=3)
    assert warned(office) == []
    assert late_steps(office.cases.get(CASE), office.watch.at) == frozenset()


def test_a_process_that_was_down_warns_of_what_is_so_when_it_is_back(office: Office) -> None:
    opened(office, within(4 * HOUR))
    office.watch.move(hours=9)
    office.restart()
    office.cases.tick()
    assert warned(office) == [Urgency.OVER]


@given(st.floats(min_value=-0.5, max_value=2), st.integers(min_value=60, max_value=400_000))
def test_urgency_follows_the_share_of_the_time(share: float, seconds: int) -> None:
    due = TEN + timedelta(seconds=seconds)
    asked = AskPerson(key=CommandKey("k"), case=CASE, question=Question.STEP, title="一", text="", assignee="", due=due)
    now = TEN + timedelta(seconds=seconds * share)
    found = urgency_of(Issued(command=asked, step=1, issued_at=TEN), now)
    assert (found is Urgency.OVER) == (now > due)
    if abs(share - 0.75) > 0.01 and share < 0.99:
        assert (found is Urgency.LAST_QUARTER) == (share > 0.75)


def test_one_person_has_a_step_until_it_is_given_back(office: Office) -> None:
    key = opened(office, within(4 * HOUR))
    record = office.cases.record
    record(CASE, LI, lambda case: take(case, key, LI))
    record(CASE, LI, lambda case: take(case, key, LI))
    with pytest.raises(NotPermitted, match="p-li has taken it"):
        record(CASE, CHEN, lambda case: take(case, key, CHEN))
    with pytest.raises(NotPermitted, match="has to say why"):
        record(CASE, CHEN, lambda case: give_back(case, key, CHEN, " "))
    record(CASE, CHEN, lambda case: give_back(case, key, CHEN, "休假"), "休假")
    record(CASE, CHEN, lambda case: take(case, key, CHEN))
    office.restart()
    assert issued(office, key).taken_by == CHEN
    record = office.cases.record
    record(CASE, CHEN, lambda case: give_back(case, key, CHEN, ""))
    with pytest.raises(NotPermitted, match="nobody has taken"):
        record(CASE, CHEN, lambda case: give_back(case, key, CHEN, ""))
    facts = [entry.fact for entry in office.cases.get(CASE).entries]
    assert [fact for fact in facts if isinstance(fact, StepTaken | StepGivenBack)] == [
        StepTaken(key=key, person=LI),
        StepGivenBack(key=key, person=LI, reason="休假"),
        StepTaken(key=key, person=CHEN),
        StepGivenBack(key=key, person=CHEN),
    ]


def test_what_is_done_or_no_step_is_taken_by_nobody(office: Office) -> None:
    key = opened(office, within(4 * HOUR))
    office.cases.complete(CASE, key, CHEN)
    for wrong in (key, CommandKey("C-1.9.9")):
        with pytest.raises(NotPermitted, match="no such manual step"):
            take(office.cases.get(CASE), wrong, CHEN)


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (within(0), "wrong-value"),
        (within("4h"), "wrong-value"),
        (within(True), "wrong-value"),
        (within(400 * 24 * HOUR), "wrong-value"),
        ({**within(HOUR), "step_extensions": {DUE_TIME: {WITHIN: HOUR, "more": 1}}}, "wrong-value"),
        ({**within(HOUR), "step_extensions": {DUE_TIME: {"more": 1}}}, "wrong-value"),
        (within(2 * HOUR, timeout=HOUR), "due-time"),
    ],
)
def test_a_due_time_that_is_none_is_a_finding_at_its_step(step: dict[str, Any], code: str) -> None:
    text = text_of(raw_book(start={"then": "one"}, one=step, end={}))
    _, findings = read_playbook(text, "x.json")
    assert [each.code for each in findings] == [code]
    assert '"action--' in text.splitlines()[findings[0].line - 1]


def test_only_an_action_has_a_due_time() -> None:
    raw = raw_book(start={"then": "end", "step_extensions": {DUE_TIME: {WITHIN: HOUR}}}, end={})
    read, findings = read_playbook(text_of(raw), "x.json")
    assert read is not None
    assert not findings
    assert [each.code for each in check(read, "x.json")] == ["due-time"]


def test_an_extension_of_others_is_kept_and_says_nothing_to_us() -> None:
    other = DUE_TIME.replace("4d2c", "5d2c")
    step = {**manual(), "step_extensions": {other: {"due_within": 5}}, "then": "end"}
    read = book(start={"then": "one"}, one=step, end={})
    assert [each.due for each in read.steps.values() if each.kind is StepKind.ACTION] == [None]
    assert other in read.source


@pytest.mark.parametrize("name", sorted(load_playbooks()))
def test_every_manual_step_that_we_ship_says_when_it_is_due(name: str) -> None:
    found = load_playbooks()[name]
    raw = json.loads(found.source)
    by_hand = [
        step
        for step in found.steps.values()
        if step.kind is StepKind.ACTION and any(command.type == "manual" for command in step.commands)
    ]
    assert [step.name for step in by_hand if step.due is None or step.timeout is not None] == []
    assert (raw.get("extension_definitions") == {DUE_TIME: DEFINITION}) is bool(by_hand)
    assert raw["playbook_processing_summary"].get("extensions", False) is bool(by_hand)


def test_a_journal_from_before_due_times_is_read_as_it_was(office: Office) -> None:
    key = opened(office, {**manual(), "then": "end"})
    entry = next(each for each in office.cases.get(CASE).entries if f'"{key}"' in each.body)
    old = json.loads(entry.body)
    del old["command"]["due"]
    assert read_fact(old) == entry.fact
