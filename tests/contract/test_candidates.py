"""`EventStore.candidates` on every index: whatever is reached lies in what it tells, and what is quiet is left out."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from siem.detect.bound import question_of
from siem.detect.definition import EVERY_EVENT, Correlation, Measure, Part, Rule, Threshold
from siem.index.candidates import BUCKET, Candidate
from siem.index.condition import AllOf, AnyOf, Compare, Condition, Exists, In, Is, Like, Not, Operator, fold
from siem.index.store import EventStore
from siem.record.event import CallerKind, Disclosure
from tests.contract.backends import BACKENDS, SOON, Opener, opened
from tests.effort import examples
from tests.siem.conditions import conditions
from tests.siem.detect.reference import hits
from tests.siem.detect.rules import rule
from tests.siem.events import NINE, assorted, digest, document

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def district(count: int, seed: int) -> list[dict[str, Any]]:
    """Callers who come back, over midnight; names that differ in case, or are missing; lists of people."""
    chance = random.Random(seed)
    return [
        document(
            number,
            at=datetime(2026, 11, 23, 22, tzinfo=UTC) + chance.randrange(4 * 3600) * timedelta(seconds=1),
            caller=chance.choice(["li", "Li", "wang", "zhao", ""]),
            caller_kind=chance.choice([CallerKind.STAFF, CallerKind.CITIZEN]),
            source_ip=chance.choice(["", "10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:DB8::1"]),
            credential=chance.choice(["", "key:a", "key:b", "jwt:portal"]),
            system=chance.choice(["hall", "register", "Hall"]),
            subjects=tuple(map(digest, chance.sample(range(9), chance.randrange(4)))),
            disclosure=chance.choice([Disclosure.CLEAR, Disclosure.CLEAR, Disclosure.MASKED]),
            reason=chance.choice(["", "", "a", "b", "c"]),
            on_behalf_of=chance.choice(["", digest(1), digest(2)]),
            bytes_out=chance.choice([0, 5, 4_000, 2**26]),
        )
        for number in range(count)
    ]


CORPUS = [
    *district(150, seed=3),
    *({**item, "event": {**item["event"], "id": f"x-{n}"}} for n, item in enumerate(assorted(40, seed=9))),
]
START, END = NINE - DAY, NINE + 20 * DAY

leaves: st.SearchStrategy[Condition] = st.one_of(
    conditions,
    st.sampled_from(
        [
            Is("yingbi.disclosure", "clear"),
            In("event.reason", frozenset({"a", "b"})),
            Like("yingbi.credential", "key:*"),
            AllOf((Exists("user.id"), Not(Is("event.reason", "a")))),
            AnyOf((Is("event.reason", "c"), Compare("http.response.body.bytes", Operator.AT_LEAST, 2**25))),
            Compare("yingbi.subject_count", Operator.MORE, 1),
            Not(Exists("yingbi.on_behalf_of")),
        ]
    ),
)
groups = st.lists(
    st.sampled_from(["user.id", "source.ip", "service.name", "yingbi.credential", "yingbi.caller_kind"]),
    min_size=1,
    max_size=2,
    unique=True,
).map(tuple)
spans = st.sampled_from([timedelta(microseconds=1), timedelta(seconds=30), 7 * MINUTE, BUCKET, 25 * MINUTE, DAY])
counting = st.one_of(
    st.tuples(st.just(Measure.EVENT_COUNT), st.just("")),
    st.tuples(
        st.just(Measure.VALUE_COUNT),
        st.sampled_from(["yingbi.subjects", "source.ip", "service.name", "yingbi.exchange", "user.id", "event.type"]),
    ),
    st.tuples(
        st.just(Measure.VALUE_SUM),
        st.sampled_from(["yingbi.subject_count", "http.response.body.bytes", "event.duration"]),
    ),
)


@st.composite
def counted(draw: st.DrawFn, fields: tuple[str, ...], of: st.SearchStrategy[Condition]) -> Correlation:
    measure, name = draw(counting)
    parts = tuple(Part(draw(of), fields) for _ in range(draw(st.integers(1, 2))))
    threshold = Threshold(measure=measure, field=name, at_least=draw(st.integers(1, 6)), within=draw(spans))
    return Correlation(parts, fields, threshold)


@st.composite
def correlations(draw: st.DrawFn) -> Correlation:
    fields = draw(groups)
    if draw(st.booleans()):
        return draw(counted(fields, leaves))
    parts = tuple(
        Part(draw(counted(fields, leaves)) if draw(st.booleans()) else draw(leaves), fields)
        for _ in range(draw(st.integers(2, 3)))
    )
    measure = draw(st.sampled_from([Measure.TEMPORAL, Measure.TEMPORAL_ORDERED]))
    least = len(parts) if measure is Measure.TEMPORAL_ORDERED else draw(st.integers(1, len(parts)))
    return Correlation(parts, fields, Threshold(measure=measure, at_least=least, within=draw(spans)))


@pytest.fixture(scope="module", params=BACKENDS)
def full_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventStore]:
    with opened(request.param, tmp_path_factory.mktemp("index"), request) as open_store:
        store = open_store()
        store.append(CORPUS, SOON)
        yield store


@pytest.fixture(params=BACKENDS)
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    with opened(request.param, tmp_path, request) as open_store:
        yield open_store


def at(item: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(item["@timestamp"])


def holds(candidate: Candidate, group: Any, when: datetime) -> bool:
    values = {name: fold(str(value)) for name, value in group}
    return all(values.get(name) == value for name, value in candidate.group) and any(
        first <= when < last for first, last in candidate.spans
    )


def missed(
    tried: Rule, candidates: Sequence[Candidate], documents: Sequence[dict[str, Any]], start: datetime
) -> list[Any]:
    return [
        (group, item["event"]["id"])
        for group, items in hits(tried, documents).items()
        for item in items
        if start <= at(item) < END and not any(holds(candidate, group, at(item)) for candidate in candidates)
    ]


@given(correlations(), st.sampled_from([START, NINE + timedelta(hours=15), NINE + timedelta(hours=16, minutes=3)]))
@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_reached_is_a_candidate(full_store: EventStore, tried: Correlation, start: datetime) -> None:
    whole = rule(counted=tried)
    candidates = full_store.candidates([question_of(whole)], start, END, SOON)
    assert missed(whole, candidates, CORPUS, start) == []
    for candidate in candidates:
        assert all(start <= first < last <= END for first, last in candidate.spans)
        assert list(candidate.spans) == sorted(candidate.spans)


SHOWN = Is("yingbi.disclosure", "clear")
HUNDRED = rule(
    condition=SHOWN, threshold=Threshold(measure=Measure.EVENT_COUNT, at_least=100, within=timedelta(minutes=10))
)
FIFTY = rule(
    condition=SHOWN,
    threshold=Threshold(measure=Measure.VALUE_COUNT, field="yingbi.subjects", at_least=50, within=timedelta(hours=1)),
)
FOUR_PLACES = rule(
    condition=SHOWN, threshold=Threshold(measure=Measure.VALUE_COUNT, field="source.ip", at_least=4, within=BUCKET)
)
SYSTEMS = rule(
    condition=SHOWN, threshold=Threshold(measure=Measure.VALUE_COUNT, field="service.name", at_least=3, within=BUCKET)
)
HEAVY = rule(condition=Compare("http.response.body.bytes", Operator.AT_LEAST, 2**25), threshold=EVERY_EVENT)


def planted() -> list[dict[str, Any]]:
    """One who is slow, one who bursts over the edge of a bucket, one who sees many, one who comes from everywhere."""
    return [
        *(document(n, at=NINE + n * 12 * MINUTE, caller="slow", subjects=(digest(1),)) for n in range(100)),
        *(
            document(1_000 + n, at=NINE + 55 * MINUTE + n * timedelta(seconds=5), caller="Burst", subjects=(digest(2),))
            for n in range(100)
        ),
        *(
            document(
                2_000 + n, at=NINE + 342 * MINUTE + n * timedelta(seconds=40), caller="spread", subjects=(digest(n),)
            )
            for n in range(55)
        ),
        *(
            document(3_000 + n, at=NINE + n * MINUTE, caller="roams", source_ip=f"10.0.0.{n}", system=f"s-{n % 3}")
            for n in range(4)
        ),
        document(4_000, at=NINE + 3 * MINUTE, caller="", bytes_out=2**26),
    ]


def asked(store: EventStore, *rules: Rule) -> list[set[str]]:
    found: list[set[str]] = [set() for _ in rules]
    for candidate in store.candidates([question_of(each) for each in rules], START, END, SOON):
        found[candidate.question].add(dict(candidate.group).get("user.id", "anybody"))
    return found


def test_the_quiet_are_left_out(opener: Opener) -> None:
    store = opener()
    assert asked(store, HUNDRED, HEAVY) == [set(), set()]
    store.append(planted(), SOON)
    rules = (HUNDRED, FIFTY, FOUR_PLACES, SYSTEMS, HEAVY)
    hundred, fifty, places, systems, heavy = asked(store, *rules)
    assert (hundred, heavy) == ({"burst"}, {"anybody"})
    assert "spread" in fifty
    assert places == systems == {"roams"}
    (candidate,) = store.candidates([question_of(HEAVY)], START, END, SOON)
    ((first, last),) = candidate.spans
    assert first <= NINE + 3 * MINUTE < last
    assert asked(store, replace(HUNDRED, counted=HEAVY.counted)) == [{"anybody"}]


def test_an_event_that_comes_twice_or_late_counts_once(opener: Opener) -> None:
    store, events = opener(), planted()[100:200]
    for batch in (events[50:], events[:40], events[:50], events[20:99]):
        store.append(batch[:-1], SOON)
    few = rule(condition=SHOWN, threshold=replace(HUNDRED.threshold, at_least=99))
    assert asked(opener(), few, HUNDRED) == [{"burst"}, set()]
    store.append(events, SOON)
    store.append(events, SOON)
    assert asked(opener(), few, HUNDRED) == [{"burst"}, {"burst"}]
    assert asked(opener(), rule(condition=SHOWN, threshold=replace(HUNDRED.threshold, at_least=101))) == [set()]


def test_a_condition_that_no_index_answers_is_refused(opener: Opener) -> None:
    store = opener()
    with pytest.raises(ValueError, match="no field"):
        store.candidates([question_of(rule(condition=Is("no.such", "x")))], START, END, SOON)
