"""`yingbi baselines` over the index of an installation."""

import json
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from siem.baseline.calendar import LOCAL
from siem.index.positions import Positions
from siem.index.ship import Shipper
from siem.index.sqlite import SqliteStore
from tests.siem.baseline.office import CALENDAR, CLERKS, Office, moment
from tests.siem.baseline.other_maker import LEAKERS, OtherMaker
from tests.siem.events import digest
from yingbi.cli import main
from yingbi.clock import now
from yingbi.commands.shape import COULD_NOT, FINE, FOUND, WRONG_USE
from yingbi.first_start import make_folders, make_keys
from yingbi.home import Home
from yingbi.settings import HOME

TODAY = datetime.now(LOCAL).date()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv(HOME, str(tmp_path))
    return Home(tmp_path)


def index(home: Home, *, thief: bool) -> None:
    """Five weeks of usual days up to yesterday; on the last workday somebody may take many."""
    office = Office()
    days = [TODAY - timedelta(days=number) for number in range(35, 0, -1)]
    documents = [document for day in days for document in office.usual(day)]
    if thief:
        documents.append(office.look(CLERKS[2], moment(last_workday(), 20), people=range(900)))
    home.index.mkdir()
    store = SqliteStore(home.events)
    store.append(documents, timedelta(seconds=30))
    store.close()


def last_workday() -> date:
    return next(day for day in (TODAY - timedelta(days=n) for n in range(1, 15)) if CALENDAR.is_workday(day))


def test_who_takes_many_is_named_with_the_reason(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    index(home, thief=True)
    assert main(["baselines", "--days", "14", "--json"]) == FOUND
    (told,) = json.loads(capsys.readouterr().out)
    assert told["caller"] == CLERKS[2]
    assert "900 residents in clear" in told["en"]
    assert "people" in told["deviations"]
    assert digest(1) not in json.dumps(told)
    assert main(["baselines", "--days", "14"]) == FOUND
    assert "900 人明文" in capsys.readouterr().out


def test_usual_days_end_with_nothing_found(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    index(home, thief=False)
    assert main(["baselines", "--days", "14"]) == FINE
    assert "nothing found" in capsys.readouterr().out


def test_what_is_declared_is_read(home: Home, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    index(home, thief=False)
    known = tmp_path / "known.json"
    known.write_text("[]")
    assert main(["baselines", "--known", str(known)]) == COULD_NOT
    assert "known.json" in capsys.readouterr().err


def test_without_events_it_says_so(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["baselines"]) == COULD_NOT
    assert "no events here yet" in capsys.readouterr().err
    assert main(["baselines", "--days", "0"]) == WRONG_USE


def test_what_another_maker_recorded_is_brought_in_and_compared(
    home: Home, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    make_folders(home)
    make_keys(home, now)
    for path in OtherMaker(TODAY - timedelta(days=1), seed=2).files(tmp_path):
        assert main(["log", "import", str(path)]) == FINE
    with closing(SqliteStore(home.events)) as store, closing(Positions(home.positions("sqlite"))) as positions:
        shipper = Shipper(home.log, store, positions, now)
        while shipper.step().behind_bytes:
            pass
    capsys.readouterr()
    assert main(["baselines", "--days", "30", "--json"]) == FOUND
    told = json.loads(capsys.readouterr().out)
    assert {each["caller"] for each in told} >= set(LEAKERS.values())
    assert len(told) < 2 * len(LEAKERS)
