"""What `yingbi duties` tells of a case, of an installation whose other processes may run or not."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from incident.duty.forms import Form
from incident.ids import CaseId, DutyId
from incident.sheets.sheet import SheetFormat
from incident.store import JOURNAL
from tests.incident.office import CHEN, Office, alert, an_office
from yingbi.cli import main
from yingbi.commands.duties import FORMATS, FORMS


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setenv("YINGBI_HOME", str(tmp_path))
    with an_office(tmp_path) as made:
        yield made


@pytest.fixture
def case(office: Office) -> CaseId:
    case = office.cases.open_or_join(alert())
    office.watch.move(hours=25)
    office.cases.tick()
    office.cases.fulfil(case, DutyId("notify-authority"), CHEN, "回执 2026-17")
    return case


def test_the_duties_of_a_case_for_programs(case: CaseId, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["duties", case, "--json"]) == 0
    told = {duty["id"]: duty for duty in json.loads(capsys.readouterr().out)["duties"]}
    assert told["notify-authority"]["fulfilled"]["reference"] == "回执 2026-17"
    assert told["notify-authority"]["late"] is True


def test_the_duties_of_a_case_for_people(case: CaseId, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["duties", case]) == 0
    told = capsys.readouterr().out
    assert "已履行，但超时 / fulfilled, but late  通知履行个人信息保护职责的部门" in told
    assert "回执 2026-17" in told
    assert "24 小时（本单位目标，请与法务核对）" in told
    assert "4 小时（法定时限）" in told


def test_a_journal_that_was_altered_tells_nothing(
    office: Office, case: CaseId, capsys: pytest.CaptureFixture[str]
) -> None:
    with office.engine.begin() as connection:
        body = JOURNAL.c.body
        changed = connection.execute(
            update(JOURNAL).where(body.contains("回执 2026-17")).values(body='{"type":"noted","text":"x"}')
        )
        assert changed.rowcount == 1
    assert main(["duties", case, "--json"]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert "an auditor has to look first" in told.err


def test_a_form_of_each_kind(case: CaseId, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    for kind, begins in (("html", b"<!doctype html>"), ("docx", b"PK"), ("pdf", b"%PDF"), ("txt", "【演练】".encode())):
        out = tmp_path / f"report.{kind}"
        asked = ["duties", case, "--form", "FIRST", "--format", kind, "--mark", "演练"]
        assert main([*asked, "-o", str(out)]) == 0
        assert out.read_bytes().startswith(begins)
        assert out.stat().st_mode & 0o077 == 0
    assert main(["duties", case, "--form", "first", "--format", "txt"]) == 0
    assert "网络安全事件报告（首报）" in capfdbinary.readouterr().out.decode()


@pytest.mark.parametrize(
    ("asked", "code", "says"),
    [
        (["--form", "not-telling"], 3, "no decision not to tell persons is recorded"),
        (["--form", "first", "--mark", "call " + "1380013" + "8000"], 3, "seems to hold personal data"),
        (["--form", "first", "-o", "/nowhere/x.pdf"], 3, "cannot be written"),
        (["--form", "first", "--json"], 2, "--form goes without --json"),
        (["-o", "x"], 2, "--output with --form"),
    ],
)
def test_forms_that_are_not_made(
    case: CaseId, asked: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["duties", case, *asked]) == code
    told = capsys.readouterr()
    assert says in told.err
    assert told.out == ""


def test_the_command_offers_every_form_and_format() -> None:
    assert set(FORMS) == set(Form)
    assert set(FORMATS) == set(SheetFormat)


@pytest.mark.parametrize("name", ["C-20000101-001", "", "../x"])
def test_a_case_that_is_not_there(case: CaseId, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert case
    assert main(["duties", name]) == 3
    assert "there is no such case" in capsys.readouterr().err


def test_an_installation_without_cases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YINGBI_HOME", str(tmp_path))
    assert main(["duties", "C-20261123-001"]) == 3
    assert "no cases yet" in capsys.readouterr().err
