"""What `siem.index.store.EventStore` promises, held to by every index."""

import itertools
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from siem.index import elastic_counts
from siem.index.condition import (
    EVERYTHING,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    In,
    Is,
    Like,
    Operator,
    Within,
    fold,
    matches,
    values_of,
)
from siem.index.counts import STANDING, Breakdown
from siem.index.fields import DIGESTS_IN, KEYWORDS_IN
from siem.index.log_line import logged
from siem.index.sightings import Seer
from siem.index.store import ANOTHER, EventsRefused, EventStore
from siem.record.event import EventId, PermitNote, PermitState, Phase
from tests.contract.backends import BACKENDS, SOON, Opener, opened
from tests.effort import examples
from tests.siem.conditions import conditions
from tests.siem.events import DIGESTS, NINE, assorted, digest, document, event

FOREVER = datetime(2200, 1, 1, tzinfo=UTC)
CORPUS = assorted(250, seed=4)
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture(params=BACKENDS)
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    with opened(request.param, tmp_path, request) as open_store:
        yield open_store


@pytest.fixture
def store(opener: Opener) -> EventStore:
    return opener()


@pytest.fixture(scope="module", params=BACKENDS)
def full_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventStore]:
    with opened(request.param, tmp_path_factory.mktemp("index"), request) as open_store:
        store = open_store()
        # Some as they are made, some as the log spells them: no index may tell the difference.
        spelled = [logged(orjson.dumps(each)) for each in CORPUS[::2]]
        assert store.append([each for each in spelled if each is not None], SOON) == len(spelled)
        assert store.append(CORPUS[1::2], SOON) == len(CORPUS) - len(spelled)
        yield store


def one_spelling(item: Any) -> Any:
    """*item* without letters in two cases in its lists: whether such a value counts once or twice is left open."""
    own, user = item["yingbi"], item.get("user", {})
    changed = {name: [fold(each) for each in own[name]] for name in ("categories", "clear") if name in own}
    roles = {"user": {**user, "roles": [fold(each) for each in user["roles"]]}} if user else {}
    return {**item, **roles, "yingbi": {**own, **{name: sorted(set(each)) for name, each in changed.items()}}}


CORPUS_FOLDED = [one_spelling(item) for item in CORPUS]


@pytest.fixture(scope="module", params=BACKENDS)
def store_of_one_spelling(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EventStore]:
    with opened(request.param, tmp_path_factory.mktemp("folded"), request) as open_store:
        store = open_store()
        for at in range(0, len(CORPUS_FOLDED), 90):
            store.append(CORPUS_FOLDED[at : at + 90], SOON)
        yield store


def ids(found: Any) -> list[str]:
    return [item["event"]["id"] for item in found]


def search(store: EventStore, condition: Condition = EVERYTHING) -> list[str]:
    return ids(store.search(condition, NINE, FOREVER, SOON))


def expected(condition: Condition, start: datetime, end: datetime) -> list[str]:
    """The meaning, read off the documents."""
    found = [
        (item["@timestamp"], item["event"]["id"])
        for item in CORPUS
        if start <= datetime.fromisoformat(item["@timestamp"]) < end and matches(condition, item)
    ]
    return [identity for _, identity in sorted(found)]


def test_an_empty_index_answers(store: EventStore) -> None:
    assert search(store) == []
    assert store.count(EVERYTHING, NINE, FOREVER, SOON) == 0
    assert store.newest(SOON) is None
    assert store.get(event(1).id, SOON) is None


def test_what_was_appended_comes_back_as_it_was(store: EventStore) -> None:
    assert store.append(CORPUS[:20], SOON) == 20
    assert {item["event"]["id"]: item for item in store.search(EVERYTHING, NINE, FOREVER, SOON)} == {
        item["event"]["id"]: item for item in CORPUS[:20]
    }
    assert store.get(CORPUS[7]["event"]["id"], SOON) == CORPUS[7]


def test_an_event_is_indexed_once(store: EventStore) -> None:
    first, second, third = document(1), document(2), document(3)
    assert store.append([first, second], SOON) == 2
    assert store.append([second, third, third], SOON) == 1
    assert store.append([first, second, third], SOON) == 0
    assert search(store) == ids([first, second, third])


def test_an_event_under_the_id_of_another_is_refused_and_one_that_comes_again_is_not(store: EventStore) -> None:
    assert store.append([document(1), document(1)], SOON) == 1
    spelled = orjson.loads(orjson.dumps(document(1), option=orjson.OPT_SORT_KEYS))
    other = document(1, caller="clerk-li")
    with pytest.raises(EventsRefused) as refused:
        store.append([document(2), spelled, other, document(3), document(3, caller="clerk-li")], SOON)
    assert (refused.value.new, refused.value.refused) == (2, {2: ANOTHER, 4: ANOTHER})
    assert [store.get(event(number).id, SOON) for number in (1, 3)] == [document(1), document(3)]
    assert store.append([document(number) for number in (1, 2, 3)], SOON) == 0


def test_nothing_appended_is_nothing_new(store: EventStore) -> None:
    assert store.append([], SOON) == 0


def test_another_process_sees_an_append_that_returned(opener: Opener) -> None:
    writer, reader = opener(), opener()
    for number in range(5):
        writer.append([document(number)], SOON)
        assert reader.count(EVERYTHING, NINE, FOREVER, SOON) == number + 1
        assert reader.get(event(number).id, SOON) is not None


def test_events_come_by_time_and_then_by_id(store: EventStore) -> None:
    late, early = document(1, at=NINE + 2 * MICROSECOND), document(2, at=NINE + MICROSECOND)
    twin, other = document(10, at=NINE + 2 * MICROSECOND), document(9, at=NINE + 2 * MICROSECOND)
    store.append([late, early, other, twin], SOON)
    assert search(store) == ids([early, late, twin, other])


def test_the_start_counts_and_the_end_does_not(store: EventStore) -> None:
    store.append([document(number, at=NINE + number * MICROSECOND) for number in range(4)], SOON)
    start, end = NINE + MICROSECOND, NINE + 3 * MICROSECOND
    assert ids(store.search(EVERYTHING, start, end, SOON)) == [event(1).id, event(2).id]
    assert store.count(EVERYTHING, start, end, SOON) == 2
    assert list(store.search(EVERYTHING, end, start, SOON)) == []
    assert store.count(EVERYTHING, end, start, SOON) == 0


def test_a_search_of_many_pages_loses_none_and_repeats_none(store: EventStore) -> None:
    many = [document(number, at=NINE + (number // 300) * MICROSECOND, subjects=()) for number in range(1203)]
    assert store.append(many, SOON) == 1203
    found = search(store)
    assert len(found) == 1203
    assert set(found) == set(ids(many))


def test_a_search_can_be_left_in_the_middle(store: EventStore) -> None:
    store.append([document(number, subjects=()) for number in range(700)], SOON)
    found = store.search(EVERYTHING, NINE, FOREVER, SOON)
    assert next(found)["event"]["id"] == event(0).id
    found.close()  # type: ignore[attr-defined]
    assert store.count(EVERYTHING, NINE, FOREVER, SOON) == 700


def test_the_newest_is_told_to_the_microsecond(store: EventStore) -> None:
    store.append([document(1, at=NINE + 7 * MICROSECOND), document(2, at=NINE + 6 * MICROSECOND)], SOON)
    assert store.newest(SOON) == NINE + 7 * MICROSECOND


def test_events_of_many_days_are_found_together(store: EventStore) -> None:
    days = [document(day, at=NINE + timedelta(days=day)) for day in (0, 1, 29, 60, 200)]
    store.append(days, SOON)
    assert search(store) == ids(days)
    assert ids(store.search(EVERYTHING, NINE + MICROSECOND, NINE + timedelta(days=30), SOON)) == ids(days[1:3])


def test_what_was_read_under_a_permit_is_found(store: EventStore) -> None:
    one, other = "prm-00000000000000a1", "prm-00000000000000b2"
    under = [document(number, permits=permits) for number, permits in enumerate(((one,), (one, other), (other,), ()))]
    store.append([*under, document(9, permits=(one,), caller="clerk-li")], SOON)
    condition = AllOf((Is("user.id", "clerk-wang"), Is("yingbi.permits", one)))
    assert search(store, condition) == ids(under[:2])


def test_what_became_of_a_permit_is_found(store: EventStore) -> None:
    def about(number: int, state: PermitState, subject: str = "", case: str = "") -> dict[str, Any]:
        note = PermitNote(id=f"prm-{number:016x}", state=state, kind="reveal", why="核对", subject=subject, case=case)
        return document(number, phase=Phase.PERMIT, subjects=(), permit=note)

    opened = about(1, PermitState.OPEN, subject=digest(7), case="受理-2026-118")
    refused = about(2, PermitState.REFUSED)
    store.append([opened, refused, document(3)], SOON)
    assert search(store, Is("yingbi.permit.state", "refused")) == ids([refused])
    assert search(store, Is("yingbi.permit.subject", digest(7))) == ids([opened])
    assert search(store, Is("yingbi.permit.case", "受理-2026-118")) == ids([opened])
    assert store.get(opened["event"]["id"], SOON) == opened


def test_an_unknown_id_is_nowhere(full_store: EventStore) -> None:
    assert full_store.get(EventId("6YQ3K0M9ZT-999999"), SOON) is None
    assert full_store.get(EventId(CORPUS[0]["event"]["id"].lower()), SOON) is None


@given(conditions, st.integers(-1, 6), st.sampled_from([1, 3, 10, 10**6 * 86400 * 2, 10**6 * 86400 * 60]))
@settings(max_examples=examples(250), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_condition_means_what_matches_says(
    full_store: EventStore, condition: Condition, offset: int, length: int
) -> None:
    start = NINE + offset * MICROSECOND
    end = start + length * MICROSECOND
    wanted = expected(condition, start, end)
    assert ids(full_store.search(condition, start, end, SOON)) == wanted
    assert full_store.count(condition, start, end, SOON) == len(wanted)


def test_as_many_values_as_promised_can_be_asked_for_at_once(full_store: EventStore) -> None:
    digests = In("yingbi.subjects", frozenset({DIGESTS[0], *(digest(n) for n in range(100, 99 + DIGESTS_IN))}))
    callers = In("user.id", frozenset({"CLERK-WANG", *(f"clerk-{n}" for n in range(KEYWORDS_IN - 1))}))
    for condition in (digests, callers, AnyOf((digests, callers))):
        wanted = expected(condition, NINE, FOREVER)
        assert wanted
        assert search(full_store, condition) == wanted


@given(conditions, st.integers(-1, 6), st.sampled_from([3, 10, 10**6 * 86400 * 2, 10**6 * 86400 * 60]), st.data())
@settings(max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_latest_come_last_first_and_go_on_where_a_page_ended(
    full_store: EventStore, condition: Condition, offset: int, length: int, data: st.DataObject
) -> None:
    start = NINE + offset * MICROSECOND
    end = start + length * MICROSECOND
    wanted = [full_store.get(EventId(each), SOON) for each in reversed(expected(condition, start, end))]
    most = data.draw(st.integers(1, 50))
    assert full_store.latest(condition, start, end, most, SOON) == wanted[:most]
    if wanted:
        place = data.draw(st.integers(0, len(wanted) - 1))
        last: Any = wanted[place]
        before = datetime.fromisoformat(last["@timestamp"]), EventId(last["event"]["id"])
        found = full_store.latest(condition, start, end, most, SOON, before=before)
        assert found == wanted[place + 1 : place + 1 + most]


def test_what_is_appended_meanwhile_moves_no_page(store: EventStore) -> None:
    store.append([document(number, at=NINE + timedelta(hours=number)) for number in range(40)], SOON)
    first = store.latest(EVERYTHING, NINE, FOREVER, 15, SOON)
    store.append([document(number, at=NINE + timedelta(hours=number)) for number in (99, 100)], SOON)
    last = first[-1]
    before = datetime.fromisoformat(last["@timestamp"]), EventId(last["event"]["id"])
    rest = store.latest(EVERYTHING, NINE, FOREVER, 500, SOON, before=before)
    assert ids(first) + ids(rest) == [event(number).id for number in range(39, -1, -1)]
    at_start = (NINE, EventId("6YQ3K0M9ZT-1"))  # another of the very first moment comes before it
    assert ids(store.latest(EVERYTHING, NINE, FOREVER, 500, SOON, before=at_start)) == [event(0).id]


BREAKDOWNS = [
    *STANDING,
    Breakdown(EVERYTHING),
    Breakdown(Is("service.name", "clerk-wang"), ("user.id", "yingbi.operation", "source.ip")),
    Breakdown(In("yingbi.subjects", frozenset(DIGESTS[:4])), ("user.id", "yingbi.caller_kind", "event.action")),
    Breakdown(Like("yingbi.operation", "GET*"), ("user.roles", "yingbi.disclosure")),
    Breakdown(AnyOf((Is("user.id", "s"), Within("source.ip", "10.0.0.0/8"))), ("yingbi.clear", "event.reason")),
]
DIVISIONS = [None, timedelta(hours=1), timedelta(days=1), timedelta(minutes=7)]


def expected_counts(asked: Breakdown, start: datetime, end: datetime, every: timedelta | None) -> dict[Any, Any]:
    found: Counter[Any] = Counter()
    for item in CORPUS_FOLDED:
        at = datetime.fromisoformat(item["@timestamp"])
        if start <= at < end and matches(asked.condition, item):
            begins = start + (at - start) // every * every if every else start
            each = [{fold(value) for value in values_of(item, name)} or {""} for name in asked.fields]
            found.update((begins, values) for values in itertools.product(*each))
    return dict(found)


@pytest.mark.parametrize("every", DIVISIONS)
@pytest.mark.parametrize("asked", BREAKDOWNS, ids=lambda asked: "-".join(asked.fields) or "all")
def test_events_are_counted_by_what_they_hold(
    store_of_one_spelling: EventStore, asked: Breakdown, every: timedelta | None
) -> None:
    if every is None and not asked.fields:
        with pytest.raises(ValueError, match="another question"):
            store_of_one_spelling.count_by(asked, NINE, FOREVER, SOON)
        return
    for start in (NINE, NINE - timedelta(hours=17), NINE + timedelta(milliseconds=1)):
        end = start + timedelta(days=30)
        found = store_of_one_spelling.count_by(asked, start, end, SOON, every)
        told = {(each.at, each.values): each.events for each in found}
        assert len(told) == len(found)
        assert told == expected_counts(asked, start, end, every)
        assert list(found) == sorted(found)
    assert store_of_one_spelling.count_by(asked, FOREVER, NINE, SOON, every) == []


@pytest.mark.parametrize("most", [60_000, 9_000, 0])
@pytest.mark.parametrize("asked", BREAKDOWNS[-3:], ids=lambda asked: "-".join(asked.fields))
def test_an_answer_of_many_pages_is_whole(
    store_of_one_spelling: EventStore, asked: Breakdown, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a cluster answers at once, leaves some values out, or is not asked to."""
    monkeypatch.setattr(elastic_counts, "PAGE", 2)
    monkeypatch.setattr(elastic_counts, "MOST_BUCKETS", most)
    monkeypatch.setattr(elastic_counts, "FEWEST", 1)
    end, every = NINE + timedelta(days=30), timedelta(hours=1)
    found = store_of_one_spelling.count_by(asked, NINE, end, SOON, every)
    assert {(each.at, each.values): each.events for each in found} == expected_counts(asked, NINE, end, every)


def test_an_event_that_comes_twice_is_counted_once(store: EventStore) -> None:
    asked = Breakdown(EVERYTHING, ("yingbi.disclosure",))
    store.append([document(1), document(2)], SOON)
    store.append([document(2), document(3), document(3)], SOON)
    (count,) = store.count_by(asked, NINE, NINE + timedelta(hours=1), SOON)
    assert (count.at, count.values, count.events) == (NINE, ("clear",), 3)


def test_an_empty_index_counts_nothing(store: EventStore) -> None:
    assert store.latest(EVERYTHING, NINE, FOREVER, 5, SOON) == []
    for asked in BREAKDOWNS:
        assert store.count_by(asked, NINE, FOREVER, SOON, timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("fields", "every"),
    [
        (("yingbi.subjects",), None),
        (("http.response.status_code",), None),
        (("user.idd",), None),
        (("user.roles", "yingbi.clear"), None),
        (("user.id",) * 6, None),
        (("user.id",), timedelta(microseconds=5)),
        (("user.id",), -timedelta(hours=1)),
    ],
)
def test_what_is_not_counted_is_refused(
    full_store: EventStore, fields: tuple[str, ...], every: timedelta | None
) -> None:
    with pytest.raises(ValueError, match=r"counted by|no field|milliseconds"):
        full_store.count_by(Breakdown(EVERYTHING, fields), NINE, FOREVER, SOON, every)


WRONG: dict[str, Condition] = {
    "unknown field": Is("user.idd", "clerk-wang"),
    "kept, not searched": Is("yingbi.fields.name", "mobile"),
    "time": Is("@timestamp", "2026-11-23T09:00:00Z"),
    "text for a number": Is("http.response.status_code", "200"),
    "number for a text": In("user.id", frozenset({1})),
    "truth for a number": Is("yingbi.overlay", True),
    "pattern of a number": Like("event.duration", "1*"),
    "less than a text": Compare("user.id", Operator.LESS, 3),
    "no number": Compare("event.duration", Operator.LESS, float("nan")),
    "network of a text": Within("user.id", "10.0.0.0/8"),
    "no network": Within("source.ip", "10.0.0.1/8"),
    "too many": In("yingbi.subjects", frozenset(map(digest, range(DIGESTS_IN + 1)))),
}


@pytest.mark.parametrize("condition", WRONG.values(), ids=WRONG)
def test_what_no_index_can_answer_is_refused_at_once(full_store: EventStore, condition: Condition) -> None:
    with pytest.raises(ValueError, match=r"`.+`"):
        full_store.search(condition, NINE, FOREVER, SOON)
    with pytest.raises(ValueError, match=r"`.+`"):
        full_store.count(condition, NINE, FOREVER, SOON)
    with pytest.raises(ValueError, match=r"`.+`"):
        full_store.latest(condition, NINE, FOREVER, 5, SOON)
    with pytest.raises(ValueError, match=r"`.+`"):
        full_store.count_by(Breakdown(condition, ("user.id",)), NINE, FOREVER, SOON)


def seen_by(item: Any) -> Seer:
    caller = item.get("user", {}).get("id", "")
    return Seer(fold(caller)) if caller else Seer("", fold(item.get("source", {}).get("ip", "")))


def expected_sightings(subjects: set[str], start: datetime, end: datetime) -> dict[Any, Any]:
    found: dict[Any, list[datetime]] = {}
    for item in CORPUS:
        at = datetime.fromisoformat(item["@timestamp"])
        for subject in {fold(each) for each in item["yingbi"].get("subjects", ())} & subjects:
            if start <= at < end:
                is_clear = item["yingbi"]["disclosure"] == "clear"
                found.setdefault((subject, seen_by(item), is_clear), []).append(at)
    return {key: (len(times), to_ms(min(times)), to_ms(max(times))) for key, times in found.items()}


def to_ms(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


SPANS = [(NINE, FOREVER), (NINE + timedelta(hours=1), FOREVER), (NINE, NINE + 3 * MICROSECOND), (FOREVER, NINE)]


@pytest.mark.parametrize("span", SPANS)
def test_who_was_shown_whom(full_store: EventStore, span: tuple[datetime, datetime]) -> None:
    subjects = {*map(fold, DIGESTS[:5]), fold("E1:AB"), digest(999)}
    sightings = list(full_store.sightings([each.upper() for each in subjects], *span, SOON))
    found = {(each.subject, each.seer, each.is_clear): (each.events, each.first, each.last) for each in sightings}
    assert len(found) == len(sightings)
    assert found == expected_sightings(subjects, *span)


@pytest.mark.parametrize("span", SPANS)
def test_how_many_a_seer_was_shown_in_clear(full_store: EventStore, span: tuple[datetime, datetime]) -> None:
    expected: dict[Seer, set[str]] = {}
    for subject, seer, is_clear in expected_sightings({fold(each) for each in DIGESTS}, *span):
        if is_clear:
            expected.setdefault(seer, set()).add(subject)
    counts = {seer: len(subjects) for seer, subjects in expected.items()}
    volumes = full_store.volumes(["e1"], *span, SOON)
    assert set(volumes.of) == set(counts)  # who is spelled in two ways may be counted twice
    assert all(counts[seer] <= roughly <= 2 * counts[seer] for seer, roughly in volumes.of.items())
    assert volumes.known == len({fold(each) for each in DIGESTS})
    for seer in [seen_by(item) for item in CORPUS[:60]]:
        assert full_store.volume([seer], *span, SOON) == [counts.get(seer, 0)]


def test_nobody_was_shown_anything_by_an_empty_index(store: EventStore) -> None:
    assert list(store.sightings([digest(1)], NINE, FOREVER, SOON)) == []
    assert store.volume([Seer("clerk-wang")], NINE, FOREVER, SOON) == [0]
    assert store.volume([], NINE, FOREVER, SOON) == []
    volumes = store.volumes(["e1"], NINE, FOREVER, SOON)
    assert (volumes.known, dict(volumes.of)) == (0, {})
