"""The journal of alerts: what people may do, two of them at once, and that nothing in it can be altered."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from console.alerts.book import Acting
from console.alerts.journal import JOURNAL, Acknowledged, BrokenAlertJournal
from console.sealed_journal import Row
from console.tables import ALERT_JOURNAL
from incident.database import for_writing
from incident.ids import NotPermitted, PersonId, person
from policies.keys.key_files import Signer, make_secret
from siem.detect.alert import AlertId
from siem.detect.lifecycle import AlertState, Disposition
from tests.console.alerts.invented import CHEN, WEI, Ward
from tests.incident.office import TEN

HOUR = timedelta(hours=1)
NOWHERE = AlertId("A-000099")


def test_from_finding_to_closing(ward: Ward) -> None:
    alert = ward.raised()
    ward.acknowledge(alert)
    assert (ward.life(alert).state, ward.life(alert).assignee) == (AlertState.ACKNOWLEDGED, CHEN)
    ward.book.assign(ward.as_shown(alert), alert, WEI)
    assert ward.life(alert).assignee == WEI
    ward.snooze(alert, hours=4)
    ward.clock.move(hours=1)
    ward.book.close(ward.as_shown(alert, WEI), ward.alert(alert), Disposition.BENIGN, " 年检核对，见台账 ")
    life = ward.life(alert)
    assert (life.state, life.snooze) == (AlertState.CLOSED, None)
    assert life.closing is not None
    assert (life.closing.by, life.closing.at, life.closing.fact.reason) == (WEI, TEN + HOUR, "年检核对，见台账")
    assert ward.did(alert) == ["Raised", "Acknowledged", "Assigned", "Snoozed", "Closed"]
    assert [entry.by.id for entry in life.entries] == ["", CHEN, CHEN, CHEN, WEI]


def test_who_acknowledges_what_is_somebodys_leaves_it_to_them(ward: Ward) -> None:
    alert = ward.raised()
    ward.book.assign(ward.as_shown(alert), alert, WEI)
    ward.acknowledge(alert, CHEN)
    assert ward.life(alert).assignee == WEI


def test_of_two_people_at_once_the_second_is_told_and_nothing_is_lost(ward: Ward) -> None:
    alert = ward.raised()
    both = ward.as_shown(alert, CHEN), ward.as_shown(alert, WEI)
    ward.book.acknowledge(both[0], alert)
    with pytest.raises(NotPermitted, match="meanwhile p-chen recorded that it is acknowledged") as refused:
        ward.book.close(both[1], ward.alert(alert), Disposition.FALSE_ALARM, "核对过")
    assert "p-chen已登记：确认" in refused.value.zh
    assert ward.did(alert) == ["Raised", "Acknowledged"]
    ward.book.close(ward.as_shown(alert, WEI), ward.alert(alert), Disposition.FALSE_ALARM, "核对过")


def test_an_escalation_makes_no_page_stale_and_growth_does(ward: Ward) -> None:
    alert = ward.raised()
    shown = ward.as_shown(alert)
    ward.pass_on(hours=1)
    assert ward.life(alert).escalated
    ward.book.acknowledge(shown, alert)
    shown = ward.as_shown(alert)
    ward.find(30)
    ward.pass_on(minutes=6)
    with pytest.raises(NotPermitted, match="meanwhile the installation recorded that it is grown"):
        ward.book.close(shown, ward.alert(alert), Disposition.FALSE_ALARM, "核对过")


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda w, a: w.snooze(a, hours=1), "an alert that is new cannot be snoozed"),
        (lambda w, a: w.book.reopen(w.as_shown(a), w.alert(a), "再看"), "an alert that is new cannot be opened again"),
        (lambda w, a: w.snooze(a, days=8), "7 days at most"),
        (lambda w, a: w.snooze(a, hours=0), "7 days at most"),
        (lambda w, a: w.snooze(a, growth=101, hours=1), "choose how far"),
        (lambda w, a: w.book.close(w.as_shown(a), w.alert(a), Disposition.LEAK, "  "), "say why"),
        (lambda w, a: w.book.close(w.as_shown(a), w.alert(a), Disposition.LEAK, "11010519491231002X"), "personal data"),
        (lambda w, a: w.book.acknowledge(Acting(by=CHEN, seen=1), NOWHERE), "raised just now"),
        (lambda w, a: w.book.assign(w.as_shown(a), a, PersonId("Clerk-Wang")), "cannot be assigned to who it is about"),
        (
            lambda w, a: w.book.assign(w.as_shown(a), a, WEI, ["clerk-wang"]),
            "cannot be assigned to who it is about",
        ),
        (lambda w, a: w.book.assign(w.as_shown(a, PersonId("clerk-wang")), a, WEI), "your own account"),
        (lambda w, a: w.book.acknowledge(w.as_shown(a, PersonId("clerk-wang")), a), "your own account"),
        (
            lambda w, a: w.book.close(
                w.as_shown(a, WEI, "ｃｌｅｒｋ－ｗａｎｇ"), w.alert(a), Disposition.DRILL, "演练"
            ),
            "your own account",
        ),
    ],
)
def test_what_may_not_be_is_told_and_not_written(ward: Ward, act: Callable[[Ward, AlertId], None], said: str) -> None:
    alert = ward.raised()
    with pytest.raises(NotPermitted, match=said):
        act(ward, alert)
    assert ward.did(alert) == ["Raised"]


def test_what_was_closed_by_mistake_is_opened_again_and_waits_anew(ward: Ward) -> None:
    alert = ward.raised()
    ward.book.close(ward.as_shown(alert), ward.alert(alert), Disposition.FALSE_ALARM, "核对过")
    with pytest.raises(NotPermitted, match="closed cannot be acknowledged"):
        ward.acknowledge(alert)
    ward.clock.move(hours=2)
    ward.book.reopen(ward.as_shown(alert), ward.alert(alert), "台账对不上")
    life = ward.life(alert)
    assert (life.state, life.came_back, life.escalates_at) == (AlertState.NEW, True, TEN + 3 * HOUR)
    assert ward.book.precision(ward.clock()) == {}, "what is open is not judged"
    ward.pass_on(hours=1)
    assert ward.life(alert).escalated


def test_after_a_restart_it_is_the_same(ward: Ward) -> None:
    one, other = ward.raised(), ward.raised(caller="clerk-li")
    ward.acknowledge(one)
    ward.snooze(one, hours=1)
    ward.pass_on(hours=1)
    ward.book.close(ward.as_shown(other), ward.alert(other), Disposition.LEAK, "核实")
    before = ward.book.all(), ward.book.changes_since(0), ward.book.precision(ward.clock())
    again = ward.restart()
    assert (again.all(), again.changes_since(0), again.precision(ward.clock())) == before
    ward.watch.step()
    assert ward.book.all() == before[0], "nor is anything noted twice"


def test_only_what_was_closed_lately_counts(ward: Ward) -> None:
    alert = ward.raised()
    ward.book.close(ward.as_shown(alert), ward.alert(alert), Disposition.LEAK, "核实")
    ward.clock.move(days=90)
    assert [found.true for found in ward.book.precision(ward.clock()).values()] == [1]
    ward.clock.move(seconds=1)
    assert ward.book.precision(ward.clock()) == {}


def test_what_cannot_be_written_is_said_and_not_done(ward: Ward) -> None:
    alert = ward.raised()
    with for_writing(ward.engine).begin() as connection:
        connection.exec_driver_sql("ALTER TABLE alert_journal RENAME TO gone")
    with pytest.raises(NotPermitted, match="cannot be written"):
        ward.acknowledge(alert)
    assert ward.life(alert).state is AlertState.NEW
    ward.pass_on(hours=2)
    assert not ward.life(alert).escalated
    with for_writing(ward.engine).begin() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO alert_journal")
    ward.watch.step()
    assert ward.life(alert).escalated


def altered(ward: Ward, kind: str) -> None:
    columns = ALERT_JOURNAL.c
    with for_writing(ward.engine).begin() as connection:
        match kind:
            case "changed":
                body = ward.rows()[1].body.replace("false_alarm", "drill")
                connection.execute(update(ALERT_JOURNAL).where(columns.number == 2).values(body=body))
            case "dropped":
                connection.execute(delete(ALERT_JOURNAL).where(columns.number == 1))
            case "moved":
                connection.execute(update(ALERT_JOURNAL).where(columns.number == 2).values(number=9))
            case _:
                key = Path(str(ward.engine.url.database)).with_name("forged.key")
                make_secret(key)
                fact = Acknowledged(alert=AlertId("A-000001"))
                row = JOURNAL.row_of(fact, ward.rows()[-1], TEN, person(WEI), Signer(key))
                values = {name: getattr(row, name) for name in Row.__dataclass_fields__}
                connection.execute(ALERT_JOURNAL.insert().values(**values))


@pytest.mark.parametrize("kind", ["changed", "dropped", "moved", "added"])
def test_an_altered_journal_is_told_and_takes_nothing(ward: Ward, kind: str) -> None:
    alert = ward.raised()
    ward.book.close(ward.as_shown(alert), ward.alert(alert), Disposition.FALSE_ALARM, "核对过")
    shown = ward.as_shown(alert)
    altered(ward, kind)
    book = ward.restart()
    assert isinstance(book.broken, BrokenAlertJournal)
    assert book.all() == ()
    number = len(ward.rows())
    with pytest.raises(NotPermitted, match="an auditor has to look first"):
        book.acknowledge(shown, alert)
    ward.watch.step()
    assert len(ward.rows()) == number
