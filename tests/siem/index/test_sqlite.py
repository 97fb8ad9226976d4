import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from siem.index.condition import EVERYTHING, Like
from siem.index.sqlite import SqliteStore
from siem.index.store import StoreUnavailable
from tests.siem.events import NINE, document, event

SOON = timedelta(seconds=20)
LATER = NINE + timedelta(days=1)


def test_who_only_reads_waits_for_who_writes(tmp_path: Path) -> None:
    reader = SqliteStore(tmp_path / "index.db", read_only=True)
    with pytest.raises(StoreUnavailable, match="cannot be used"):
        reader.count(EVERYTHING, NINE, LATER, SOON)
    writer = SqliteStore(tmp_path / "index.db")
    writer.append([document(1)], SOON)
    assert reader.count(EVERYTHING, NINE, LATER, SOON) == 1
    with pytest.raises(ValueError, match="to read only"):
        reader.append([document(2)], SOON)
    writer.close()


def test_a_search_sees_what_is_appended_behind_its_back_and_stays_in_order(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "index.db")
    store.append([document(number, subjects=()) for number in range(0, 900, 2)], SOON)
    times = []
    for found in store.search(EVERYTHING, NINE, LATER, SOON):
        times.append(found["@timestamp"])
        if len(times) == 10:
            store.append([document(number, subjects=()) for number in range(1, 900, 2)], SOON)
    assert times == sorted(times)
    assert len(times) >= 450
    store.close()


def test_an_index_of_another_version_is_emptied(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    with closing(sqlite3.connect(path)) as old:
        old.executescript("CREATE TABLE events (something); CREATE TABLE older (x); PRAGMA user_version = 99;")
    store = SqliteStore(path)
    assert store.newest(SOON) is None
    assert store.append([document(1)], SOON) == 1
    store.close()


def test_a_file_that_is_no_index_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    path.write_bytes(b"not a database at all, but long enough to be taken for one" * 100)
    store = SqliteStore(path)
    with pytest.raises(StoreUnavailable, match="cannot be used: file is not a database"):
        store.append([document(1)], SOON)
    store.close()


def test_a_folder_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "nowhere" / "index.db")
    with pytest.raises(StoreUnavailable):
        store.append([document(1)], SOON)
    (tmp_path / "nowhere").mkdir()
    assert store.append([document(1)], SOON) == 1, "the same call succeeds later"
    store.close()


def test_a_writer_that_holds_the_file_is_not_waited_for_longer_than_allowed(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "index.db")
    store.append([document(1)], SOON)
    with closing(sqlite3.connect(tmp_path / "index.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        with pytest.raises(StoreUnavailable, match="locked"):
            store.append([document(2)], timedelta(seconds=0.2))
        assert time.monotonic() - began < 10
        assert store.count(EVERYTHING, NINE, LATER, SOON) == 1, "readers do not wait at all"
        other.execute("ROLLBACK")
    assert store.append([document(2)], SOON) == 1
    store.close()


def test_a_search_that_takes_too_long_ends(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "index.db")
    store.append([document(number, subjects=()) for number in range(3000)], SOON)
    with pytest.raises(StoreUnavailable, match="interrupted"):
        list(store.search(Like("user.id", "nobody*"), NINE, LATER, timedelta(0)))
    store.close()


def test_a_batch_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "index.db")
    many = [document(number) for number in range(2000)]
    with pytest.raises(StoreUnavailable, match="interrupted"):
        store.append(many, timedelta(0))
    assert store.count(EVERYTHING, NINE, LATER, SOON) == 0
    assert store.append(many, SOON) == 2000
    store.close()


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.siem.index.test_sqlite import SOON, SqliteStore, document
store = SqliteStore(Path(sys.argv[1]))
store.append([document(number) for number in range(100)], SOON)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_appended_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    done = subprocess.run([sys.executable, "-c", KILLED, path], capture_output=True, text=True, check=False)
    assert done.returncode == -9, done.stderr
    store = SqliteStore(path, read_only=True)
    assert store.count(EVERYTHING, NINE, LATER, SOON) == 100
    store.close()


def test_a_closed_index_answers_nothing(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "index.db")
    store.append([document(1)], SOON)
    store.close()
    store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        store.get(event(1).id, SOON)
    with pytest.raises(StoreUnavailable, match="closed"):
        store.append([document(2)], SOON)
