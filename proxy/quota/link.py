"""One connection to PostgreSQL, every step of which ends by a time: a server that hangs must hold up nobody for longer.

Statements stand alone, each its own transaction: no lock and no transaction outlives a process that is stopped.
"""

import select
import time

import psycopg
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGresult

CONFLICTS = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock: another one was first."""


class LinkLost(Exception):
    """The server did not answer in time, or not as it should. Whether it has done what it was asked is not known."""


class Conflict(Exception):
    """Another one was first, and nothing was done."""


class Link:
    """Speaks over *connection*, which is used by nobody else from now on."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._pg = connection.pgconn
        self._pg.nonblocking = 1

    def run(self, statement: str, *values: str | int, ends: float) -> list[tuple[str | None, ...]]:
        """The rows that *statement* gives, by `time.monotonic` *ends*. Raises LinkLost, Conflict."""
        result = None
        try:
            self._pg.send_query_params(statement.encode(), [str(value).encode() for value in values])
            while (more := self._next(ends)) is not None:
                result = more
        except psycopg.OperationalError as error:
            raise LinkLost(str(error).strip().partition("\n")[0]) from None
        if result is None:
            raise LinkLost("the server said nothing")
        return _rows(result)

    def _next(self, ends: float) -> PGresult | None:
        unsent = self._pg.flush()
        while unsent or self._pg.is_busy():
            self._wait(select.POLLIN | (select.POLLOUT if unsent else 0), ends)
            self._pg.consume_input()
            unsent = self._pg.flush()
        return self._pg.get_result()

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def _wait(self, events: int, ends: float) -> None:
        poll = select.poll()
        poll.register(self._pg.socket, events)
        left_s = ends - time.monotonic()
        if left_s <= 0 or not poll.poll(left_s * 1000):
            raise LinkLost("the server does not answer in time")


def _rows(result: PGresult) -> list[tuple[str | None, ...]]:
    if result.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        code = (result.error_field(DiagnosticField.SQLSTATE) or b"").decode()
        if code in CONFLICTS:
            raise Conflict
        raise LinkLost(f"the server refuses with SQLSTATE {code}")
    return [
        tuple(
            value.decode() if (value := result.get_value(row, column)) is not None else None
            for column in range(result.nfields)
        )
        for row in range(result.ntuples)
    ]
