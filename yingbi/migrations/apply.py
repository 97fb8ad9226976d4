"""Brings the state database to the version of the program."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from console import tables
from incident import store
from incident.database import for_writing

METADATAS = [store.METADATA, tables.METADATA]
"""The tables of each package that keeps state. Who adds one adds a version that makes its tables."""


class NewerDatabase(Exception):
    """The database was written by a newer program. It is left as it is."""


def migrate(engine: Engine) -> None:
    """Bring the database behind *engine* to the newest version, all or nothing; nothing to do is fine.

    Raises NewerDatabase.
    """
    config = _config()
    with for_writing(engine).begin() as connection:
        version = MigrationContext.configure(connection).get_current_revision()
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if version is not None and version not in known:
            raise NewerDatabase(
                f"状态数据库版本 `{version}` 比程序新"
                f" / the state database has version `{version}`, which this program does not know"
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
