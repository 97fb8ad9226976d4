"""Work of two kinds is not one: files and look-ups, a batch on Sundays, a department's campaign, a second theft."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from siem.record.ecs import Document
from siem.record.event import CallerKind
from tests.siem.baseline.office import CALENDAR, CLERKS, FIRST, LEARNED, Office, found_in, moment
from tests.siem.events import digest

WANG = CLERKS[0]
SATURDAY = LEARNED + timedelta(days=5)
DAYS = [FIRST + timedelta(days=number) for number in range(28)]


def file(office: Office, caller: str, day: date, count: int, first: int) -> Document:
    return office.look(caller, moment(day, 10), people=range(first, first + count))


@pytest.mark.parametrize(("count", "kinds"), [(250, set()), (900, {"absolute"}), (3_200, {"absolute", "people"})])
def test_who_was_told_of_for_little_is_told_of_again_for_far_more(count: int, kinds: set[str]) -> None:
    office = Office()
    days = [LEARNED, LEARNED + timedelta(days=2)]
    taken = [file(office, WANG, days[0], 150, 1_000), file(office, WANG, days[1], count, 10_000)]
    found = found_in([*office.weeks(LEARNED + timedelta(days=3)), *taken])
    assert [each.at.date() for each in found] == days[: 1 + bool(kinds)]
    if kinds:
        assert {"grown", "absolute"} & set(found[1].kinds)


@pytest.mark.parametrize(("read", "found"), [(5, False), (60, True)])
def test_a_file_on_a_day_of_rest_is_judged_as_files_are_and_look_ups_as_look_ups(read: int, found: bool) -> None:
    office = Office()
    days = [day for day in DAYS if CALENDAR.is_workday(day) and day < SATURDAY]
    files = [
        file(office, caller, day, 150 + 10 * place, 100_000 + 1_000 * number + 20_000 * place)
        for place, caller in enumerate(CLERKS)
        for number, day in enumerate(days)
        if (number + place) % 3 == 0
    ]
    on_saturday = [file(office, WANG, SATURDAY, 160, 900_000), *office.looks(WANG, SATURDAY, read, hour=11)]
    assert bool(found_in([*office.weeks(SATURDAY), *files, *on_saturday])) is found


def test_what_a_program_reads_one_by_one_does_not_hide_behind_its_nightly_file() -> None:
    office = Office()

    def night_and_day(day: date, number: int, looks: int) -> Iterator[Document]:
        people = range(10_000 * number, 10_000 * number + 300 + 40 * (number % 5))
        yield office.look("exchange", moment(day, 2), people, caller_kind=CallerKind.SYSTEM, posts=())
        for place in range(looks):
            yield office.look("exchange", moment(day, 8 + place * 10 / looks), caller_kind=CallerKind.SYSTEM, posts=())

    usual = [document for number, day in enumerate(DAYS[:-1]) for document in night_and_day(day, number, 40)]
    assert found_in([*usual, *night_and_day(DAYS[-1], 99, 44)]) == []
    (found,) = found_in([*usual, *night_and_day(DAYS[-1], 99, 240)])
    assert found.kinds[0] == "pages"
    assert "逐个或逐页查看" in found.zh


def test_two_batches_differ_as_much_as_the_days_between_them() -> None:
    office = Office()

    def batches(last: int) -> list[Document]:
        counts = [last if day == DAYS[-1] else 600 if day.weekday() == 6 else 200 for day in DAYS]
        return [
            office.look(
                "exchange",
                moment(day, 2),
                range(10_000 * number, 10_000 * number + count),
                caller_kind=CallerKind.SYSTEM,
                posts=(),
            )
            for number, (day, count) in enumerate(zip(DAYS, counts, strict=True))
        ]

    assert found_in(batches(1_000)) == []
    assert len(found_in(batches(2_400))) == 1


def test_a_campaign_of_a_department_is_nobodys_drift_though_the_post_is_larger() -> None:
    office = Office()
    rooms = {caller: f"10.20.{50 if place < 6 else place}.9" for place, caller in enumerate((*CLERKS, *OTHERS))}
    days = [FIRST + timedelta(days=number) for number in range(35)]

    def work(only: int) -> Iterator[Document]:
        for place, (caller, ip) in enumerate(rooms.items()):
            for day in days:
                if CALENDAR.is_workday(day):
                    busy = place < only and day >= LEARNED
                    yield from office.looks(caller, day, (8 + (place + day.day) % 4) * (2 if busy else 1), source_ip=ip)

    assert found_in(work(6)) == []
    assert {each.caller for each in found_in(work(1))} == {WANG}


OTHERS = tuple(f"clerk-{number}" for number in range(10, 24))


@pytest.mark.parametrize(("first", "found"), [(date(2026, 9, 29), True), (date(2026, 9, 21), False)])
def test_a_long_holiday_is_no_pause_between_look_ups_of_relatives(first: date, found: bool) -> None:
    office = Office()
    relatives = {WANG: frozenset({digest(1)})}
    looks = [office.look(WANG, moment(day, 10), [1]) for day in (first, date(2026, 9, 30), date(2026, 10, 9))]
    assert bool(found_in(looks, relatives=relatives)) is found
