"""The database of the installation's state: SQLite by default, PostgreSQL at scale, the same tables.

Each package that keeps state has its own `MetaData`; `yingbi/migrations` puts them together. One process writes a
SQLite file (decision 15).
"""

from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url

WRITES = "yingbi_writes"


def open_database(url: str | URL) -> Engine:
    """An engine for the database at *url*. Its transactions read; those of `for_writing(engine)` may write.

    What is committed has reached the disk. Raises sqlalchemy.exc.ArgumentError where *url* is none.
    """
    url = make_url(url)
    if url.get_backend_name() != "sqlite":
        return create_engine(url)
    engine = create_engine(url, connect_args={"timeout": 10})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def for_writing(engine: Engine) -> Engine:
    """*engine* for transactions that write: they take SQLite's lock at once, so that none fails half-way for it."""
    return engine.execution_options(**{WRITES: True})


def _prepare(connection: Any, record: object) -> None:
    """Leave transactions to us: Python's driver would begin them late, and reads and writes would not be as one."""
    del record
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
