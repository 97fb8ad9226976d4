"""三员分立: no one person is two of officer, auditor and operator, under however many accounts.

The table has one row for each person who is one of them, so the database itself lets nobody be two.
"""

from sqlalchemy import Connection, delete, insert, select

from console.roles import ROLE_NAMES, SEPARATED, Role
from console.tables import ACCOUNT_ROLES, ACCOUNTS, SEPARATED_PERSONS
from incident.ids import NotPermitted, PersonId


def separate(connection: Connection, person: PersonId, roles: frozenset[Role]) -> None:
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


def release(connection: Connection, person: PersonId) -> None:
    """Forget which of the three *person* was, where no account is left under which they are."""
    left = (
        select(ACCOUNT_ROLES.c.role)
        .join(ACCOUNTS, ACCOUNTS.c.id == ACCOUNT_ROLES.c.account_id)
        .where(ACCOUNTS.c.person == person, ACCOUNTS.c.disabled_at.is_(None))
    )
    if SEPARATED.isdisjoint(map(Role, connection.scalars(left))):
        connection.execute(delete(SEPARATED_PERSONS).where(SEPARATED_PERSONS.c.person == person))
