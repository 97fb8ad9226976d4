"""Planted leakers among many callers: found by what they took, and nobody else for having seen the same people."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from siem.index.sqlite import SqliteStore
from siem.index.store import EventStore
from siem.trace.found import Trace, Verdict
from tests.contract.backends import elastic_prefix, elastic_store
from tests.siem.events import NINE
from tests.siem.trace.district import CLERKS, END, MASKED, RESIDENTS, District, district, strangers, traced

NIGHT = NINE + timedelta(days=6, hours=15)
SEEDS = range(2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    with contextlib.closing(SqliteStore(tmp_path / "index.db")) as store:
        yield store


@pytest.fixture(params=SEEDS)
def made(request: pytest.FixtureRequest) -> District:
    made = district(request.param)
    made.work()
    return made


def sources(found: Trace) -> list[str]:
    return [each.caller for each in found.callers if each.is_source]


def test_who_copied_a_list_at_night_is_found(made: District, store: EventStore) -> None:
    taken = made.some(400)
    made.take("clerk-7", taken, NIGHT, every=timedelta(seconds=20))
    found = traced(store, made, taken[:300])
    assert (found.verdict, sources(found)) == (Verdict.ONE_CALLER, ["clerk-7"])
    first = found.callers[0]
    assert (first.rank, first.matched, first.coverage) == (1, 300, 1.0)
    assert first.likelihood > 50
    assert first.peak is not None
    assert first.peak.matched >= 300
    assert first.peak.first_at >= NIGHT - timedelta(hours=24)
    assert first.order > 0.9
    assert (found.shown, found.never, found.masked_only) == (300, 0, 0)


def test_a_fifth_of_foreign_identifiers_hides_nobody(made: District, store: EventStore) -> None:
    taken = made.some(240)
    made.take("clerk-7", taken, NIGHT, every=timedelta(seconds=20))
    leaked = [*taken, *strangers(made.random, 30), *made.some(30)]
    made.random.shuffle(leaked)
    found = traced(store, made, leaked)
    assert (found.verdict, sources(found)) == (Verdict.ONE_CALLER, ["clerk-7"])
    assert found.never == 30
    assert abs(found.callers[0].order) < 0.3


def test_all_who_shared_a_leak_are_found(made: District, store: EventStore) -> None:
    parts = [made.some(150) for _ in range(4)]
    for number, part in enumerate(parts):
        made.take(f"clerk-{number * 9}", part, NIGHT + timedelta(days=number), every=timedelta(seconds=30))
    leaked = [person for part in parts for person in part]
    made.random.shuffle(leaked)
    found = traced(store, made, leaked)
    assert found.verdict is Verdict.SEVERAL_CALLERS
    assert sorted(sources(found)) == sorted(f"clerk-{number * 9}" for number in range(4))


def test_who_takes_a_few_a_day_for_weeks_is_found(made: District, store: EventStore) -> None:
    taken = made.some(150)
    for day in range(15):
        made.take(
            "clerk-31", taken[day * 10 :][:10], NINE + timedelta(days=day, hours=1), page=1, every=timedelta(minutes=20)
        )
    found = traced(store, made, taken)
    assert (found.verdict, sources(found)) == (Verdict.ONE_CALLER, ["clerk-31"])
    assert found.callers[0].days == 15


def test_nobody_is_named_for_a_list_from_elsewhere(made: District, store: EventStore) -> None:
    found = traced(store, made, made.some(400))
    assert (found.verdict, sources(found)) == (Verdict.NO_CALLER, [])
    assert found.shown == 400  # by the nightly job, which is shown everybody and so explains nothing


def test_two_who_page_through_the_same_list_are_told_apart_by_its_order(store: EventStore) -> None:
    made = district(9)
    made.work()
    taken = made.some(300)
    shuffled = made.random.sample(taken, len(taken))
    made.take("clerk-1", shuffled, NIGHT, every=timedelta(seconds=20))
    made.take("clerk-2", taken, NIGHT, every=timedelta(seconds=20))
    found = traced(store, made, taken)
    assert sources(found) == ["clerk-2"]
    assert [each.caller for each in found.callers[:2]] == ["clerk-2", "clerk-1"]


def test_what_was_shown_masked_explains_nothing(store: EventStore) -> None:
    made = district(1)
    taken = made.some(60)
    made.show("clerk-1", taken, NINE, **MASKED)
    made.show("clerk-2", taken[:2], NINE)
    found = traced(store, made, [*taken, *strangers(made.random, 5)])
    assert (found.verdict, found.shown, found.masked_only, found.never) == (Verdict.NO_CALLER, 2, 58, 5)
    assert [(each.caller, each.matched) for each in found.callers] == [("clerk-2", 2)]


def test_a_list_of_strangers_never_came_through(store: EventStore) -> None:
    made = district(2)
    made.work()
    found = traced(store, made, strangers(made.random, 50))
    assert (found.verdict, found.never, found.callers) == (Verdict.NOTHING_SHOWN, 50, ())


def test_who_was_not_signed_in_is_told_by_address(store: EventStore) -> None:
    made = district(3)
    made.work()
    taken = made.some(100)
    made.show("", taken, NIGHT, source_ip="198.51.100.7")
    found = traced(store, made, taken)
    assert sources(found) == ["198.51.100.7"]


def test_only_the_time_asked_for_counts(store: EventStore) -> None:
    made = district(4)
    taken = made.some(100)
    made.show("clerk-1", taken, END + timedelta(days=1))
    assert traced(store, made, taken).verdict is Verdict.NOTHING_SHOWN


def test_both_engines_say_the_same(store: EventStore, elasticsearch_node: Any) -> None:
    made = district(6)
    for clerk in range(6):  # on two days: each is an index of its own, which takes a cluster its time
        made.show(f"clerk-{clerk}", made.some(80), NIGHT + timedelta(minutes=clerk))
    taken = made.some(200)
    made.take("clerk-3", taken[:120], NIGHT, every=timedelta(seconds=20))
    made.take("Clerk-4", taken[120:], NIGHT + timedelta(days=1), every=timedelta(seconds=20))
    made.show("", taken[:9], NIGHT, source_ip="198.51.100.7")
    events = list(made.events)
    with (
        elastic_prefix(elasticsearch_node) as prefix,
        contextlib.closing(elastic_store(elasticsearch_node, prefix)) as other,
    ):
        one = traced(store, made, taken)
        made.events = events
        two = traced(other, made, taken)
    assert one == two
    assert sources(one) == ["clerk-3", "clerk-4"]  # in whatever case the log spells an account


def test_a_list_of_one_street_from_elsewhere_is_never_explained_whole(store: EventStore) -> None:
    """Whoever serves the street was shown many of its people at work, which chance alone does not explain."""
    made = district(7)
    made.work()
    street = made.people[: RESIDENTS // CLERKS]
    found = traced(store, made, street + made.some(100))
    assert found.verdict in (Verdict.NO_CALLER, Verdict.IN_PART)
