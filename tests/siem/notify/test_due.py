from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siem.canary import LIST_NAME
from siem.detect.alert import Alert
from siem.detect.definition import Advice, Level, RuleId
from siem.detect.rule_set import read_rules, rule_files
from siem.notify.due import GROWN_EVERY, Told, due, message_of, passed_over, staff_of
from siem.notify.message import Kind, text_of
from tests.siem.events import NINE
from tests.siem.notify.alerts import DIGEST, HOUR, MINUTE, MOBILE, PERSONAL, RESIDENT, alert
from yingbi.rules import SHIPPED


def told(**changes: Any) -> Told:
    facts: dict[str, Any] = {"raised_at": NINE, "level": Level.HIGH, "events": 30, "persons": 300, "at": NINE}
    return Told(**{**facts, **changes})


def kind_of(found: Alert, before: Told | None, after: timedelta = MINUTE) -> Kind | None:
    (each,) = due([found], {found.id: before} if before else {}, NINE + after)
    return each.message.kind if each.message else None


@pytest.mark.parametrize(
    ("changes", "before", "after", "kind"),
    [
        ({}, None, MINUTE, Kind.RAISED),
        ({}, told(), HOUR, None),
        ({"event_count": 59}, told(), HOUR, None),
        ({"event_count": 60}, told(), HOUR, Kind.GROWN),
        ({"event_count": 60}, told(), HOUR - MINUTE, None),
        ({"subject_count": 600}, told(), HOUR, Kind.GROWN),
        ({"subject_count": 1}, told(persons=0), HOUR, None),
        ({"subject_count": 2}, told(persons=0), HOUR, Kind.GROWN),
        ({"level": Level.CRITICAL}, told(), MINUTE, Kind.RISEN),
        ({"level": Level.CRITICAL, "event_count": 90}, told(), MINUTE, Kind.RISEN),
        ({"level": Level.LOW}, told(), HOUR, None),
    ],
)
def test_what_is_due(changes: dict[str, Any], before: Told | None, after: timedelta, kind: Kind | None) -> None:
    assert kind_of(alert(**changes), before, after) is kind


def test_that_it_has_grown_is_told_at_most_once_an_hour_and_then_without_another_change() -> None:
    grown = alert(event_count=60)
    (early,) = due([grown], {grown.id: told()}, NINE + MINUTE)
    assert (early.message, early.again_at) == (None, NINE + GROWN_EVERY)
    assert early.told == told(), "what was last told stays what growth is measured by"
    (later,) = due([grown], {grown.id: early.told}, NINE + GROWN_EVERY)
    assert later.message is not None
    assert (later.told.events, later.again_at) == (60, None)
    assert kind_of(grown, later.told, 3 * HOUR) is None


def test_a_number_that_comes_again_after_a_restore_is_another_alert() -> None:
    (first,) = due([alert()], {}, NINE)
    other = alert(raised_at=NINE + HOUR)
    (again,) = due([other], {other.id: first.told}, NINE + HOUR)
    assert first.message is not None
    assert again.message is not None
    assert (again.message.kind, again.message.key != first.message.key) == (Kind.RAISED, True)


def test_a_clock_that_was_set_back_keeps_nobody_waiting() -> None:
    assert kind_of(alert(event_count=60), told(at=NINE + 5 * HOUR)) is Kind.GROWN


def test_what_was_silenced_or_there_before_is_not_told() -> None:
    assert due([alert(rule=RuleId("many_subjects/S-1"))], {}, NINE) == []
    (before,) = passed_over([alert()], NINE)
    assert (before.message, kind_of(alert(), before.told)) == (None, None)


def test_an_alert_is_of_the_system_it_names_or_of_those_its_events_are_of() -> None:
    (named,) = due([alert(group={"service.name": "hall"})], {}, NINE, lambda _: ("register",))
    (found,) = due([alert()], {}, NINE, lambda _: ("register", "hall"))
    assert named.message is not None
    assert found.message is not None
    assert (named.message.systems, found.message.systems) == (("hall",), ("register", "hall"))


@pytest.mark.parametrize(
    ("group", "staff"),
    [
        ({"user.id": "clerk-wang"}, "clerk-wang"),
        ({"user.id": "wang@example.gov.cn"}, "wang@example.gov.cn"),
        ({"user.id": DIGEST}, ""),
        ({"user.id": RESIDENT}, ""),
        ({"user.id": MOBILE}, ""),
        ({"source.ip": "10.0.0.7"}, ""),
        ({}, ""),
    ],
    ids=["clerk", "mail", "digest", "resident", "mobile", "address", "nobody"],
)
def test_citizens_are_never_named(group: dict[str, str | int], staff: str) -> None:
    assert staff_of(alert(group=group)) == staff


@pytest.mark.parametrize("value", PERSONAL[:2], ids=["resident", "mobile"])
def test_what_an_own_rule_says_is_not_told_where_it_holds_a_person(value: str) -> None:
    rule: dict[str, Any] = {
        "title": f"看过 {value} 的人 / Who saw {value}",
        "what_to_do": Advice(zh=f"问 {value}", en="Ask"),
    }
    found = alert(group={"user.id": DIGEST, "service.name": value}, **rule)
    (each,) = due([found], {}, NINE)
    assert each.message is not None
    text = text_of([each.message], "https://localhost:8444", language="both", internal=True)
    for personal in PERSONAL:
        assert personal not in text.title + text.body
    assert "A-000001" in text.body


def test_of_no_shipped_rule_anything_is_taken_for_a_person() -> None:
    for rule in read_rules(rule_files(SHIPPED), {LIST_NAME: frozenset[str]()}):
        found = alert(title=rule.title, what_to_do=rule.what_to_do)
        message = message_of(found, Kind.RAISED, "k", NINE, ())
        assert f"{message.title.zh} / {message.title.en}" == rule.title
        assert message.advice.zh == rule.what_to_do.zh


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 90)), max_size=40))
def test_however_an_alert_grows_it_is_told_once_and_then_by_the_hour(steps: list[tuple[int, int]]) -> None:
    before: dict[Any, Told] = {}
    at, grown, found = NINE, alert(event_count=0, subject_count=0), []
    for more, minutes in steps:
        at += minutes * MINUTE
        grown = replace(grown, event_count=grown.event_count + more)
        (each,) = due([grown], before, at)
        before = {grown.id: each.told}
        found += [(each.message.kind, at)] if each.message else []
    assert [kind for kind, _ in found] == [Kind.RAISED, *[Kind.GROWN] * (len(found) - 1)][: len(found)]
    assert all(later - earlier >= HOUR for (_, earlier), (_, later) in pairwise(found))
