"""`yingbi baselines` over the index of an installation."""

import json
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from policies.keys.epochs import digester_in
from siem.baseline.calendar import LOCAL
from siem.detect.alert import AlertStore
from siem.detect.aliases import holds_digest
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
from yingbi.reasons import Reasons
from yingbi.settings import HOME

TODAY = datetime.now(LOCAL).date()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv(HOME, str(tmp_path))
    return Home(tmp_path)


def index(home: Home, *, thief: bool, called: str = CLERKS[2]) -> None:
    """Five weeks of usual days up to yesterday; on the last workday somebody, who is *called* so, may take many."""
    office = Office()
    days = [TODAY - timedelta(days=number) for number in range(35, 0, -1)]
    documents = [document for day in days for document in office.usual(day)]
    if thief:
        documents.append(office.look(CLERKS[2], moment(last_workday(), 20), people=range(900)))
    for document in documents:
        if document["user"]["id"] == CLERKS[2]:
            document["user"]["id"] = called
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


def test_a_caller_who_is_named_by_a_digest_is_numbered(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    index(home, thief=True, called=digest(1))
    for options in ([], ["--json"]):
        assert main(["baselines", "--days", "14", *options]) == FOUND
        said = capsys.readouterr().out
        assert not holds_digest(said)
        assert "居民 1 / citizen 1" in said


def test_usual_days_end_with_nothing_found(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    index(home, thief=False)
    assert main(["baselines", "--days", "14"]) == FINE
    assert "nothing found" in capsys.readouterr().out


def test_who_was_imported_as_listed_is_watched_over(
    home: Home, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """One list for the baselines and for looks without a reason, from a file of identifiers."""
    home.index.mkdir()
    make_folders(home)
    make_keys(home, now)
    residents = ("13800138001", "13800138002", "13800138003")
    subjects = digester_in(home.keys, now()).each(residents)
    office = Office()
    looks = [office.look(CLERKS[2], moment(last_workday(), 10), people=[number]) for number in range(3)]
    for look, subject in zip(looks, subjects, strict=True):
        look["yingbi"]["subjects"] = [subject]
    with closing(SqliteStore(home.events)) as store:
        days = [TODAY - timedelta(days=number) for number in range(35, 0, -1)]
        store.append([document for day in days for document in office.usual(day)], timedelta(seconds=30))
        store.append(looks, timedelta(seconds=30))
        assert main(["baselines", "--days", "14"]) == FINE
        (tmp_path / "listed.csv").write_text("\n".join(["person", *residents]))
        assert main(["reasons", "import", str(tmp_path / "listed.csv"), "--people", "listed"]) == FINE
        with closing(AlertStore(home.alerts)) as alerts:
            reasons = Reasons(home, store, alerts, tuple, lambda *_: "", now)
            reasons.step()
            reasons.close()
    capsys.readouterr()
    assert main(["baselines", "--days", "14", "--json"]) == FOUND
    said = capsys.readouterr().out
    (told,) = json.loads(said)
    assert told["caller"] == CLERKS[2]
    assert "listed" in told["deviations"]
    assert not any(each in said for each in (*residents, *subjects))


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
