"""Tokens by which a program uses the API as an account: shown once, named, ended at a time, taken back at any.

INVARIANT: a token is never wider than its account: what it may is what both may, whenever it is used. An account that
is disabled, or whose password has to be changed, has none that is good.

Only the hash of a token is kept, so whoever reads the database can use none.
"""

import hashlib
import re
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from console.roles import Role
from console.sessions import LIFETIME, SEEN_EVERY, Account, account_of
from console.tables import ACCOUNTS, API_TOKENS
from incident.database import for_writing
from incident.ids import NotPermitted

PREFIX = "yingbi_"
"""By which one that lies somewhere by mistake is found."""
LONGEST = timedelta(days=366)
ATTENDED = LIFETIME
"""So long at most lives one that a person may be the second of two people with: as long as a session."""
MOST_LIVE = 20
"""Of one account."""

_NAME = re.compile(r"[\w.-]{1,64}")
_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """One token, without what it is known by."""

    id: int
    account: Account
    """With those of its roles only that the token may use."""
    name: str
    attended: bool
    made_at: datetime
    ends_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None

    def is_good(self, now: datetime) -> bool:
        """Whether it may be used at *now*."""
        account = self.account
        mine = self.revoked_at is None and self.made_at <= now < self.ends_at
        return mine and account.disabled_at is None and not account.must_change


class ApiTokens:
    """The tokens of all accounts. May be called from any thread."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._reading = engine
        self._writing = for_writing(engine)
        self._now = now

    def make(
        self, account: Account, name: str, span: timedelta, roles: Collection[Role], *, attended: bool = False
    ) -> str:
        """A new token of *account*, which is told this once. Raises NotPermitted."""
        if not _NAME.fullmatch(name):
            raise NotPermitted(
                "令牌的名称由字母、数字、点、连字符和下划线组成", "a name of letters, digits, `.`, `-`, `_`"
            )
        if not roles or not account.roles.issuperset(roles):
            raise NotPermitted("令牌的角色不能超出账号的角色", "a token may be no more than its account")
        most = ATTENDED if attended else LONGEST
        if not timedelta(0) < span <= most:
            hours = most // timedelta(hours=1)
            raise NotPermitted(f"这种令牌最长 {hours} 小时", f"such a token lives {hours} hours at most")
        token, now = PREFIX + secrets.token_urlsafe(_BYTES), self._now()
        with self._writing.begin() as connection:
            row = connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.name == account.name)).one()
            mine = [each for each in _tokens(connection, row.id) if each.revoked_at is None and now < each.ends_at]
            if len(mine) >= MOST_LIVE:
                raise NotPermitted(
                    f"已有 {MOST_LIVE} 个令牌，请先撤销", f"there are {MOST_LIVE} tokens: revoke one first"
                )
            if any(each.name == name for each in mine):
                raise NotPermitted(f"已有名为“{name}”的令牌", f"there is a token `{name}` already")
            values = {
                "account_id": row.id,
                "name": name,
                "digest": _digest(token),
                "roles": ",".join(sorted(roles)),
                "attended": attended,
                "made_at": now.isoformat(),
                "ends_at": (now + span).isoformat(),
            }
            connection.execute(insert(API_TOKENS).values(**values))
        return token

    def find(self, token: str) -> ApiToken | None:
        """The token that a program sent, where it is good; None otherwise."""
        now = self._now()
        with self._reading.connect() as connection:
            row = connection.execute(select(API_TOKENS).where(API_TOKENS.c.digest == _digest(token))).one_or_none()
            found = _read(connection, row) if row is not None else None
        if found is None or not found.is_good(now):
            return None
        if found.used_at is None or now >= found.used_at + SEEN_EVERY:
            with self._writing.begin() as connection:
                values = {"used_at": now.isoformat()}
                connection.execute(update(API_TOKENS).where(API_TOKENS.c.id == found.id).values(**values))
        return found

    def of(self, name: str) -> tuple[ApiToken, ...]:
        """Every token that the account *name* ever had, newest first."""
        return tuple(token for token in self.all() if token.account.name == name)

    def all(self) -> tuple[ApiToken, ...]:
        """Every token of every account, newest first."""
        with self._reading.connect() as connection:
            return tuple(_tokens(connection))

    def revoke(self, name: str, token_id: int) -> None:
        """Let nobody use a token of the account *name* any more. Raises KeyError where it has none of that number."""
        with self._writing.begin() as connection:
            row = connection.execute(select(ACCOUNTS.c.id).where(ACCOUNTS.c.name == name)).one()
            mine = next((each for each in _tokens(connection, row.id) if each.id == token_id), None)
            if mine is None:
                raise KeyError(token_id)
            values = {"revoked_at": (mine.revoked_at or self._now()).isoformat()}
            connection.execute(update(API_TOKENS).where(API_TOKENS.c.id == token_id).values(**values))


def _tokens(connection: Connection, account: int | None = None) -> list[ApiToken]:
    query = select(API_TOKENS).order_by(API_TOKENS.c.id.desc())
    if account is not None:
        query = query.where(API_TOKENS.c.account_id == account)
    return [_read(connection, row) for row in connection.execute(query).all()]


def _read(connection: Connection, row: Row[Any]) -> ApiToken:
    owner = connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.id == row.account_id)).one()
    account = account_of(connection, owner)
    roles = account.roles & frozenset(map(Role, row.roles.split(",")))
    return ApiToken(
        id=row.id,
        account=replace(account, roles=roles),
        name=row.name,
        attended=row.attended,
        made_at=datetime.fromisoformat(row.made_at),
        ends_at=datetime.fromisoformat(row.ends_at),
        revoked_at=datetime.fromisoformat(row.revoked_at) if row.revoked_at else None,
        used_at=datetime.fromisoformat(row.used_at) if row.used_at else None,
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
