"""What `yingbi case` tells of cases, of an installation that runs or does not."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from incident.database import for_writing, open_database
from incident.handling_book import HandlingBook
from incident.ids import CaseId
from incident.reported import Report, Reporter
from incident.taken import LinkKind
from tests.incident.office import CHEN, TEN, Office, alert, new_database
from tests.siem.events import digest
from yingbi.cli import main
from yingbi.home import Home

CASE = CaseId("C-20261123-001")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state database with a case that waits for its notice, one about a citizen, and one that has ended."""
    folder = tmp_path_factory.mktemp("cases")
    office = Office(folder=folder, engine=new_database(folder))
    office.to_the_draft()
    office.cases.open_or_join(alert("a-2", group={"user.id": digest(7)}))
    office.cases.open_by_hand(
        "群众来电", "low", CHEN, "", report=Report(by=Reporter.CITIZEN, received_at=TEN - timedelta(hours=3))
    )
    gone, stays = (office.cases.open_by_hand(title, "low", CHEN, "") for title in ("来函一", "来函二"))
    office.cases.link(stays, CHEN, LinkKind.RELATED, CASE, "同一窗口")
    office.cases.merge(gone, stays, CHEN, "同一件事")
    office.events.close()
    office.engine.dispose()
    return folder / "state.db"


@pytest.fixture
def home(tmp_path: Path, made: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("YINGBI_HOME", str(tmp_path))
    monkeypatch.setattr("yingbi.clock.now", lambda: TEN + timedelta(minutes=5))
    home = Home(tmp_path)
    shutil.copy(made, home.state)
    return home


def shown(*words: str, capsys: pytest.CaptureFixture[str], code: int = 0) -> Any:
    assert main(["case", *words]) == code
    return capsys.readouterr().out


def test_the_cases_are_told_with_the_time_that_is_left(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(shown("list", "--json", capsys=capsys))
    assert [case["id"] for case in told] == ["C-20261123-005", "C-20261123-003", "C-20261123-002", CASE]
    first = told[-1]
    assert (first["state"], first["level"], first["persons"], first["verified"]) == ("contained", "high", 20, True)
    assert datetime.fromisoformat(first["next_due"]).tzinfo == UTC
    lines = shown("list", capsys=capsys)
    assert "已控制 / contained" in lines
    assert digest(7) not in lines


def test_a_case_is_told_with_all_that_a_person_on_duty_needs(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(shown("show", CASE, "--timeline", "--json", capsys=capsys))
    assert [(held["kind"], held["target"]) for held in told["blocked"]] == [
        ("block_caller", "clerk-wang"),
        ("preserve_evidence", ""),
    ]
    assert told["blocked"][0]["until"]
    assert told["blocked"][1]["until"] is None, "it ends by no time"
    assert told["grading"]["grade"] == "ordinary"
    assert told["grading"]["why"]
    assert told["scope"]["persons"] == 20
    assert told["scope"]["cautions"]
    clocks = {clock["duty"]: clock for clock in told["clocks"]}
    assert clocks["notify-authority"]["due"]
    assert clocks["notify-authority"]["moves"][0]["by"] == "engine"
    assert sorted(asked["question"] for asked in told["question_list"]) == ["approve_notice", "step", "step", "step"]
    assert told["playbook"]["steps"]
    assert told["notice_state"]["digest"]
    assert [entry["number"] for entry in told["timeline"]] == list(range(1, told["entries"] + 1))
    lines = shown("show", CASE, "--timeline", capsys=capsys)
    for words in (
        "记录已核验",
        "控制 / held",
        "until two people take it back",
        "时限 / clock",
        "影响范围 / scope",
        "步骤 / step",
        "#1 ",
    ):
        assert words in lines


def test_a_citizen_is_numbered_and_named_by_no_digest(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (("show", "C-20261123-002", "--timeline"), ("show", "C-20261123-002", "--timeline", "--json")):
        told = shown(*words, capsys=capsys)
        assert digest(7) not in told
        assert "居民 1" in told


def test_a_report_starts_the_clocks_when_it_was_received(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(shown("show", "C-20261123-003", "--timeline", "--json", capsys=capsys))
    assert told["aware_at"] == (TEN - timedelta(hours=3)).isoformat()
    assert {clock["start"] for clock in told["clocks"]} == {told["aware_at"]}
    assert any("公民" in entry["zh"] for entry in told["timeline"])


def test_what_a_case_has_to_do_with_others_is_told(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert "went into C-20261123-005" in shown("show", "C-20261123-004", capsys=capsys)
    lines = shown("show", "C-20261123-005", capsys=capsys)
    assert "taken in C-20261123-004" in lines
    assert f"相关 / related {CASE}" in lines
    assert json.loads(shown("show", "C-20261123-004", "--json", capsys=capsys))["merged_into"] == "C-20261123-005"


def test_a_journal_that_was_altered_is_not_believed(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    engine = open_database(f"sqlite:///{home.state}")
    with for_writing(engine).begin() as connection:
        connection.execute(
            text("UPDATE journal SET by_id = 'p-sun' WHERE case_id = :case AND number = 2"), {"case": CASE}
        )
    engine.dispose()
    told = json.loads(shown("show", CASE, "--json", capsys=capsys, code=1))
    assert told["verified"] is False
    assert "entry 2" in told["altered"]["en"]
    assert "altered" in shown("show", CASE, capsys=capsys, code=1)
    shown("show", "C-20261123-002", capsys=capsys)


def test_where_there_is_nothing_it_says_so(tmp_path: Path, home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["case", "show", "C-20261123-099"]) == 3
    home.state.unlink()
    assert main(["case", "list"]) == 3
    assert "yingbi up" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("来电", "--level", "low"), 2, "--as"),
        (("来电", "--level", "low", "--received-at", "2026-11-23T17:40+08:00", "--as", "oncall"), 2, "--report"),
        (("来电", "--level", "low", "--as", "oncall"), 3, "yingbi up"),
    ],
    ids=["nobody", "received but not reported", "stopped"],
)
def test_who_cannot_open_a_case_is_told_why(
    home: Home, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, said: str
) -> None:
    assert main(["case", "open", *words]) == code
    assert said in capsys.readouterr().err


def test_a_time_without_a_zone_is_refused(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["case", "open", "来电", "--level", "low", "--report", "office", "--received-at", "2026-11-23T17:40"])
    assert "时区" in capsys.readouterr().err


def test_the_number_of_a_restricted_case_is_in_no_line_of_another(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    office = Office(folder=home.root, engine=open_database(f"sqlite:///{home.state}"))
    HandlingBook(office.cases).restrict(CASE, CHEN, [CHEN], "涉及内部人员")
    office.events.close()
    office.engine.dispose()
    for how in ((), ("--json",)):
        told = shown("show", "C-20261123-005", "--timeline", *how, capsys=capsys)
        assert CASE not in told
        assert "限制查看的案件" in told
