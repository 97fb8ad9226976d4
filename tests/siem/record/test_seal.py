"""Seals, their key, and what a machine that dies in the middle leaves."""

import os
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from siem.record import seal
from siem.record.log import StartId
from siem.record.reader import beginning_of
from siem.record.seal import BrokenSeals, SealBook, seals_in
from tests.siem.events import NINE

START = StartId("6YQ3K0M9ZT")
HEADS = {START: beginning_of(START)}


def book_in(folder: Path) -> SealBook:
    return SealBook(folder / "seals.jsonl", folder / "seal.key")


def test_seals_follow_and_are_read_again(tmp_path: Path) -> None:
    book_in(tmp_path).seal(NINE, HEADS)
    again = book_in(tmp_path)
    again.seal(NINE, {}, [START])
    read = [each.seal for each in seals_in(tmp_path / "seals.jsonl")]
    assert [(each.number, bool(each.key), each.heads, each.removed) for each in read] == [
        (1, True, HEADS, ()),
        (2, False, {}, (START,)),
    ]
    assert again.removed == {START}


def test_no_file_holds_the_key_of_a_seal_that_was_made(tmp_path: Path) -> None:
    book = book_in(tmp_path)
    book.seal(NINE, HEADS)
    key = tmp_path / "seal.key"
    with key.open("rb") as file:  # as who had it open, or looks at the blocks of the disk
        signs = file.read()
        book.seal(NINE, HEADS)
        file.seek(0)
        assert file.read() == bytes(len(signs))
    assert all(signs not in path.read_bytes() for path in tmp_path.iterdir())
    assert key.stat().st_mode & 0o777 == 0o600


def died_at(folder: Path, line: int) -> bool:
    """Whether a process that seals ended, as if killed, before it ran its *line*-th line of `seal.py`."""
    pid = os.fork()
    if pid == 0:
        left = line

        def trace(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal left
            if frame.f_code.co_filename != seal.__file__:
                return None
            if event == "line":
                left -= 1
                if left == 0:
                    os._exit(1)
            return trace

        book = book_in(folder)
        sys.settrace(trace)
        book.seal(NINE, HEADS)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1


def test_a_crash_between_any_two_lines_costs_no_key_and_leaves_no_seal_that_breaks(tmp_path: Path) -> None:
    line, before = 1, 0
    book_in(tmp_path).seal(NINE, HEADS)
    while died_at(tmp_path, line):
        book = book_in(tmp_path)
        book.seal(NINE, HEADS)
        seals = [each.seal for each in seals_in(tmp_path / "seals.jsonl")]
        assert [each.number for each in seals if each.key] == [1], f"the key was lost at line {line}"
        assert len(seals) > before
        line, before = line + 1, len(seals)
    assert line > 40, "it was followed to its end"


def test_half_a_seal_is_taken_back(tmp_path: Path) -> None:
    book_in(tmp_path).seal(NINE, HEADS)
    with (tmp_path / "seals.jsonl").open("ab") as journal:
        journal.write(b"half")
    book_in(tmp_path).seal(NINE, HEADS)
    assert [each.seal.number for each in seals_in(tmp_path / "seals.jsonl")] == [1, 2]


@pytest.mark.parametrize("line", [b"\n", b"00 {}\n", b"00\n", b"\xff\xfe \xff\n", b'zz {"number":1}\n'])
def test_what_is_no_seal_is_said_to_be_none(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "seals.jsonl").write_bytes(line)
    with pytest.raises(BrokenSeals, match="line 1"):
        list(seals_in(tmp_path / "seals.jsonl"))


def test_a_seal_that_cannot_be_written_was_not_made(tmp_path: Path) -> None:
    book = book_in(tmp_path)
    book.seal(NINE, HEADS)
    (tmp_path / "seals.jsonl").rename(tmp_path / "kept")
    (tmp_path / "seals.jsonl").mkdir()
    with pytest.raises(OSError, match="directory"):
        book.seal(NINE, HEADS)
    (tmp_path / "seals.jsonl").rmdir()
    (tmp_path / "kept").rename(tmp_path / "seals.jsonl")
    book.seal(NINE, HEADS)
    assert [each.seal.number for each in seals_in(tmp_path / "seals.jsonl")] == [1, 2]
