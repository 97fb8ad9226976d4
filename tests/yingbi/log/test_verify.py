"""What `yingbi log verify` says, in the words that people read."""

import json
import shutil
from pathlib import Path

import pytest

from siem.record.verify import SealFault
from siem.record.verify_start import Fault
from tests.siem.record.sealed import Sealed, two_days
from yingbi.cli import main
from yingbi.log.verify import FAULTS, SEAL_FAULTS


def arguments(made: Sealed, *more: str) -> list[str]:
    where = ["--folder", str(made.log), "--seals", str(made.journal), "--anchors", str(made.anchors)]
    return ["log", "verify", *where, *more]


def test_every_fault_has_its_words() -> None:
    assert {*FAULTS} == {*Fault}
    assert {*SEAL_FAULTS} == {*SealFault}


def test_a_log_that_nobody_touched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = two_days(tmp_path)
    assert main(arguments(made)) == 0
    assert "没有发现改动" in capsys.readouterr().out
    log = made.start()
    made.write(log, 2)
    made.close()
    assert main(arguments(made, "--json")) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["intact"], told["records"], told["unsealed"]["records"], told["findings"]) == (True, 27, 2, [])
    assert told["unanchored"]["since"] == made.now.isoformat()


def test_the_record_is_named_in_both_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = two_days(tmp_path)
    path, start = made.segment(), made.logs[0].start
    path.write_bytes(path.read_bytes().replace(b"clerk-wang", b"clerk-wong", 1))
    shutil.rmtree(made.log / made.logs[1].start)
    assert main(arguments(made)) == 1
    said = capsys.readouterr().out
    assert f"`{start}/000001.log` 第 1 行（{start}-1）：记录被改动，或紧挨在它前面的" in said
    assert f"`{start}/000001.log` line 1 ({start}-1): the record was altered" in said
    assert f"`{made.logs[1].start}`: the whole folder of the start is missing, which seal 1 names" in said
    assert main(arguments(made, "--json")) == 1
    found = {each["fault"]: each for each in json.loads(capsys.readouterr().out)["findings"]}
    assert found["altered_or_missing"]["event"] == f"{start}-1"
    assert found["start_missing"]["start"] == made.logs[1].start


def test_what_the_second_party_holds_and_is_not_here(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = two_days(tmp_path)
    made.journal.write_bytes(b"".join(made.journal.read_bytes().splitlines(keepends=True)[:-1]))
    assert main(arguments(made)) == 1
    assert "the second party holds seal 4" in capsys.readouterr().out


def test_what_is_not_there_cannot_be_verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = two_days(tmp_path)
    shutil.rmtree(made.anchors)
    assert main(arguments(made)) == 3
    assert str(made.anchors) in capsys.readouterr().err
    shutil.rmtree(made.log)
    assert main(arguments(made)) == 3
