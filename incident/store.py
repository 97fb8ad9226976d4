"""Where journals rest. Entries are appended and read; nothing here changes or deletes one."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from incident.database import for_writing
from incident.ids import Actor, ActorKind, CaseId
from incident.journal import Entry, read_fact

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

CASES = Table("cases", METADATA, Column("id", String(40), primary_key=True))

JOURNAL = Table(
    "journal",
    METADATA,
    Column("position", Integer, primary_key=True, autoincrement=True),  # grows with every entry of any case
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", String(40), nullable=False),  # ISO 8601, UTC: sorts as text, the same on every database
    Column("by_kind", String(10), nullable=False),
    Column("by_id", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Column("chain", String(64), nullable=False),
    UniqueConstraint("case_id", "number"),
)

CASE_ALERTS = Table(
    "case_alerts",
    METADATA,
    Column(
        "alert_id", String(200), primary_key=True
    ),  # an alert, or a form that was sent, opens or joins one case, once
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
)

PLAYBOOKS = Table(
    "playbooks",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("body", Text, nullable=False),
)


class Conflict(Exception):
    """Somebody else has written to the journal since it was read. Nothing was written: read again and decide again."""


class Row(NamedTuple):
    """One row of the journals."""

    position: int
    case: str
    number: int
    at: str
    by_kind: str
    by_id: str
    body: str
    chain: str


class CaseStore:
    """The journals in one database. Every append is on the disk when it returns."""

    def __init__(self, engine: Engine) -> None:
        self._reading = engine
        self._writing = for_writing(engine)

    def open(self, entries: Sequence[Entry], *, alert: str | None, playbooks: Mapping[str, str]) -> None:
        """Begin the journal of a new case with *entries*, because of *alert*, under playbook texts by digest.

        Raises Conflict where the case is there already, or the alert belongs to another.
        """
        case = entries[0].case
        try:
            with self._writing.begin() as connection:
                connection.execute(insert(CASES).values(id=case))
                if alert is not None:
                    connection.execute(insert(CASE_ALERTS).values(alert_id=alert, case_id=case))
                _keep(connection, playbooks)
                _insert(connection, entries)
        except IntegrityError as error:
            raise Conflict(f"the case `{case}` or its alert is there already") from error

    def append(self, entries: Sequence[Entry], *, alert: str | None = None) -> None:
        """Add *entries* to the journal of their case, all or none; *alert* belongs to the case from now on.

        Raises Conflict where the journal has gone on since, or the alert belongs to a case.
        """
        try:
            with self._writing.begin() as connection:
                if alert is not None:
                    connection.execute(insert(CASE_ALERTS).values(alert_id=alert, case_id=entries[0].case))
                _insert(connection, entries)
        except IntegrityError as error:
            raise Conflict(f"the journal of `{entries[0].case}` has gone on") from error

    def together(
        self,
        groups: Sequence[Sequence[Entry]],
        *,
        alerts: Collection[str],
        to: CaseId,
        playbooks: Mapping[str, str] | None = None,
    ) -> None:
        """Write *groups*, each of one case, new or not, and let *alerts* belong to the case *to*: all or nothing.

        Raises Conflict where one of the journals has gone on since, or a new case is there already.
        """
        try:
            with self._writing.begin() as connection:
                for entries in groups:
                    if entries[0].number == 1:
                        connection.execute(insert(CASES).values(id=entries[0].case))
                _keep(connection, playbooks or {})
                for entries in groups:
                    _insert(connection, entries)
                moved = update(CASE_ALERTS).where(CASE_ALERTS.c.alert_id.in_(alerts))
                connection.execute(moved.values(case_id=to))
        except IntegrityError as error:
            raise Conflict("one of the journals has gone on") from error

    def since(self, position: int) -> Iterator[tuple[int, Entry]]:
        """The entries of all cases after *position*, oldest first, each with its own. 0 is before the first."""
        query = select(JOURNAL).where(JOURNAL.c.position > position).order_by(JOURNAL.c.position)
        with self._reading.connect() as connection:
            for row in connection.execute(query):
                yield row.position, _entry(row)

    def journal_of(self, case: CaseId) -> tuple[Entry, ...]:
        """The whole journal of *case*, as it was written; empty where there is none."""
        query = select(JOURNAL).where(JOURNAL.c.case_id == case).order_by(JOURNAL.c.number)
        with self._reading.connect() as connection:
            return tuple(_entry(row) for row in connection.execute(query))

    def rows_since(self, position: int) -> Iterator[Row]:
        """The same as they lie in the database, read as nothing: what was altered may no longer be readable."""
        columns = JOURNAL.c
        query = (
            select(
                columns.position,
                columns.case_id,
                columns.number,
                columns.at,
                columns.by_kind,
                columns.by_id,
                columns.body,
                columns.chain,
            )
            .where(columns.position > position)
            .order_by(columns.position)
        )
        with self._reading.connect() as connection:
            for row in connection.execute(query):
                yield Row(*row)

    def case_of(self, alert: str) -> CaseId | None:
        """The case that *alert* belongs to."""
        with self._reading.connect() as connection:
            found = connection.scalar(select(CASE_ALERTS.c.case_id).where(CASE_ALERTS.c.alert_id == alert))
        return CaseId(found) if found else None

    def playbook(self, digest: str) -> str:
        """The text of the playbook with *digest*. Raises KeyError where none was kept."""
        with self._reading.connect() as connection:
            body = connection.scalar(select(PLAYBOOKS.c.body).where(PLAYBOOKS.c.digest == digest))
        if body is None:
            raise KeyError(digest)
        return str(body)

    def next_id(self, day: date) -> CaseId:
        """A number that no case of *day* has yet. Two who ask at once get the same one, and one of them a Conflict."""
        prefix = f"C-{day:%Y%m%d}-"
        with self._reading.connect() as connection:
            taken = connection.scalar(select(func.count()).where(CASES.c.id.startswith(prefix))) or 0
        return CaseId(f"{prefix}{taken + 1:03d}")


def _entry(row: Any) -> Entry:
    return Entry(
        case=CaseId(row.case_id),
        number=row.number,
        at=datetime.fromisoformat(row.at),
        by=Actor(kind=ActorKind(row.by_kind), id=row.by_id),
        fact=read_fact(json.loads(row.body)),
        body=row.body,
        chain=row.chain,
    )


def _keep(connection: Connection, playbooks: Mapping[str, str]) -> None:
    known = set(connection.scalars(select(PLAYBOOKS.c.digest).where(PLAYBOOKS.c.digest.in_(playbooks))))
    for digest in playbooks.keys() - known:
        connection.execute(insert(PLAYBOOKS).values(digest=digest, body=playbooks[digest]))


def _insert(connection: Connection, entries: Sequence[Entry]) -> None:
    connection.execute(
        insert(JOURNAL),
        [
            {
                "case_id": entry.case,
                "number": entry.number,
                "at": entry.at.isoformat(),
                "by_kind": entry.by.kind.value,
                "by_id": entry.by.id,
                "body": entry.body,
                "chain": entry.chain,
            }
            for entry in entries
        ],
    )
