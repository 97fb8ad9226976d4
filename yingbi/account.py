"""`yingbi account`: makes and ends accounts of the console, by who runs the host.

The state database has one writer, the control process, so the installation has to be stopped meanwhile.
"""

import contextlib
import secrets
from collections.abc import Iterable, Iterator

from console.accounts import Accounts
from console.roles import Role
from incident.database import open_database
from incident.ids import NotPermitted, PersonId
from yingbi.clock import now
from yingbi.home import Home
from yingbi.migrations.apply import migrate
from yingbi.status import is_running


class NotDone(Exception):
    """What was asked for was not done. The message says why, Chinese and English."""


def new_password() -> str:
    """A password of 96 random bits, to be changed at the first sign-in."""
    return secrets.token_urlsafe(12)


def add(home: Home, name: str, person: str, roles: Iterable[str]) -> str:
    """Make the account *name* and return its first password. Raises NotDone."""
    password = new_password()
    with _accounts(home) as accounts:
        accounts.create(name, PersonId(person), frozenset(map(Role, roles)), password, must_change=True)
    return password


def reset(home: Home, name: str) -> str:
    """Give the account *name* a new first password, and return it. Raises NotDone."""
    password = new_password()
    with _accounts(home) as accounts:
        accounts.reset_password(name, password)
    return password


def disable(home: Home, name: str) -> None:
    """Let nobody sign in as *name* any more. Raises NotDone."""
    with _accounts(home) as accounts:
        accounts.disable(name)


def lines_of(home: Home) -> list[str]:
    """Every account, a line each. Raises NotDone."""
    with _accounts(home) as accounts:
        return [
            f"{account.name:<16} {account.person:<12} {', '.join(sorted(account.roles)):<24}"
            f" {'停用 / disabled' if account.disabled_at else ''}".rstrip()
            for account in accounts.all()
        ]


@contextlib.contextmanager
def _accounts(home: Home) -> Iterator[Accounts]:
    if is_running(home):
        raise NotDone(
            f"`{home.root}` 正在运行，请先停止（yingbi status） / it is running, or part of it: stop it first"
        )
    if not home.state.exists():
        raise NotDone(f"there is no installation in `{home.root}` yet: yingbi up makes it")
    engine = open_database(f"sqlite:///{home.state}")
    try:
        migrate(engine)
        yield Accounts(engine, now)
    except NotPermitted as problem:
        raise NotDone(f"{problem.zh} / {problem}") from None
    except KeyError:
        raise NotDone("没有这个账号 / there is no such account") from None
    finally:
        engine.dispose()
