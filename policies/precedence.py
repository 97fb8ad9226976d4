"""Which of several grants counts: of those that apply, the most specific.

A grant that applies only where another does, too, goes before it. What cannot be proved is not so: then neither goes
before the other, and `policies.checks.grants` asks that they say the same wherever both apply. Ends are no condition: a
grant that has ended is no grant any more. The reasons are in `docs/decisions/0015-precedence.md`.
"""

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from operator import itemgetter

from policies.checks.grant_index import GrantIndex
from policies.policy import Caller, Grant
from policies.program import GrantRule
from policies.rehearsal.region import Fields, Networks, Region, Spans, networks_of

type Callers = Mapping[str, Caller]
"""The callers with keys, by id: all that their credentials say is known, and no token may name one of them."""


class Precedence:
    """The order of some grants."""

    def __init__(self, grants: Sequence[Grant], callers: Callers) -> None:
        self._callers = callers
        self._regions = {id(grant): regions_of(grant, callers) for grant in grants}
        self._index = GrantIndex(grants, [self._regions[id(grant)] for grant in grants], callers)

    def covers(self, a: Grant, b: Grant) -> bool:
        """Whether *a* certainly applies to every exchange, and is about every field there, to which *b* applies."""
        return all(covers_region(a, region, self._callers) for region in self._regions[id(b)])

    def overlap(self, a: Grant, b: Grant) -> tuple[Region, ...]:
        """Where both apply, in pieces, as far as anybody can tell; nothing where they never do."""
        pairs = product(self._regions[id(a)], self._regions[id(b)])
        return tuple(both for one, other in pairs if (both := _meet(one, other, self._callers)) is not None)

    def goes_before(self, a: Grant, b: Grant) -> bool:
        """Whether *a* is more specific than *b*."""
        return self.covers(b, a) and not self.covers(a, b)

    def before(self, b: Grant) -> Iterator[Grant]:
        """The grants that go before *b* and say something about one of its categories."""
        found = [alike for alike in self._index.within(b) if self.goes_before(alike[0][1], b)]
        for _, a in sorted((one for alike in found for one in alike), key=itemgetter(0)):
            if not b.sees.keys().isdisjoint(a.sees):
                yield a

    def differing(self) -> Iterator[tuple[Grant, Grant]]:
        """Every two that say different things about a category and may both apply."""
        return self._index.differing()


def deciding(applying: Sequence[GrantRule]) -> Sequence[GrantRule]:
    """Those of the grants *applying* before which none of them goes."""
    ids = {grant.id for grant in applying}
    return [grant for grant in applying if ids.isdisjoint(grant.yields_to)] or applying


def regions_of(grant: Grant, callers: Callers) -> tuple[Region, ...]:
    """Where *grant* applies: a piece for each post and each caller that it names. Nothing where it never does."""
    region = Region(
        direction=grant.direction,
        owner=grant.owner,
        systems=frozenset(grant.systems),
        operations=None if grant.operations is None else frozenset(grant.operations),
        fields=_fields_of(grant),
        networks=networks_of(grant.networks),
        hours=grant.hours,
        callers=frozenset(),
        is_signed_in=not grant.anyone or bool(grant.purposes),  # nobody in particular vouches for one
        posts=frozenset(grant.all_posts),
        not_posts=frozenset(grant.not_posts),
        attributes=tuple(sorted((name, frozenset(values)) for name, values in grant.attributes.items())),
        purposes=frozenset({frozenset(grant.purposes)} if grant.purposes else ()),
        not_purposes=frozenset(grant.not_purposes),
    )
    pieces = [replace(region, posts=region.posts | {post}) for post in grant.posts]
    pieces += [replace(region, callers=frozenset({caller})) for caller in grant.callers]
    return tuple(piece for piece in pieces or [region] if is_possible(piece, callers))


def covers_region(grant: Grant, region: Region, callers: Callers) -> bool:
    """Whether *grant* certainly applies everywhere in *region*."""
    return (
        grant.direction is region.direction
        and grant.owner is region.owner
        and region.systems.issubset(grant.systems)  # it tells most grants apart, and is known at once
        and _covers_asker(grant, region, _only(region.callers, callers))
        and (grant.operations is None or (region.operations is not None and region.operations <= {*grant.operations}))
        and _covers_fields(_fields_of(grant), region.fields)
        and _covers_networks(networks_of(grant.networks), region.networks)
        and _covers_hours(grant.hours, region.hours)
    )


def _covers_asker(grant: Grant, region: Region, known: Caller | None) -> bool:
    posts = region.posts.union(known.posts) if known else region.posts
    if grant.posts or grant.callers:
        is_meant = not region.callers.isdisjoint(grant.callers) or not posts.isdisjoint(grant.posts)
    else:
        is_meant = grant.anyone or region.is_signed_in
    if not is_meant or not posts.issuperset(grant.all_posts):
        return False
    attributes = dict(region.attributes)
    if known is not None:
        attributes |= {name: frozenset({value}) for name, value in known.attributes.items()}
    return (
        _are_lacking(grant.not_posts, region.not_posts, known.posts if known else None)
        and all(name in attributes and attributes[name] <= {*values} for name, values in grant.attributes.items())
        and (not grant.purposes or _may_ask_for(grant, region, known))
        and _are_lacking(grant.not_purposes, region.not_purposes, known.purposes if known else None)
    )


def _are_lacking(names: Iterable[str], lacking: frozenset[str], held: Iterable[str] | None) -> bool:
    """Whether nobody can have one of *names* who has none *lacking* and, where that is known, nothing but *held*."""
    return all(name in lacking or (held is not None and name not in held) for name in names)


def _may_ask_for(grant: Grant, region: Region, known: Caller | None) -> bool:
    wanted = frozenset(grant.purposes)
    if known is not None and not wanted.isdisjoint(known.purposes):
        return True
    return any(some - region.not_purposes <= wanted for some in region.purposes)


def _meet(one: Region, other: Region, callers: Callers) -> Region | None:
    if one.direction is not other.direction or one.owner is not other.owner or one.systems.isdisjoint(other.systems):
        return None
    if len(one.callers | other.callers) > 1:
        return None
    attributes = dict(one.attributes)
    for name, values in other.attributes:
        attributes[name] = attributes.get(name, values) & values
    both = Region(
        direction=one.direction,
        owner=one.owner,
        systems=one.systems & other.systems,
        operations=_both(one.operations, other.operations),
        fields=_both(one.fields, other.fields),
        networks=_common_networks(one.networks, other.networks),
        hours=_common_hours(one.hours, other.hours),
        callers=one.callers | other.callers,
        is_signed_in=one.is_signed_in or other.is_signed_in,
        posts=one.posts | other.posts,
        not_posts=one.not_posts | other.not_posts,
        attributes=tuple(sorted(attributes.items())),
        purposes=one.purposes | other.purposes,
        not_purposes=one.not_purposes | other.not_purposes,
    )
    return both if is_possible(both, callers) else None


def is_possible(region: Region, callers: Callers) -> bool:
    """Whether anything could be in *region*."""
    conditions = (region.operations, region.fields, region.networks, region.hours)
    if not region.systems or any(condition is not None and not condition for condition in conditions):
        return False
    if len(region.callers) > 1 or not region.posts.isdisjoint(region.not_posts):
        return False
    if not all(values for _, values in region.attributes):
        return False
    if any(some <= region.not_purposes for some in region.purposes):
        return False
    known = _only(region.callers, callers)
    return known is None or (
        region.posts.issubset(known.posts)
        and region.not_posts.isdisjoint(known.posts)
        and all(known.attributes.get(name) in values for name, values in region.attributes)
        and not any(some.isdisjoint(known.purposes) for some in region.purposes)
        and region.not_purposes.isdisjoint(known.purposes)
    )


def _only(names: frozenset[str], callers: Callers) -> Caller | None:
    """The caller who is meant, where that is one with a key."""
    return callers.get(next(iter(names), ""))


def _fields_of(grant: Grant) -> Fields | None:
    if grant.records is None and grant.fields is None:
        return None
    records = frozenset(grant.records or ())
    return Fields(records, frozenset(name for name in grant.fields or () if name.partition(".")[0] not in records))


def _both[T: (frozenset[str], Fields)](one: T | None, other: T | None) -> T | None:
    if one is None or other is None:
        return one if other is None else other
    return one & other


def _covers_fields(wide: Fields | None, narrow: Fields | None) -> bool:
    return wide is None or (narrow is not None and narrow <= wide)


def _covers_networks(wide: Networks | None, narrow: Networks | None) -> bool:
    if wide is None:
        return True
    return narrow is not None and all(any(_lies_in(one, other) for other in wide) for one in narrow)


def _common_networks(one: Networks | None, other: Networks | None) -> Networks | None:
    if one is None or other is None:
        return one if other is None else other
    inner = {a for a in one for b in other if _lies_in(a, b)} | {b for b in other for a in one if _lies_in(b, a)}
    return tuple(sorted(inner, key=str))


def _lies_in(one: object, other: object) -> bool:
    if isinstance(one, ipaddress.IPv4Network) and isinstance(other, ipaddress.IPv4Network):
        return one.subnet_of(other)
    if isinstance(one, ipaddress.IPv6Network) and isinstance(other, ipaddress.IPv6Network):
        return one.subnet_of(other)
    return False


def _covers_hours(wide: Spans | None, narrow: Spans | None) -> bool:
    if wide is None:
        return True
    return narrow is not None and all(
        any(first <= start and end <= last for first, last in wide) for start, end in narrow
    )


def _common_hours(one: Spans | None, other: Spans | None) -> Spans | None:
    if one is None or other is None:
        return one if other is None else other
    pairs = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return tuple(sorted((first, last) for first, last in pairs if first < last))
