"""A slow, obvious interpreter of the policy language, to hold the compiled program against.

It reads the nodes of a policy and looks every exchange up in a small world of its own, in which everything that a
grant could tell apart comes in every combination. One grant is more specific than another where it applies to fewer of
them. It shares nothing with the compiler but those nodes. What becomes of bodies is in `reference_bodies`.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import chain, combinations, product

from policies.policy import Field, Grant, Policy
from policies.policy_kinds import Direction, Owner
from policies.transforms.spec import Show, Spec

BEIJING = timezone(timedelta(hours=8))


class Ambiguous(Exception):
    """Two grants decide, and say different things."""


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who asks."""

    id: str
    posts: frozenset[str]
    purposes: frozenset[str]
    attributes: tuple[tuple[str, str], ...]
    own: str = ""
    """Their own identifier, where they are a citizen."""
    acting: str = ""
    """The identifier of whom they act for."""


NOBODY = Asker(id="", posts=frozenset(), purposes=frozenset(), attributes=())


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """Who asks for what of which system, from where and when."""

    asker: Asker
    system: str
    operation: str
    address: str
    now: datetime


@dataclass(frozen=True, kw_only=True)
class World:
    """What there is, for grants to tell apart: what no grant names stands for all else."""

    ids: tuple[str, ...]
    posts: tuple[str, ...]
    purposes: tuple[str, ...]
    attributes: tuple[tuple[tuple[str, str], ...], ...]
    operations: tuple[str, ...]
    addresses: tuple[str, ...]
    moments: tuple[datetime, ...]

    def exchanges(self, policy: Policy) -> list[Exchange]:
        """Every one that there could be, of the systems of *policy*."""
        rest = product(policy.systems, self.operations, self.addresses, self.moments)
        return [
            Exchange(asker=asker, system=system, operation=operation, address=address, now=moment)
            for (system, operation, address, moment), asker in product(list(rest), list(self._askers(policy)))
        ]

    def _askers(self, policy: Policy) -> Iterator[Asker]:
        yield NOBODY
        for caller in policy.callers:
            yield Asker(
                id=caller.id,
                posts=frozenset(caller.posts),
                purposes=frozenset(caller.purposes),
                attributes=tuple(sorted(caller.attributes.items())),
            )
        with_keys = {caller.id for caller in policy.callers}
        for name in self.ids:
            if name not in with_keys:
                for posts, purposes, attributes in product(
                    _subsets(self.posts), _subsets(self.purposes), self.attributes
                ):
                    yield Asker(id=name, posts=posts, purposes=purposes, attributes=attributes)


class Reference:
    """The interpreter of one policy in a world."""

    def __init__(self, policy: Policy, world: World) -> None:
        self.policy = policy
        self.exchanges = world.exchanges(policy)
        self._where = {
            grant.id: frozenset(
                number for number, exchange in enumerate(self.exchanges) if meets_conditions(grant, exchange)
            )
            for grant in policy.grants
        }
        names = [
            f"{record.name}.{field}"
            for system in policy.systems.values()
            for record in system.records.values()
            for field in (*record.fields, "a field to come")
        ]
        self._fields = {
            grant.id: frozenset(name for name in [*names, "another.field"] if is_about(grant, name))
            for grant in policy.grants
        }

        self._together = {
            tuple(grant.id for grant in policy.grants if grant.until >= end and number in self._where[grant.id])
            for number, end in product(range(len(self.exchanges)), {grant.until for grant in policy.grants})
        }

    def kinds(self) -> list[Exchange]:
        """Of all exchanges, one for each set of grants that apply together."""
        found: dict[tuple[str, ...], Exchange] = {}
        for number, exchange in enumerate(self.exchanges):
            together = [name for name, where in self._where.items() if number in where]
            found.setdefault((exchange.system, *together), exchange)
        return list(found.values())

    def applying(self, exchange: Exchange) -> list[Grant]:
        """The grants that apply, whosever the records are that they are about."""
        return [
            grant for grant in self.policy.grants if exchange.now < grant.until and meets_conditions(grant, exchange)
        ]

    def spec(
        self,
        exchange: Exchange,
        record: str,
        field: Field,
        direction: Direction = Direction.ANSWER,
        owner: Owner | None = None,
    ) -> Spec:
        """What becomes of a field of a record that is *owner*'s, or of nobody's in particular. Raises Ambiguous."""
        category = self.policy.categories[field.category]
        name = f"{record}.{field.name}"
        about = [
            grant
            for grant in self.applying(exchange)
            if grant.direction is direction and field.category in grant.sees and is_about(grant, name)
        ]
        # What is said of the records of some people goes before what is said of everybody's.
        applying = [grant for grant in about if grant.owner is owner] or [grant for grant in about if not grant.owner]
        most_specific = [
            grant for grant in applying if not any(self.is_more_specific(other, grant) for other in applying)
        ]
        said = [grant.sees[field.category] for grant in most_specific]
        if any(spec != said[0] for spec in said):
            raise Ambiguous
        if said:
            return said[0]
        return (field.mask or category.mask) if direction is Direction.ANSWER else Show()

    def is_more_specific(self, a: Grant, b: Grant) -> bool:
        """Whether *a* applies, and is about something, only where *b* does, and not the other way round."""
        return self._is_within(a, b) and not self._is_within(b, a)

    def is_ambiguous(self, grants: Sequence[Grant] | None = None) -> bool:
        """Whether *grants*, all unless given, disagree for somebody, at some time before they all have ended."""
        those = self.policy.grants if grants is None else grants
        return any(self._disagree([grant for grant in those if grant.id in names]) for names in self._together)

    def agreeing(self) -> list[Grant]:
        """Grants of the policy that do not disagree: one after the other, as long as it agrees with those before."""
        found: list[Grant] = []
        for grant in self.policy.grants:
            if not self.is_ambiguous([*found, grant]):
                found.append(grant)
        return found

    def _disagree(self, applying: Sequence[Grant]) -> bool:
        categories = sorted({category for grant in applying for category in grant.sees})
        names = sorted({name for names in self._fields.values() for name in names})
        for category, name, direction, owner in product(categories, names, Direction, (None, *Owner)):
            about = [
                grant
                for grant in applying
                if (grant.direction, grant.owner) == (direction, owner)
                and category in grant.sees
                and is_about(grant, name)
            ]
            most = [grant for grant in about if not any(self.is_more_specific(other, grant) for other in about)]
            if any(grant.sees[category] != most[0].sees[category] for grant in most):
                return True
        return False

    def _is_within(self, a: Grant, b: Grant) -> bool:
        return self._where[a.id] <= self._where[b.id] and self._fields[a.id] <= self._fields[b.id]


def meets_conditions(grant: Grant, exchange: Exchange) -> bool:
    """Whether *exchange* is as *grant* says, whether or not it has ended."""
    asker = exchange.asker
    if grant.posts or grant.callers:
        is_meant = asker.id in grant.callers or any(post in asker.posts for post in grant.posts)
    else:
        is_meant = grant.anyone or asker != NOBODY
    attributes = dict(asker.attributes)
    return (
        is_meant
        and exchange.system in grant.systems
        and all(post in asker.posts for post in grant.all_posts)
        and not any(post in asker.posts for post in grant.not_posts)
        and all(attributes.get(name) in values for name, values in grant.attributes.items())
        and (not grant.purposes or any(purpose in asker.purposes for purpose in grant.purposes))
        and not any(purpose in asker.purposes for purpose in grant.not_purposes)
        and (grant.operations is None or exchange.operation in grant.operations)
        and (grant.networks is None or any(_lies_in(exchange.address, network) for network in grant.networks))
        and (grant.hours is None or _is_open(grant, exchange.now))
    )


def is_about(grant: Grant, field: str) -> bool:
    """Whether *grant* is about `record.field`, if it names its category."""
    if grant.records is None and grant.fields is None:
        return True
    return field.split(".")[0] in (grant.records or ()) or field in (grant.fields or ())


def _lies_in(address: str, network: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(network)


def _is_open(grant: Grant, now: datetime) -> bool:
    local = now.astimezone(BEIJING)
    minute = local.weekday() * 1440 + local.hour * 60 + local.minute
    return any(minute in range(first, last) for first, last in grant.hours or ())


def _subsets(names: Sequence[str]) -> list[frozenset[str]]:
    sizes = range(len(names) + 1)
    return [frozenset(some) for some in chain.from_iterable(combinations(names, size) for size in sizes)]
