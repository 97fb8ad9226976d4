"""Sessions: who is signed in, since when and until when.

A session is known by the hash of its token, so whoever reads the database can use none. Nothing here opens a
transaction; `console.accounts` does.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from console.roles import Role
from console.tables import ACCOUNT_ROLES, ACCOUNTS, SESSIONS
from incident.ids import PersonId

LIFETIME = timedelta(hours=8)
"""A session ends so long after it began, whatever is done in it."""
IDLE = timedelta(minutes=30)
"""And so long after its last request."""
SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last request is remembered: looking at a page does not write to the disk each time."""

_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account."""

    name: str
    person: PersonId
    roles: frozenset[Role]
    must_change: bool
    """Whether its password has to be changed before anything else."""
    created_at: datetime
    disabled_at: datetime | None
    signed_in_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody who is signed in."""

    token: str = field(repr=False)
    """What the browser keeps. It is a secret."""
    account: Account
    started_at: datetime
    seen_at: datetime

    @property
    def ends_at(self) -> datetime:
        """When it ends at the latest."""
        return self.started_at + LIFETIME

    def goes_on(self, now: datetime) -> bool:
        """Whether it has not ended at *now*."""
        return self.account.disabled_at is None and now < self.ends_at and now < self.seen_at + IDLE


def begin(connection: Connection, account_id: int, now: datetime) -> Session:
    """A session under a new token; those that ended long ago go."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.started_at <= (now - LIFETIME).isoformat()))
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    at = now.isoformat()
    made = {"digest": _digest(token), "account_id": account_id, "started_at": at, "seen_at": at}
    connection.execute(insert(SESSIONS).values(**made))
    row = connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.id == account_id)).one()
    return Session(token=token, account=account_of(connection, row), started_at=now, seen_at=now)


def find(connection: Connection, token: str) -> Session | None:
    """The session of *token*, whether it has ended or not; None where there is no row of it."""
    found = connection.execute(select(SESSIONS).where(SESSIONS.c.digest == _digest(token))).one_or_none()
    if found is None:
        return None
    row = connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.id == found.account_id)).one()
    return Session(
        token=token,
        account=account_of(connection, row),
        started_at=datetime.fromisoformat(found.started_at),
        seen_at=datetime.fromisoformat(found.seen_at),
    )


def see(connection: Connection, token: str, now: datetime) -> None:
    """Remember that the session of *token* was used."""
    query = update(SESSIONS).where(SESSIONS.c.digest == _digest(token))
    connection.execute(query.values(seen_at=now.isoformat()))


def end(connection: Connection, token: str) -> None:
    """End the session of *token*."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.digest == _digest(token)))


def end_all(connection: Connection, account_id: int) -> None:
    """End every session of the account."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.account_id == account_id))


def account_of(connection: Connection, row: Row[Any]) -> Account:
    """The account that *row* of its table is, with its roles."""
    roles = connection.scalars(select(ACCOUNT_ROLES.c.role).where(ACCOUNT_ROLES.c.account_id == row.id))
    return Account(
        name=row.name,
        person=PersonId(row.person),
        roles=frozenset(map(Role, roles)),
        must_change=row.must_change,
        created_at=datetime.fromisoformat(row.created_at),
        disabled_at=datetime.fromisoformat(row.disabled_at) if row.disabled_at else None,
        signed_in_at=datetime.fromisoformat(row.signed_in_at) if row.signed_in_at else None,
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
