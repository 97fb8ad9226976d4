"""Accounts and their sessions: who may sign in, as which person, in which roles.

INVARIANT: no one person, under however many accounts, is two of officer, auditor and operator (三员分立). Sessions are
known by the hash of their token, so whoever reads the database can use none.
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Connection, Engine, Row, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from console.attempts import Attempts
from console.passwords import Passwords, check_new
from console.roles import ROLE_NAMES, SEPARATED
from console.roles import Role as Role
from console.tables import ACCOUNT_ROLES, ACCOUNTS, SEPARATED_PERSONS, SESSIONS
from console.tables import METADATA as METADATA
from incident.database import for_writing
from incident.ids import NotPermitted, PersonId

type Clock = Callable[[], datetime]

LIFETIME = timedelta(hours=8)
"""A session ends so long after it began, whatever is done in it."""
IDLE = timedelta(minutes=30)
"""And so long after its last request."""
SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last request is remembered: looking at a page does not write to the disk each time."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_PERSON = re.compile(r"\S(?:.{0,198}\S)?")
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


class Accounts:
    """All accounts. May be called from any thread. The web decides nothing about passwords or sessions on its own."""

    def __init__(self, engine: Engine, now: Clock, hasher: PasswordHasher | None = None) -> None:
        self._reading = engine
        self._writing = for_writing(engine)
        self._now = now
        self._passwords = Passwords(hasher)
        self._attempts = Attempts(self._writing)

    # -- accounts

    def any(self) -> bool:
        """Whether there is an account at all."""
        with self._reading.connect() as connection:
            return bool(connection.scalar(select(exists().select_from(ACCOUNTS))))

    def all(self) -> tuple[Account, ...]:
        """Every account by name, the disabled ones included."""
        with self._reading.connect() as connection:
            rows = connection.execute(select(ACCOUNTS).order_by(ACCOUNTS.c.name)).all()
            return tuple(_account(connection, row) for row in rows)

    def create(
        self, name: str, person: PersonId, roles: frozenset[Role], password: str, *, must_change: bool = True
    ) -> None:
        """A new account.

        Raises NotPermitted where the person would be two of the three, the name is taken or unfit, or the password is
        too weak.
        """
        if not _NAME.fullmatch(name):
            raise NotPermitted(
                "账号名由小写字母、数字、点、连字符和下划线组成，最长 64 个字符",
                "the name of an account is made of small letters, digits, `.`, `-` and `_`, 64 at most",
            )
        if not _PERSON.fullmatch(person):
            raise NotPermitted("请写明账号属于谁", "it has to be said whose account it is")
        if not roles:
            raise NotPermitted("账号至少要有一个角色", "an account has at least one role")
        check_new(password, name)
        made = {
            "name": name,
            "person": person,
            "password": self._passwords.hash(password),
            "must_change": must_change,
            "created_at": self._now().isoformat(),
        }
        try:
            with self._writing.begin() as connection:
                _separate(connection, person, roles)
                account = connection.execute(insert(ACCOUNTS).values(**made)).inserted_primary_key
                assert account is not None
                rows = [{"account_id": account[0], "role": role.value} for role in sorted(roles)]
                connection.execute(insert(ACCOUNT_ROLES), rows)
        except IntegrityError as error:
            raise NotPermitted(f"账号名“{name}”已被使用", f"the name `{name}` is taken") from error

    def disable(self, name: str) -> None:
        """Let nobody sign in as *name* any more; its sessions end at once. Raises KeyError where there is none."""
        with self._writing.begin() as connection:
            row = _row(connection, name)
            values = {"disabled_at": row.disabled_at or self._now().isoformat()}
            connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == row.id).values(**values))
            connection.execute(delete(SESSIONS).where(SESSIONS.c.account_id == row.id))
            _release(connection, PersonId(row.person))

    def reset_password(self, name: str, password: str) -> None:
        """Give *name* a password that has to be changed at the next sign-in; its sessions end at once.

        Raises NotPermitted where the password is too weak, KeyError where there is no such account.
        """
        check_new(password, name)
        stored = self._passwords.hash(password)
        with self._writing.begin() as connection:
            row = _row(connection, name)
            _set_password(connection, row.id, stored, must_change=True)

    # -- sessions

    def sign_in(self, name: str, password: str, *, source: str = "") -> Session:
        """A new session; *source* is the address that asks.

        Raises NotPermitted, in the same words and after the same work whether the account is unknown or disabled, or
        the password wrong.
        """
        name, now = name.strip().casefold(), self._now()
        self._attempts.begin(name, source, now)
        looked_up = name if _NAME.fullmatch(name) else ""  # nobody's, and no text that a database may choke on
        with self._reading.connect() as connection:
            row = connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.name == looked_up)).one_or_none()
        right = self._passwords.fits(row.password if row else None, password)
        if row is None or not right:
            raise _refused()
        renewed = self._passwords.hash(password) if self._passwords.outdated(row.password) else row.password
        with self._writing.begin() as connection:
            still = _row(connection, name)
            if still.disabled_at is not None or still.password != row.password:
                raise _refused()
            self._attempts.succeeded(connection, name, source)
            values = {"password": renewed, "signed_in_at": now.isoformat()}
            connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == row.id).values(**values))
            return _begin(connection, row.id, now)

    def session(self, token: str) -> Session | None:
        """The session that *token* belongs to, or None where it has ended or never was."""
        now = self._now()
        with self._reading.connect() as connection:
            found = connection.execute(select(SESSIONS).where(SESSIONS.c.digest == _digest(token))).one_or_none()
            if found is None:
                return None
            row = connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.id == found.account_id)).one()
            account = _account(connection, row)
        started, seen = datetime.fromisoformat(found.started_at), datetime.fromisoformat(found.seen_at)
        if account.disabled_at is not None or now >= started + LIFETIME or now >= seen + IDLE:
            return None
        if now >= seen + SEEN_EVERY:
            seen = now
            with self._writing.begin() as connection:
                connection.execute(
                    update(SESSIONS).where(SESSIONS.c.digest == found.digest).values(seen_at=now.isoformat())
                )
        return Session(token=token, account=account, started_at=started, seen_at=seen)

    def sign_out(self, token: str) -> None:
        """End the session of *token*; fine where there is none."""
        with self._writing.begin() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.digest == _digest(token)))

    def change_password(self, token: str, old: str, new: str) -> Session:
        """A new session under the new password; all others of the account end. Raises NotPermitted."""
        session = self.session(token)
        if session is None:
            raise NotPermitted("登录已失效，请重新登录", "the session has ended: sign in again")
        name, now = session.account.name, self._now()
        check_new(new, name)
        if new == old:
            raise NotPermitted("新密码不能与原密码相同", "the new password has to differ from the old one")
        self._attempts.begin(name, "change", now)
        with self._reading.connect() as connection:
            row = _row(connection, name)
        if not self._passwords.fits(row.password, old):
            raise NotPermitted("原密码不正确", "the old password is wrong")
        stored = self._passwords.hash(new)
        with self._writing.begin() as connection:
            still = _row(connection, name)
            if still.disabled_at is not None or still.password != row.password:
                raise _refused()
            self._attempts.succeeded(connection, name, "change")
            _set_password(connection, row.id, stored, must_change=False)
            return _begin(connection, row.id, now)


def _refused() -> NotPermitted:
    return NotPermitted("账号或密码不正确", "the account or the password is wrong")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _row(connection: Connection, name: str) -> Row[Any]:
    row = connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.name == name)).one_or_none()
    if row is None:
        raise KeyError(name)
    return row


def _account(connection: Connection, row: Row[Any]) -> Account:
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


def _begin(connection: Connection, account_id: int, now: datetime) -> Session:
    """A session under a new token; those that ended long ago go."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.started_at <= (now - LIFETIME).isoformat()))
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    at = now.isoformat()
    made = {"digest": _digest(token), "account_id": account_id, "started_at": at, "seen_at": at}
    connection.execute(insert(SESSIONS).values(**made))
    row = connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.id == account_id)).one()
    return Session(token=token, account=_account(connection, row), started_at=now, seen_at=now)


def _set_password(connection: Connection, account_id: int, stored: str, *, must_change: bool) -> None:
    values = {"password": stored, "must_change": must_change}
    connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account_id).values(**values))
    connection.execute(delete(SESSIONS).where(SESSIONS.c.account_id == account_id))


def _separate(connection: Connection, person: PersonId, roles: frozenset[Role]) -> None:
    """Note which of the three *person* is from now on. Raises NotPermitted where that would be two."""
    held = connection.scalar(select(SEPARATED_PERSONS.c.role).where(SEPARATED_PERSONS.c.person == person))
    among = (roles & SEPARATED) | ({Role(held)} if held else frozenset())
    if len(among) > 1:
        names = [ROLE_NAMES[role] for role in sorted(among)]
        raise NotPermitted(
            f"同一人不能兼任{'、'.join(name.zh for name in names)}（三员分立）",
            f"no one person may be {' and '.join(name.en for name in names)}",
        )
    if among and not held:
        connection.execute(insert(SEPARATED_PERSONS).values(person=person, role=next(iter(among)).value))


def _release(connection: Connection, person: PersonId) -> None:
    """Forget which of the three *person* was, where no account is left under which they are."""
    left = (
        select(ACCOUNT_ROLES.c.role)
        .join(ACCOUNTS, ACCOUNTS.c.id == ACCOUNT_ROLES.c.account_id)
        .where(ACCOUNTS.c.person == person, ACCOUNTS.c.disabled_at.is_(None))
    )
    if SEPARATED.isdisjoint(map(Role, connection.scalars(left))):
        connection.execute(delete(SEPARATED_PERSONS).where(SEPARATED_PERSONS.c.person == person))
