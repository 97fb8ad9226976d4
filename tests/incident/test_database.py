import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from incident.database import for_writing, open_database


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'state.db'}")
    with for_writing(engine).begin() as connection:
        connection.execute(text("CREATE TABLE a (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE b (a INTEGER REFERENCES a (id))"))
    yield engine
    engine.dispose()


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM a")).scalar_one())


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)],
    ids=["readers do not wait", "a commit is on the disk", "references hold"],
)
def test_how_every_connection_is_set(engine: Engine, pragma: str, value: object) -> None:
    with engine.connect() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_a_reference_to_nothing_is_refused(engine: Engine) -> None:
    with pytest.raises(IntegrityError), for_writing(engine).begin() as connection:
        connection.execute(text("INSERT INTO b VALUES (7)"))


def test_a_transaction_is_all_or_nothing_tables_included(engine: Engine) -> None:
    def half_of_it() -> None:
        with for_writing(engine).begin() as connection:
            connection.execute(text("CREATE TABLE c (id INTEGER)"))
            connection.execute(text("INSERT INTO a VALUES (1)"))
            raise LookupError

    with pytest.raises(LookupError):
        half_of_it()
    assert count(engine) == 0
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM sqlite_master WHERE name = 'c'")).scalar() == 0


def test_a_reader_sees_one_moment(engine: Engine) -> None:
    with engine.connect() as reader:
        assert reader.execute(text("SELECT count(*) FROM a")).scalar() == 0
        with for_writing(engine).begin() as writer:
            writer.execute(text("INSERT INTO a VALUES (1)"))
        assert reader.execute(text("SELECT count(*) FROM a")).scalar() == 0
    assert count(engine) == 1


def test_writers_wait_for_one_another(engine: Engine) -> None:
    """Each reads before it writes: without the lock at the beginning, one of them would fail half-way."""
    errors: list[Exception] = []

    def add() -> None:
        try:
            for _ in range(10):
                with for_writing(engine).begin() as connection:
                    most = connection.execute(text("SELECT coalesce(max(id), 0) FROM a")).scalar_one()
                    connection.execute(text("INSERT INTO a VALUES (:id)"), {"id": most + 1})
        except IntegrityError as error:
            errors.append(error)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert count(engine) == 40
