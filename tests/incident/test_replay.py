from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incident.command import Question
from incident.draft import CHECK_LIST
from incident.facts.case import Noted
from incident.ids import ENGINE, CaseId, DutyId, NotPermitted
from incident.incident import Case
from incident.journal import Entry, entries_of
from incident.replay import apply, replay
from tests.effort import examples
from tests.incident.office import CHEN, LI, TEN, ZHAO, Office, alert, new_database

CASE = CaseId("C-20261123-001")

ACTS = (
    "perform",
    "yes",
    "no",
    "wait",
    "tick",
    "submit",
    "approve by the submitter",
    "approve",
    "edit",
    "join",
    "move a clock",
    "restart",
)


def do(office: Office, act: str) -> None:
    """One thing that may happen to a case, sensible or not."""
    case = office.cases.get(CASE)
    questions = [asked for asked in case.questions if asked.question is not Question.APPROVE_NOTICE]
    match act:
        case "perform":
            office.perform()
        case "yes" if questions:
            office.cases.complete(CASE, questions[0].key, CHEN)
        case "no" if questions:
            office.cases.decline(CASE, questions[0].key, CHEN, "不行")
        case "wait":
            office.watch.move(minutes=90)
        case "submit":
            office.cases.submit_notice(CASE, LI, case.notice.digest, tuple(CHECK_LIST))
        case "approve by the submitter":
            office.cases.approve_notice(CASE, LI, case.notice.digest)
        case "approve":
            office.cases.approve_notice(CASE, ZHAO, case.notice.digest)
        case "edit" if case.notice.draft:
            office.cases.redraft_notice(CASE, LI, "bulk-retrieval")
        case "join":
            office.cases.open_or_join(alert(event_count=len(case.entries)))
        case "move a clock":
            start = office.watch() - timedelta(hours=1)
            office.cases.move_clock(CASE, DutyId("notify-authority"), LI, start, "更正")
        case "restart":
            office.restart()
        case _:
            office.cases.tick()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(25), deadline=None)
@given(acts=st.lists(st.sampled_from(ACTS), max_size=20), automatic=st.booleans())
def test_whatever_happens_the_journal_tells_all_of_it(
    tmp_path_factory: pytest.TempPathFactory, acts: list[str], automatic: bool
) -> None:
    folder = tmp_path_factory.mktemp("office")
    office = Office(folder=folder, engine=new_database(folder))
    office.record(count=5)
    office.cases.open_or_join(alert(automatic=automatic))
    for act in acts:
        try:
            do(office, act)
        except NotPermitted:
            continue
    case = office.cases.get(CASE)
    assert replay(case.entries) == case, "the state is the journal, and nothing else"
    office.restart()
    again = office.cases.get(CASE)
    assert again == case
    assert {duty: clock.due for duty, clock in again.clocks.items()} == {d: c.due for d, c in case.clocks.items()}
    assert_two_people_published(case)
    assert_somebody_contained(case, automatic=automatic)
    office.events.close()
    office.engine.dispose()


def assert_two_people_published(case: Case) -> None:
    if case.notice.versions:
        people = {type(entry.fact).__name__: entry.by.id for entry in case.entries}
        assert people["NoticeSubmitted"] == LI
        assert people["NoticeApproved"] == ZHAO


def assert_somebody_contained(case: Case, *, automatic: bool) -> None:
    if case.contained_at:
        assert automatic or str(case.containment_by) == f"person:{CHEN}"


def noted(text: str, after: Entry | None = None) -> Entry:
    (entry,) = entries_of(CASE, [Noted(text=text)], after=after, at=TEN, by=ENGINE)
    return entry


def test_a_journal_begins_with_the_opening_and_has_one(office: Office) -> None:
    case = office.cases.get(office.cases.open_or_join(alert()))
    with pytest.raises(ValueError, match="begins with the opening"):
        replay([noted("x")])
    with pytest.raises(ValueError, match="opened once"):
        apply(case, case.entries[0])
    with pytest.raises(ValueError, match="without entries"):
        replay([])


def test_an_entry_changes_no_case_that_somebody_holds(office: Office) -> None:
    case = office.cases.get(office.cases.open_or_join(alert()))
    after = apply(case, noted("x", case.last))
    assert len(after.entries) == len(case.entries) + 1
    assert case == office.cases.get(CASE)
