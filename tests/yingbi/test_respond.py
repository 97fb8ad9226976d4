from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from incident.activation import Progress
from incident.cases import Cases
from incident.command import Containment, Tighten
from incident.engine import OutsideCommand
from incident.facts.run import CommandIssued
from incident.ids import CommandKey, person
from incident.journal import entries_of
from incident.state import State
from incident.store import CaseStore
from siem.canary import LIST_NAME
from siem.detect.alert import AlertStore
from siem.detect.rule_set import read_rules, rule_files
from siem.record.event import Disclosure
from tests.incident.office import CHEN, TEN, Office, an_office, shown
from tests.siem.detect.detection import Detection, detecting
from tests.siem.events import document
from yingbi.respond import Responder
from yingbi.rules import SHIPPED


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as made:
        yield made


@pytest.fixture
def detection(office: Office, tmp_path: Path) -> Iterator[Detection]:
    rules = read_rules(rule_files(SHIPPED), {LIST_NAME: frozenset()})
    with detecting(rules, office.events, tmp_path) as made:
        yield made


def responder(office: Office, tmp_path: Path) -> Responder:
    return Responder(office.cases, AlertStore(tmp_path / "alerts.db", read_only=True), office.performer)


def bulk_reading(detection: Detection, persons: int = 400) -> None:
    at = TEN - timedelta(minutes=4)
    fields = (shown("name"),)
    detection.feed([document(number, at=at, fields=fields, disclosure=Disclosure.CLEAR) for number in range(persons)])


def test_an_alert_becomes_a_case_that_goes_as_far_as_it_can(
    office: Office, detection: Detection, tmp_path: Path
) -> None:
    bulk_reading(detection)
    responding = responder(office, tmp_path)
    for _ in range(5):
        responding.step()
    (case,) = office.cases.all()
    assert case.state is State.CONTAINED
    assert case.scope is not None
    assert case.scope.persons == 400
    assert case.notice.draft is not None


def test_told_again_after_a_restart_it_is_the_same_case(office: Office, detection: Detection, tmp_path: Path) -> None:
    bulk_reading(detection)
    responder(office, tmp_path).step()
    entries = len(office.cases.all()[0].entries)
    for _ in range(3):
        office.restart()
        responder(office, tmp_path).step()
    (case,) = office.cases.all()
    assert len(office.overlay) == 1
    assert sum(1 for issued in case.commands.values() if issued.attempts > 1) == 0
    assert len(case.entries) >= entries


def test_while_the_alerts_cannot_be_read_cases_go_on(office: Office, tmp_path: Path) -> None:
    (tmp_path / "alerts.db").write_bytes(b"this is no database, and longer than a header of one would be" * 20)
    case = office.cases.open_by_hand("来电举报 / a report by phone", "medium", "p-chen", "")  # type: ignore[arg-type]
    responding = responder(office, tmp_path)
    before = len(office.cases.get(case).entries)
    office.watch.move(hours=25)  # a duty of 24 hours becomes late
    responding.step()
    assert len(office.cases.get(case).entries) > before


def test_a_clock_that_is_set_back_does_not_stop_time(office: Office, detection: Detection, tmp_path: Path) -> None:
    case = office.cases.open_by_hand("来电举报 / a report by phone", "medium", "p-chen", "")  # type: ignore[arg-type]
    responding = responder(office, tmp_path)
    office.watch.move(hours=1)
    responding.step()
    office.watch.move(hours=-1)
    responding.step()
    office.watch.move(hours=24, minutes=1)
    responding.step()
    assert any(record.late_since for record in office.cases.get(case).clocks.values())


def test_what_else_is_to_be_done_is_done_on_every_step(office: Office, tmp_path: Path) -> None:
    done: list[int] = []
    alerts = AlertStore(tmp_path / "alerts.db", read_only=True)
    responding = Responder(office.cases, alerts, office.performer, [lambda: done.append(1)])
    responding.step()
    responding.step()
    assert done == [1, 1]


class Careless(Cases):
    """Cases that list what a drill would do outside."""

    def pending(self) -> tuple[OutsideCommand, ...]:
        return tuple(
            command for case in self.all() for command in case.machine_commands if isinstance(command, Tighten)
        )


def test_nothing_of_a_drill_is_performed_even_if_it_is_asked_for(office: Office, tmp_path: Path) -> None:
    case = office.cases.open_drill("演练", "high", CHEN, book="", once="1")
    key = CommandKey(f"{case}.0.9")
    block = Tighten(
        key=key,
        case=case,
        kind=Containment.BLOCK_CALLER,
        target="clerk-wang",
        until=TEN + timedelta(hours=1),
        reason="smuggled",
        by=person(CHEN),
    )
    store, last = CaseStore(office.engine), office.cases.get(case).last
    store.append(entries_of(case, [CommandIssued(step=0, command=block)], after=last, at=TEN, by=person(CHEN)))
    office.cases = Careless(store, office.cases.rules, office.watch)
    assert office.cases.pending() == (block,)
    responder(office, tmp_path).step()
    assert office.overlay == {}
    assert office.cases.get(case).commands[key].progress is Progress.FAILED
