"""Accounts: who may sign in, as which person, in which roles.

INVARIANT: no one person, under however many accounts, is two of officer, auditor and operator (`console.separation`).
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Connection, Engine, Row, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from console import sessions
from console.attempts import Attempts
from console.devices import known_mark, with_mark
from console.passwords import Passwords, check_new
from console.roles import Role as Role
from console.separation import is_in_one_script, is_seen_whole, release, separate, spelled_as_before
from console.sessions import SEEN_EVERY, account_of
from console.sessions import Account as Account
from console.sessions import Session as Session
from console.tables import ACCOUNT_ROLES, ACCOUNTS
from console.tables import METADATA as METADATA
from incident.database import for_writing
from incident.ids import NotPermitted, PersonId

type Clock = Callable[[], datetime]

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_PERSON = re.compile(r"\S(?:.{0,198}\S)?")


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
            return tuple(account_of(connection, row) for row in rows)

    def names_of(self, person: PersonId) -> tuple[str, ...]:
        """The names of all accounts of *person*, one that was disabled included."""
        return tuple(each.name for each in self.all() if each.person == person)

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
        if not is_seen_whole(person):
            raise NotPermitted(
                "“属于谁”中有看不见的字符，请重新键入，不要粘贴",
                "whose account it is holds characters that cannot be seen: type it instead of pasting it",
            )
        if not is_in_one_script(person):
            raise NotPermitted(
                "“属于谁”请只用汉字，或只用拉丁字母，另可有数字和连字符；其他文字中有形似的字母",
                "whose account it is has to be in Latin letters or in Han, not in both, with digits and hyphens:"
                " other scripts have letters that look alike",
            )
        if not roles:
            raise NotPermitted("账号至少要有一个角色", "an account has at least one role")
        check_new(password, name)
        made = {
            "name": name,
            "password": self._passwords.hash(password),
            "must_change": must_change,
            "created_at": self._now().isoformat(),
        }
        try:
            with self._writing.begin() as connection:
                person = spelled_as_before(connection, person)
                separate(connection, person, roles)
                account = connection.execute(insert(ACCOUNTS).values(**made, person=person)).inserted_primary_key
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
            sessions.end_all(connection, row.id)
            release(connection, PersonId(row.person))

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

    def sign_in(self, name: str, password: str, *, source: str = "", device: str = "") -> Session:
        """A new session; *source* is the address that asks, *device* the marks that the browser carries.

        Raises NotPermitted, in the same words and after the same work whether the account is unknown or disabled, or
        the password wrong.
        """
        name, now = name.strip().casefold(), self._now()
        looked_up = name if _NAME.fullmatch(name) else ""  # nobody's, and no text that a database may choke on
        with self._reading.connect() as connection:
            row = connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.name == looked_up)).one_or_none()
        known = known_mark(device, name, row.password) if row is not None else ""
        self._attempts.begin(name, source, now, device=known)
        right = self._passwords.fits(row.password if row else None, password)
        if row is None or not right:
            raise _refused()
        renewed = self._passwords.hash(password) if self._passwords.outdated(row.password) else row.password
        with self._writing.begin() as connection:
            still = _row(connection, name)
            if still.disabled_at is not None or still.password != row.password:
                raise _refused()
            self._attempts.succeeded(connection, name, source, device=known)
            values = {"password": renewed, "signed_in_at": now.isoformat()}
            connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == row.id).values(**values))
            return sessions.begin(connection, row.id, now)

    def session(self, token: str) -> Session | None:
        """The session that *token* belongs to, or None where it has ended or never was."""
        now = self._now()
        with self._reading.connect() as connection:
            session = sessions.find(connection, token)
        if session is None or not session.goes_on(now):
            return None
        if now >= session.seen_at + SEEN_EVERY:
            with self._writing.begin() as connection:
                sessions.see(connection, token, now)
        return session

    def device(self, name: str, before: str = "") -> str:
        """The marks by which a browser is known where *name* has signed in, those that it carried *before* included.

        Raises KeyError where there is no such account.
        """
        with self._reading.connect() as connection:
            return with_mark(before, name, _row(connection, name).password)

    def sign_out(self, token: str) -> None:
        """End the session of *token*; fine where there is none."""
        with self._writing.begin() as connection:
            sessions.end(connection, token)

    def confirm(self, token: str, password: str) -> Account:
        """The account that is signed in by *token*, where *password* is its own. Raises NotPermitted.

        Wrong ones count by the session, as those that are typed to change the password do.
        """
        session = self.session(token)
        if session is None:
            raise NotPermitted("登录已失效，请重新登录", "the session has ended: sign in again")
        name = session.account.name
        self._attempts.begin(name, "", self._now(), device=token)
        with self._reading.connect() as connection:
            row = _row(connection, name)
        if not self._passwords.fits(row.password, password):
            raise NotPermitted("密码不正确", "the password is wrong")
        with self._writing.begin() as connection:
            self._attempts.succeeded(connection, name, "", device=token)
        return session.account

    def change_password(self, token: str, old: str, new: str) -> Session:
        """A new session under the new password; all others of the account end. Raises NotPermitted.

        Wrong old passwords count by the session: what strangers try under the name at the sign-in form keeps nobody,
        who has signed in already, from changing it.
        """
        session = self.session(token)
        if session is None:
            raise NotPermitted("登录已失效，请重新登录", "the session has ended: sign in again")
        name, now = session.account.name, self._now()
        check_new(new, name)
        if new == old:
            raise NotPermitted("新密码不能与原密码相同", "the new password has to differ from the old one")
        self._attempts.begin(name, "", now, device=token)
        with self._reading.connect() as connection:
            row = _row(connection, name)
        if not self._passwords.fits(row.password, old):
            raise NotPermitted("原密码不正确", "the old password is wrong")
        stored = self._passwords.hash(new)
        with self._writing.begin() as connection:
            still = _row(connection, name)
            if still.disabled_at is not None or still.password != row.password:
                raise _refused()
            self._attempts.succeeded(connection, name, "", device=token)
            _set_password(connection, row.id, stored, must_change=False)
            return sessions.begin(connection, row.id, now)


def _refused() -> NotPermitted:
    return NotPermitted("账号或密码不正确", "the account or the password is wrong")


def _row(connection: Connection, name: str) -> Row[Any]:
    row = connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.name == name)).one_or_none()
    if row is None:
        raise KeyError(name)
    return row


def _set_password(connection: Connection, account_id: int, stored: str, *, must_change: bool) -> None:
    values = {"password": stored, "must_change": must_change}
    connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account_id).values(**values))
    sessions.end_all(connection, account_id)
