"""What becomes of the alerts of a case that has ended."""

import pytest

from console.alerts.book import Acting
from console.alerts.closing import AlertCloser
from incident.cases import Cases
from incident.facts.case import Move
from incident.ids import CaseId, PersonId
from siem.detect.alert import Alert
from siem.detect.definition import Finding
from siem.detect.lifecycle import AlertState, Disposition
from tests.console.bureau import CHEN, SUN, Bureau, rules
from tests.siem.events import document


def closer(bureau: Bureau) -> AlertCloser:
    return AlertCloser(bureau.alert_book, bureau.alerts_read, bureau.office.cases, bureau.accounts.names_of)


def of_case(bureau: Bureau, persons: int = 20, caller: str = "clerk-wang") -> tuple[Alert, CaseId]:
    """An alert and its case, in which everybody affected is counted."""
    alert = bureau.leak(persons=persons, caller=caller)
    case = bureau.open(alert)
    bureau.office.perform_all()
    bureau.office.watch.move(minutes=5)
    return alert, case


def end(bureau: Bureau, case: CaseId, *moves: Move, by: PersonId = CHEN) -> None:
    cases: Cases = bureau.office.cases
    for duty, record in cases.get(case).clocks.items():
        if record.owed and Move.CLOSE in moves:
            cases.fulfil(case, duty, by, "回执 2026-118")
    for move in moves:
        cases.act(case, move, by, "与事实不符" if move is Move.DISMISS else "已办结")


@pytest.mark.parametrize(
    ("moves", "disposition", "said"),
    [
        ((Move.DISMISS,), Disposition.FALSE_ALARM, "认定为误报：与事实不符"),
        ((Move.RESOLVE, Move.CLOSE), Disposition.LEAK, "结案：已办结"),
    ],
)
def test_what_the_case_turned_out_to_be_is_what_its_alerts_were(
    bureau: Bureau, moves: tuple[Move, ...], disposition: Disposition, said: str
) -> None:
    alert, case = of_case(bureau)
    closing = closer(bureau)
    closing.step()
    end(bureau, case, *moves)
    life = bureau.alert_book.get(alert.id)
    assert life is not None
    assert life.state is AlertState.NEW
    closing.step()
    closing.step()
    life = bureau.alert_book.get(alert.id)
    assert life is not None
    assert life.closing is not None
    assert (life.state, life.closing.by, life.closing.fact.disposition) == (AlertState.CLOSED, CHEN, disposition)
    assert life.closing.fact.reason == f"案件 {case} {said}"
    assert [type(entry.fact).__name__ for entry in life.entries] == ["Raised", "Closed"], "once"
    page = bureau.browser("oncall").get(f"/alerts/{alert.id}")
    assert f"案件 {case} {said}" in page.text()
    (precision,) = bureau.alert_book.precision(bureau.office.watch()).values()
    assert (precision.true, precision.untrue) == ((0, 1) if disposition is Disposition.FALSE_ALARM else (1, 0))


def test_a_case_that_showed_nobody_was_no_leak(bureau: Bureau) -> None:
    alert = bureau.leak(persons=0)
    case = bureau.open(alert)
    bureau.office.perform_all()
    bureau.office.watch.move(minutes=5)
    end(bureau, case, Move.RESOLVE, Move.CLOSE)
    closer(bureau).step()
    life = bureau.alert_book.get(alert.id)
    assert life is not None
    assert life.closing is not None
    assert life.closing.fact.disposition is Disposition.VIOLATION


def test_after_a_restart_what_had_ended_before_is_followed(bureau: Bureau) -> None:
    alert, case = of_case(bureau)
    end(bureau, case, Move.DISMISS)
    bureau.restart()
    closer(bureau).step()
    life = bureau.alert_book.get(alert.id)
    assert life is not None
    assert life.state is AlertState.CLOSED


def test_what_somebody_said_since_stands(bureau: Bureau) -> None:
    alert, case = of_case(bureau)
    end(bureau, case, Move.DISMISS)
    closing = closer(bureau)
    closing.step()
    bureau.office.watch.move(minutes=1)
    life = bureau.alert_book.get(alert.id)
    assert life is not None
    bureau.alert_book.reopen(Acting(by=SUN, seen=life.seen), alert, "认定有误")
    for step in (closing.step, closer(bureau).step):
        step()
        life = bureau.alert_book.get(alert.id)
        assert life is not None
        assert life.state is AlertState.NEW


def test_nobody_closes_an_alert_of_what_they_did_themselves(bureau: Bureau) -> None:
    bureau.employ("oncall")
    alert, case = of_case(bureau, caller="oncall")
    end(bureau, case, Move.DISMISS)
    closer(bureau).step()
    life = bureau.alert_book.get(alert.id)
    assert life is not None
    assert life.state is AlertState.NEW, "somebody else looks at it"


def test_what_goes_on_after_the_end_is_not_closed(bureau: Bureau) -> None:
    alert, case = of_case(bureau)
    end(bureau, case, Move.DISMISS)
    bureau.office.watch.move(minutes=30)
    now = bureau.office.watch()
    again = Finding(
        rule=rules()["many_subjects"], group=(("user.id", "clerk-wang"),), first_at=now, last_at=now, new_from=now
    )
    grown = bureau.alerts.join(again, [document(9000, at=now)], now)
    assert grown.id == alert.id
    closer(bureau).step()
    life = bureau.alert_book.get(alert.id)
    assert life is not None
    assert life.state is AlertState.NEW
