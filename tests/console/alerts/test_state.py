"""Whatever people, the detector and the clock do, the journal adds up to one state, however often it is read again."""

from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.alerts.journal import Acknowledged, Closed, Entry, Escalated, Raised
from console.alerts.state import AlertLives
from console.tables import METADATA
from incident.ids import ENGINE, NotPermitted, person
from siem.detect.alert import AlertId
from siem.detect.definition import Level, RuleId
from siem.detect.lifecycle import AlertState, Disposition, Size
from tests.console.alerts.invented import CHEN, WEI, Ward
from tests.incident.office import TEN, new_database

CALLERS = ("clerk-wang", "clerk-li")
SIZE = Size(level=Level.HIGH, events=10, persons=4)
ACTS = st.one_of(
    st.tuples(st.just("find"), st.sampled_from(CALLERS), st.integers(1, 12)),
    st.tuples(st.just("pass"), st.sampled_from([1, 6, 30, 61, 300, 1500])),
    st.tuples(st.just("acknowledge"), st.integers(0, 3), st.sampled_from([CHEN, WEI])),
    st.tuples(st.just("assign"), st.integers(0, 3), st.sampled_from([CHEN, WEI])),
    st.tuples(st.just("snooze"), st.integers(0, 3), st.sampled_from([150, 200, 300])),
    st.tuples(st.just("close"), st.integers(0, 3), st.sampled_from(list(Disposition))),
    st.tuples(st.just("reopen"), st.integers(0, 3)),
    st.tuples(st.just("die")),
)


def do(ward: Ward, act: tuple[Any, ...]) -> None:
    match act:
        case ("find", str(caller), int(events)):
            ward.raised(events, caller=caller)
        case ("pass", int(minutes)):
            ward.pass_on(minutes=minutes)
        case ("die",):
            ward.restart()
        case (name, place, *more):
            lives = ward.book.all()
            if place >= len(lives):
                return
            alert = lives[place].id
            shown, found = ward.as_shown(alert), ward.alert(alert)
            match name, *more:
                case ("acknowledge", by):
                    ward.acknowledge(alert, by)
                case ("assign", to):
                    ward.book.assign(shown, alert, to)
                case ("snooze", int(growth)):
                    ward.snooze(alert, growth, hours=4)
                case ("close", Disposition() as disposition):
                    ward.book.close(shown, found, disposition, "核对过")
                case _:
                    ward.book.reopen(shown, found, "再看")
        case _:
            raise AssertionError(act)


@settings(max_examples=40, deadline=None)
@given(st.lists(ACTS, max_size=25))
def test_a_replayed_journal_gives_the_same_state(acts: list[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as folder:
        engine = new_database(Path(folder))
        METADATA.create_all(engine)
        ward = Ward(Path(folder), engine)
        with closing(ward.alerts):
            for act in acts:
                with suppress(NotPermitted):  # the table says no: nothing was written
                    do(ward, act)
                told = ward.book.changes_since(0)
                assert [each.sequence for each in told] == sorted({each.sequence for each in told})
            before = ward.book.all(), ward.book.changes_since(0), ward.book.precision(ward.clock())
            again = ward.restart()
            assert again.broken is None
            assert (again.all(), again.changes_since(0), again.precision(ward.clock())) == before
            for life in again.all():
                assert (life.snooze is not None) is (life.state is AlertState.SNOOZED)
                assert life.closing is not None or life.state is not AlertState.CLOSED
                assert not life.escalated or life.state is AlertState.NEW
        engine.dispose()


def entry(number: int, fact: object, **by: object) -> Entry:
    actor = by.get("by", ENGINE)
    return Entry(number=number, at=TEN + timedelta(minutes=number), by=actor, fact=fact, chain="")  # type: ignore[arg-type]


def raised(name: str = "A-000001", *, quiet: bool = False) -> Raised:
    return Raised(
        alert=AlertId(name),
        rule=RuleId("events"),
        rule_name="events",
        title="多 / Many",
        group={"user.id": "clerk-wang"},
        raised_at=TEN,
        size=SIZE,
        former="",
        quiet=quiet,
        escalates_at=None,
    )


def test_what_cannot_have_happened_is_no_state() -> None:
    alert = AlertId("A-000001")
    for facts in (
        [raised(), raised()],
        [Acknowledged(alert=alert)],
        [raised(), Acknowledged(alert=alert), Escalated(alert=alert)],
        [raised(quiet=True), Escalated(alert=alert)],
    ):
        with pytest.raises(KeyError):
            AlertLives().add(entry(number, fact) for number, fact in enumerate(facts, 1))


def test_what_a_person_does_is_told_to_nobody() -> None:
    lives, alert = AlertLives(), AlertId("A-000001")
    closed = Closed(alert=alert, disposition=Disposition.LEAK, size=SIZE, reason="核实")
    lives.add([entry(1, raised()), entry(2, Acknowledged(alert=alert), by=person(CHEN))])
    lives.add([entry(3, closed, by=person(CHEN))])
    assert [change.change for change in lives.changes] == []
    assert [found.true for found in lives.precision(TEN, timedelta(days=1)).values()] == [1]
