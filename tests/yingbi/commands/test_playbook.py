"""`yingbi playbook` on files of ours and of others."""

import json
from pathlib import Path
from typing import Any

import pytest

from incident.graph import SHIPPED
from tests.incident.books import manual, raw_book, step_id, text_of
from yingbi.cli import main
from yingbi.commands.shape import COULD_NOT, FINE, FOUND, WRONG_USE

LINE: dict[str, Any] = {"start": {"then": "do"}, "do": manual(ok="end"), "end": {}}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "leak.json"


def test_ours_are_fine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["playbook", "check", *map(str, SHIPPED.glob("*.json")), "--json"]) == FINE
    told = json.loads(capsys.readouterr().out)
    assert told["findings"] == []
    assert {each["file"] for each in told["playbooks"]} == set(map(str, SHIPPED.glob("*.json")))


def test_what_is_wrong_is_told_by_file_and_line(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(text_of(raw_book(**LINE, lost=manual(ok="end"))), "utf-8")
    assert main(["playbook", "check", str(file)]) == FOUND
    said = capsys.readouterr().out
    assert said.startswith(f"{file}:")
    assert "is never reached" in said
    assert main(["playbook", "check", str(file), "--json"]) == FOUND
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["file"], finding["code"]) == (str(file), "unreachable")
    assert step_id("lost") in file.read_text("utf-8").splitlines()[finding["line"] - 1]


def test_what_is_called_is_given_beside_it_or_is_one_of_ours(file: Path) -> None:
    calling: dict[str, Any] = {"start": {"then": "call"}, "call": {"calls": "other", "ok": "end"}, "end": {}}
    file.write_text(text_of(raw_book(**calling)), "utf-8")
    assert main(["playbook", "check", str(file)]) == FOUND
    other = file.with_name("other.json")
    other.write_text(text_of(raw_book("other", **LINE)), "utf-8")
    assert main(["playbook", "check", str(file), str(other)]) == FINE
    ours = json.loads((SHIPPED / "bulk-retrieval.json").read_text("utf-8"))["id"]
    raw = raw_book(**calling)
    next(step for step in raw["workflow"].values() if step["type"] == "playbook-action")["playbook_id"] = ours
    file.write_text(text_of(raw), "utf-8")
    assert main(["playbook", "check", str(file)]) == FINE


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"{"])
def test_what_is_no_playbook_is_found(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert main(["playbook", "check", str(file)]) == FOUND


def test_a_file_that_is_not_there(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["playbook", "check", str(file)]) == COULD_NOT
    assert str(file) in capsys.readouterr().err


def test_a_dry_run_tells_the_way_and_draws_it(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    way = [str(SHIPPED / "bulk-retrieval.json"), "--dry-run", "--var", "__caller__=window-7"]
    drawn = file.with_suffix(".svg")
    assert main(["playbook", "run", *way, "--picture", str(drawn)]) == FINE
    said = capsys.readouterr().out
    assert "停用涉事账号 / Block the account" in said
    assert said.endswith("走到了终点 / it came to its end\n")
    assert "停用涉事账号" in drawn.read_text("utf-8")
    assert main(["playbook", "run", *way, "--json", "--fail", "停用涉事账号 / Block the account"]) == FINE
    told = json.loads(capsys.readouterr().out)
    assert told["ended"] == "succeeded"
    assert [step["name"] for step in told["steps"] if step["succeeded"] is False] == [
        "停用涉事账号 / Block the account"
    ]


@pytest.mark.parametrize(
    "more", [["--var", "x"], ["--var", "__x__=1"], ["--fail", "nothing"]], ids=["no value", "no variable", "no step"]
)
def test_a_dry_run_of_what_is_not_there(more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["playbook", "run", str(SHIPPED / "bulk-retrieval.json"), "--dry-run", *more]) == WRONG_USE
    assert capsys.readouterr().err.startswith("yingbi: ")


def test_a_dry_run_of_what_is_wrong(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(text_of(raw_book(**LINE, lost=manual(ok="end"))), "utf-8")
    assert main(["playbook", "run", str(file), "--dry-run"]) == FOUND
    assert "is never reached" in capsys.readouterr().err
