"""Roles, tasks, marks, restriction and review of a case: as facts of its journal, under the rules of the work."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.duty.duties import Grade
from incident.facts.case import Move
from incident.goals import Milestone
from incident.handling import Handling
from incident.handling_acts import FURTHEST
from incident.handling_book import HandlingBook
from incident.ids import CaseId, NotPermitted, PersonId
from incident.marking import CaseRole, Tlp
from incident.review import is_reviewed, measured, review_asked_by
from incident.state import State
from tests.incident.office import CHEN, LI, TEN, ZHAO, Office, alert

SOON = TEN + timedelta(days=1)


@pytest.fixture
def case(office: Office) -> CaseId:
    return office.cases.open_by_hand("接到外部举报", "high", CHEN, "")


@pytest.fixture
def book(office: Office) -> HandlingBook:
    return HandlingBook(office.cases)


def handling(office: Office, case: CaseId) -> Handling:
    return office.cases.get(case).handling


def test_a_role_is_given_and_taken(office: Office, case: CaseId, book: HandlingBook) -> None:
    book.give_role(case, CHEN, CaseRole.SCRIBE, [LI, ZHAO, LI])
    book.give_role(case, CHEN, CaseRole.SCRIBE, [LI, ZHAO])
    assert handling(office, case).roles == {CaseRole.SCRIBE: (LI, ZHAO)}
    assert sum("role_given" in entry.body for entry in office.cases.get(case).entries) == 1
    book.give_role(case, CHEN, CaseRole.SCRIBE, [])
    office.restart()
    assert handling(office, case).roles == {CaseRole.SCRIBE: ()}
    with pytest.raises(NotPermitted, match="one lead"):
        book.give_role(case, CHEN, CaseRole.LEAD, [LI, ZHAO])


def test_a_task_is_overdue_until_it_is_done_and_was_late_for_ever(
    office: Office, case: CaseId, book: HandlingBook
) -> None:
    book.set_task(case, CHEN, "核对台账", LI, SOON)
    assert not handling(office, case).tasks[1].is_overdue(SOON)
    office.watch.move(days=2)
    assert handling(office, case).tasks[1].is_overdue(office.watch.at)
    book.set_task(case, CHEN, "核对台账", ZHAO, office.watch.at + timedelta(days=1), number=1)
    (task,) = handling(office, case).open_tasks
    assert (task.assignee, task.late_since, task.is_overdue(office.watch.at)) == (ZHAO, SOON, False)
    book.finish_task(case, ZHAO, 1, "已核对")
    done = handling(office, case).tasks[1]
    assert done.done is not None
    assert (done.done.by.id, done.done.note, done.late_since) == (ZHAO, "已核对", SOON)
    assert handling(office, case).open_tasks == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"due": TEN}, "due after now"),
        ({"due": TEN + FURTHEST + timedelta(seconds=1)}, "within three years"),
        ({"title": "  "}, "what is to be done"),
        ({"assignee": PersonId("")}, "by whom"),
        ({"number": 7}, "no such task"),
        ({"title": "联系 13800138000"}, "personal data"),
    ],
)
def test_a_task_needs_what_makes_it_one(
    case: CaseId, book: HandlingBook, changes: dict[str, object], said: str
) -> None:
    given = {"title": "核对台账", "assignee": LI, "due": SOON, **changes}
    with pytest.raises(NotPermitted, match=said):
        book.set_task(case, CHEN, **given)  # type: ignore[arg-type]


def test_a_task_is_done_once_and_says_how(case: CaseId, book: HandlingBook) -> None:
    book.set_task(case, CHEN, "核对台账", LI, SOON)
    with pytest.raises(NotPermitted, match="how it was done"):
        book.finish_task(case, LI, 1, " ")
    book.finish_task(case, LI, 1, "已核对")
    with pytest.raises(NotPermitted, match="it is done"):
        book.finish_task(case, LI, 1, "又核对")


def test_what_may_be_told_to_more_needs_a_reason(office: Office, case: CaseId, book: HandlingBook) -> None:
    assert handling(office, case).tlp is Tlp.AMBER
    book.mark(case, CHEN, Tlp.RED)
    with pytest.raises(NotPermitted, match="a reason is needed"):
        book.mark(case, CHEN, Tlp.AMBER_STRICT)
    book.mark(case, CHEN, Tlp.AMBER_STRICT, "已核实不涉及侦查")
    assert handling(office, case).tlp.label == "TLP:AMBER+STRICT"


def test_a_restricted_case_opens_to_who_is_named_or_has_a_role(
    office: Office, case: CaseId, book: HandlingBook
) -> None:
    assert handling(office, case).opens_to(ZHAO)
    book.restrict(case, CHEN, [LI], "涉及内部人员")
    assert [handling(office, case).opens_to(each) for each in (CHEN, LI, ZHAO)] == [True, True, False]
    book.give_role(case, CHEN, CaseRole.LEGAL, [ZHAO])
    assert handling(office, case).opens_to(ZHAO)
    book.give_role(case, CHEN, CaseRole.LEGAL, [])
    book.read(case, ZHAO, "案件")
    book.read(case, LI, "案件")
    reads = [entry.by.id for entry in office.cases.get(case).entries if "restricted_read" in entry.body]
    assert reads == [ZHAO], "who is named reads without being recorded"
    with pytest.raises(NotPermitted, match="a reason is needed"):
        book.restrict(case, CHEN, [], "")
    book.restrict(case, CHEN, [], "已查清")
    assert handling(office, case).opens_to(ZHAO)


# -- the review


def resolved(office: Office, grade: Grade) -> CaseId:
    """A case of *grade* of which everything that is owed was done in time."""
    case = office.cases.open_or_join(alert())
    office.watch.move(minutes=8)
    office.cases.act(case, Move.CONTAIN, CHEN)
    office.watch.move(minutes=22)
    office.cases.act(case, Move.RESOLVE, CHEN)
    office.cases.grade(case, CHEN, grade, "按人数")
    for duty, record in office.cases.get(case).clocks.items():
        if record.owed:
            office.cases.fulfil(case, duty, CHEN, "回执 2026-117")
    return case


def test_a_grave_case_is_not_closed_without_a_review(office: Office, book: HandlingBook) -> None:
    case = resolved(office, Grade.LARGE)
    with pytest.raises(NotPermitted, match="reviewed before it is closed: its grade"):
        office.cases.act(case, Move.CLOSE, CHEN, "完成")
    book.review(case, LI, "口令共用", "一人一号")
    office.cases.act(case, Move.REOPEN, CHEN, "另有情况")
    office.cases.act(case, Move.RESOLVE, CHEN)
    assert not is_reviewed(office.cases.get(case)), "what was learned before it went on is not all"
    with pytest.raises(NotPermitted, match="reviewed before"):
        office.cases.act(case, Move.CLOSE, CHEN, "完成")
    book.review(case, LI, "口令共用", "一人一号，每季度核对")
    office.cases.act(case, Move.CLOSE, CHEN, "完成")
    assert office.cases.get(case).state is State.CLOSED


def test_an_ordinary_case_that_went_well_needs_none(office: Office) -> None:
    case = resolved(office, Grade.ORDINARY)
    assert review_asked_by(office.cases.get(case), office.watch.at) == ()
    office.cases.act(case, Move.CLOSE, CHEN, "完成")


def test_a_drill_needs_one_always(office: Office) -> None:
    case = office.cases.open_drill("演练", "low", CHEN, book="", once="1")
    assert [each.en for each in review_asked_by(office.cases.get(case), TEN)] == ["a drill is reviewed"]


def test_a_case_with_a_late_duty_needs_one(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    office.watch.move(days=40)
    office.cases.tick()
    assert "a duty was late" in {each.en for each in review_asked_by(office.cases.get(case), office.watch.at)}


def test_times_are_measured_from_the_facts_and_kept_with_the_goals(office: Office, book: HandlingBook) -> None:
    case = resolved(office, Grade.LARGE)
    book.review(case, LI, "口令共用", "一人一号")
    review = handling(office, case).review
    assert review is not None
    assert review.fact.measured == {"detected": 300, "contained": 480, "reported": 1800, "told": 1800}
    assert review.fact.goals["contained"] == 600
    met = {each.milestone: each.is_met for each in measured(office.cases.get(case), office.cases.rules.goals)}
    assert met[Milestone.CONTAINED] is True
    assert met[Milestone.PUBLISHED] is None


def test_a_published_notice_is_measured_and_asks_for_a_review(office: Office) -> None:
    case = office.to_the_draft()
    office.watch.move(hours=3)
    office.publish(case)
    known = office.cases.get(case)
    took = {each.milestone: each.took for each in measured(known, office.cases.rules.goals)}
    assert took[Milestone.PUBLISHED] == timedelta(hours=3)
    assert "a notice was published" in {each.en for each in review_asked_by(known, office.watch.at)}


def test_a_review_comes_after_the_handling(office: Office, case: CaseId, book: HandlingBook) -> None:
    with pytest.raises(NotPermitted, match="once its handling has ended"):
        book.review(case, CHEN, "口令共用", "一人一号")
    office.cases.act(case, Move.RESOLVE, CHEN)
    with pytest.raises(NotPermitted, match="lessons have to be written"):
        book.review(case, CHEN, "口令共用", " ")


def test_tasks_are_done_before_the_case_is_closed_and_actions_outlive_it(office: Office, book: HandlingBook) -> None:
    case = resolved(office, Grade.ORDINARY)
    later = office.watch.at + timedelta(days=30)
    book.set_task(case, CHEN, "核对台账", LI, later)
    book.set_task(case, CHEN, "换掉共用口令", ZHAO, later, lasting=True)
    with pytest.raises(NotPermitted, match="tasks are still to be done"):
        office.cases.act(case, Move.CLOSE, CHEN, "完成")
    book.finish_task(case, LI, 1, "已核对")
    office.cases.act(case, Move.CLOSE, CHEN, "完成")
    office.watch.move(days=31)
    office.restart()
    (action,) = handling(office, case).open_tasks
    assert action.is_overdue(office.watch.at)
    late = HandlingBook(office.cases)
    late.set_task(case, CHEN, "再查一遍", LI, office.watch.at + timedelta(days=1), lasting=True)
    late.finish_task(case, ZHAO, 2, "已更换")
    assert handling(office, case).tasks[2].late_since == later
    with pytest.raises(NotPermitted, match="the case has ended"):
        late.set_task(case, CHEN, "核对台账", LI, office.watch.at + timedelta(days=1))


@given(st.sampled_from(Tlp), st.sampled_from(Tlp))
def test_marks_are_ordered_as_the_protocol_orders_them(one: Tlp, other: Tlp) -> None:
    order = ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"]
    assert (one.rank < other.rank) == (order.index(one.label) < order.index(other.label))
