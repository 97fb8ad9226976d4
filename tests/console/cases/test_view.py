from dataclasses import replace
from datetime import timedelta

from console.cases.view import (
    MOST_QUICK,
    case_of_alert,
    clocks_of,
    failed_by_hand,
    measure_options,
    moves_of,
    quick_of,
    steps_left,
    steps_of,
    under_way,
)
from incident.command import Containment, Failed, Measure
from incident.duty.clocks import Urgency
from incident.facts.case import Move
from incident.ids import DutyId
from policies.overlay import OverlayEntry, Tightening
from siem.detect.alert import AlertId
from siem.detect.aliases import Aliases
from tests.console.bureau import CHEN, Bureau
from tests.incident.office import TEN
from tests.siem.events import digest


def test_clocks_stand_by_the_time_that_is_left(bureau: Bureau) -> None:
    case = bureau.with_question()
    bureau.office.cases.fulfil(case, DutyId("report-cyberspace"), CHEN, "回执 1")
    views = clocks_of(bureau.office.cases.get(case), TEN + timedelta(hours=13))
    assert [view.record.duty.id for view in views] == ["notify-authority", "tell-persons", "report-cyberspace"]
    assert [view.gone for view in views] == [54, 18, 100]
    assert [view.urgency for view in views] == [Urgency.HALF, Urgency.CALM, Urgency.CALM]
    assert views[0].left.zh == "剩余 11 小时"
    late = clocks_of(bureau.office.cases.get(case), TEN + timedelta(hours=25))[0]
    assert (late.gone, late.left.zh) == (100, "已超时 1 小时")
    early = clocks_of(bureau.office.cases.get(case), TEN - timedelta(hours=1))[0]
    assert early.gone == 0


def test_steps_stand_under_what_they_belong_to(bureau: Bureau) -> None:
    case = bureau.office.cases.get(bureau.to_the_draft())
    shown = [(view.depth, view.step.name.partition(" / ")[0]) for view in steps_of(case)]
    assert shown == [
        (0, "是否知道是哪个账号"),
        (1, "是否需要人工确认"),
        (1, "停用涉事账号"),
        (0, "核定影响范围"),
        (0, "定级并启动法定时限"),
        (0, "报告、告知、通告与保全"),
        (1, "向主管部门报告"),
        (1, "起草公众通告"),
        (1, "是否有人受影响"),
        (2, "告知个人"),
        (1, "保全证据"),
        (2, "保全日志"),
        (2, "保全网关以外的证据"),
        (1, "通告送审与批准"),
    ]


def test_steps_that_are_left_are_those_of_the_text_that_the_case_runs_by(bureau: Bureau) -> None:
    case = bureau.office.cases.get(bureau.to_the_draft())
    names = [name.partition(" / ")[0] for name in steps_left(case, bureau.office.books)]
    assert "发布通告" in names
    assert "核定影响范围" not in names
    assert steps_left(replace(case, playbooks=dict.fromkeys(case.playbooks, "another text")), bureau.office.books) == ()
    assert steps_left(case, {}) == ()


def test_what_one_click_contains(bureau: Bureau) -> None:
    case = bureau.office.cases.get(bureau.to_the_draft())
    now = bureau.office.watch()
    entries = tuple(bureau.office.overlay.values())
    account, credential = quick_of(case, entries, now)
    assert (account.kind, account.target) == (Containment.BLOCK_CALLER, "clerk-wang")
    assert account.in_force == entries[0]
    assert (credential.kind, credential.target, credential.in_force) == (
        Containment.BLOCK_CREDENTIAL,
        "key:7f3a",
        None,
    )
    assert quick_of(case, entries, now + timedelta(hours=25))[0].in_force is None, "it has ended"


def test_a_tightening_of_something_else_does_not_count(bureau: Bureau) -> None:
    case = bureau.office.cases.get(bureau.with_question())
    other = OverlayEntry(
        id="x",
        kind=Tightening.BLOCK_CREDENTIAL,
        target="clerk-wang",
        until=TEN + timedelta(hours=1),
        reason="x",
        by="person:p-chen",
    )
    (quick,) = quick_of(case, (other,), TEN)
    assert quick.in_force is None


def test_a_crowd_of_callers_does_not_fill_the_page(bureau: Bureau) -> None:
    case = bureau.office.cases.get(bureau.to_the_draft())
    assert case.scope is not None
    crowd = replace(case, scope=replace(case.scope, callers=tuple(f"clerk-{number}" for number in range(50))))
    assert len(quick_of(crowd, (), TEN)) == MOST_QUICK


def test_moves_are_those_of_the_state(bureau: Bureau) -> None:
    case = bureau.with_question()
    assert set(moves_of(bureau.office.cases.get(case))) == {Move.CONTAIN, Move.RESOLVE, Move.DISMISS}
    bureau.office.cases.act(case, Move.DISMISS, CHEN, "误报")
    assert moves_of(bureau.office.cases.get(case)) == (Move.REOPEN,)


def test_what_a_person_asked_for_is_followed(bureau: Bureau) -> None:
    case = bureau.with_question()
    bureau.office.cases.contain(case, CHEN, Containment.STOP_SYSTEM, system="hall", hours=1, reason="x")
    (command,) = bureau.office.cases.pending()
    assert [issued.command for issued in under_way(bureau.office.cases.get(case))] == [command]
    bureau.office.cases.finished(command.key, Failed(said="refused"))
    now = bureau.office.cases.get(case)
    assert under_way(now) == ()
    assert [(key, issued.said) for key, issued in failed_by_hand(now)] == [(command.key, "refused")]


def test_the_case_of_an_alert(bureau: Bureau) -> None:
    case = bureau.with_question()
    found = case_of_alert(bureau.office.cases.all(), AlertId("A-000001"))
    assert found is not None
    assert found.id == case
    assert case_of_alert(bureau.office.cases.all(), AlertId("A-000002")) is None


def test_a_choice_of_measures_names_no_citizen_by_their_digest() -> None:
    citizen = Measure(kind=Containment.BLOCK_CALLER, target=digest(7), hours=24, reason="r")
    masked = Measure(kind=Containment.MASK_HARDER, system="hall", hours=24, reason="r")
    alias = Aliases()
    assert measure_options([citizen], {}, alias) == [("0", "停用账号 居民 1 / citizen 1（24 小时）")]
    offered = measure_options([masked, citizen], {}, alias)
    assert [place for place, _ in offered] == ["", "0", "1"]
    assert "居民 1" in offered[2][1], "the same number all over the page"
