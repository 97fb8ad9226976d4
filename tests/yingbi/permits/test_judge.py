"""What callers ask to see is opened by the letter of the reveal, and refused for each reason that there is."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.permits.journal import Opened, Refused
from policies.overlay import OverlayEntry, Tightening
from policies.permits import LONGEST, Kind, Permit
from proxy.reasons import REASONS
from siem.record.event import CallerKind
from tests.effort import examples
from tests.incident.office import TEN
from tests.siem.events import document
from tests.yingbi.reveals import asked, asked_for_all, glass, reveal, seen
from yingbi.permits.judge import AHEAD, LATE, OLDEST, Case, judge, seen_in

SECOND = timedelta(seconds=1)


def against(kind: Tightening, target: str = "clerk-wang") -> OverlayEntry:
    return OverlayEntry(
        id="C-1.1",
        kind=kind,
        system="register",
        target=target,
        until=TEN + timedelta(hours=1),
        reason="bulk reading",
        by="person:p-chen",
    )


def case(**changes: Any) -> Case:
    return Case(**{"reveal": reveal(), "seen": seen(), **changes})


def test_one_record_is_opened_as_the_reveal_says() -> None:
    found = judge(asked(), case(), TEN)
    assert isinstance(found, Opened)
    assert (found.subject, found.categories) == ("e1:00", ("mobile", "resident_id"))
    assert found.until == TEN + timedelta(minutes=15)
    assert (found.permit, found.caller, found.system, found.about) == (
        "prm-00000000000000a1",
        "clerk-wang",
        "register",
        "6YQ3K0M9ZT-7",
    )
    assert not found.sampled


def test_the_glass_is_broken_without_a_record_and_is_always_reviewed() -> None:
    found = judge(asked_for_all(), Case(reveal=glass(), seen=None), TEN)
    assert isinstance(found, Opened)
    assert (found.subject, found.about, found.sampled) == ("", "", True)
    assert found.until == TEN + timedelta(minutes=60)


def test_the_lot_says_what_is_reviewed() -> None:
    found = judge(asked(), case(draw=True), TEN)
    assert isinstance(found, Opened)
    assert found.sampled


REFUSALS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("asked_too_late", {"at": TEN - LATE - SECOND}, {}),
    ("asked_too_late", {"at": TEN + AHEAD + SECOND}, {}),
    ("reveal_not_in_force", {}, {"reveal": None}),
    ("reveal_not_in_force", {}, {"reveal": reveal(id="another")}),
    ("reveal_not_in_force", {}, {"reveal": reveal(kind=Kind.BREAK_GLASS)}),
    ("reveal_not_in_force", {}, {"reveal": reveal(until=TEN)}),
    ("caller_blocked", {}, {"overlay": (against(Tightening.BLOCK_CALLER),)}),
    ("caller_blocked", {}, {"overlay": (against(Tightening.BLOCK_CREDENTIAL, "key:7f3a"),)}),
    ("operation_stopped", {}, {"overlay": (against(Tightening.STOP_SYSTEM, ""),)}),
    ("too_many_today", {}, {"today": 20}),
    ("too_many_today", {}, {"today": 1, "reveal": reveal(at_most_a_day=1)}),
    ("event_unknown", {}, {"seen": None}),
    ("event_unknown", {}, {"seen": seen(caller="clerk-li")}),
    ("event_unknown", {}, {"seen": seen(caller="")}),
    ("event_unknown", {}, {"seen": seen(system="hall")}),
    ("event_too_old", {}, {"seen": seen(at=TEN - OLDEST - SECOND)}),
    ("not_one_record", {}, {"seen": seen(subjects=frozenset())}),
    ("not_one_record", {}, {"seen": seen(subjects=frozenset({"e1:00", "e1:01"}))}),
    ("not_one_record", {}, {"seen": seen(was_read=False)}),
    ("reveal_of_other_pages", {}, {"reveal": reveal(operations=("GET /other",))}),
    ("reveal_of_other_pages", {}, {"reveal": reveal(operations=())}),
]


@pytest.mark.parametrize(("code", "ask", "known"), REFUSALS, ids=[f"{row[0]}-{n}" for n, row in enumerate(REFUSALS)])
def test_each_reason_to_refuse(code: str, ask: dict[str, Any], known: dict[str, Any]) -> None:
    found = judge(asked(**ask), case(**known), TEN)
    assert isinstance(found, Refused)
    assert (found.code, found.permit, found.caller) == (code, "prm-00000000000000a1", "clerk-wang")


def test_every_reason_to_refuse_has_its_words() -> None:
    assert {code for code, *_ in REFUSALS} <= REASONS.keys()


ALLOWED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"at": TEN - LATE}, {}),
    ({"at": TEN + AHEAD}, {}),
    ({}, {"today": 19}),
    ({}, {"seen": seen(at=TEN - OLDEST)}),
    ({}, {"reveal": reveal(operations=("GET /other", "GET /register/{person}"))}),
    ({}, {"reveal": reveal(until=TEN + SECOND)}),
    ({}, {"overlay": (against(Tightening.STOP_OPERATION, "GET /other"),)}),
]


@pytest.mark.parametrize(("ask", "known"), ALLOWED, ids=map(str, range(len(ALLOWED))))
def test_just_within_the_limits_it_is_opened(ask: dict[str, Any], known: dict[str, Any]) -> None:
    assert isinstance(judge(asked(**ask), case(**known), TEN), Opened)


@pytest.mark.parametrize("kind", [Tightening.BLOCK_CALLER, Tightening.BLOCK_CREDENTIAL, Tightening.STOP_SYSTEM])
def test_who_is_blocked_breaks_no_glass(kind: Tightening) -> None:
    found = judge(asked_for_all(), Case(reveal=glass(), seen=None, overlay=(against(kind, "head-on-duty"),)), TEN)
    assert isinstance(found, Refused)


def test_what_kind_of_caller_it_was_is_taken_from_the_record_of_theirs_alone() -> None:
    for who, kind in (("clerk-wang", CallerKind.SYSTEM), ("clerk-li", CallerKind.STAFF)):
        found = judge(asked(), case(seen=seen(caller=who, caller_kind=CallerKind.SYSTEM)), TEN)
        assert found.caller_kind is kind


moments = st.sampled_from([0, -1, 1, -60, 60, -120, -121, 600, 3600, -28800, -28801, 86400]).map(
    lambda seconds: timedelta(seconds=seconds)
) | st.timedeltas(timedelta(days=-2), timedelta(days=2))


@settings(max_examples=examples(400))
@given(
    asked_at=st.just(timedelta()) | moments,
    ends=moments,
    seen_at=moments,
    kind=st.sampled_from(Kind),
    declared=st.sampled_from(Kind),
    minutes=st.integers(-1, 90),
    subjects=st.frozensets(st.sampled_from(["e1:00", "e1:01", "e1:02"])),
    today=st.integers(0, 25),
    who=st.sampled_from(["clerk-wang", "clerk-li"]),
)
def test_nothing_is_opened_for_longer_than_it_may_be_nor_of_more_than_one_subject(
    asked_at: timedelta,
    ends: timedelta,
    seen_at: timedelta,
    kind: Kind,
    declared: Kind,
    minutes: int,
    subjects: frozenset[str],
    today: int,
    who: str,
) -> None:
    rule = reveal(kind=declared, minutes=minutes, until=TEN + ends)
    known = case(reveal=rule, seen=seen(at=TEN + seen_at, subjects=subjects, caller=who), today=today)
    found = judge(asked(kind=kind, at=TEN + asked_at), known, TEN)
    if isinstance(found, Refused):
        assert found.code
        return
    assert kind is declared
    lasts = found.until - TEN
    assert timedelta() < lasts <= min(LONGEST[kind], timedelta(minutes=minutes), ends)
    assert today < rule.at_most_a_day
    if kind is Kind.REVEAL:
        assert {found.subject} == subjects
        assert who == "clerk-wang"
    Permit(  # what a worker reads: it would refuse the whole table for one that it cannot be
        id=found.permit,
        kind=found.kind,
        reveal=found.reveal,
        caller=found.caller,
        system=found.system,
        subject=found.subject,
        categories=found.categories,
        opened_at=TEN,
        until=found.until,
    )


def test_an_exchange_is_of_all_whom_its_events_name() -> None:
    documents = [document(number, subjects=subjects) for number, subjects in enumerate(((), ("e1:00",), ("e1:00",)))]
    found = seen_in(documents[0], documents)
    assert found.subjects == {"e1:00"}
    assert (found.caller, found.system, found.caller_kind) == ("clerk-wang", "register", CallerKind.STAFF)
    documents.append(document(9, subjects=("e1:01",)))
    assert len(seen_in(documents[0], documents).subjects) == 2
