from collections.abc import Callable
from datetime import timedelta

import pytest

from incident.acts import EARLIEST
from incident.duty.clocks import Reading
from incident.duty.duties import Occurrence
from incident.facts.case import Move
from incident.ids import CaseId, DutyId, NotPermitted
from tests.incident.office import CHEN, LI, TEN, Office, alert

CASE, POLICE = CaseId("C-20261123-001"), DutyId("report-police")


def clue(office: Office, **before: float) -> None:
    office.cases.happened(CASE, CHEN, Occurrence.CRIME_CLUE, office.watch.at - timedelta(**before))


@pytest.fixture
def opened(office: Office) -> Office:
    office.cases.open_or_join(alert())
    return office


def test_two_people_take_a_clue_back_and_a_later_one_begins_anew(opened: Office) -> None:
    clue(opened, days=30)
    opened.cases.tick()
    assert opened.cases.get(CASE).clocks[POLICE].reading(TEN) is Reading.LATE
    opened.cases.dispute_clue(CASE, CHEN, "日期写错，没有这样的线索")
    assert opened.cases.get(CASE).clocks[POLICE].reading(TEN) is Reading.LATE, "one person is not enough"
    opened.restart()
    opened.cases.withdraw_clue(CASE, LI)
    case = opened.cases.get(CASE)
    record = case.clocks[POLICE]
    assert record.judged is not None
    assert (record.reading(TEN), record.owed, record.judged.why) == (
        Reading.NOT_OWED,
        False,
        "日期写错，没有这样的线索",
    )
    assert not [event for event in case.occurrences if event.what is Occurrence.CRIME_CLUE]
    opened.watch.move(hours=1)
    opened.cases.tick()
    assert not opened.cases.get(CASE).clocks[POLICE].owed
    clue(opened, minutes=5)
    again = opened.cases.get(CASE).clocks[POLICE]
    assert (again.reading(opened.watch.at), again.start) == (Reading.RUNNING, opened.watch.at - timedelta(minutes=5))
    assert again.late_since is None


def agree_with_oneself(office: Office) -> None:
    clue(office, minutes=5)
    office.cases.dispute_clue(CASE, CHEN, "误登记")
    office.cases.withdraw_clue(CASE, CHEN)


def agree_unasked(office: Office) -> None:
    clue(office, minutes=5)
    office.cases.withdraw_clue(CASE, LI)


def after_the_report(office: Office) -> None:
    clue(office, minutes=5)
    office.cases.fulfil(CASE, POLICE, CHEN, "回执 9")
    office.cases.dispute_clue(CASE, CHEN, "误登记")


def without_a_reason(office: Office) -> None:
    clue(office, minutes=5)
    office.cases.dispute_clue(CASE, CHEN, " ")


def in_an_ended_case(office: Office) -> None:
    clue(office, minutes=5)
    office.cases.act(CASE, Move.DISMISS, CHEN, "误报")
    office.cases.dispute_clue(CASE, CHEN, "误登记")


def too_early(office: Office) -> None:
    clue(office, days=9000)


def a_clock_too_early(office: Office) -> None:
    office.cases.move_clock(CASE, DutyId("tell-persons"), CHEN, TEN - EARLIEST - timedelta(days=1), "写错年份")


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (agree_with_oneself, "another person"),
        (agree_unasked, "nobody has asked"),
        (after_the_report, "reported already"),
        (without_a_reason, "a reason is needed"),
        (in_an_ended_case, "has ended"),
        (too_early, "look at the year"),
        (a_clock_too_early, "look at the year"),
        (lambda office: office.cases.dispute_clue(CASE, CHEN, "误登记"), "no clue"),
    ],
)
def test_what_is_refused(opened: Office, act: Callable[[Office], None], says: str) -> None:
    with pytest.raises(NotPermitted, match=says):
        act(opened)
