import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from siem.index.condition import EVERYTHING, Like
from siem.index.sqlite import SqliteStore
from siem.index.sqlite_folder import OPEN_DAYS
from siem.index.store import StoreUnavailable
from siem.record.event import EventId
from siem.record.log import new_start_id
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


def test_an_index_of_another_version_is_emptied_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    with closing(SqliteStore(path)) as older:
        older.append([document(number, at=NINE + timedelta(days=number)) for number in range(3)], SOON)
    with closing(sqlite3.connect(path / "2026-11-24.db")) as old:
        old.execute("PRAGMA user_version = 99")
    with closing(SqliteStore(path)) as store:
        assert store.newest(SOON) is None, "one that lacked a day would pass for whole"
        assert store.append([document(1)], SOON) == 1


def test_a_day_whose_making_was_not_finished_is_made_again_and_the_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    with closing(SqliteStore(path)) as store:
        store.append([document(1)], SOON)
    with closing(sqlite3.connect(path / "2026-11-24.db")) as dead:
        dead.execute("PRAGMA journal_mode = WAL")
    with closing(SqliteStore(path)) as store:
        assert store.append([document(2, at=NINE + timedelta(days=1))], SOON) == 1
        assert store.count(EVERYTHING, NINE, LATER + timedelta(days=1), SOON) == 2


@pytest.mark.parametrize("name", ["", "2026-11-23.db"])
def test_a_file_that_is_no_index_is_told_as_such(tmp_path: Path, name: str) -> None:
    path = tmp_path / "index.db" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"not a database at all, but long enough to be taken for one" * 100)
    store = SqliteStore(tmp_path / "index.db")
    said = "cannot be used: file is not a database" if name else "cannot be used: (File exists|Not a directory)"
    with pytest.raises(StoreUnavailable, match=said):
        store.append([document(1)], SOON)
    store.close()


def test_days_are_files_and_what_is_beside_them_is_left_alone(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "index")) as store:
        store.append([document(number, at=NINE + timedelta(hours=7 * number)) for number in range(7)], SOON)
        (tmp_path / "index" / "notes.txt").write_text("ours")
        (tmp_path / "index" / "2020-01-01.db.kept").write_text("ours")
        assert store.drop_before((NINE + timedelta(days=1)).date(), SOON) == ["2026-11-23.db"]
    left = ["2020-01-01.db.kept", "2026-11-24.db", "2026-11-25.db", "notes.txt"]
    assert sorted(path.name for path in (tmp_path / "index").iterdir()) == left


def test_no_more_days_are_open_than_some_and_all_can_be_written_to(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "index")) as store:
        days = range(OPEN_DAYS * 3)
        for round_number in range(2):
            for day in days:
                store.append([document(100 * round_number + day, at=NINE + timedelta(days=day))], SOON)
            assert len(list((tmp_path / "index").glob("*-wal"))) <= OPEN_DAYS
        assert store.count(EVERYTHING, NINE, NINE + timedelta(days=99), SOON) == len(days) * 2


def test_an_event_is_looked_for_on_the_days_since_its_start_before_all_others(tmp_path: Path) -> None:
    days = [NINE + timedelta(days=number) for number in range(4)]
    ids = [EventId(f"{new_start_id(at)}-1") for at in days]
    path = tmp_path / "index.db"
    with closing(SqliteStore(path)) as store:
        store.append([document(n, at=at, id=ids[n], exchange=ids[n]) for n, at in enumerate(days)], SOON)
        before_its_start = EventId(f"{new_start_id(days[3])}-2")
        store.append([document(9, at=days[1], id=before_its_start, exchange=before_its_start)], SOON)
        for each in (*ids, before_its_start):
            found = store.get(each, SOON)
            assert found is not None
            assert found["event"]["id"] == each
    for beside in ("-wal", "-shm"):
        (path / f"2026-11-26.db{beside}").unlink(missing_ok=True)
    (path / "2026-11-26.db").write_bytes(b"no index" * 200)
    with closing(SqliteStore(path, read_only=True)) as store:
        assert store.get(ids[1], SOON) is not None, "no later day had to be read for it"
        with pytest.raises(StoreUnavailable):
            store.get(ids[3], SOON)


def test_a_search_goes_on_where_a_day_is_dropped_under_it(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "index")) as store:
        store.append([document(number, subjects=()) for number in range(450)], SOON)
        store.append([document(999, at=NINE + timedelta(days=1))], SOON)
        found = store.search(EVERYTHING, NINE, NINE + timedelta(days=2), SOON)
        assert next(found)["event"]["id"] == event(0).id
        store.drop_before((NINE + timedelta(days=1)).date(), SOON)
        assert [item["event"]["id"] for item in found][-1] == event(999).id


def test_a_folder_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "nowhere" / "index.db")
    with pytest.raises(StoreUnavailable):
        store.append([document(1)], SOON)
    (tmp_path / "nowhere").mkdir()
    assert store.append([document(1)], SOON) == 1, "the same call succeeds later"
    store.close()


def test_a_writer_that_holds_the_file_is_not_waited_for_until_it_lets_go(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "index.db")
    store.append([document(1)], SOON)
    with closing(sqlite3.connect(tmp_path / "index.db" / "2026-11-23.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            store.append([document(2)], timedelta(seconds=0.2))
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
