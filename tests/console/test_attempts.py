from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from console import attempts
from console.attempts import Attempts
from console.tables import METADATA
from incident.database import for_writing, open_database
from tests.incident.office import Watch


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'state.db'}")
    METADATA.create_all(engine)
    yield engine
    engine.dispose()


def rows(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM sign_in_failures").scalar() or 0)


def test_names_nobody_has_do_not_fill_the_disk(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MOST_KEPT", 20)
    watch, counted = Watch(), Attempts(for_writing(engine))
    for number in range(30):
        counted.begin(f"name-{number}", "10.6.6.6", watch.move(seconds=1))
    assert rows(engine) == 20


def test_what_was_tried_is_not_written_down(engine: Engine, tmp_path: Path) -> None:
    Attempts(for_writing(engine)).begin("my-secret-typed-in-the-wrong-place", "10.6.6.6", Watch().at)
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"my-secret" not in stored
    assert b"10.6.6.6" not in stored


def test_after_a_day_rows_are_gone(engine: Engine) -> None:
    watch, counted = Watch(), Attempts(for_writing(engine))
    counted.begin("one", "a", watch.at)
    counted.begin("two", "a", watch.move(hours=25))
    assert rows(engine) == 2, "two for the second name"
