from dataclasses import replace
from datetime import timedelta

import pytest

from incident.duty.clocks import Reading, Urgency
from incident.duty.deadlines import clock_facts, grading, judgement_facts, late_facts, warning_facts
from incident.duty.duties import Grade, Occurrence, load_duties
from incident.facts.case import Move
from incident.facts.duty import ClockSet, DutyLate, DutyWarned
from incident.ids import CaseId, DutyId, NotPermitted
from incident.scope import CategoryCount
from tests.incident.office import CHEN, LI, TEN, Office, alert

TABLE = load_duties()
NOTIFY, SUMMARY, POLICE = DutyId("notify-authority"), DutyId("report-summary"), DutyId("report-police")


def test_the_two_clocks_start_with_the_alert(office: Office) -> None:
    case = office.cases.get(office.cases.open_or_join(alert(raised_at=TEN - timedelta(minutes=1))))
    started = {duty: (clock.start, clock.due) for duty, clock in case.clocks.items()}
    aware = TEN - timedelta(minutes=1)
    assert started == {
        "report-cyberspace": (aware, aware + timedelta(hours=4)),
        "notify-authority": (aware, aware + timedelta(hours=24)),
        "tell-persons": (aware, aware + timedelta(hours=72)),
    }
    assert clock_facts(case, TABLE) == ()


@pytest.mark.parametrize("what", [Occurrence.REPORT, Occurrence.CONFIRMATION])
def test_an_earlier_awareness_moves_them_and_a_later_one_does_not(office: Office, what: Occurrence) -> None:
    case = office.cases.open_or_join(alert())
    office.watch.move(hours=1)
    office.cases.happened(case, CHEN, what, office.watch(), "电话")
    assert office.cases.get(case).clocks[NOTIFY].start == TEN
    other = Occurrence.REPORT
    office.cases.happened(case, CHEN, other, TEN - timedelta(hours=3), "12345 工单")
    clock = office.cases.get(case).clocks[NOTIFY]
    assert clock.start == TEN - timedelta(hours=3)
    assert [setting.reason for setting in clock.settings] == [
        "",
        "得知了更早的时间 / an earlier moment of awareness is known",
    ]


def test_what_a_person_moved_the_engine_leaves(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    office.cases.move_clock(case, NOTIFY, LI, TEN - timedelta(hours=1), "值班员更早接到电话")
    office.cases.happened(case, CHEN, Occurrence.REPORT, TEN - timedelta(hours=5), "")
    assert office.cases.get(case).clocks[NOTIFY].start == TEN - timedelta(hours=1)


def test_the_summary_runs_from_the_last_end_of_the_handling(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    assert SUMMARY not in office.cases.get(case).clocks
    office.cases.act(case, Move.RESOLVE, CHEN)
    assert office.cases.get(case).clocks[SUMMARY].due == TEN + timedelta(days=30)
    office.watch.move(days=2)
    office.cases.act(case, Move.REOPEN, CHEN, "复发")
    office.cases.act(case, Move.RESOLVE, CHEN)
    assert office.cases.get(case).clocks[SUMMARY].due == TEN + timedelta(days=32)


def test_a_clue_to_a_crime_starts_its_own_clock(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    assert POLICE not in office.cases.get(case).clocks
    office.cases.happened(case, CHEN, Occurrence.CRIME_CLUE, TEN, "疑似倒卖")
    assert office.cases.get(case).clocks[POLICE].due == TEN + timedelta(hours=24)


def test_late_is_marked_once_at_its_due_time(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    office.watch.at = TEN + timedelta(hours=24)
    office.cases.tick()
    assert office.cases.get(case).clocks[NOTIFY].late_since is None
    assert late_facts(office.cases.get(case), office.watch()) == ()
    office.watch.move(seconds=1)
    assert late_facts(office.cases.get(case), office.watch()) != ()
    office.cases.tick()
    office.cases.tick()
    marks = [entry.fact for entry in office.cases.get(case).entries if isinstance(entry.fact, DutyLate)]
    assert DutyLate(duty=NOTIFY, due=TEN + timedelta(hours=24)) in marks
    assert len(marks) == 2, "the report that may be owed, and the notification"


def test_a_clock_that_ran_out_while_nobody_was_there_is_late_at_its_due_time(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    office.watch.move(days=10)
    office.restart()
    office.cases.tick()
    clock = office.cases.get(case).clocks[NOTIFY]
    assert clock.late_since == TEN + timedelta(hours=24)
    assert clock.reading(office.watch()) is Reading.LATE


def warnings_of(office: Office, case: CaseId) -> list[tuple[str, Urgency]]:
    facts = [entry.fact for entry in office.cases.get(case).entries]
    return [(fact.duty, fact.urgency) for fact in facts if isinstance(fact, DutyWarned)]


def test_people_are_warned_at_half_and_in_the_last_quarter_once_each_also_after_a_restart(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    for hours in (1.9, 0.2, 0.9, 0.1, 0.8):  # the report of four hours
        office.watch.move(hours=hours)
        office.cases.tick()
        office.restart()
        office.cases.tick()
    assert warnings_of(office, case) == [
        ("report-cyberspace", Urgency.HALF),
        ("report-cyberspace", Urgency.LAST_QUARTER),
    ]


def test_a_warning_that_was_missed_is_not_made_up_for(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    office.watch.move(hours=20)
    office.cases.tick()
    assert warnings_of(office, case) == [("notify-authority", Urgency.LAST_QUARTER)]
    office.watch.move(hours=30)
    office.cases.tick()
    assert warnings_of(office, case)[1:] == [("tell-persons", Urgency.HALF)]


def test_a_clock_that_was_moved_warns_anew_and_one_that_is_done_does_not(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    office.watch.move(hours=13)
    office.cases.tick()
    assert warnings_of(office, case) == [("notify-authority", Urgency.HALF)]
    office.cases.move_clock(case, NOTIFY, LI, TEN - timedelta(hours=6), "更早接到电话")
    assert [fact.urgency for fact in warning_facts(office.cases.get(case), office.watch())] == [Urgency.LAST_QUARTER]
    office.cases.fulfil(case, NOTIFY, LI, "回执 1")
    office.cases.tick()
    assert warnings_of(office, case) == [("notify-authority", Urgency.HALF)]


def test_a_restart_or_another_table_moves_no_clock(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    before = office.cases.get(case).clocks
    office.restart()
    office.cases.tick()
    assert office.cases.get(case).clocks == before
    settings = [entry.fact for entry in office.cases.get(case).entries if isinstance(entry.fact, ClockSet)]
    assert len(settings) == 3


def test_nothing_is_graded_or_judged_before_the_scope_is_known(office: Office) -> None:
    case = office.cases.get(office.cases.open_or_join(alert()))
    assert judgement_facts(case) == ()
    with pytest.raises(ValueError, match="cannot be graded before"):
        grading(case, TABLE)


def test_values_that_name_nobody_are_graded_by_the_most_they_can_be_about(office: Office) -> None:
    case = office.cases.get(office.to_the_draft())
    assert case.scope is not None
    cards = CategoryCount(clear_values=999_980, masked_values=0, clear_persons=0, clear_unattributed=999_980)
    scope = replace(case.scope, unattributed=999_980, categories={"bank_card": cards})
    graded = grading(replace(case, scope=scope), TABLE)
    assert (graded.grade, graded.clauses) == (Grade.LARGE, ())
    few = replace(scope, unattributed=500, categories={"bank_card": replace(cards, clear_unattributed=500)})
    graded = grading(replace(case, scope=few), TABLE)
    assert (graded.grade, graded.clauses) == (Grade.ORDINARY, ("sensitive-in-clear",))


@pytest.mark.parametrize("what", [Occurrence.ALERT, Occurrence.HANDLED])
def test_what_the_system_records_nobody_else_does(office: Office, what: Occurrence) -> None:
    case = office.cases.open_or_join(alert())
    with pytest.raises(NotPermitted, match="recorded by the system"):
        office.cases.happened(case, CHEN, what, TEN)
