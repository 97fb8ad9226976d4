"""三员分立: no one person is two of officer, auditor and operator, under however many accounts.

The table has one row for each person who is one of them, so the database itself lets nobody be two.
"""

import re
import unicodedata

from sqlalchemy import Connection, delete, insert, select

from console.roles import ROLE_NAMES, SEPARATED, Role
from console.tables import ACCOUNT_ROLES, ACCOUNTS, SEPARATED_PERSONS
from incident.ids import NotPermitted, PersonId
from policies.recognisers.normalise import INVISIBLE

_BLANK = re.compile(rf"[\s\u3164{INVISIBLE}]+")
_LOOKS_LIKE = str.maketrans({"o": "0", "〇": "0", "i": "1", "l": "1", "|": "1"})
_SIGNS = frozenset("·")
"""What may stand in names beside what ASCII has: between the parts of 阿不都·热合曼."""


def is_seen_whole(person: str) -> bool:
    """Whether all of *person* can be seen, so that nobody takes two who are written alike for one."""
    return person.isprintable() and not _BLANK.search(person.replace(" ", ""))


def is_in_one_script(person: str) -> bool:
    """Whether the letters of *person* are all Latin or all Han, so that no other script lends one that looks alike."""
    plain = _plain(person)
    scripts = {"Han" if _is_han(each) else "Latin" for each in plain if not each.isascii() or each.isalpha()}
    return len(scripts) < 2 and all(each.isascii() or _is_han(each) for each in plain)


def are_alike(one: str, other: str) -> bool:
    """Whether the two are one name, however each is written."""
    return _key(one) == _key(other)


def spelled_as_before(connection: Connection, person: PersonId) -> PersonId:
    """*person* as an account that is theirs has it already: `p-001` and `Ｐ-001` are P-001, who is one person.

    Rules that ask for two people compare the persons of accounts as they are written.
    """
    key = _key(person)
    known = connection.scalars(select(ACCOUNTS.c.person).order_by(ACCOUNTS.c.id))
    return PersonId(next((each for each in known if _key(each) == key), person))


def _key(person: str) -> str:
    """What *person* is compared by, in which P-OO1 and p001 are P-001.

    Width, case, accents, blanks, hyphens and what cannot be seen do not count, nor O for 0, nor I and l for 1.
    """
    folded = unicodedata.normalize("NFKC", _plain(person).casefold())
    return folded.replace("-", "").translate(_LOOKS_LIKE)


def _plain(person: str) -> str:
    """*person* with one kind of hyphen, and without accents, blanks and signs that names are parted by."""
    parts = unicodedata.normalize("NFKD", person)
    return _BLANK.sub("", "".join(_plain_sign(each) for each in parts))


def _plain_sign(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind == "Pd" or sign == "\u2212":
        return "-"
    return "" if kind.startswith("M") or sign in _SIGNS else sign


def _is_han(sign: str) -> bool:
    return sign == "〇" or unicodedata.name(sign, "").startswith("CJK UNIFIED IDEOGRAPH")


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
