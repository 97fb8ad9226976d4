"""The road of a case, from the alert to the public notice, as the people and the root walk it."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from incident.command import Containment, Question, Tighten
from incident.draft import CHECK_LIST
from incident.duty.clocks import Reading
from incident.duty.duties import Grade, Occurrence
from incident.facts.case import Move, Noted, StateMoved
from incident.facts.run import Ending
from incident.ids import CaseId, DutyId, NotPermitted
from incident.journal import verify
from incident.notice import read_notice
from incident.reported import Report, Reporter
from incident.state import State
from tests.incident.office import CHEN, LI, TEN, ZHAO, Office, alert, shown


def test_the_whole_road(office: Office) -> None:
    office.record(count=20)
    case = office.cases.open_or_join(alert())
    assert case == "C-20261123-001"
    office.perform_all()
    assert office.overlay == {}, "nobody has said yes yet"
    assert office.cases.get(case).state is State.OPEN

    office.say_yes(case, Question.CONTAIN)
    office.perform_all()
    now = office.cases.get(case)
    assert now.state is State.CONTAINED
    assert [(entry.target, entry.by, entry.case) for entry in office.overlay.values()] == [
        ("clerk-wang", f"person:{CHEN}", case)
    ]
    assert now.scope is not None
    assert now.scope.persons == 20
    assert now.graded is not None
    assert now.graded.grade is Grade.ORDINARY
    assert office.cases.problems(case) == ()

    now = office.publish(case)
    assert read_notice(office.folder / "published" / "N-20261123-001.json").current.digest == now.notice.digest
    now = office.do_the_rest(case)
    assert now.run_ended is Ending.SUCCEEDED
    assert now.questions == ()
    verify(now.entries)


def test_where_the_rule_says_so_containment_waits_for_nobody(office: Office) -> None:
    office.cases.open_or_join(alert(automatic=True))
    office.perform(Tighten)
    assert [entry.by for entry in office.overlay.values()] == ["rule:many-subjects"]


def test_what_goes_on_after_a_containment_has_ended_is_contained_again(office: Office) -> None:
    case = office.cases.open_or_join(alert(automatic=True))
    office.perform_all()
    (first,) = office.overlay.values()
    office.watch.move(hours=20)
    within = alert("a-2", automatic=True, last_at=office.watch.at)
    assert office.cases.open_or_join(within) == case
    office.perform_all()
    assert len(office.overlay) == 1, "it still held"
    office.watch.move(hours=5)
    after = alert("a-3", automatic=True, last_at=office.watch.at)
    for _ in range(2):  # told twice, contained once
        assert office.cases.open_or_join(after) == case
        office.perform_all()
    assert [entry.target for entry in office.overlay.values()] == ["clerk-wang", "clerk-wang"]
    last = [*office.overlay.values()][-1]
    assert (last.until > first.until, last.by) == (True, "rule:many-subjects")
    now = office.cases.get(case)
    assert now.state is State.CONTAINED
    moves = [entry.fact.move for entry in now.entries if isinstance(entry.fact, StateMoved)]
    assert moves == [Move.CONTAIN, Move.RELAPSE, Move.CONTAIN]


def test_where_people_contain_a_case_whose_containment_ended_is_open_again(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    office.say_yes(case, Question.CONTAIN)
    office.perform_all()
    office.watch.move(hours=25)
    office.cases.open_or_join(alert("a-2", last_at=office.watch.at))
    office.perform_all()
    assert office.cases.get(case).state is State.OPEN
    assert len(office.overlay) == 1


def test_an_automatic_alert_that_joins_answers_the_question(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    assert office.question(case, Question.CONTAIN)
    assert office.cases.open_or_join(alert("a-2", rule="canary", automatic=True, level="critical")) == case
    office.perform(Tighten)
    assert [entry.by for entry in office.overlay.values()] == ["rule:canary"]
    assert office.cases.get(case).level == "critical"


def test_a_no_to_containment_goes_on_without_it(office: Office) -> None:
    office.record()
    case = office.cases.open_or_join(alert())
    office.cases.decline(case, office.question(case, Question.CONTAIN).key, CHEN, "经核实为正常业务高峰")
    office.perform_all()
    now = office.cases.get(case)
    assert office.overlay == {}
    assert now.state is State.OPEN
    assert now.scope is not None
    assert now.notice.draft is not None
    assert office.cases.problems(case) == ()
    assert "已停用" not in now.notice.draft.content.body_zh


def test_an_alert_told_again_changes_nothing(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    entries = office.cases.get(case).entries
    assert office.cases.open_or_join(alert()) == case
    office.restart()
    assert office.cases.open_or_join(alert()) == case
    assert office.cases.get(case).entries == entries
    assert len(office.cases.all()) == 1


@pytest.mark.parametrize(
    ("other", "joins"),
    [
        ({"rule": "canary"}, True),
        ({"group": {"user.id": "clerk-wang", "service.name": "hall"}}, True),
        ({"group": {"user.id": "clerk-zhou"}}, False),
        ({"group": {"source.ip": "10.0.0.7"}}, False),
    ],
    ids=["same caller, other rule", "same caller, other system", "other caller", "no caller"],
)
def test_alerts_about_one_caller_are_one_case(office: Office, other: dict[str, object], joins: bool) -> None:
    case = office.cases.open_or_join(alert())
    assert (office.cases.open_or_join(alert("a-2", **other)) == case) is joins


def test_without_a_caller_rule_and_group_are_compared(office: Office) -> None:
    first = office.cases.open_or_join(alert("a-1", group={"source.ip": "10.0.0.7"}))
    assert office.cases.open_or_join(alert("a-2", group={"source.ip": "10.0.0.7"})) == first
    assert office.cases.open_or_join(alert("a-3", group={"source.ip": "10.0.0.7"}, rule="other")) != first
    assert office.cases.open_or_join(alert("a-4", group={"source.ip": "10.0.0.8"})) != first


def test_a_case_that_has_ended_is_not_joined_and_reopens_where_its_alert_goes_on(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    office.cases.act(case, Move.DISMISS, CHEN, "误报")
    assert office.cases.get(case).questions == ()
    assert office.cases.open_or_join(alert("a-2")) == "C-20261123-002"
    office.cases.open_or_join(alert(event_count=10))
    assert office.cases.get(case).state is State.OPEN, "what goes on was not known to whoever dismissed it"
    assert office.question(case, Question.CONTAIN)

    closed = office.cases.open_or_join(alert("a-3", group={"user.id": "clerk-sun"}))
    close(office, closed)
    office.cases.open_or_join(alert("a-3", group={"user.id": "clerk-sun"}, event_count=10))
    assert office.cases.get(closed).state is State.OPEN


def close(office: Office, case: CaseId) -> None:
    office.cases.act(case, Move.RESOLVE, CHEN)
    office.cases.grade(case, CHEN, Grade.ORDINARY, "人数少")
    for duty in ("notify-authority", "tell-persons"):
        office.cases.fulfil(case, DutyId(duty), CHEN, "回执 2026-117")
    office.cases.act(case, Move.CLOSE, CHEN, "已完成")


def test_a_case_is_not_closed_while_duties_are_owed(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    office.cases.act(case, Move.RESOLVE, CHEN)
    with pytest.raises(NotPermitted, match=r"duties are still owed: .*Tell the persons affected"):
        office.cases.act(case, Move.CLOSE, CHEN, "完成")
    office.cases.act(case, Move.REOPEN, CHEN, "另有情况")
    close(office, case)
    assert office.cases.get(case).state is State.CLOSED


def test_an_unknown_playbook_loses_no_alert(office: Office) -> None:
    case = office.cases.open_or_join(alert(respond="no-such"))
    now = office.cases.get(case)
    assert now.main is None
    assert now.clocks, "the clocks run all the same"
    office.cases.contain(case, CHEN, Containment.BLOCK_CALLER, target="clerk-wang", hours=2, reason="先行控制")
    office.perform_all()
    assert office.cases.get(case).state is State.CONTAINED


def test_a_case_by_hand(office: Office) -> None:
    case = office.cases.open_by_hand("群众反映收到精准诈骗电话", "medium", CHEN, "12345 转来")
    office.cases.happened(case, CHEN, Occurrence.REPORT, TEN - timedelta(hours=2), "12345 工单")
    now = office.cases.get(case)
    assert now.aware_at == TEN - timedelta(hours=2)
    with pytest.raises(NotPermitted, match="no alert belongs to the case"):
        office.cases.reassess(case, CHEN, 24)


def test_a_case_by_hand_of_an_alert_is_its_case(office: Office) -> None:
    of = alert("a-1", respond="", automatic=False, raised_at=TEN - timedelta(minutes=3))
    case = office.cases.open_by_hand("核实属实", "medium", CHEN, "本人承认", alert=of)
    now = office.cases.get(case)
    assert (list(now.alerts), now.title, now.main) == (["a-1"], "核实属实", None)
    assert now.aware_at == TEN - timedelta(minutes=3), "the clocks run from the alert"
    assert [event.note for event in now.occurrences if event.what is Occurrence.CONFIRMATION] == ["本人承认"]
    assert office.cases.case_of("a-1") == case
    assert office.cases.open_by_hand("又一次", "high", CHEN, "", alert=of) == case
    assert office.cases.open_or_join(replace(of, event_count=of.event_count + 5)) == case, "what it grows to is told it"


def test_cases_of_a_day_are_counted_in_the_zone_of_the_installation(office: Office) -> None:
    office.watch.at = TEN.replace(hour=15, minute=59)
    assert office.cases.open_or_join(alert("a-1", group={"user.id": "a"})) == "C-20261123-001"
    assert office.cases.open_or_join(alert("a-2", group={"user.id": "b"})) == "C-20261123-002"
    office.watch.move(minutes=2)
    assert office.cases.open_or_join(alert("a-3", group={"user.id": "c"})) == "C-20261124-001"
    assert [case.id for case in office.cases.all()] == ["C-20261124-001", "C-20261123-002", "C-20261123-001"]


def test_clocks_start_with_the_case_and_late_stays_late(office: Office) -> None:
    case = office.cases.open_or_join(alert(raised_at=TEN - timedelta(minutes=3)))
    duty = DutyId("notify-authority")
    assert office.cases.get(case).clocks[duty].due == TEN - timedelta(minutes=3) + timedelta(hours=24)
    office.watch.move(hours=25)
    office.cases.tick()
    office.cases.fulfil(case, duty, CHEN, "回执 2026-118")
    office.cases.tick()
    office.restart()
    assert office.cases.get(case).clocks[duty].reading(office.watch()) is Reading.DONE_LATE


def test_moving_a_clock_does_not_undo_that_it_was_late(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    duty = DutyId("report-cyberspace")
    office.watch.move(hours=5)
    office.cases.move_clock(case, duty, CHEN, TEN + timedelta(hours=3), "告警为误报，三小时后才收到报告")
    clock = office.cases.get(case).clocks[duty]
    assert clock.due == TEN + timedelta(hours=7)
    assert clock.reading(office.watch()) is Reading.LATE
    assert [setting.reason for setting in clock.settings] == ["", "告警为误报，三小时后才收到报告"]


@pytest.mark.parametrize(
    ("persons", "then"),
    [(499, Reading.NOT_OWED), (500, Reading.POSSIBLE)],
    ids=["below the clause", "the clause is met"],
)
def test_where_a_harm_clause_speaks_for_more_a_person_decides(office: Office, persons: int, then: Reading) -> None:
    duty = DutyId("report-cyberspace")
    office.record(count=persons, fields=(shown("resident_id"),), at=TEN - timedelta(minutes=2))
    case = office.cases.open_or_join(alert(automatic=True))
    assert office.cases.get(case).clocks[duty].reading(TEN) is Reading.POSSIBLE, "not graded yet"
    office.perform_all()
    assert office.cases.get(case).clocks[duty].reading(TEN) is then
    office.cases.grade(case, LI, Grade.LARGE, "涉及敏感个人信息，造成较大影响")
    assert office.cases.get(case).clocks[duty].reading(TEN) is Reading.RUNNING
    office.cases.grade(case, LI, Grade.ORDINARY, "经与主管部门沟通，按一般事件处理")
    assert office.cases.get(case).clocks[duty].reading(TEN) is Reading.NOT_OWED


@pytest.mark.parametrize("secret", ["13800138000", "110101199003070011"])
def test_what_people_write_into_a_journal_holds_no_personal_data(office: Office, secret: str) -> None:
    case = office.cases.open_or_join(alert())
    before = office.cases.get(case).entries
    with pytest.raises(NotPermitted, match="personal data") as refusal:
        office.cases.note(case, CHEN, f"已联系 {secret}")
    assert secret not in str(refusal.value) + refusal.value.zh
    with pytest.raises(NotPermitted, match="personal data"):
        office.cases.act(case, Move.DISMISS, CHEN, f"误报，见 {secret}")
    assert office.cases.get(case).entries == before


@pytest.mark.parametrize(
    "secret", ["13800138000", "110101199003070011", "１３８００１３８０００", "GET /residents/13800138000"]
)
def test_nor_does_the_target_of_a_containment(office: Office, secret: str) -> None:
    case = office.cases.open_or_join(alert())
    before = office.cases.get(case).entries
    kind = Containment.STOP_OPERATION if " " in secret else Containment.BLOCK_CALLER
    with pytest.raises(NotPermitted, match="personal data") as refusal:
        office.cases.contain(case, CHEN, kind, system="register", target=secret, hours=1, reason="先行控制")
    assert secret not in str(refusal.value) + refusal.value.zh
    assert office.cases.get(case).entries == before


@pytest.mark.parametrize(
    ("target", "known"),
    [("e1:0a13800138000bc0d4e5f60718293a4b", False), ("13800138000", True), ("kiosk-3", False)],
    ids=["a citizen's digest", "an account that the log names", "a terminal"],
)
def test_whoever_can_be_recorded_can_be_blocked(office: Office, target: str, known: bool) -> None:
    case = office.cases.open_or_join(alert())
    reason = "先行控制"
    office.cases.contain(case, CHEN, Containment.BLOCK_CALLER, target=target, hours=1, reason=reason, known=known)
    office.perform(Tighten)
    assert [entry.target for entry in office.overlay.values()] == [target]


def test_it_may_be_called_from_many_threads(office: Office) -> None:
    case = office.cases.open_or_join(alert())
    failures: list[Exception] = []

    def write(who: int) -> None:
        for number in range(15):
            try:
                office.cases.note(case, CHEN, f"第 {who} 组第 {number} 次核对，联系人一栏为空 @")
            except (NotPermitted, RuntimeError) as failure:
                failures.append(failure)

    threads = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    now = office.cases.get(case)
    assert sum(isinstance(entry.fact, Noted) for entry in now.entries) == 60
    verify(now.entries)


def test_two_who_approve_at_once_are_one_approval(office: Office) -> None:
    case = office.to_the_draft()
    digest = office.cases.get(case).notice.digest
    office.cases.submit_notice(case, LI, digest, tuple(CHECK_LIST))
    office.cases.approve_notice(case, ZHAO, digest)
    with pytest.raises(NotPermitted, match="approved already"):
        office.cases.approve_notice(case, CHEN, digest)


def test_what_is_changed_wakes_who_waits(office: Office) -> None:
    office.cases.changed.clear()
    office.cases.open_or_join(alert())
    assert office.cases.changed.is_set()
    office.cases.changed.clear()
    office.cases.tick()
    assert not office.cases.changed.is_set()


def test_a_report_from_outside_starts_the_clocks_with_the_case(office: Office) -> None:
    told = Report(by=Reporter.OFFICE, received_at=TEN - timedelta(hours=5))
    case = office.cases.open_by_hand("网信部门来函", "high", CHEN, "", once="one", report=told)
    assert office.cases.open_by_hand("网信部门来函", "high", CHEN, "", once="one", report=told) == case
    now = office.cases.get(case)
    assert [event.what for event in now.occurrences] == [Occurrence.CONFIRMATION, Occurrence.REPORT]
    assert {clock.start for clock in now.clocks.values()} == {TEN - timedelta(hours=5)}
    for wrong in (TEN + timedelta(minutes=1), TEN - timedelta(days=400)):
        with pytest.raises(NotPermitted, match="received"):
            office.cases.open_by_hand("x", "low", CHEN, "", report=Report(by=Reporter.OFFICE, received_at=wrong))


def test_a_report_about_an_alert_that_has_its_case_is_told_to_that_one(office: Office) -> None:
    of = alert("a-1")
    case = office.cases.open_or_join(of)
    told = Report(by=Reporter.CITIZEN, received_at=TEN - timedelta(hours=1))
    assert office.cases.open_by_hand("群众来电", "high", CHEN, "", alert=of, report=told) == case
    assert office.cases.get(case).aware_at == TEN - timedelta(hours=1)
