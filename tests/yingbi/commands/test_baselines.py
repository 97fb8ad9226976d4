"""`yingbi baselines` over the index of an installation."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from siem.baseline.calendar import LOCAL
from siem.index.sqlite import SqliteStore
from tests.siem.baseline.office import CALENDAR, CLERKS, Office, moment
from tests.siem.events import digest
from yingbi.cli import main
from yingbi.commands.shape import COULD_NOT, FINE, FOUND, WRONG_USE
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
