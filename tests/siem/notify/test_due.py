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
from siem.detect.lifecycle import AlertState, Change
from siem.detect.rule_set import read_rules, rule_files
from siem.notify.due import GROWN_EVERY, Told, due, message_of, passed_over, staff_of
from siem.notify.message import Kind, text_of
from tests.siem.events import NINE
from tests.siem.notify.alerts import DIGEST, HOUR, MINUTE, MOBILE, PERSONAL, RESIDENT, alert, change
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


GREW: dict[str, Any] = {"event_count": 60}
ROSE: dict[str, Any] = {"level": Level.CRITICAL}


@pytest.mark.parametrize(
    ("state", "changes", "kind"),
    [
        (AlertState.NEW, GREW, Kind.GROWN),
        (AlertState.ACKNOWLEDGED, GREW, None),
        (AlertState.SNOOZED, GREW, None),
        (AlertState.CLOSED, GREW, None),
        (AlertState.QUIET, GREW, None),
        (AlertState.NEW, ROSE, Kind.RISEN),
        (AlertState.ACKNOWLEDGED, ROSE, Kind.RISEN),
        (AlertState.SNOOZED, ROSE, None),
        (AlertState.CLOSED, ROSE, None),
    ],
)
def test_what_somebody_sees_to_is_not_told_to_grow(
    state: AlertState, changes: dict[str, Any], kind: Kind | None
) -> None:
    found = alert(**changes)
    (each,) = due([found], {found.id: told()}, NINE + HOUR, state_of=lambda _: state)
    assert (each.message.kind if each.message else None) is kind
    if kind is None:
        assert (each.told, each.again_at) == (told(), None), "it is told as returned where that ends"


@pytest.mark.parametrize(
    ("what", "kind"),
    [(Change.ESCALATED, Kind.ESCALATED), (Change.RETURNED, Kind.RETURNED), (Change.REOPENED, Kind.REOPENED)],
)
def test_what_waits_for_somebody_is_told_once_and_with_its_growth(what: Change, kind: Kind) -> None:
    found = alert(**GREW, **ROSE)
    waiting = {found.id: change(what)}
    (each,) = due([found], {found.id: told()}, NINE + HOUR, changes=waiting)
    assert each.message is not None
    assert (each.message.kind, each.message.level, each.message.events) == (kind, Level.CRITICAL, 60)
    assert due([found], {found.id: each.told}, NINE + 2 * HOUR)[0].message is None, "not as grown or risen besides"
    (other,) = due([found], {found.id: told()}, NINE, changes={found.id: change(what, sequence=8)})
    assert other.message is not None
    assert other.message.key != each.message.key


def test_what_nobody_was_told_of_yet_is_told_as_new_first() -> None:
    first, then = due([alert()], {}, NINE, changes={alert().id: change()})
    assert (first.message and first.message.kind, then.message and then.message.kind) == (Kind.RAISED, Kind.ESCALATED)


@pytest.mark.parametrize(
    ("changes", "zh", "en"),
    [
        (
            {},
            "还没有人处理，请任何一名值班员马上确认：应在 2026-11-23 16:55 前确认，已超 5 分钟",
            "nobody has it yet: anybody on duty acknowledges it now: it was due at 2026-11-23 16:55 (UTC+8), 5 min ago",
        ),
        (
            {"due_at": NINE + HOUR, "assignee": "P-002"},
            "请处理人或任何一名值班员在 2026-11-23 18:00 前确认",
            "whoever has it, or anybody on duty, acknowledges it before 2026-11-23 18:00 (UTC+8)",
        ),
        ({"due_at": None}, "还没有人处理，请任何一名值班员确认", "nobody has it yet: anybody on duty acknowledges it"),
    ],
    ids=["late", "in time", "for ever"],
)
def test_who_is_looked_for_is_said(changes: dict[str, Any], zh: str, en: str) -> None:
    (each,) = due([alert()], {alert().id: told()}, NINE, changes={alert().id: change(**changes)})
    assert each.message is not None
    assert (each.message.wanted.zh, each.message.wanted.en) == (zh, en)
    named = text_of([each.message], "https://localhost:8444", language="both", internal=True).body
    outside = text_of([each.message], "https://localhost:8444", language="both", internal=False).body
    assert zh in outside
    assert outside.endswith("/alerts/A-000001")
    assert ("P-002" in named, "P-002" in outside) == ("assignee" in changes, False)


def test_an_assignee_who_is_called_by_a_number_of_a_person_is_not_named() -> None:
    (each,) = due([alert()], {alert().id: told()}, NINE, changes={alert().id: change(assignee=MOBILE)})
    assert each.message is not None
    assert MOBILE not in text_of([each.message], "https://localhost:8444", language="both", internal=True).body


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
    (named,) = due([alert(group={"service.name": "hall"})], {}, NINE, systems_of=lambda _: ("register",))
    (found,) = due([alert()], {}, NINE, systems_of=lambda _: ("register", "hall"))
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


@pytest.mark.parametrize("value", PERSONAL, ids=["resident", "mobile", "digest"])
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
