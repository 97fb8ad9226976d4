from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from siem.baseline.anomalies import Anomalies
from siem.baseline.running import LATENESS, Running
from siem.baseline.watch import Baselines, watch
from siem.baseline.words import Anomaly
from siem.index.condition import Condition
from siem.index.sqlite import SqliteStore
from siem.index.store import StoreUnavailable
from siem.record.ecs import Document
from tests.siem.baseline.office import CALENDAR, CLERKS, FIRST, LEARNED, Office, moment

SOON = timedelta(seconds=20)
WANG = CLERKS[3]
TEN = moment(LEARNED, 10).astimezone(UTC)


class Patchy(SqliteStore):
    """An index that goes away in the midst of a search."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.fails_after: int | None = None

    def search(self, condition: Condition, start: datetime, end: datetime, timeout: timedelta) -> Iterator[Document]:
        for number, document in enumerate(super().search(condition, start, end, timeout)):
            if number == self.fails_after:
                raise StoreUnavailable("it went away")
            yield document


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Patchy]:
    with closing(Patchy(tmp_path / "index.db")) as store:
        yield store


@pytest.fixture
def running(store: Patchy, tmp_path: Path) -> Iterator[Running]:
    with closing(Anomalies(tmp_path / "baselines.db")) as anomalies:
        yield Running(lambda: Baselines(CALENDAR), store, anomalies, timeout=SOON)


def through(running: Running, until: datetime) -> list[Anomaly]:
    found = running.step(until, until)
    while running.standing(until).more:
        found += running.step(until, until)
    return found


def learned(store: Patchy, running: Running) -> Office:
    office = Office()
    store.append(office.weeks(), SOON)
    assert through(running, TEN) == []
    return office


def a_burst(office: Office, at: datetime, **changes: Any) -> Document:
    return office.look(WANG, at, people=range(400), **changes)


def test_what_is_new_is_judged_as_soon_as_it_is_read(store: Patchy, running: Running) -> None:
    office = learned(store, running)
    store.append([a_burst(office, TEN)], SOON)
    (found,) = through(running, TEN + timedelta(seconds=1))
    assert found.caller == WANG
    standing = running.standing(TEN + timedelta(seconds=3))
    assert (standing.building, standing.read_to, standing.until) == (
        False,
        TEN + timedelta(seconds=1),
        TEN + timedelta(seconds=3),
    )
    assert (standing.callers, standing.since, standing.is_learned) == (len(CLERKS), FIRST, True)


def test_what_is_there_a_little_late_is_judged_and_nothing_twice(store: Patchy, running: Running) -> None:
    office = learned(store, running)
    looks = list(office.looks(WANG, LEARNED, 30, hour=10 - 1 / 120))
    store.append(looks[:1], SOON)
    through(running, TEN)
    counted = running.baselines.learned.profiles["staff", WANG].today
    assert counted is not None
    assert len(counted.people) == 1
    late = a_burst(office, TEN - LATENESS + timedelta(seconds=1))
    store.append([late], SOON)
    (found,) = through(running, TEN + timedelta(seconds=2))
    assert "401 residents in clear" in found.en


def test_an_index_that_goes_away_is_read_on_from_there(store: Patchy, running: Running) -> None:
    office = Office()
    weeks = office.weeks()
    store.append([*weeks, a_burst(office, TEN - timedelta(minutes=1))], SOON)
    store.fails_after = len(weeks) // 2
    with pytest.raises(StoreUnavailable):
        running.step(TEN, TEN)
    store.fails_after = None
    (found,) = through(running, TEN)
    assert "usual: 8-12" in found.en
    profile = running.baselines.learned.profiles["staff", WANG]
    assert len(profile.workdays) == 15  # each day once


def test_a_day_ends_though_nobody_comes_after_it(store: Patchy, running: Running) -> None:
    office = learned(store, running)
    store.append(list(office.usual(LEARNED)), SOON)
    through(running, moment(LEARNED, 23.9).astimezone(UTC))
    assert running.baselines.learned.profiles["staff", WANG].today is not None
    through(running, moment(LEARNED, 24.2).astimezone(UTC))
    assert running.baselines.learned.profiles["staff", WANG].today is None
    assert len(running.baselines.learned.profiles["staff", WANG].workdays) == 16


def test_a_clock_that_was_set_back_is_learned_anew_and_nothing_is_missed(store: Patchy, running: Running) -> None:
    office = learned(store, running)
    through(running, TEN + timedelta(hours=1))
    store.append([a_burst(office, TEN + timedelta(minutes=5))], SOON)
    (found,) = through(running, TEN + timedelta(minutes=6))
    assert found.caller == WANG
    assert through(running, TEN + timedelta(hours=2)) == []


def test_an_installation_without_events_waits(running: Running) -> None:
    assert through(running, TEN) == []
    standing = running.standing(TEN)
    assert (standing.building, standing.since, standing.callers) == (False, None, 0)


def test_it_does_not_matter_how_often_it_looks(store: Patchy, running: Running) -> None:
    office = Office()
    outside = office.looks(CLERKS[6], LEARNED, 20, hour=13, source_ip="203.0.113.9")
    bursts = [a_burst(office, moment(LEARNED, 2)), office.look(CLERKS[5], moment(LEARNED, 11), people=range(300))]
    documents = [*office.weeks(), *office.usual(LEARNED), *bursts, *outside]
    documents.sort(key=lambda each: (each["@timestamp"], each["event"]["id"]))
    found = []
    for hour in sorted({each["@timestamp"][:13] for each in documents}):
        batch = [each for each in documents if each["@timestamp"][:13] == hour]
        store.append(batch, SOON)
        found += through(running, datetime.fromisoformat(batch[-1]["@timestamp"]) + timedelta(seconds=1))
    expected = list(watch(Baselines(CALENDAR), iter(documents)))
    assert [(each.caller, each.at, each.zh) for each in found] == [(each.caller, each.at, each.zh) for each in expected]
    assert len({each.caller for each in found}) == 3
