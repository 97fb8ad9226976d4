"""The table of a day that keeps the answers to standing questions."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from siem.index import sqlite_counts
from siem.index.condition import EVERYTHING, Is
from siem.index.counts import BY_CALLER, BY_SYSTEM, STANDING, Breakdown
from siem.index.log_line import logged
from siem.index.sqlite import SqliteStore
from siem.index.store import StoreUnavailable
from siem.record.ecs import Document
from tests.siem.events import NINE, assorted, document

SOON = timedelta(seconds=20)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
END = NINE + 60 * DAY


@pytest.mark.parametrize("asked", STANDING, ids=lambda asked: "-".join(asked.fields))
def test_what_is_kept_is_what_there_is(tmp_path: Path, asked: Breakdown) -> None:
    """Spans of whole hours are answered by the table, others by the events: with a span a little longer both agree."""
    corpus: list[Document] = list(assorted(120, seed=9))
    corpus[::2] = [logged(orjson.dumps(each)) or each for each in corpus[::2]]  # as they come from the log
    assert not all(isinstance(each, dict) for each in corpus)
    with closing(SqliteStore(tmp_path / "index")) as store:
        for at in range(0, len(corpus), 17):
            store.append(corpus[at : at + 25], SOON)  # some of them twice
        kept = store.count_by(asked, NINE, END, SOON, DAY)
        counted = store.count_by(asked, NINE, END + timedelta(minutes=1), SOON, DAY)
    assert kept == counted
    assert sum(each.events for each in kept) > 10


def test_a_standing_question_reads_no_event(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "index")) as store:
        store.append([document(number) for number in range(30)], SOON)
        for path in (tmp_path / "index").glob("*.db"):
            with closing(sqlite3.connect(path)) as file:
                file.execute("DELETE FROM events")
                file.commit()
        (count,) = store.count_by(BY_CALLER, NINE, NINE + DAY, SOON)
        assert (count.values, count.events) == (("clerk-wang", "clear"), 30)
        narrowed = Breakdown(Is("user.id", "clerk-wang"), BY_CALLER.fields)
        assert store.count_by(narrowed, NINE, NINE + DAY, SOON) == []


def test_an_append_that_fails_counts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(SqliteStore(tmp_path / "index")) as store:
        store.append([document(1)], SOON)

        def failing(*_: object) -> None:
            raise sqlite3.OperationalError("disk I/O error")

        with monkeypatch.context() as patched:
            patched.setattr("siem.index.sqlite_day.add_tallies", failing)
            with pytest.raises(StoreUnavailable):
                store.append([document(2)], SOON)
        store.append([document(2)], SOON)
        assert [each.events for each in store.count_by(BY_SYSTEM, NINE, NINE + DAY, SOON)] == [2]
        assert store.count(EVERYTHING, NINE, NINE + DAY, SOON) == 2


def test_an_answer_of_too_many_parts_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_counts, "MOST_COUNTS", 3)
    with closing(SqliteStore(tmp_path / "index")) as store:
        store.append([document(number, caller=f"clerk-{number}") for number in range(4)], SOON)
        with pytest.raises(StoreUnavailable, match="more than 3 parts"):
            store.count_by(BY_CALLER, NINE, NINE + DAY, SOON)


def test_all_days_share_one_timeout(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path / "index")) as store:
        store.append([document(day, at=NINE + day * DAY) for day in range(20)], SOON)
        for timeout in (timedelta(0), timedelta(seconds=-1)):
            with pytest.raises(StoreUnavailable, match="in time"):
                store.count_by(BY_SYSTEM, NINE, END, timeout)
            with pytest.raises(StoreUnavailable, match="in time"):
                store.latest(EVERYTHING, NINE, END, 5, timeout)


def test_a_standing_question_is_asked_by_values_alone() -> None:
    with pytest.raises(ValueError, match="by values alone"):
        list(sqlite_counts._names_in(~0))  # type: ignore[arg-type]
