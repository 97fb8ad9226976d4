"""The first days of an installation, in which nobody knows yet whose work is exporting."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from siem.baseline.by_rules import Rules
from siem.baseline.first_days import AT_FIRST
from siem.baseline.learned import LEARN_DAYS
from siem.baseline.watch import Baselines
from siem.detect.custom import Custom
from siem.detect.rule_set import read_rules, rule_files
from siem.record.ecs import Document
from siem.record.event import CallerKind
from tests.siem.baseline.office import CALENDAR, FIRST, Office, found_in, moment
from yingbi.rules import SHIPPED

MONDAY = FIRST + timedelta(days=7)
WINDOW = tuple(f"window-{number:02d}" for number in range(26))
ANALYSTS = tuple(f"analyst-{number}" for number in range(6))
RULES = read_rules(rule_files(SHIPPED), {"canary_subjects": frozenset()})


def days_of(office: Office, exports: Iterable[tuple[int, str, int]], window: Iterable[str] = WINDOW) -> list[Document]:
    """The first workdays of an office with two posts, and the exports in them: on which day, whose, of how many."""
    documents = []
    for number in range(LEARN_DAYS):
        day = MONDAY + timedelta(days=number)
        for callers, post in ((tuple(window), "window"), (ANALYSTS, "analyst")):
            for document in office.usual(day, callers):
                document["user"]["roles"] = [post]
                documents.append(document)
    for place, (number, caller, people) in enumerate(exports):
        at = moment(MONDAY + timedelta(days=number), 15 + place / 10)
        post = caller.partition("-")[0]
        documents.append(office.look(caller, at, range(people), posts=(post,)))
    return sorted(documents, key=lambda document: (document["@timestamp"], document["event"]["id"]))


def alerts_in(documents: Iterable[Document]) -> set[str]:
    """The rules that raise an alert while the baselines learn."""
    baselines = Baselines(CALENDAR)
    rules = Rules(RULES, lambda caller, at: Custom(baselines.usual(caller), at))
    found = set()
    for document in documents:
        baselines.observe(document)
        found |= {raised.rule.name for raised in rules.take(document)}
    return found


def test_a_post_whose_work_is_exporting_raises_nothing_from_the_first_day_on() -> None:
    exports = [(0, ANALYSTS[0], 700), (1, ANALYSTS[1], 600), (2, ANALYSTS[2], 450), (4, ANALYSTS[3], 800)]
    documents = days_of(Office(), exports)
    assert alerts_in(documents) == set()
    assert found_in(documents) == []


@pytest.mark.parametrize("people", [AT_FIRST, 2_900, 3_100])
def test_a_flood_is_an_alert_at_once_on_the_first_day(people: int) -> None:
    assert "people_in_an_hour" in alerts_in(days_of(Office(), [(0, ANALYSTS[0], people)]))


def test_where_there_is_no_staff_to_learn_from_the_rules_do_not_wait() -> None:
    assert alerts_in(days_of(Office(), [(0, ANALYSTS[0], 400)], WINDOW[:4])) == {"many_subjects"}


@pytest.mark.parametrize(
    ("caller", "found_on"),
    [
        pytest.param(WINDOW[0], 0, id="a large post is known in the evening of its first day"),
        pytest.param(ANALYSTS[0], 4, id="a small one once some days are known"),
    ],
)
def test_who_does_what_nobody_in_the_post_does_is_found_once_the_peers_are_known(caller: str, found_on: int) -> None:
    documents = days_of(Office(), [(0, caller, 600)])
    assert alerts_in(documents) == set()
    (anomaly,) = found_in(documents)
    assert (anomaly.caller, anomaly.kinds) == (caller, ("first_days",))
    assert anomaly.at.date() == MONDAY + timedelta(days=found_on)
    assert "612" in anomaly.zh
    assert "612" in anomaly.en


def test_what_was_found_of_the_first_days_is_no_custom_afterwards() -> None:
    baselines = Baselines(CALENDAR)
    for document in days_of(Office(), [(0, caller, 900) for caller in WINDOW[:2]]):
        baselines.observe(document)
    baselines.close()
    assert baselines.usual() == {}


def test_a_program_is_compared_with_its_own_first_days() -> None:
    office = Office()
    flood = [300, 200, 250, 1_000, 240]
    documents = days_of(office, [])
    for number, people in enumerate(flood):
        at = moment(MONDAY + timedelta(days=number), 2)
        documents.append(office.look("exchange", at, range(people), caller_kind=CallerKind.SYSTEM, posts=()))
    (anomaly,) = found_in(documents)
    assert (anomaly.caller, anomaly.kinds) == ("exchange", ("first_days",))


@pytest.mark.parametrize(("people", "hours", "told"), [(700, 1, False), (700, 8, True), (1_000, 1, True)])
def test_a_batch_of_a_program_is_told_of_its_first_days_from_as_much_on_as_no_rule_waits_for(
    people: int, hours: int, told: bool
) -> None:
    office = Office()
    documents = days_of(office, [])
    for number, count in enumerate((people, 60, 50, 55, 60)):
        for hour in range(hours):
            at, whom = moment(MONDAY + timedelta(days=number), 2 + hour), range(hour, count, hours)
            documents.append(office.look("exchange", at, whom, caller_kind=CallerKind.SYSTEM, posts=()))
    documents.sort(key=lambda document: document["@timestamp"])
    assert [anomaly.kinds for anomaly in found_in(documents)] == [("first_days",)] * told


def test_what_came_on_the_day_on_which_it_showed_to_be_a_program_comes_every_week() -> None:
    """Of a maker who does not say that it is one: the Monday is remembered on which that was seen."""
    office = Office()
    days = [MONDAY + timedelta(days=number) for number in range(8)]
    documents = [document for day in days for document in office.usual(day)]
    for day in days:
        documents += [office.look("svc", moment(day, hour + 0.5), posts=()) for hour in range(24)]
        if day.weekday() == 0:
            documents.append(office.look("svc", moment(day, 2.1), range(600), posts=()))
    assert found_in(documents) == []
