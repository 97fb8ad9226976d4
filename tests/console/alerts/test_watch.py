"""What the installation notes of alerts by itself: raised, grown, back, open again, escalated; each once."""

from contextlib import closing
from datetime import timedelta

import pytest

from console.alerts.watch import MOST_AT_ONCE, AlertWatch
from incident.database import for_writing
from siem.detect.alert import AlertStore
from siem.detect.lifecycle import AlertState, Change, Disposition
from siem.detect.silence import Silence, hushed
from tests.console.alerts.invented import CHEN, DUE, Ward
from tests.incident.office import TEN
from tests.siem.detect.rules import EVENTS_RULE, SUBJECTS_RULE, rule

MINUTES = timedelta(minutes=1)
LOW = rule(level="low", name="low")


def changes(ward: Ward, after: int = 0) -> list[Change]:
    return [change.change for change in ward.book.changes_since(after)]


def test_an_alert_is_raised_once(ward: Ward) -> None:
    alert = ward.raised()
    ward.watch.step()
    assert ward.did(alert) == ["Raised"]
    life = ward.life(alert)
    assert (life.state, life.size.events, life.raised.former) == (AlertState.NEW, 10, "")
    assert life.escalates_at == TEN + 60 * MINUTES
    assert changes(ward) == [], "which is seen from the alert itself"


def test_what_nobody_acknowledges_is_escalated_once(ward: Ward) -> None:
    alert = ward.raised()
    ward.pass_on(minutes=59)
    assert not ward.life(alert).escalated
    ward.pass_on(minutes=1)
    assert ward.life(alert).escalated
    ward.pass_on(hours=5)
    assert ward.did(alert) == ["Raised", "Escalated"]
    (change,) = ward.book.changes_since(0)
    assert (change.change, change.alert, change.level) == (Change.ESCALATED, alert, "high")
    assert (change.title, change.due_at, change.assignee) == ("多 / Many", TEN + 60 * MINUTES, "")
    assert ward.book.changes_since(change.sequence) == ()
    ward.acknowledge(alert)
    assert not ward.life(alert).escalated
    ward.pass_on(days=9)
    assert ward.did(alert) == ["Raised", "Escalated", "Acknowledged"]


def test_time_that_nobody_was_there_to_see_counts(ward: Ward) -> None:
    alert = ward.find()
    ward.clock.move(hours=2)
    ward.restart()
    ward.watch.step()
    ward.watch.step()
    assert ward.did(alert.id) == ["Raised", "Escalated"]


def test_growth_is_noted_where_it_has_doubled_and_not_while_the_evidence_is_gathered(ward: Ward) -> None:
    alert = ward.raised(10)
    ward.find(9)
    ward.pass_on(minutes=10)
    assert ward.did(alert) == ["Raised"]
    ward.find(1)
    ward.watch.step()
    ward.find(60)
    ward.watch.step()
    assert ward.did(alert) == ["Raised", "Grew"], "and no sooner than five minutes after that again"
    ward.pass_on(minutes=5)
    assert ward.did(alert) == ["Raised", "Grew", "Grew"]
    assert ward.life(alert).size.events == 80
    assert ward.life(alert).escalates_at == TEN + 60 * MINUTES, "growing puts nothing off"
    assert changes(ward) == [], "which is seen from the alert itself"


def test_a_snooze_ends_by_itself_and_the_alert_waits_anew(ward: Ward) -> None:
    alert = ward.raised()
    ward.acknowledge(alert)
    ward.snooze(alert, hours=4)
    ward.find(9)
    ward.pass_on(minutes=239)
    assert ward.life(alert).state is AlertState.SNOOZED
    ward.pass_on(minutes=1)
    life = ward.life(alert)
    assert (life.state, life.came_back, life.assignee) == (AlertState.NEW, True, CHEN)
    assert life.escalates_at == TEN + 300 * MINUTES
    ward.pass_on(minutes=60)
    assert changes(ward) == [Change.RETURNED, Change.ESCALATED]


@pytest.mark.parametrize(("growth", "events", "returns"), [(200, 9, False), (200, 10, True), (300, 19, False)])
def test_what_grows_too_much_returns_at_once(ward: Ward, growth: int, events: int, returns: bool) -> None:
    alert = ward.raised(10)
    ward.acknowledge(alert)
    ward.snooze(alert, growth, hours=4)
    ward.find(events)
    ward.pass_on(seconds=1)
    assert (ward.life(alert).state is AlertState.NEW) is returns
    assert changes(ward) == ([Change.RETURNED] if returns else [])


def test_what_goes_on_after_it_was_closed_is_open_again(ward: Ward) -> None:
    alert = ward.raised()
    ward.book.close(ward.as_shown(alert), ward.alert(alert), Disposition.FALSE_ALARM, "核对过")
    ward.find(3, at=TEN - MINUTES)
    ward.pass_on(minutes=1)
    assert ward.life(alert).state is AlertState.CLOSED, "only what comes late is known of it"
    ward.find(1)
    ward.watch.step()
    life = ward.life(alert)
    assert (life.state, life.size.events) == (AlertState.NEW, 14)
    assert life.closing is not None, "what was said of it stays"
    assert changes(ward) == [Change.REOPENED]


def test_a_later_alert_of_the_same_names_the_former(ward: Ward) -> None:
    first = ward.raised()
    ward.book.close(ward.as_shown(first), ward.alert(first), Disposition.BENIGN, "年检")
    ward.clock.move(hours=3)
    second, other, third = (
        ward.raised(),
        ward.raised(rule=SUBJECTS_RULE),
        ward.raised(caller="clerk-li"),
    )
    assert [ward.life(each).raised.former for each in (second, other, third)] == [first, "", ""]
    assert ward.life(first).state is AlertState.CLOSED


def test_alerts_that_are_found_together_follow_each_other(ward: Ward) -> None:
    first = ward.find()
    ward.clock.move(hours=2)
    second = ward.find()
    ward.watch.step()
    ward.watch.step()
    assert ward.life(second.id).raised.former == first.id


def test_what_is_silenced_is_nobodys_business(ward: Ward) -> None:
    end = TEN + timedelta(days=1)
    silence = Silence(
        id="S-1", rule=EVENTS_RULE.id, caller="clerk-wang", since=TEN, until=end, why="年检", by="p-sun", ended_by=""
    )
    alert = ward.raised(rule=hushed(EVENTS_RULE, silence))
    assert ward.life(alert).state is AlertState.QUIET
    ward.find(90, rule=hushed(EVENTS_RULE, silence))
    ward.pass_on(days=2)
    assert (ward.did(alert), changes(ward)) == (["Raised"], [])
    loud = ward.raised()
    assert ward.life(loud).raised.former == alert, "and what comes after it names it"
    ward.acknowledge(alert)
    ward.find(900, rule=hushed(EVENTS_RULE, silence), at=TEN)
    ward.pass_on(minutes=6)
    assert ward.did(alert) == ["Raised", "Acknowledged", "Grew"], "until somebody sees to it after all"


def test_alerts_of_the_past_are_not_told_when_the_journal_begins(ward: Ward) -> None:
    old = ward.find()
    ward.clock.move(days=3)
    ward.restart()
    new = ward.raised(caller="clerk-zhou")
    assert (ward.life(old.id).state, ward.life(new).state) == (AlertState.QUIET, AlertState.NEW)
    ward.pass_on(days=30)
    late = ward.find(caller="clerk-li")
    ward.clock.move(days=2)
    ward.restart()
    ward.watch.step()
    assert ward.life(late.id).state is AlertState.NEW, "only then: later nothing is passed over"


def test_one_that_is_opened_again_by_hand_is_watched_after_a_restart_too(ward: Ward) -> None:
    alert = ward.raised()
    ward.book.close(ward.as_shown(alert), ward.alert(alert), Disposition.FALSE_ALARM, "核对过")
    ward.watch.step()
    ward.book.reopen(ward.as_shown(alert), ward.alert(alert), "台账对不上")
    ward.pass_on(hours=1)
    assert ward.life(alert).escalated


def test_very_many_are_noted_in_pieces(ward: Ward) -> None:
    for number in range(MOST_AT_ONCE + 5):
        ward.find(1, caller=f"clerk-{number}")
    ward.watch.step()
    assert len(ward.book.all()) == MOST_AT_ONCE
    ward.watch.step()
    assert len(ward.book.all()) == MOST_AT_ONCE + 5


def test_a_low_alert_is_never_escalated(ward: Ward) -> None:
    alert = ward.raised(rule=LOW)
    assert DUE(ward.alert(alert), TEN) is None
    ward.pass_on(days=30)
    assert ward.did(alert) == ["Raised"]


def test_what_goes_on_after_it_was_closed_is_not_forgotten_where_that_cannot_be_written(ward: Ward) -> None:
    alert = ward.raised()
    ward.book.close(ward.as_shown(alert), ward.alert(alert), Disposition.FALSE_ALARM, "核对过")
    ward.clock.move(minutes=1)
    ward.find(1)
    with for_writing(ward.engine).begin() as connection:
        connection.exec_driver_sql("ALTER TABLE alert_journal RENAME TO gone")
    ward.watch.step()
    with for_writing(ward.engine).begin() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO alert_journal")
    ward.watch.step()
    assert ward.life(alert).state is AlertState.NEW


def test_where_the_file_of_alerts_was_lost_numbers_that_come_again_are_new_alerts(ward: Ward) -> None:
    first = ward.raised()
    ward.book.close(ward.as_shown(first), ward.alert(first), Disposition.FALSE_ALARM, "核对过")
    ward.alerts.close()
    for path in ward.folder.glob("alerts.db*"):
        path.unlink()
    ward.alerts = AlertStore(ward.folder / "alerts.db")
    ward.clock.move(hours=2)
    ward.restart()
    again = ward.raised(3)
    assert (again, ward.life(again).raised.former) == (first, "")
    assert (ward.life(again).state, ward.did(again)) == (AlertState.NEW, ["Raised"])
    ward.restart()
    ward.watch.step()
    assert ward.did(again) == ["Raised"]
    assert [found.untrue for found in ward.book.precision(ward.clock()).values()] == [1], "what was said before counts"


def test_a_clock_that_is_set_back_stops_nothing(ward: Ward) -> None:
    alert = ward.raised()
    ward.pass_on(hours=-30)
    ward.pass_on(hours=31)
    assert ward.life(alert).escalated


def test_a_file_of_alerts_that_does_not_answer_is_waited_for(ward: Ward) -> None:
    alert = ward.find()
    path = ward.folder / "broken.db"
    path.write_bytes(b"no database" * 100)
    with closing(AlertStore(path, read_only=True)) as alerts:
        watch = AlertWatch(ward.book, alerts, DUE, ward.clock)
        watch.step()
        assert ward.book.all() == ()
        path.unlink()
        watch.step()
    ward.watch.step()
    assert ward.did(alert.id) == ["Raised"]
