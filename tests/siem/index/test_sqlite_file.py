import os
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from siem.index.sqlite_file import Schema, SqliteFile
from siem.index.store import StoreUnavailable

SOON = timedelta(seconds=20)
SCHEMA = Schema(
    what="the list",
    version=2,
    statements=("CREATE TABLE list (item TEXT NOT NULL UNIQUE) STRICT",),
    disposable=False,
    functions={"joined": lambda one, two: f"{one}+{two}"},
)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[SqliteFile]:
    with closing(SqliteFile(tmp_path / "list.db", SCHEMA, read_only=False)) as file:
        yield file


def add(file: SqliteFile, *items: str) -> None:
    with file.writing(SOON) as writer:
        writer.executemany("INSERT INTO list VALUES (?)", [(item,) for item in items])


def add_and_fail(file: SqliteFile, item: str) -> None:
    with file.writing(SOON) as writer:
        writer.execute("INSERT INTO list VALUES (?)", (item,))
        raise KeyError("lost")


def items(file: SqliteFile) -> list[str]:
    return [item for (item,) in file.read("SELECT item FROM list ORDER BY item", (), SOON)]


def test_what_was_written_is_read_by_others(file: SqliteFile) -> None:
    other = SqliteFile(file.path, SCHEMA, read_only=True)
    assert other.missing()
    assert items(file) == []
    assert not other.missing()
    add(file, "a", "b")
    assert items(file) == items(other) == ["a", "b"]
    assert other.read("SELECT joined(item, ?) FROM list", ("x",), SOON) == [("a+x",), ("b+x",)]


@pytest.mark.parametrize("begun", ["", "PRAGMA journal_mode = WAL"])
def test_one_that_is_about_to_be_made_is_missing_still(file: SqliteFile, begun: str) -> None:
    """Who makes it has come so far when another process asks for it."""
    other = SqliteFile(file.path, SCHEMA, read_only=True)
    file.path.touch()
    with closing(sqlite3.connect(file.path)) as maker:
        maker.execute(begun)
        assert other.missing()
    add(file, "a")
    assert not other.missing()
    assert items(other) == ["a"]
    file.path.write_bytes(b"no database, and it says so" * 200)
    assert not SqliteFile(file.path, SCHEMA, read_only=True).missing()


def test_a_transaction_that_fails_leaves_nothing(file: SqliteFile) -> None:
    add(file, "a")
    with pytest.raises(StoreUnavailable, match="the list cannot be used: UNIQUE constraint failed"):
        add(file, "b", "a")
    with pytest.raises(KeyError, match="lost"):
        add_and_fail(file, "c")
    assert items(file) == ["a"]
    add(file, "b")
    assert items(file) == ["a", "b"]


def test_a_file_of_another_version_is_refused_where_it_cannot_be_made_again(file: SqliteFile) -> None:
    add(file, "a")
    for disposable, left in ((False, ["a"]), (True, [])):
        newer = SqliteFile(file.path, replace(SCHEMA, version=3, disposable=disposable), read_only=False)
        with closing(newer):
            if not disposable:
                with pytest.raises(StoreUnavailable, match="the list has version 2, this program knows 3"):
                    add(newer, "b")
            else:
                assert items(newer) == left
        assert items(file) == left


def test_who_reads_only_writes_nothing(file: SqliteFile) -> None:
    with pytest.raises(ValueError, match="the list was opened to read only"):
        add(SqliteFile(file.path, SCHEMA, read_only=True), "a")


def test_a_second_thread_is_not_kept_waiting_longer_than_allowed(file: SqliteFile) -> None:
    said: list[str] = []

    def write() -> None:
        try:
            with file.writing(timedelta(milliseconds=20)):
                said.append("written")
        except StoreUnavailable as unavailable:
            said.append(str(unavailable))

    with file.writing(SOON):
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    assert said == ["the list is being written to"]


def test_a_disk_that_is_full_is_told_and_nothing_is_half_written(file: SqliteFile) -> None:
    add(file, "a")
    with file.writing(SOON) as writer:
        writer.execute(f"PRAGMA max_page_count = {writer.execute('PRAGMA page_count').fetchone()[0]}")
    with pytest.raises(StoreUnavailable, match="database or disk is full"):
        add(file, *(f"{number}{'x' * 4000}" for number in range(10)))
    assert items(file) == ["a"]


def test_a_file_that_is_none_of_ours_is_told(tmp_path: Path) -> None:
    path = tmp_path / "list.db"
    path.write_bytes(b"something else" * 1000)
    with (
        closing(SqliteFile(path, SCHEMA, read_only=False)) as file,
        pytest.raises(StoreUnavailable, match="not a database"),
    ):
        add(file, "a")
    foreign = tmp_path / "foreign.db"
    with closing(sqlite3.connect(foreign)) as other:
        other.execute("CREATE TABLE other (x)")
    with (
        closing(SqliteFile(foreign, SCHEMA, read_only=False)) as file,
        pytest.raises(StoreUnavailable, match="version 0"),
    ):
        add(file, "a")


def test_a_closed_file_answers_nothing(file: SqliteFile) -> None:
    add(file, "a")
    file.close()
    for call in (items, add):
        with pytest.raises(StoreUnavailable, match="the list was closed"):
            call(file)


def test_nobody_else_can_read_it_nor_what_is_kept_beside_it(file: SqliteFile, tmp_path: Path) -> None:
    add(file, "one")
    assert {path.name for path in tmp_path.iterdir()} == {"list.db", "list.db-wal", "list.db-shm"}
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_file_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    with (
        closing(SqliteFile(tmp_path / "nowhere" / "list.db", SCHEMA, read_only=False)) as file,
        pytest.raises(StoreUnavailable),
    ):
        add(file, "one")


def test_readers_that_are_kept_see_what_is_written_and_the_file_that_is_there_now(tmp_path: Path) -> None:
    path = tmp_path / "list.db"
    with (
        closing(SqliteFile(path, SCHEMA, read_only=False)) as file,
        closing(SqliteFile(path, SCHEMA, read_only=True, idle=2)) as reader,
    ):
        add(file, "a")
        assert items(reader) == ["a"]
        add(file, "b")
        assert items(reader) == ["a", "b"]
        with pytest.raises(StoreUnavailable, match="no such table"):
            reader.read("SELECT * FROM nowhere", (), SOON)
        assert items(reader) == ["a", "b"]
        with closing(SqliteFile(tmp_path / "other.db", SCHEMA, read_only=False)) as other:
            add(other, "c")
        (tmp_path / "other.db").rename(path)
        for suffix in ("-wal", "-shm"):
            path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)
        assert items(reader) == ["c"]
        path.unlink()
        with pytest.raises(StoreUnavailable, match="cannot be used"):
            items(reader)


def test_so_many_readers_are_kept_and_none_that_rests_or_is_forgotten(tmp_path: Path) -> None:
    with closing(SqliteFile(tmp_path / "list.db", SCHEMA, read_only=False)) as file:
        add(file, "a")

    def opened() -> int:
        return sum(
            os.readlink(each).endswith("list.db") for each in Path("/proc/self/fd").iterdir() if each.is_symlink()
        )

    reader = SqliteFile(tmp_path / "list.db", SCHEMA, read_only=True, idle=2)
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda _: items(reader), range(40))) == [["a"]] * 40
    # Those who read at once, and not forty: SQLite lets go of a file only when no other connection has it locked. Where
    # there were more of them than are kept, none is, until the next has read.
    assert items(reader) == ["a"]
    assert 1 <= opened() <= 4
    reader.rest()
    assert (opened(), items(reader), opened()) == (0, ["a"], 0)
    other = SqliteFile(tmp_path / "list.db", SCHEMA, read_only=True, idle=2)
    assert (items(other), opened()) == (["a"], 1)
    del other
    assert opened() == 0
