"""What the baselines find in an office whose usual days are known, what they leave alone, and how they say it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from siem.baseline.learned import LEARN_DAYS
from siem.baseline.watch import Baselines
from siem.record.ecs import Document
from siem.record.event import CallerKind, Disclosure, PermitNote, PermitState, Phase, Verdict
from tests.siem.baseline.office import CALENDAR, CLERKS, FIRST, LEARNED, Office, found_in, moment
from tests.siem.events import digest

WANG = CLERKS[3]
SUNDAY = LEARNED - timedelta(days=1)
TUESDAY = LEARNED + timedelta(days=1)
OUTSIDE = "203.0.113.9"


def test_usual_days_are_left_alone() -> None:
    office = Office()
    assert found_in(office.weeks(LEARNED + timedelta(days=14))) == []


def test_a_night_of_look_ups_is_told_in_words_with_what_is_usual() -> None:
    office = Office()
    (found,) = found_in(
        [*office.weeks(), office.look(WANG, moment(SUNDAY, 2 + 1 / 6), people=range(412)), *office.usual(LEARNED)]
    )
    assert (found.caller, found.group) == (WANG, "staff:window")
    assert found.at == moment(SUNDAY, 2 + 1 / 6)
    assert "周日 02:10 已有 412 人明文；平时：" in found.zh
    assert "412 residents in clear on Sunday 02:10; usual: " in found.en


def bulk(office: Office) -> Iterator[Document]:
    yield office.look(WANG, moment(LEARNED, 10), people=range(150))


def many_in_an_hour(office: Office) -> Iterator[Document]:
    yield from office.looks(WANG, LEARNED, 55, hour=10)


def another_network(office: Office) -> Iterator[Document]:
    yield from office.looks(WANG, LEARNED, 20, hour=10, source_ip=OUTSIDE)


def at_night(office: Office) -> Iterator[Document]:
    yield from office.looks(WANG, LEARNED, 18, hour=1)


def many_that_do_not_exist(office: Office) -> Iterator[Document]:
    for number in range(20):
        at = moment(LEARNED, 10) + timedelta(minutes=number)
        yield office.look(WANG, at, verdict=Verdict.WITHHOLD, reason="foreign_handle", status=404, fields=())


def one_case_for_many(office: Office) -> Iterator[Document]:
    for number in range(5):
        note = PermitNote(id=f"P-{number}", state=PermitState.OPEN, kind="reveal", case="C1", subject=digest(number))
        at = moment(LEARNED, 10 + number)
        yield office.look(WANG, at, phase=Phase.PERMIT, permit=note, disclosure=Disclosure.NONE)


def two_at_one_desk(office: Office) -> Iterator[Document]:
    for number in range(12):
        ip = "10.20.3.9" if number % 2 else "10.20.5.9"
        yield office.look(WANG, moment(LEARNED, 10 + number / 4), source_ip=ip)


def more_every_day(office: Office) -> Iterator[Document]:
    for number in range(18):
        yield from office.looks(WANG, LEARNED + timedelta(days=number), 16 if number % 7 < 5 else 0, hour=10)
        yield from office.usual(LEARNED + timedelta(days=number))


@pytest.mark.parametrize(
    ("attack", "kind"),
    [
        (bulk, "people"),
        (many_in_an_hour, "hour"),
        (another_network, "network"),
        (at_night, "hours"),
        (many_that_do_not_exist, "refused"),
        (one_case_for_many, "case"),
        (two_at_one_desk, "switches"),
        (more_every_day, "drift"),
    ],
)
def test_what_deviates_is_found(attack: Callable[[Office], Iterator[Document]], kind: str) -> None:
    office = Office()
    found = found_in([*office.weeks(), *attack(office)])
    assert {anomaly.caller for anomaly in found} == {WANG}
    assert kind in {deviation.kind for anomaly in found for deviation in anomaly.deviations}


def test_one_alert_a_week_is_enough_about_one_caller() -> None:
    office = Office()
    days = [LEARNED + timedelta(days=number) for number in range(3)]
    again = [office.look(WANG, moment(day, 10), people=range(200)) for day in days]
    assert len(found_in([*office.weeks(), *again])) == 1


def test_a_day_that_was_found_is_not_learned() -> None:
    office = Office()
    days = [LEARNED + timedelta(days=number) for number in range(18)]
    again = [office.look(WANG, moment(day, 10), people=range(200)) for day in days if day.weekday() < 5]
    assert len(found_in([*office.weeks(), *again])) == 3


def test_nothing_is_found_before_enough_days_are_known() -> None:
    office = Office()
    early = FIRST + timedelta(days=LEARN_DAYS - 1)
    assert found_in([*office.weeks(early), *office.looks(WANG, early, 60)]) == []


def test_so_many_people_are_an_alert_whatever_was_learned() -> None:
    office = Office()
    (found,) = found_in([office.look(WANG, moment(FIRST, 10), people=range(3_000))])
    assert [deviation.kind for deviation in found.deviations] == ["absolute"]


def test_a_ramp_from_the_first_day_on_is_caught_by_the_peers_and_its_growth() -> None:
    office = Office()
    ramp = [
        document
        for number in range(28)
        for document in office.looks(WANG, FIRST + timedelta(days=number), 3 * number if number % 7 < 5 else 0, hour=10)
    ]
    found = found_in([*office.weeks(LEARNED + timedelta(days=7)), *ramp])
    assert {anomaly.caller for anomaly in found} == {WANG}


def test_what_a_whole_post_does_more_of_is_nobodys_drift() -> None:
    office = Office()
    busy = [
        document
        for number in range(12)
        for caller in CLERKS
        for document in office.looks(caller, LEARNED + timedelta(days=number), 10 if number % 7 < 5 else 0, hour=10)
    ]
    later = [document for number in range(12) for document in office.usual(LEARNED + timedelta(days=number))]
    assert found_in([*office.weeks(), *later, *busy]) == []


def test_a_former_account_that_comes_back_is_found_and_a_colleague_after_leave_is_not() -> None:
    office = Office()
    gone, on_leave = CLERKS[1], CLERKS[2]
    early, here = FIRST + timedelta(days=14), [each for each in CLERKS if each not in (gone, on_leave)]
    weeks = office.weeks(early) + [
        document for number in range(14, 37) for document in office.usual(FIRST + timedelta(days=number), here)
    ]
    back = FIRST + timedelta(days=37)
    leave = [*office.looks(on_leave, FIRST + timedelta(days=24), 10)]
    found = found_in([*weeks, *leave, *office.looks(gone, back, 15)])
    assert [(anomaly.caller, anomaly.at.date()) for anomaly in found] == [(gone, back)]
    assert "silence" in {deviation.kind for deviation in found[0].deviations}


@pytest.mark.parametrize(
    ("known", "kind"),
    [
        ({"listed": frozenset({digest(1), digest(2), digest(3)})}, "listed"),
        ({"relatives": {WANG: frozenset({digest(1), digest(2), digest(3)})}}, "relatives"),
    ],
)
def test_look_ups_of_those_who_are_declared_need_no_learning(known: dict[str, object], kind: str) -> None:
    office = Office()
    looks = [office.look(WANG, moment(FIRST, 9 + person), people=[person]) for person in (1, 2, 3)]
    (found,) = found_in(looks, **known)
    assert kind in {deviation.kind for deviation in found.deviations}
    page = [office.look(WANG, moment(FIRST, 9), people=range(20))]  # a page of a list asked for nobody
    assert found_in(page, **known) == []


def test_a_key_of_a_system_that_is_used_from_elsewhere_is_found() -> None:
    office = Office()
    system: dict[str, Any] = {"caller_kind": CallerKind.SYSTEM, "posts": (), "credential": "key:1"}
    usual = [
        document
        for number in range(21)
        for hour in range(24)
        for document in office.looks("system-1", FIRST + timedelta(days=number), 2, hour=hour, **system)
    ]
    stolen = [*office.looks("system-1", TUESDAY, 9, source_ip=OUTSIDE, **system)]
    found = found_in([*office.weeks(), *usual, *stolen])
    assert [(anomaly.caller, anomaly.deviations[0].kind) for anomaly in found] == [("system-1", "network")]


def test_a_program_that_asks_for_more_every_day_out_of_its_usual_place_is_found() -> None:
    office = Office()
    system: dict[str, Any] = {"caller_kind": CallerKind.SYSTEM, "posts": (), "credential": "key:1"}

    def usual(day: int, count: int) -> Iterator[Document]:
        for hour in range(24):
            yield from office.looks("system-1", FIRST + timedelta(days=day), count, hour=hour, **system)

    days = [document for day in range(25) for document in usual(day, 10 if day < 21 else 17)]
    found = found_in([*office.weeks(), *days])
    assert [(anomaly.caller, anomaly.deviations[0].kind) for anomaly in found] == [("system-1", "drift")]
    twice = [document for day in range(22) for document in usual(day, 10 if day < 21 else 23)]
    found = found_in([*office.weeks(), *twice])
    assert [(anomaly.caller, anomaly.deviations[0].kind) for anomaly in found] == [("system-1", "people")]
    busy = [document for day in range(22) for document in usual(day, 10 if day < 21 else 15)]
    assert found_in([*office.weeks(), *busy]) == []


def test_who_reads_a_public_page_through_is_found_by_the_address() -> None:
    office = Office()
    visitor = {"caller_kind": CallerKind.ANONYMOUS, "posts": (), "credential": "", "disclosure": Disclosure.MASKED}
    readers = [
        office.look("", moment(FIRST + timedelta(days=day), 10), range(10), source_ip=f"100.64.{day}.{n}", **visitor)
        for day in range(21)
        for n in range(10)
    ]
    pages = (range(page * 10, page * 10 + 10) for page in range(100))
    scraped = [
        office.look("", moment(LEARNED, 10) + timedelta(minutes=n), page, source_ip=OUTSIDE, **visitor)
        for n, page in enumerate(pages)
    ]
    found = found_in([*office.weeks(), *readers, *scraped])
    assert [anomaly.caller for anomaly in found] == [OUTSIDE]


def test_a_new_post_is_learned_anew() -> None:
    office = Office()
    later = [
        document
        for number in range(5)
        for caller in CLERKS
        for document in office.looks(caller, LEARNED + timedelta(days=number), 40, posts=("census",))
    ]
    assert found_in([*office.weeks(), *later]) == []


def test_the_same_documents_say_the_same_however_often_they_are_read() -> None:
    office = Office()
    documents = [*office.weeks(), *bulk(office), *more_every_day(office)]
    assert found_in(documents) == found_in(list(reversed(documents)))


def test_no_anomaly_holds_a_subject() -> None:
    office = Office()
    for attack in (bulk, another_network, one_case_for_many):
        for anomaly in found_in([*office.weeks(), *attack(office)]):
            assert "e1:" not in repr(anomaly)


def test_an_account_in_two_places_is_found_though_it_is_seldom_used() -> None:
    office = Office()
    shared = [
        office.look(WANG, moment(LEARNED + timedelta(days=day), 10 + hour), source_ip=ip)
        for day in range(4)
        for hour, ip in enumerate(("10.20.3.9", "10.20.5.9", "10.20.3.9", "10.20.5.9"))
    ]
    days = [document for day in range(5) for document in office.usual(LEARNED + timedelta(days=day), CLERKS[4:])]
    found = found_in([*office.weeks(), *days, *shared])
    assert [(anomaly.caller, anomaly.deviations[0].kind) for anomaly in found] == [(WANG, "shared")]


def test_a_newcomer_who_comes_to_do_what_others_do_does_not_drift() -> None:
    office = Office()
    start = FIRST + timedelta(days=14)
    first_week = [document for day in range(5) for document in office.looks("new", start + timedelta(days=day), 4)]
    later = [
        document
        for day in range(7, 26)
        for document in office.looks("new", start + timedelta(days=day), 13 if day % 7 < 5 else 0)
    ]
    assert found_in([*office.weeks(start + timedelta(days=26)), *first_week, *later]) == []


def test_a_terminal_that_prints_for_listed_persons_is_left_alone() -> None:
    office = Office()
    listed = frozenset(map(digest, range(1, 5)))
    looks = [
        office.look("terminal-1", moment(FIRST, 9 + n), [n], caller_kind=CallerKind.TERMINAL, posts=())
        for n in range(1, 5)
    ]
    assert found_in(looks, listed=listed) == []


def test_who_exports_often_for_a_while_in_a_post_that_exports_does_not_drift() -> None:
    office = Office()
    days = [day for day in range(42) if day % 7 < 5]
    documents = []
    for place, caller in enumerate(CLERKS):
        for number, day in enumerate(days):
            seldom = number in (4, 9, 14) or number in (18, 19, 21, 22, 23, 25)
            exports = seldom if caller == WANG else (3 * place + number * number) % 5 < 2
            count = 200 + 29 * (day % 17) if exports else 2 + day % 3
            at = moment(FIRST + timedelta(days=day), 10 + place / 10)
            documents.append(office.look(caller, at, people=range(count), posts=("analyst",)))
    assert found_in(documents) == []


def test_canaries_are_counted_for_nobody() -> None:
    office = Office()
    canaries = frozenset(map(digest, range(500)))
    mixed = office.look(WANG, moment(LEARNED, 10), people=range(500))
    former = {**mixed, "event": {**mixed["event"], "id": "6YQ3K0M9ZT-0"}}
    of_the_epoch_before = [f"e2:{number:032x}" for number in range(500)]
    former["yingbi"] = {
        **mixed["yingbi"],
        "subjects": of_the_epoch_before,
        "former_subjects": mixed["yingbi"]["subjects"],
    }
    assert found_in([*office.weeks(), mixed, former], canaries=canaries) == []
    assert len(found_in([*office.weeks(), mixed])) == 1


def test_a_day_that_was_closed_is_closed_once_and_takes_no_more() -> None:
    office = Office()
    baselines = Baselines(CALENDAR)
    for document in office.weeks():
        baselines.observe(document)
    assert baselines.pass_to(LEARNED - timedelta(days=3)) == []
    assert baselines.learned.profiles["staff", WANG].today is not None
    baselines.pass_to(LEARNED)
    known = len(baselines.learned.profiles["staff", WANG].workdays)
    baselines.observe(office.look(WANG, moment(LEARNED - timedelta(days=3), 23)))
    baselines.pass_to(LEARNED)
    for document in office.usual(LEARNED):
        baselines.observe(document)
    baselines.close()
    assert len(baselines.learned.profiles["staff", WANG].workdays) == known + 1


def test_who_stands_in_for_a_colleague_is_still_compared_with_the_own_days() -> None:
    """Roles that change from one request to the next do not make anybody unknown."""
    office = Office()
    both = [
        office.look(WANG, moment(LEARNED, 9 + number / 25), posts=("archive", "window") if number % 2 else ("window",))
        for number in range(150)
    ]
    alone = [office.look(WANG, moment(LEARNED, 9 + number / 25), posts=("archive",)) for number in range(150)]
    (found,) = found_in([*office.weeks(), *both])
    assert (found.caller, found.group) == (WANG, "staff:window")
    assert found_in([*office.weeks(), *alone]) == [], "another post is another custom, and nothing is known of it"
    turned = [*alone[:1], *(office.look(WANG, moment(LEARNED, 16 + n / 10), posts=("window",)) for n in range(20))]
    assert found_in([*office.weeks(), *turned]) == []
