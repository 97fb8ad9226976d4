from collections.abc import Callable
from datetime import timedelta

import pytest

from incident.command import AssessScope, Containment, Failed, Question, Tighten
from incident.duty.duties import Grade, Occurrence
from incident.facts.case import Move
from incident.ids import CaseId, CommandKey, DutyId, NotPermitted
from incident.notice import WithdrawalReason
from tests.incident.office import CHEN, TEN, Office, alert

CASE = CaseId("C-20261123-001")
TELL, NOTIFY = DutyId("tell-persons"), DutyId("notify-authority")
NOBODY = CommandKey(f"{CASE}.99.1")

REFUSED: list[tuple[str, Callable[[Office], object], str]] = [
    ("dismiss without a reason", lambda o: o.cases.act(CASE, Move.DISMISS, CHEN, " "), "a reason is needed"),
    ("grade without a reason", lambda o: o.cases.grade(CASE, CHEN, Grade.LARGE, ""), "a reason is needed"),
    ("move a clock without a reason", lambda o: o.cases.move_clock(CASE, TELL, CHEN, TEN, ""), "a reason is needed"),
    (
        "move a clock into the future",
        lambda o: o.cases.move_clock(CASE, TELL, CHEN, TEN + timedelta(hours=1), "因为"),
        "cannot start in the future",
    ),
    (
        "move a clock that does not run",
        lambda o: o.cases.move_clock(CASE, DutyId("report-police"), CHEN, TEN, "因为"),
        "does not run",
    ),
    (
        "a report from the future",
        lambda o: o.cases.happened(CASE, CHEN, Occurrence.REPORT, TEN + timedelta(hours=1)),
        "cannot lie in the future",
    ),
    ("fulfil without proof", lambda o: o.cases.fulfil(CASE, TELL, CHEN, " "), "a proof is needed"),
    ("fulfil by what shows nothing", lambda o: o.cases.fulfil(CASE, TELL, CHEN, "\u3000\u200b"), "a proof is needed"),
    ("dismiss by what shows nothing", lambda o: o.cases.act(CASE, Move.DISMISS, CHEN, "\u200b"), "a reason is needed"),
    ("state what shows nothing", lambda o: o.cases.state_item(CASE, CHEN, "cause", "\u2060\ufeff"), "nothing to state"),
    ("fulfil what is not owed", lambda o: o.cases.fulfil(CASE, DutyId("report-police"), CHEN, "x"), "not owed"),
    (
        "waive what the law does not waive",
        lambda o: o.cases.judge_duty(CASE, NOTIFY, CHEN, "不需要", applies=False),
        "no ground on which",
    ),
    ("waive without a ground", lambda o: o.cases.judge_duty(CASE, TELL, CHEN, "", applies=False), "a reason is needed"),
    (
        "block for a week",
        lambda o: o.cases.contain(CASE, CHEN, Containment.BLOCK_CALLER, target="x", hours=168, reason="因为"),
        "longer takes two people",
    ),
    (
        "block for no time",
        lambda o: o.cases.contain(CASE, CHEN, Containment.BLOCK_CALLER, target="x", hours=0, reason="因为"),
        "1 to 24 hours",
    ),
    (
        "block nobody",
        lambda o: o.cases.contain(CASE, CHEN, Containment.BLOCK_CALLER, system="hall", hours=1, reason="因为"),
        "whom or what",
    ),
    (
        "mask no system",
        lambda o: o.cases.contain(CASE, CHEN, Containment.MASK_HARDER, target="x", hours=1, reason="因为"),
        "whom or what",
    ),
    (
        "block without a reason",
        lambda o: o.cases.contain(CASE, CHEN, Containment.BLOCK_CALLER, target="x", hours=1, reason=""),
        "a reason is needed",
    ),
    ("answer what is not asked", lambda o: o.cases.complete(CASE, NOBODY, CHEN), "no such question"),
    ("try again what was not tried", lambda o: o.cases.retry(CASE, NOBODY, CHEN), "no such question"),
    (
        "try again what has not failed",
        lambda o: o.cases.retry(CASE, o.question(CASE, Question.CONTAIN).key, CHEN),
        "nothing to try again",
    ),
    (
        "fill in what is not asked",
        lambda o: o.cases.complete(CASE, o.question(CASE, Question.CONTAIN).key, CHEN, inputs={"__x__": "1"}),
        "was not asked for",
    ),
    (
        "say no without a reason",
        lambda o: o.cases.decline(CASE, o.question(CASE, Question.CONTAIN).key, CHEN, ""),
        "a reason is needed",
    ),
]


@pytest.mark.parametrize(("act", "says"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_refused_leaves_no_trace(office: Office, act: Callable[[Office], object], says: str) -> None:
    office.cases.open_or_join(alert())
    before = office.cases.get(CASE)
    with pytest.raises(NotPermitted, match=says) as refusal:
        act(office)
    assert refusal.value.zh
    assert office.cases.get(CASE) == before


def test_containing_beside_the_playbook(office: Office) -> None:
    office.cases.open_or_join(alert())
    office.cases.contain(CASE, CHEN, Containment.MASK_HARDER, system="register", hours=3, reason="先行控制")
    office.cases.contain(CASE, CHEN, Containment.STOP_SYSTEM, system="hall", target="x", hours=1, reason="先行控制")
    first, second = office.cases.pending()
    assert isinstance(first, Tighten)
    assert isinstance(second, Tighten)
    assert (second.system, second.target) == ("hall", ""), "a system is stopped as a whole, whatever was typed beside"
    assert (first.system, first.until, str(first.by)) == ("register", TEN + timedelta(hours=3), f"person:{CHEN}")
    assert first.key != second.key
    office.perform_all()
    assert len(office.overlay) == 2
    assert office.question(CASE, Question.CONTAIN), "the playbook still asks whether to block the caller"


@pytest.mark.parametrize(
    "act",
    [
        lambda o: o.cases.contain(CASE, CHEN, Containment.BLOCK_CALLER, target="x", hours=1, reason="因为"),
        lambda o: o.cases.reassess(CASE, CHEN, 24),
        lambda o: o.cases.retry(CASE, NOBODY, CHEN),
        lambda o: o.cases.complete(CASE, NOBODY, CHEN),
        lambda o: o.cases.redraft_notice(CASE, CHEN, "bulk-retrieval"),
        lambda o: o.cases.submit_notice(CASE, CHEN, "", ()),
        lambda o: o.cases.approve_notice(CASE, CHEN, ""),
        lambda o: o.cases.withdraw_notice(CASE, CHEN, WithdrawalReason.WRONG),
    ],
    ids=["contain", "reassess", "retry", "answer", "redraft", "submit", "approve", "withdraw"],
)
def test_what_an_ended_case_would_not_perform_is_refused(office: Office, act: Callable[[Office], object]) -> None:
    office.cases.open_or_join(alert())
    office.cases.act(CASE, Move.DISMISS, CHEN, "误报")
    before = office.cases.get(CASE)
    with pytest.raises(NotPermitted, match="reopen it first"):
        act(office)
    assert office.cases.get(CASE) == before


def test_a_containment_that_failed_is_tried_again_by_a_person(office: Office) -> None:
    office.cases.open_or_join(alert())
    office.cases.contain(CASE, CHEN, Containment.STOP_SYSTEM, system="hall", hours=1, reason="先行控制")
    (command,) = office.cases.pending()
    office.cases.finished(command.key, Failed(said="refused"))
    assert office.cases.pending() == ()
    office.cases.retry(CASE, command.key, CHEN)
    assert office.cases.pending() == (command,)


def test_counting_again_with_another_look_back(office: Office) -> None:
    office.record()
    office.cases.open_or_join(alert())
    office.cases.reassess(CASE, CHEN, 0)
    (command,) = office.cases.pending()
    assert isinstance(command, AssessScope)
    assert command.question.start == alert().first_at


def test_not_telling_persons_needs_its_ground_and_can_be_taken_back(office: Office) -> None:
    office.cases.open_or_join(alert())
    office.cases.judge_duty(CASE, TELL, CHEN, "泄露内容均已加密，密钥未泄露", applies=False)
    assert not office.cases.get(CASE).clocks[TELL].owed
    office.cases.judge_duty(CASE, TELL, CHEN, "主管部门要求通知", applies=True)
    assert office.cases.get(CASE).clocks[TELL].owed


def test_fulfilling_late_marks_it_late_even_between_two_ticks(office: Office) -> None:
    office.cases.open_or_join(alert())
    office.watch.move(hours=25)
    office.cases.fulfil(CASE, NOTIFY, CHEN, "回执 2026-119")
    assert office.cases.get(CASE).clocks[NOTIFY].late_since == TEN + timedelta(hours=24)


def test_confirming_twice_is_once(office: Office) -> None:
    office.cases.open_or_join(alert())
    office.cases.happened(CASE, CHEN, Occurrence.CONFIRMATION, TEN)
    with pytest.raises(NotPermitted, match="confirmed already"):
        office.cases.happened(CASE, CHEN, Occurrence.CONFIRMATION, TEN)
