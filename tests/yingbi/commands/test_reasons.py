"""`yingbi reasons …`: what officers bring in, see and check."""

import json
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from siem.reasons.case import People, Told
from siem.reasons.store import CaseStore
from tests.siem.events import NINE, digest
from yingbi.cli import main
from yingbi.clock import now
from yingbi.commands.shape import FINE, FOUND, WRONG_USE
from yingbi.first_start import make_folders, make_keys
from yingbi.home import Home
from yingbi.settings import HOME
from yingbi.told import tell

WANG = "330199199001011233"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path / "home")
    monkeypatch.setenv(HOME, str(home.root))
    make_folders(home)
    make_keys(home, now)
    home.reasons.mkdir()
    declared = f"""\
system: register
feed: {{file: {tmp_path}/feed.csv, columns: {{person: id_no, case: num}}}}
findings: {{no_case: {{level: medium, people: 3}}}}
"""
    (home.reasons / "register.yaml").write_text(declared)
    return home


def waiting(home: Home) -> list[Told]:
    return [msgspec.json.decode(path.read_bytes(), type=Told) for path in sorted(home.told_reasons.glob("*.json"))]


def test_cases_are_handed_over(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(f"id_no,num\n{WANG},A-1\n")
    assert main(["reasons", "import", str(path), "--system", "register", "--as-of", "2026-11-20T09:00"]) == FINE
    assert "1 个事项" in capsys.readouterr().out
    (told,) = waiting(home)
    assert (told.system, len(told.cases), f"{told.as_of:%Y-%m-%d}") == ("register", 1, "2026-11-20")


def test_a_bad_file_is_refused_with_its_lines(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(f"id_no,num\n{WANG},A-1\n{WANG[:-1]}*,A-2\n,A-3\n")
    assert main(["reasons", "import", str(path), "--system", "register"]) == FOUND
    said = capsys.readouterr().err
    assert "cases.csv:3: " in said
    assert "cases.csv:4: " in said
    assert WANG[:10] not in said
    assert not home.told_reasons.exists()


def test_what_cannot_be_brought_in_is_said(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reasons", "import", str(tmp_path / "none.csv"), "--system", "register"]) == FOUND
    assert main(["reasons", "import", str(tmp_path / "none.csv"), "--system", "hall"]) == FOUND
    assert "没有声明系统 `hall`" in capsys.readouterr().err
    (tmp_path / "a.csv").write_text("id_no,num\n")
    assert main(["reasons", "import", str(tmp_path / "a.csv"), "--system", "register", "--as-of", "soon"]) == WRONG_USE
    (home.keys / "epochs.json").write_text("[")
    assert main(["reasons", "import", str(tmp_path / "a.csv"), "--system", "register"]) == FOUND
    assert "epochs.json" in capsys.readouterr().err


def test_lists_of_people_are_handed_over(home: Home, tmp_path: Path) -> None:
    staff, known = tmp_path / "staff.csv", tmp_path / "known.json"
    staff.write_text(f"person,caller\n{WANG},clerk-wang\n")
    known.write_text(json.dumps({"listed": [digest(1)], "relatives": {"clerk-wang": [digest(2), digest(3)]}}))
    assert main(["reasons", "import", str(staff), "--people", "staff"]) == FINE
    assert main(["reasons", "import", str(known), "--people", "known"]) == FINE
    told = {each.kind: len(each.people) for each in waiting(home)}
    assert told == {People.STAFF: 1, People.LISTED: 1, People.RELATIVES: 2}
    known.write_text("[]")
    assert main(["reasons", "import", str(known), "--people", "known"]) == FOUND


def test_the_status_says_what_is_known_and_what_waits(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reasons", "status"]) == FINE
    assert "register: 0 个事项" in capsys.readouterr().out
    with closing(CaseStore(home.reason_store)) as store:
        store.take(Told(as_of=NINE, system="register"))
    tell(home.told("reasons"), {"systems": {"register": {"waiting": 7, "feed": "1: 12: bad", "look_up": ""}}})
    assert main(["reasons", "status", "--json"]) == FOUND
    status = json.loads(capsys.readouterr().out)
    assert status["systems"][0]["told_to"] == NINE.isoformat()
    assert (status["systems"][0]["waiting"], status["systems"][0]["feed"]) == (7, "1: 12: bad")
    assert main(["reasons", "status"]) == FOUND
    assert "1: 12: bad" in capsys.readouterr().out


def test_declarations_and_feeds_are_checked(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reasons", "check"]) == FOUND
    assert "No such file" in capsys.readouterr().out
    (tmp_path / "feed.csv").write_text(f"id_no,num\n{WANG},\n")
    assert main(["reasons", "check"]) == FOUND
    assert "feed.csv:2: " in capsys.readouterr().out
    (tmp_path / "feed.csv").write_text("id_no,num\n")
    assert main(["reasons", "check"]) == FINE
    (home.reasons / "register.yaml").write_text("system: register\n")
    assert main(["reasons", "check"]) == FOUND
    assert "reasons/register.yaml:1:" in capsys.readouterr().out
    assert main(["reasons", "status"]) == FOUND
