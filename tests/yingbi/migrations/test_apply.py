from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from incident.database import for_writing, open_database
from yingbi.migrations.apply import METADATAS, NewerDatabase, migrate


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'state 100%.db'}")
    yield engine
    engine.dispose()


def version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def test_the_migrations_make_the_tables_that_the_program_uses(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATAS) == []  # type: ignore[arg-type]  # a list of them is taken too


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    migrate(engine)
    with for_writing(engine).begin() as connection:
        connection.execute(text("INSERT INTO cases VALUES ('C-20261123-001')"))
    before = version(engine)
    migrate(engine)
    assert version(engine) == before
    with engine.connect() as connection:
        assert connection.execute(text("SELECT id FROM cases")).scalar() == "C-20261123-001"


def test_a_database_of_a_newer_program_is_left_alone(engine: Engine) -> None:
    migrate(engine)
    with for_writing(engine).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase, match="`9999`"):
        migrate(engine)


def test_a_migration_that_fails_leaves_nothing_behind(engine: Engine) -> None:
    with for_writing(engine).begin() as connection:
        connection.execute(text("CREATE TABLE journal (mine INTEGER)"))
    with pytest.raises(Exception, match="already exists"):
        migrate(engine)
    assert version(engine) is None
    assert inspect(engine).get_table_names() == ["journal"]
