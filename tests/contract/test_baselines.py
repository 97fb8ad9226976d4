"""The running baselines find the same on every index, each anomaly once, wherever they are killed."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from siem.baseline.alerting import Raiser
from siem.baseline.anomalies import Anomalies
from siem.baseline.excuse import Excuse
from siem.baseline.running import Running
from siem.baseline.watch import Baselines, watch
from siem.baseline.words import Anomaly
from siem.detect.alert import AlertStore
from siem.index.store import EventStore
from siem.record.ecs import Document
from tests.contract.backends import BACKENDS, SOON, opened
from tests.siem.baseline.office import CALENDAR, CLERKS, LEARNED, Office, found_in, moment

WANG, LI, ZHAO = CLERKS[3:6]
AGAIN = LEARNED + timedelta(days=14)
"""More than a week after what is excused, so that it would be told again."""
END = moment(LEARNED + timedelta(days=3), 12).astimezone(UTC)


PATIENCE = timedelta(minutes=3)
"""For an index of each of some twenty days to be made."""


@pytest.fixture(scope="module", params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventStore]:
    with opened(request.param, tmp_path_factory.mktemp("index"), request) as open_store:
        store = open_store()
        store.append(history(AGAIN), PATIENCE)
        yield store


def fresh() -> Baselines:
    return Baselines(CALENDAR)


def history(*more: date) -> list[Document]:
    """Three weeks of usual days, and three days of which each has something that is not; and what comes again on *more*
    days.
    """
    office = Office()
    days = [LEARNED + timedelta(days=number) for number in range(3)]
    return [
        *office.weeks(days[2] + timedelta(days=1)),
        office.look(WANG, moment(days[0], 2), people=range(412)),
        *office.looks(LI, days[1], 20, hour=10, source_ip="203.0.113.9"),
        office.look(ZHAO, moment(days[2], 15), people=range(300)),
        office.look(WANG, moment(days[2], 16), people=range(500)),  # no news of one who was told of
        *(office.look(WANG, moment(day, 2), people=range(430)) for day in more),
    ]


def told(found: list[Anomaly]) -> list[tuple[str, datetime, str, str]]:
    return [(each.caller, each.at, each.zh, each.en) for each in found]


def run(running: Running, until: datetime, steps: int = 1_000) -> list[Anomaly]:
    """What *running* finds up to *until*, or in that many steps."""
    found: list[Anomaly] = []
    for _ in range(steps):
        found += running.step(until, until)
        if not running.standing(until).more:
            break
    return found


def test_an_index_says_what_the_events_say(store: EventStore, tmp_path: Path) -> None:
    documents = history()
    with closing(Anomalies(tmp_path / "b.db")) as anomalies:
        found = run(Running(fresh, store, anomalies, timeout=SOON), END)
    assert told(found) == told(found_in(documents))
    assert [each.caller for each in found] == [WANG, LI, ZHAO]


@pytest.mark.parametrize("is_excused", [True, False])
def test_an_excuse_widens_as_much_on_every_index(store: EventStore, tmp_path: Path, is_excused: bool) -> None:
    excuse = Excuse(caller=WANG, alert="A-000001", day=LEARNED, since=LEARNED + timedelta(days=1))

    def excusing() -> Baselines:
        baselines = fresh()
        baselines.excuses = {WANG: [excuse]} if is_excused else {}
        return baselines

    with closing(Anomalies(tmp_path / "b.db")) as anomalies:
        running = Running(excusing, store, anomalies, timeout=SOON)
        found = [*run(running, END), *run(running, END + (AGAIN - LEARNED))]
    ordered = sorted(history(AGAIN), key=lambda each: (each["@timestamp"], each["event"]["id"]))
    assert told(found) == told(list(watch(excusing(), iter(ordered))))
    assert any("已有 430 人明文" in each.zh for each in found) is not is_excused


def test_killed_anywhere_each_anomaly_is_an_alert_once(
    store: EventStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("siem.baseline.running.CHUNK", 200)
    documents = sorted(history(), key=lambda each: each["@timestamp"])
    expected = told(found_in(documents))
    first = moment(LEARNED, 0).astimezone(UTC)
    starts = [first + timedelta(hours=13 * number) for number in range(1, 6)] + [END]
    found: list[Anomaly] = []
    for number, until in enumerate(starts):
        with closing(Anomalies(tmp_path / "b.db")) as anomalies, closing(AlertStore(tmp_path / "a.db")) as alerts:
            running = Running(fresh, store, anomalies, timeout=SOON)
            run(running, until, steps=number % 3)  # killed in the midst of reading, and started again
            running = Running(fresh, store, anomalies, timeout=SOON)
            found += run(running, until)
            for _ in range(2):  # as one does that was killed before it knew
                Raiser(anomalies, store, alerts, timeout=SOON).step(until)
    assert sorted(told(found)) == sorted(expected)
    with closing(AlertStore(tmp_path / "a.db")) as alerts:
        raised = alerts.latest()
    assert sorted(alert.group["user.id"] for alert in raised) == [WANG, LI, ZHAO]
    assert {alert.group["user.id"]: alert.subject_count for alert in raised} == {
        caller: shown_in_a_day(documents, caller, at) for caller, at, _, _ in expected
    }


def shown_in_a_day(documents: list[Document], caller: str, at: datetime) -> int:
    first, last = ((at - timedelta(days=days)).astimezone(UTC) for days in (1, 0))
    own = [each for each in documents if each["user"]["id"] == caller]
    within = [each for each in own if first <= datetime.fromisoformat(each["@timestamp"]) <= last]
    return len({subject for each in within for subject in each["yingbi"]["subjects"]})
