"""The baselines of a running installation, by its real processes: from events in the log to alerts, through kills."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from siem.baseline.calendar import LOCAL
from siem.detect.alert import Alert, AlertStore
from siem.index.store import StoreUnavailable
from siem.record.event import AccessEvent, CallerKind, EventId, ExchangeId
from siem.record.log import AccessLog, new_start_id
from tests.gateway import ROOT, wait_until
from tests.siem.baseline.office import CLERKS, Office, moment
from tests.siem.events import digest, event
from tests.siem.lines import write_start
from yingbi.first_start import make_folders
from yingbi.home import Home
from yingbi.metrics.figures import Figures
from yingbi.settings import Settings, write_settings
from yingbi.told import hear

WANG, LI = CLERKS[3:5]
PROMISED_S = 60


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An installation with four usual weeks in its log, and a night yesterday that was not."""
    home = Home(tmp_path / "home")
    make_folders(home)
    office = Office()
    today = datetime.now(UTC).astimezone(LOCAL).date()
    days = [today - timedelta(days=number) for number in range(28, 0, -1)]
    usual = [document for day in days for document in office.usual(day)]
    night = office.look(WANG, moment(days[-1], 2 + 1 / 6), people=range(412))
    write_start(home.log, new_start_id(datetime.now(UTC)), [orjson.dumps(each) for each in (*usual, night)])
    return home


@contextmanager
def running(home: Home, *names: str) -> Iterator[None]:
    """The processes called *names*, which are killed at the end."""
    settings = write_settings(Settings(home=home.root, demo=False))
    with ExitStack() as stack:
        for name in names:
            process = subprocess.Popen([sys.executable, "-m", f"yingbi.process.{name}", settings], cwd=ROOT)
            stack.callback(process.wait, 10)
            stack.callback(process.kill)
        yield


def alerts_in(home: Home) -> list[Alert]:
    with closing(AlertStore(home.alerts, read_only=True)) as alerts, suppress(StoreUnavailable):  # while it is made
        return [alert for alert in alerts.latest() if alert.rule_name.startswith("baseline_")]
    return []


def test_what_is_not_as_usual_becomes_an_alert_once_though_all_is_killed(home: Home) -> None:
    with running(home, "siem", "baselines"):
        wait_until(lambda: alerts_in(home), PROMISED_S)
    (night,) = alerts_in(home)
    assert night.group == {"user.id": WANG}
    assert "02:10 已有 412 人明文；平时：" in night.title
    assert "412 residents in clear on " in night.title
    assert (night.automatic, night.subject_count >= 412) == (False, True)

    with running(home, "siem", "baselines"), closing(AccessLog(home.log, new_start_id(datetime.now(UTC)))) as log:
        wait_until(lambda: hear(home.told("baselines")).get("building") is False, PROMISED_S)
        log.append(burst(datetime.now(UTC)))
        wait_until(lambda: len(alerts_in(home)) > 1, PROMISED_S)
        told = hear(home.told("baselines"))
        assert (told["callers"], told["is_learned"], told["trouble"]) == (len(CLERKS), True, "")
        figures = {each.name: each.samples[0].value for each in Figures(home).collect() if each.samples}
        assert figures["yingbi_baselines_callers"] == len(CLERKS)
        assert figures["yingbi_baselines_building"] == 0

    with running(home, "siem", "baselines"):
        wait_until(lambda: hear(home.told("baselines")).get("building") is False, PROMISED_S)
    assert [alert.group for alert in alerts_in(home)] == [{"user.id": LI}, {"user.id": WANG}]


def burst(at: datetime) -> AccessEvent:
    identity = {"id": EventId("6YQ3K0M9ZZ-1"), "exchange": ExchangeId("6YQ3K0M9ZZ-1")}
    who = {"caller": LI, "posts": ("window",), "caller_kind": CallerKind.STAFF}
    return event(1, at=at, subjects=tuple(map(digest, range(900))), **{**identity, **who})
