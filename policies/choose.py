"""What of an answer depends on whose record it is.

A view holds several tables of actions: the general one, one for each kind of owner that grants tell apart, and on each
of these one for each set of grants that permits lay on it for the records of one subject. Maskers ask once for each
record which of them counts. A record that declares no subject is treated as the record around it is; where one is
declared and cannot be read, the record is nobody's in particular, and the general table counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from policies.digest import Digester, is_exact
from policies.policy import Row
from policies.policy_kinds import Owner
from policies.program import GrantRule

GENERAL = 0
"""The number of the table that counts for everybody's records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the caller of one exchange gets otherwise than everybody to whom the same grants apply."""

    tables: Mapping[str, int] = field(default_factory=dict)
    """By the digest of a subject, the number of the table that counts for their records; for all others `GENERAL`."""
    rows: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By `record.field`, what the field holds in the records that are shown: all others are left out."""
    at_most: int | None = None
    """Of how many subjects one answer may be."""

    def table_of(self, digest: str) -> int:
        """The number of the table that counts for records of the subject with this *digest*."""
        return self.tables.get(digest, GENERAL)

    def table_about(self, identifier: str, digester: Digester) -> int:
        """The same for records about *identifier*, as it is spelled there: what could be two people's is nobody's."""
        return self.table_of(digester(identifier)) if self.tables and is_exact(identifier) else GENERAL

    def shows(self, name: str, value: object) -> bool:
        """Whether records are shown in which the field *name* holds *value*. What is no single value fits nothing."""
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            return False
        return str(value).strip() in self.rows.get(name, ())


EVERYBODYS = Choice()
"""Nothing depends on whose record it is."""


type Named = tuple[tuple[str, tuple[str, ...]], ...]


def named(grants: Iterable[GrantRule]) -> Named:
    """What tells some grants of a program from others, of which permits may have left some categories."""
    return tuple([(grant.id, tuple(sorted(grant.sees))) for grant in grants])


@dataclass(frozen=True, slots=True, kw_only=True)
class Permitted:
    """What permits show one caller beside what his grants do: it goes before all of them (DESIGN decision 8)."""

    everywhere: tuple[GrantRule, ...] = ()
    """In every record."""
    subjects: Mapping[str, tuple[GrantRule, ...]] = field(default_factory=dict)
    """By the digest of a subject: in that one's records."""

    def __bool__(self) -> bool:
        return bool(self.everywhere or self.subjects)

    @property
    def sets(self) -> dict[Named, tuple[GrantRule, ...]]:
        """Each set of grants that counts for some subject, once, in an order that does not depend on the subjects."""
        return dict(sorted({named(laid): laid for laid in self.subjects.values()}.items()))

    @property
    def named(self) -> tuple[Named, tuple[Named, ...]]:
        """What tells a view with this from others: nothing of the subjects."""
        return named(self.everywhere), tuple(self.sets)


NOTHING_PERMITTED = Permitted()


class Tables:
    """The tables of actions that a view of *grants* has: the general one, one for each kind of owner, and on each of
    these one for each of the *sets* that permits lay on it.
    """

    def __init__(self, grants: Sequence[GrantRule], permitted: Permitted = NOTHING_PERMITTED) -> None:
        owners = [owner for owner in Owner if any(grant.owner is owner for grant in grants)]
        self._owners = {owner: number for number, owner in enumerate(owners, start=1)}
        self._sets = tuple(permitted.sets)
        everybody = everybodys(grants)
        bases: list[tuple[tuple[GrantRule, ...], ...]] = [(everybody,)]
        bases += [(tuple(grant for grant in grants if grant.owner is owner), everybody) for owner in owners]
        if permitted.everywhere:
            bases = [(permitted.everywhere, *base) for base in bases]
        self.said = [*bases, *((laid, *base) for laid in permitted.sets.values() for base in bases)]
        """For each of them, by its number, the grants that say something in it: those first that go before."""

    @property
    def differ(self) -> bool:
        """Whether there is any but the general one."""
        return len(self.said) > 1

    def of(self, *, own: str, acting: str, permitted: Permitted = NOTHING_PERMITTED) -> dict[str, int]:
        """The number of the table that counts for each of these digests of subjects, if one does."""
        digests = {Owner.ACTING: acting, Owner.SELF: own}  # who acts for himself is himself
        found = {digest: self._owners[owner] for owner, digest in digests.items() if digest and owner in self._owners}
        bases = 1 + len(self._owners)
        for digest, laid in permitted.subjects.items():
            found[digest] = bases * (1 + self._sets.index(named(laid))) + found.get(digest, GENERAL)
        return found


def everybodys(grants: Iterable[GrantRule]) -> tuple[GrantRule, ...]:
    """Those of *grants* that are about everybody's records."""
    return tuple(grant for grant in grants if grant.owner is None)


def countable(grants: tuple[GrantRule, ...], *, own: str, acting: str) -> tuple[GrantRule, ...]:
    """*grants* without those that are about the records of nobody: see `Tables.of`."""
    if all(grant.owner is None for grant in grants):
        return grants
    somebody = {None: "everybody", Owner.SELF: own, Owner.ACTING: acting}
    return tuple(grant for grant in grants if somebody[grant.owner])


class Rows:
    """Which records are shown to callers to whom all of *grants* apply: those that meet what each of them says."""

    def __init__(self, grants: Iterable[GrantRule]) -> None:
        self._conditions: dict[str, list[Row]] = {}
        for grant in grants:
            for name, row in grant.rows.items():
                self._conditions.setdefault(name, []).append(row)

    def __contains__(self, name: str) -> bool:
        return name in self._conditions

    def held(self, attributes: Mapping[str, str]) -> dict[str, frozenset[str]]:
        """By `record.field`, what it holds in records that are shown to a caller with these *attributes*."""
        return {
            name: frozenset.intersection(*(_allowed(row, attributes) for row in rows))
            for name, rows in self._conditions.items()
        }


def _allowed(row: Row, attributes: Mapping[str, str]) -> frozenset[str]:
    if not row.attribute:
        return frozenset(row.values)
    return frozenset({attributes[row.attribute].strip()} if row.attribute in attributes else ())
