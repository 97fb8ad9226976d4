import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from siem.detect.alert import FRESH, AlertStore
from siem.detect.custom import Custom, Usual
from siem.detect.definition import EVERY_EVENT, Measure, RuleId, Threshold
from siem.detect.look import merged
from siem.detect.run import LOOK_BACK, Detector
from siem.index.condition import EVERYTHING, Exists, In
from siem.index.progress import Span
from siem.index.sqlite import SqliteStore
from siem.index.store import EventStore, StoreUnavailable
from siem.record.event import Disclosure
from tests.contract.backends import BACKENDS, SOON, opened
from tests.effort import examples
from tests.siem.detect.detection import Detection, chopped, detecting
from tests.siem.detect.reference import Found, expected
from tests.siem.detect.rules import CLEAR, EVENTS_RULE, SUBJECTS_RULE, rule
from tests.siem.events import NINE, digest, document

TOUCHED = rule(
    id=RuleId("touched"),
    name="touched",
    condition=In("yingbi.subjects", frozenset({digest(3)})),
    group_by=("user.id", "service.name"),
    threshold=EVERY_EVENT,
)
RULES = (EVENTS_RULE, SUBJECTS_RULE, TOUCHED)
SECOND = timedelta(seconds=1)


@pytest.fixture
def detection(tmp_path: Path) -> Iterator[Detection]:
    with (
        closing(SqliteStore(tmp_path / "index.db")) as store,
        detecting(RULES, store, tmp_path) as detection,
    ):
        yield detection


def clerk(number: int, second: float, *people: int, **changes: Any) -> dict[str, Any]:
    return document(number, at=NINE + second * SECOND, subjects=tuple(map(digest, people)), **changes)


BURST = [clerk(number, number, number) for number in range(10, 16)]


def test_the_alert_comes_with_the_event_that_crosses_the_threshold(detection: Detection) -> None:
    detection.feed(BURST[:3])
    assert detection.found() == []
    detection.feed(BURST[3:4])
    (alert,) = detection.alerts.latest()
    assert alert.group == {"user.id": "clerk-wang"}
    assert (alert.event_count, alert.subject_count) == (4, 4)
    assert (alert.first_at, alert.last_at) == (NINE + 10 * SECOND, NINE + 13 * SECOND)
    assert alert.raised_at == detection.now


def test_an_alert_grows_while_findings_come(detection: Detection) -> None:
    for item in BURST:
        detection.feed([item])
    events, subjects = sorted(detection.alerts.latest(), key=lambda alert: alert.rule)
    assert (events.rule, events.event_count) == ("events", 6)
    assert (subjects.rule, subjects.subject_count) == ("subjects", 6)
    assert detection.found() == expected(RULES, BURST, FRESH)


def test_a_step_tells_what_it_changed_and_nothing_else(detection: Detection) -> None:
    detection.feed(BURST[:5])
    assert detection.now is not None
    assert detection.detector.step(detection.now + SECOND) == []
    detection.store.append(BURST[5:], SOON)
    changed = detection.detector.step(detection.now + SECOND)
    assert {(alert.rule, alert.event_count) for alert in changed} == {("events", 6), ("subjects", 6)}


def test_a_late_event_counts_where_it_belongs(detection: Detection) -> None:
    detection.feed([*BURST[:2], BURST[3]])
    detection.feed([clerk(50, 50)])
    assert detection.found() == []
    detection.feed([BURST[2]])
    assert [found.event_count for found in detection.found()] == [4]


def test_a_late_event_nobody_tells_of_is_found_by_the_next_sweep(detection: Detection) -> None:
    detection.feed([*BURST[:2], BURST[3]])
    detection.feed([clerk(50, 50)])
    detection.feed([BURST[2]], told=False)
    assert detection.found() == []
    for seconds in range(50, 72, 2):
        detection.detector.step(NINE + seconds * SECOND)
    assert [found.event_count for found in detection.found()] == [4]


def test_an_event_an_hour_late_is_found_where_the_shipper_tells_of_it(detection: Detection) -> None:
    detection.feed(BURST[:3])
    detection.feed([clerk(99, 3600)])
    detection.feed(BURST[3:4])
    assert [(found.rule, found.event_count) for found in detection.found()] == [("events", 4)]


def test_events_dated_ahead_by_a_fast_clock_are_found(detection: Detection) -> None:
    detection.store.append([clerk(number, 3600 + number, number + 20) for number in range(4)], SOON)
    detection.detector.step(NINE)
    assert [found.event_count for found in detection.found()] == [4]
    detection.store.append([clerk(number, 3600 + number, number + 20) for number in range(4, 6)], SOON)
    for seconds in range(0, 25, 5):
        detection.detector.step(NINE + seconds * SECOND)
    assert max(found.event_count for found in detection.found()) == 6


def test_a_clock_set_back_loses_nothing(detection: Detection) -> None:
    detection.feed([clerk(1, 7200)])
    detection.store.append(BURST[:4], SOON)
    detection.detector.step(NINE + 13 * SECOND)
    assert [found.event_count for found in detection.found()] == [4]


def test_after_a_restart_nothing_is_found_twice_and_nothing_is_missed(detection: Detection) -> None:
    for item in BURST:
        detection.feed([item])
        detection.restart()
    assert detection.found() == expected(RULES, BURST, FRESH)
    detection.restart()
    assert detection.now is not None
    assert detection.detector.step(detection.now) == [], "it went over the same events and changed nothing"


def test_a_new_detector_looks_back(detection: Detection, tmp_path: Path) -> None:
    old = [clerk(number, number - 86400, number) for number in range(4)]
    detection.store.append([*old, *BURST], SOON)
    detection.detector.step(NINE + timedelta(minutes=1))
    assert detection.found() == expected(RULES, [*old, *BURST], FRESH)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with detecting(RULES, detection.store, elsewhere) as other:
        other.detector.step(NINE + LOOK_BACK + timedelta(days=1))
        assert other.found() == []


def test_what_the_shipper_told_is_not_forgotten_where_the_alerts_could_not_be_asked(detection: Detection) -> None:
    detection.feed([clerk(99, 3600)])
    detection.store.append(BURST[:4], SOON)
    span = Span(NINE, NINE + 20 * SECOND)
    path = detection.path
    path.rename(path.with_suffix(".kept"))
    with pytest.raises(StoreUnavailable):
        detection.detector.step(NINE + 3601 * SECOND, [span])
    path.with_suffix(".kept").rename(path)
    detection.detector.step(NINE + 3602 * SECOND)
    assert [found.event_count for found in detection.found()] == [4]


@pytest.mark.parametrize("held", ["index.db/2026-11-23.db", "alerts.db"])
def test_what_could_not_be_kept_is_found_by_a_later_step(detection: Detection, held: str) -> None:
    """The index or the alerts fail in the middle of a step; the windows had passed the events already."""
    detection.feed(BURST[:3])
    detection.store.append(BURST[3:], SOON)
    detection.detector.timeout = detection.alerts.timeout = 20 * SECOND / 1000
    path = detection.path.parent / held
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        if held == "alerts.db":
            other.execute("BEGIN IMMEDIATE")
        else:
            other.execute("ALTER TABLE events RENAME TO gone")
        with pytest.raises(StoreUnavailable):
            detection.detector.step(NINE + 20 * SECOND, [Span(NINE + 13 * SECOND, NINE + 15 * SECOND)])
        if held == "alerts.db":
            other.execute("ROLLBACK")
        else:
            other.execute("ALTER TABLE gone RENAME TO events")
    detection.detector.timeout = detection.alerts.timeout = SOON
    detection.detector.step(NINE + 21 * SECOND)
    assert detection.found() == expected(RULES, BURST, FRESH)


def test_callers_who_differ_in_case_only_are_two(detection: Detection) -> None:
    events = [clerk(n, n, n + 20, caller="clerk-wang" if n % 2 else "CLERK-WANG") for n in range(10)]
    for batch in chopped(events, 4):
        detection.feed(batch)
    assert {found.group for found in detection.found()} == {(("user.id", "clerk-wang"),), (("user.id", "CLERK-WANG"),)}
    assert detection.found() == expected(RULES, events, FRESH)


def test_many_callers_do_not_fill_the_memory(detection: Detection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("siem.detect.run._MOST_WINDOWS", 5)
    events = [clerk(n, n / 10, n, caller=f"clerk-{n % 20}") for n in range(160)]
    random.Random(1).shuffle(events)
    for batch in chopped(events, 9):
        detection.feed(batch)
    assert len(detection.detector._windows) <= 5
    assert detection.found() == expected(RULES, events, FRESH)


def test_spans_are_merged() -> None:
    def span(first: int, last: int) -> Span:
        return Span(NINE + first * SECOND, NINE + last * SECOND)

    assert merged([span(5, 6), span(0, 2), span(2, 3), span(1, 1), span(5, 5)]) == [span(0, 3), span(5, 6)]
    assert merged([]) == []


# The planted data that tells right from wrong: tumbling windows miss the burst and the spread, which lie across a
# full hour; a count without a span finds the slow one; counting values and not distinct ones finds the burst.
START = datetime.fromisoformat("2026-11-23T00:00:00+00:00")
SLOW = [document(n, at=START + n * timedelta(minutes=12), caller="slow", subjects=(digest(1),)) for n in range(120)]
BURSTING = [
    document(
        1000 + n, at=START + timedelta(hours=8, minutes=55) + n * 6 * SECOND, caller="burst", subjects=(digest(2),)
    )
    for n in range(100)
]
SPREADING = [
    document(
        2000 + n, at=START + timedelta(hours=14, minutes=42) + n * 40 * SECOND, caller="spread", subjects=(digest(n),)
    )
    for n in range(55)
]
PLANTED_RULES = (
    rule(
        id=RuleId("hundred"),
        name="hundred",
        condition=CLEAR,
        threshold=Threshold(measure=Measure.EVENT_COUNT, at_least=100, within=timedelta(minutes=10)),
    ),
    rule(
        id=RuleId("fifty"),
        name="fifty",
        condition=CLEAR,
        threshold=Threshold(
            measure=Measure.VALUE_COUNT, field="yingbi.subjects", at_least=50, within=timedelta(hours=1)
        ),
    ),
)


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventStore]:
    with opened(request.param, tmp_path, request) as opener:
        yield opener()


def test_what_was_planted_is_found_and_nothing_else(store: EventStore, tmp_path: Path) -> None:
    everything = [*SLOW, *BURSTING, *SPREADING]
    with detecting(PLANTED_RULES, store, tmp_path) as detection:
        for batch in chopped(everything, 5):
            detection.feed(batch)
        assert [(found.rule, found.group) for found in detection.found()] == [
            ("fifty", (("user.id", "spread"),)),
            ("hundred", (("user.id", "burst"),)),
        ]
        assert detection.found() == expected(PLANTED_RULES, everything, FRESH)


made_events = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", ""]),
        st.integers(0, 90),
        st.lists(st.integers(0, 9), max_size=4, unique=True),
        st.sampled_from([Disclosure.CLEAR, Disclosure.CLEAR, Disclosure.MASKED]),
    ),
    max_size=30,
)


def made(events: list[tuple[str, int, list[int], Disclosure]]) -> list[dict[str, Any]]:
    return [
        clerk(number, second, *people, caller=caller, disclosure=disclosure)
        for number, (caller, second, people, disclosure) in enumerate(events)
    ]


@given(made_events, st.data())
@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_whatever_the_order_of_arrival_the_same_is_found(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[str, int, list[int], Disclosure]], data: st.DataObject
) -> None:
    """In any order, in any batches, with restarts in between: what the events say, no more and no less."""
    documents = made(events)
    arriving = data.draw(st.permutations(documents))
    folder = tmp_path_factory.mktemp("any")
    with closing(SqliteStore(folder / "index.db")) as store, detecting(RULES, store, folder) as detection:
        while arriving:
            size = data.draw(st.integers(1, len(arriving)))
            detection.feed(arriving[:size])
            arriving = arriving[size:]
            if data.draw(st.booleans()):
                detection.restart()
        assert detection.found() == expected(RULES, documents, FRESH)


@pytest.mark.elasticsearch
@pytest.mark.parametrize("seed", range(4))
def test_both_indexes_lead_to_the_same_findings(request: pytest.FixtureRequest, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    documents = made(
        [
            (
                chance.choice(["a", "b", ""]),
                chance.randrange(240),
                chance.sample(range(10), chance.randrange(4)),
                chance.choice([Disclosure.CLEAR, Disclosure.CLEAR, Disclosure.MASKED]),
            )
            for _ in range(120)
        ]
    )
    chance.shuffle(documents)
    found: list[list[Found]] = []
    for backend in ("sqlite", "elasticsearch"):
        folder = tmp_path / backend
        folder.mkdir()
        with opened(backend, folder, request) as opener, detecting(RULES, opener(), folder) as detection:
            for start in range(0, 120, 30):
                detection.feed(documents[start : start + 30])
            found.append(detection.found())
    assert found[0] == found[1] == expected(RULES, documents, FRESH)


def test_a_rule_about_everything_and_a_detector_without_rules(detection: Detection) -> None:
    every = rule(
        id=RuleId("every"), name="every", condition=EVERYTHING, threshold=EVERY_EVENT, group_by=("service.name",)
    )
    nobody = rule(id=RuleId("nobody"), name="nobody", condition=Exists("yingbi.on_behalf_of"))
    detector = Detector([every, nobody], detection.store, detection.alerts, timeout=SOON)
    detection.store.append(BURST, SOON)
    (alert,) = detector.step(NINE + 20 * SECOND)
    assert (alert.rule, alert.event_count, alert.group) == ("every", 6, {"service.name": "register"})
    assert Detector([], detection.store, detection.alerts, timeout=SOON).step(NINE) == []


def test_a_rule_that_matches_everything_holds_up_no_other_and_is_caught_up(
    detection: Detection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More groups than are written in a step, and than wait at all: the other rule is told of in the first one."""
    monkeypatch.setattr("siem.detect.waiting.AT_ONCE", 6)
    monkeypatch.setattr("siem.detect.waiting.MOST", 10)
    every = rule(id=RuleId("every"), name="every", title="全 / All", condition=EVERYTHING, threshold=EVERY_EVENT)
    detection.rules = (every, *RULES)
    detection.restart()
    events = [clerk(100 + n, n / 4, n + 100, caller=f"clerk-{n % 40}") for n in range(80)]
    detection.feed([*events, *BURST])
    assert {(found.rule, found.group) for found in detection.found() if found.rule != "every"} == {
        ("events", (("user.id", "clerk-wang"),)),
        ("subjects", (("user.id", "clerk-wang"),)),
    }
    assert detection.now is not None
    assert len(detection.alerts.latest(1000)) < 10
    for second in range(60):
        detection.detector.step(detection.now + second * SECOND)
        if second == 20:
            detection.restart()
    assert detection.found() == expected(detection.rules, [*events, *BURST], FRESH)


def test_callers_who_have_done_little_are_not_read_again_with_every_event(
    detection: Detection, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    search = detection.store.search

    def searching(condition: Any, *rest: Any) -> Any:
        asked.append(condition)
        return search(condition, *rest)

    monkeypatch.setattr(detection.store, "search", searching)
    for number in range(60):
        detection.feed([clerk(number, number, number + 100, caller=f"clerk-{number % 20}")])
    assert len([each for each in asked if each != EVERYTHING]) == 20
    assert len(detection.detector._windows) == 0


def test_what_is_ordinary_work_is_left_to_the_baselines_and_the_rest_is_not(tmp_path: Path) -> None:
    asks = replace(SUBJECTS_RULE, custom=True)
    told = [Custom()]
    usual = Usual(an_hour=7, a_day=7)
    with closing(SqliteStore(tmp_path / "index.db")) as store, closing(AlertStore(tmp_path / "alerts.db")) as alerts:
        detector = Detector([asks], store, alerts, custom=lambda: told[0], timeout=SOON)

        def raised_by(caller: str, hour: int) -> bool:
            at = NINE + timedelta(hours=hour)
            people = tuple(map(digest, range(6)))
            store.append([document(hour, at=at, caller=caller, subjects=people)], SOON)
            return any(alert.group["user.id"] == caller for alert in detector.step(at))

        assert raised_by("a", 1), "nothing was told"
        told[0] = Custom({"b": usual, "c": Usual(an_hour=6, a_day=900)}, NINE)
        assert not raised_by("b", 3)
        assert raised_by("c", 5), "in an hour it sees no more"
        assert raised_by("d", 7)
        assert raised_by("b", 4 * 24 + 9), "nobody has told of it for days"
