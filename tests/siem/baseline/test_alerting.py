import ast
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest

import siem.baseline
from siem.baseline.alerting import Raiser, rule_of
from siem.baseline.anomalies import Anomalies
from siem.baseline.profile import Measure
from siem.baseline.words import Anomaly
from siem.detect.alert import Alert, AlertStore
from siem.detect.definition import Level
from siem.detect.silence import SilenceStore
from siem.index.sqlite import SqliteStore
from tests.siem.baseline.office import LEARNED, Office, moment
from tests.siem.baseline.test_anomalies import ANOMALY, AT, NETWORK, PEOPLE

SECOND = timedelta(seconds=1)


class Desk:
    """A file of anomalies, the alerts made of it, and the office's events in an index."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.store = stack.enter_context(closing(SqliteStore(folder / "index.db")))
        self.anomalies = stack.enter_context(closing(Anomalies(folder / "baselines.db")))
        self.alerts = stack.enter_context(closing(AlertStore(folder / "alerts.db")))
        self.silences = stack.enter_context(closing(SilenceStore(folder / "silences.db")))
        self.office = Office()

    def raised(self, *found: Anomaly) -> list[Alert]:
        self.anomalies.save(found, AT, AT)
        raiser = Raiser(self.anomalies, self.store, self.alerts, silences=self.silences.all)
        return raiser.step(AT.astimezone(UTC))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield Desk(tmp_path, stack)


def test_every_kind_of_deviation_has_its_advice() -> None:
    folder = Path(siem.baseline.__path__[0])
    kinds = {str(measure) for measure in Measure}
    for file in folder.glob("*.py"):
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Deviation":
                said = [each.value for each in call.keywords if each.arg == "kind"]
                kinds |= {str(each.value) for each in said if isinstance(each, ast.Constant)}
    assert len(kinds) > 15
    for kind in kinds:
        rule = rule_of(replace(ANOMALY, deviations=(replace(PEOPLE, kind=kind),)))
        assert (rule.id, rule.name) == (f"baseline-{kind}", f"baseline_{kind}")
        assert rule.what_to_do.zh
        assert rule.what_to_do.en
        assert not rule.automatic


def test_an_alert_says_what_was_not_as_usual_and_counts_what_was_shown(desk: Desk) -> None:
    looks = [*desk.office.looks("clerk-wang", LEARNED, 7), desk.office.look("clerk-li", moment(LEARNED, 9.1))]
    desk.store.append(looks, 5 * SECOND)
    (alert,) = desk.raised(replace(ANOMALY, deviations=(PEOPLE, NETWORK)))
    assert alert.title == "与平时不同：很多人 / Not as usual: many"
    assert alert.what_to_do.zh.startswith("别的网络。")
    assert alert.what_to_do.en.startswith("Also: another network.")
    assert alert.group == {"user.id": "clerk-wang"}
    assert (alert.event_count, alert.subject_count) == (7, 7)
    assert (alert.level, alert.respond, alert.automatic) == (Level.MEDIUM, "", False)


@pytest.mark.parametrize(
    "anomaly", [replace(ANOMALY, points=6.0), replace(ANOMALY, deviations=(replace(PEOPLE, kind="absolute"),))]
)
def test_what_is_plain_opens_a_case_and_contains_nothing(anomaly: Anomaly) -> None:
    rule = rule_of(anomaly)
    assert (rule.level, rule.respond, rule.automatic) == (Level.HIGH, "bulk-retrieval", False)


def test_who_did_not_sign_in_is_an_address_and_not_the_staff_behind_it(desk: Desk) -> None:
    by_address: dict[str, Any] = {"source_ip": "203.0.113.9"}
    desk.store.append(
        [
            desk.office.look("", moment(LEARNED, 9), posts=(), credential="", **by_address),
            desk.office.look("clerk-wang", moment(LEARNED, 9), **by_address),
        ],
        5 * SECOND,
    )
    (alert,) = desk.raised(replace(ANOMALY, caller="203.0.113.9", kind="anonymous"))
    assert alert.group == {"source.ip": "203.0.113.9"}
    assert alert.event_count == 1


def test_an_anomaly_is_one_alert_however_often_it_is_raised(desk: Desk) -> None:
    (alert,) = desk.raised(ANOMALY)
    desk.alerts.note_detected(AT.astimezone(UTC))
    assert desk.raised() == []
    assert [each.id for each in desk.alerts.latest()] == [alert.id]


def test_what_a_silence_covers_is_kept_and_opens_no_case(desk: Desk) -> None:
    plain = replace(ANOMALY, points=9.0)
    (alert,) = desk.raised(plain)
    now = AT.astimezone(UTC) + SECOND
    silence = desk.silences.add(alert, 10, "年度核对", "p-lin", now)
    later = replace(plain, at=AT + timedelta(days=8))
    (hushed,) = [each for each in desk.raised(later, replace(later, caller="clerk-li")) if silence.id in each.title]
    assert (hushed.rule, hushed.respond) == (f"baseline-people/{silence.id}", "")
    assert [each.respond for each in desk.alerts.latest() if each.group == {"user.id": "clerk-li"}] == [
        "bulk-retrieval"
    ]
