"""What is a habit, and no deviation: work by the week, from many networks, on a day of rest, after leave."""

from datetime import date, timedelta

import pytest

from siem.record.ecs import Document
from siem.record.event import CallerKind
from tests.siem.baseline.office import CALENDAR, CLERKS, FIRST, LEARNED, Office, found_in, moment

WANG = CLERKS[0]
DAYS = [FIRST + timedelta(days=number) for number in range(28)]
SATURDAY = LEARNED + timedelta(days=5)


def kinds_of(documents: list[Document]) -> dict[str, tuple[str, ...]]:
    return {anomaly.caller: tuple(anomaly.kinds) for anomaly in found_in(documents)}


def exchange(office: Office, day: date, count: int, first: int) -> Document:
    return office.look("exchange", moment(day, 2), range(first, first + count), caller_kind=CallerKind.SYSTEM, posts=())


@pytest.mark.parametrize(("last_sunday", "found"), [(600, False), (1_800, True)])
def test_a_program_has_its_batch_every_sunday(last_sunday: int, found: bool) -> None:
    office = Office()
    documents = [
        exchange(office, day, 200 if day.weekday() < 6 else last_sunday if day == DAYS[-1] else 600, 10_000 * number)
        for number, day in enumerate(DAYS)
    ]
    assert bool(kinds_of(documents)) is found


def test_however_much_days_differ_nobody_takes_many_times_the_most() -> None:
    office = Office()
    days = [day for day in DAYS if CALENDAR.is_workday(day)]
    uneven = [
        document
        for place, day in enumerate(days)
        for number, caller in enumerate(CLERKS)
        for document in office.looks(caller, day, (2, 9, 40)[(place + number) % 3], hour=9)
    ]
    assert kinds_of(uneven) == {}
    more = list(office.looks(WANG, days[-1], 260, hour=11))
    assert kinds_of([*uneven, *more]).keys() == {WANG}


@pytest.mark.parametrize(("people", "hour", "found"), [(12, 10, False), (60, 10, True), (16, 2, True)])
def test_who_comes_in_on_a_day_of_rest_has_work_to_do(people: int, hour: int, found: bool) -> None:
    office = Office()
    documents = [*office.weeks(SATURDAY), *office.looks(WANG, SATURDAY, people, hour)]
    assert bool(kinds_of(documents)) is found


@pytest.mark.parametrize(("people", "found"), [(8, False), (30, True)])
def test_who_is_back_from_leave_does_a_days_work(people: int, found: bool) -> None:
    office = Office()
    back = LEARNED + timedelta(days=21)
    others = office.weeks(back, CLERKS[1:])
    before = [each for each in office.weeks(LEARNED) if each["user"]["id"] == WANG]
    assert bool(kinds_of([*others, *before, *office.looks(WANG, back, people)])) is found


@pytest.mark.parametrize(("moves", "found"), [(True, False), (False, True)])
def test_another_network_is_nothing_new_of_who_is_always_in_another(moves: bool, found: bool) -> None:
    office = Office()
    documents = office.weeks(LEARNED)
    for number, document in enumerate(each for each in documents if each["user"]["id"] == WANG):
        if moves:
            document["source"]["ip"] = f"172.{16 + number // 10}.{number % 250}.9"
    away = (office.look(WANG, moment(LEARNED, 9 + number / 2), source_ip="198.51.100.7") for number in range(14))
    documents += away
    assert bool(kinds_of(documents)) is found


@pytest.mark.parametrize(("without_a_pause", "found"), [(True, False), (False, True)])
def test_who_stays_longer_has_not_come_at_an_odd_hour(without_a_pause: bool, found: bool) -> None:
    office = Office()
    between = [office.look(WANG, moment(LEARNED, hour)) for hour in (17.2, 18.3)]
    late = [*office.usual(LEARNED), *office.looks(WANG, LEARNED, 12, hour=19)]
    assert bool(kinds_of([*office.weeks(), *late, *(between if without_a_pause else ())])) is found


def test_a_night_is_too_long_to_have_stayed() -> None:
    office = Office()
    night = [office.look(WANG, moment(LEARNED, 17.1 + number / 5)) for number in range(34)]
    assert kinds_of([*office.weeks(), *office.usual(LEARNED), *night]).keys() == {WANG}
