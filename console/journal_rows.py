"""Where sealed journals lie in the database: the rows of a table, read in order and added to. None is ever changed."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.exc import OperationalError

from console.sealed_journal import Row
from incident.ids import NotPermitted


def rows_in(connection: Connection, journal: Table, after: int = 0) -> list[Row]:
    """The rows that follow the one of that number, in order; 0: all of them. Raises OperationalError."""
    number = journal.c.number
    found = connection.execute(select(journal).where(number > after).order_by(number))
    return [Row(**row) for row in found.mappings()]


def add_rows(connection: Connection, journal: Table, rows: Iterable[Row]) -> None:
    """Add *rows* to *journal* in the transaction of *connection*. Raises OperationalError."""
    for row in rows:
        values = {name: getattr(row, name) for name in Row.__dataclass_fields__}
        connection.execute(insert(journal).values(**values))


@contextmanager
def told_to_who_acts() -> Iterator[None]:
    """Tell whoever acts, by NotPermitted, that nothing was written, where the database takes nothing."""
    try:
        yield
    except OperationalError:
        raise NotPermitted(
            "无法写入，请检查磁盘空间；没有任何改动", "it cannot be written: see that there is room on the disk"
        ) from None
