import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from siem.index.condition import AllOf, AnyOf, Condition, Exists, In, Is, Like, Not, lies_in
from siem.index.sqlite import SqliteStore
from siem.index.sqlite_query import sql_of
from tests.siem.events import document

SOON = timedelta(seconds=20)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    store = SqliteStore(tmp_path / "index.db")
    store.append([document(number) for number in range(50)], SOON)
    store.close()
    return tmp_path / "index.db" / "2026-11-23.db"


USED: dict[str, tuple[Condition, str]] = {
    "of one caller": (Is("user.id", "clerk-wang"), "events_by_caller"),
    "of one exchange": (Is("yingbi.exchange", "6YQ3K0M9ZT-3"), "events_by_exchange"),
    "about a subject": (Is("yingbi.subjects", "e1:ab"), "events_by_subject"),
    "about subjects, of a caller": (
        AllOf((In("yingbi.subjects", frozenset({"e1:ab", "e1:cd"})), Exists("user.id"))),
        "events_by_subject",
    ),
    "anything": (Not(Like("url.path", "/a*")), "events_by_time"),
}


@pytest.mark.parametrize(("condition", "used"), USED.values(), ids=USED)
def test_a_search_reads_an_index_and_not_the_whole_table(index: Path, condition: Condition, used: str) -> None:
    where, values = sql_of(condition)
    with closing(sqlite3.connect(index)) as connection:
        connection.create_function("fits", 2, lambda value, pattern: False, deterministic=True)
        connection.create_function("lies_in", 2, lies_in, deterministic=True)
        select = f"EXPLAIN QUERY PLAN SELECT at FROM events WHERE at >= 0 AND {where} ORDER BY at, id LIMIT 9"
        plan = " ".join(row[3] for row in connection.execute(select, values))
    assert used in plan
    assert "SCAN events" not in plan


NARROWED = {
    "by system": Is("service.name", "register"),
    "by outcome": Is("yingbi.verdict", "withhold"),
    "by why": AnyOf((Is("event.reason", "caller_blocked"), Is("yingbi.limit", "caller_blocked"))),
    "by a part of the operation": Like("yingbi.operation", "*residents*"),
    "by category": Is("yingbi.categories", "mobile"),
}


@pytest.mark.parametrize("condition", NARROWED.values(), ids=NARROWED)
def test_a_timeline_is_drawn_from_an_index_and_reads_no_event(index: Path, condition: Condition) -> None:
    where, values = sql_of(condition)
    with closing(sqlite3.connect(index)) as connection:
        connection.create_function("fits", 2, lambda value, pattern: False, deterministic=True)
        select = (
            'EXPLAIN QUERY PLAN SELECT at / 9, "yingbi.disclosure", count(*) FROM events'
            f" WHERE at >= 0 AND at < 9 AND {where} GROUP BY 1, 2"
        )
        plan = " ".join(row[3] for row in connection.execute(select, values))
    assert "COVERING INDEX events_by_time" in plan


@pytest.mark.parametrize("value", ["x' OR 1=1 --", '"; DROP TABLE events; --'])
def test_a_value_is_never_text_of_the_statement(value: str) -> None:
    condition = AllOf((Is("user.id", value), Like("url.path", value), Is("yingbi.subjects", value)))
    where, values = sql_of(condition)
    assert value not in where
    assert len(values) == where.count("?") == 3
