"""The slow drip: a little more every day than before."""

from datetime import timedelta

import pytest

from siem.baseline.pace import PAGE
from siem.record.ecs import Document
from siem.record.event import CallerKind
from tests.siem.baseline.office import CALENDAR, CLERKS, FIRST, LEARNED, Office, found_in, moment

WANG = CLERKS[0]
DAYS = [FIRST + timedelta(days=number) for number in range(35)]
LATER = [day for day in DAYS if day >= LEARNED and CALENDAR.is_workday(day)]


def drifting(office: Office, more: int) -> list[Document]:
    """Ten workdays on which one of the office looks up so many people more."""
    return [document for day in LATER for document in office.looks(WANG, day, more, hour=10)]


def kinds_of(documents: list[Document]) -> dict[str, tuple[str, ...]]:
    return {anomaly.caller: tuple(anomaly.kinds) for anomaly in found_in(documents)}


def test_what_rises_for_many_days_is_compared_with_the_days_before_it_rose() -> None:
    office = Office()
    assert kinds_of([*office.weeks(DAYS[-1]), *drifting(office, 8)]) == {WANG: ("drift",)}


def test_a_drip_beside_exports_is_a_drip() -> None:
    office = Office()
    exports = [
        office.look(caller, moment(day, 16), range(100 * (place + day.day) % 601 + PAGE + 1))
        for day in DAYS
        for place, caller in enumerate(CLERKS)
        if CALENDAR.is_workday(day) and (place + day.day) % 3 == 0
    ]
    usual = office.weeks(DAYS[-1])
    assert kinds_of([*usual, *exports]) == {}
    assert kinds_of([*usual, *exports, *drifting(office, 16)]) == {WANG: ("drift",)}


@pytest.mark.parametrize(("kind", "found"), [(CallerKind.STAFF, True), (CallerKind.TERMINAL, False)])
def test_how_many_come_to_a_kiosk_is_the_publics_doing(kind: CallerKind, found: bool) -> None:
    office = Office()
    documents = [*office.weeks(DAYS[-1]), *drifting(office, 8)]
    for document in documents:
        document["yingbi"]["caller_kind"] = kind
    assert bool(kinds_of(documents)) is found


def test_a_handful_a_day_is_nobodys_drift() -> None:
    office = Office()
    days = [day for day in DAYS if CALENDAR.is_workday(day)]
    few = [
        document
        for day in days
        for caller in CLERKS
        for document in office.looks(caller, day, 6 if caller is WANG and day >= LEARNED else 2)
    ]
    assert kinds_of(few) == {}


@pytest.mark.parametrize(("last", "found"), [(700, False), (2_500, True)])
def test_a_batch_of_every_monday_is_no_drift_of_a_program(last: int, found: bool) -> None:
    office = Office()
    mondays = [day for day in DAYS if day.weekday() == 0]
    documents = [
        office.look(
            "exchange", moment(day, 8 + number / 5), caller_kind=CallerKind.SYSTEM, posts=(), credential="key:exchange"
        )
        for day in DAYS
        for number in range(40 if day < DAYS[14] else 47)
    ]
    batches = [
        office.look(
            "exchange",
            moment(day, 2),
            range(10_000 * place, 10_000 * place + (last if day == mondays[-1] else 660 + 10 * place)),
            caller_kind=CallerKind.SYSTEM,
            posts=(),
            credential="key:exchange",
        )
        for place, day in enumerate(mondays)
    ]
    assert bool(kinds_of([*documents, *batches])) is found
