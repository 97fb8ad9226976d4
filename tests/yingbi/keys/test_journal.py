import contextlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingbi.keys.journal import Act, BrokenJournal, append, read_journal

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "journal"
    append(path, Act.MADE, NOW, system="hall", keys=["0000000a"])
    append(path, Act.REVOKED, NOW, system="hall", keys=["0000000a"], reason="遗失")
    append(path, Act.PROVED, NOW, backup="ab", keys=["0000000a"])
    return path


def test_what_was_done_is_read_in_its_order(journal: Path) -> None:
    made, revoked, proved = read_journal(journal)
    assert (made.act, made.system, made.keys, made.at) == (Act.MADE, "hall", ("0000000a",), NOW)
    assert (revoked.reason, proved.backup) == ("遗失", "ab")
    assert made.by
    assert not journal.stat().st_mode & 0o077


def test_there_need_not_be_one(tmp_path: Path) -> None:
    assert read_journal(tmp_path / "none") == []


def test_a_torn_last_line_has_not_happened_and_is_written_over(journal: Path) -> None:
    whole = journal.read_bytes()
    journal.write_bytes(whole + b'{"at": "2026')
    assert len(read_journal(journal)) == 3
    append(journal, Act.ROTATED, NOW, system="hall")
    assert [entry.act for entry in read_journal(journal)][2:] == [Act.PROVED, Act.ROTATED]


def test_what_was_altered_dropped_or_moved_shows_with_its_line(journal: Path) -> None:
    one, two, three = journal.read_bytes().splitlines(keepends=True)
    for lines, number in (
        ([one, two.replace("遗失".encode(), "例行".encode()), three], 3),
        ([one, three], 2),
        ([two, three], 1),
        ([two, one, three], 1),
        ([one, b"null\n", three], 2),
    ):
        journal.write_bytes(b"".join(lines))
        with pytest.raises(BrokenJournal, match=f":{number}"):
            read_journal(journal)
        with pytest.raises(BrokenJournal):
            append(journal, Act.ROTATED, NOW)


@given(data=st.binary(max_size=200))
def test_no_bytes_make_reading_fail_otherwise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(data + b"\n")
    with contextlib.suppress(BrokenJournal):
        read_journal(path)
