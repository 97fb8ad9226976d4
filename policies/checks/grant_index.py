"""Finds among many grants those that have to be compared, by what they name.

INVARIANT: whoever compares only what is found here learns what comparing every two would tell. In a policy of many
posts few grants concern the same people, and comparing all of them takes the square of the time.
"""

from collections.abc import Iterator, Mapping, Sequence

from policies.policy import Caller, Grant
from policies.rehearsal.region import Region, networks_of

type _Mark = tuple[str, ...]
"""A kind of name, and a name: of a post, a system, a category."""


class GrantIndex:
    """Some grants, each with the pieces in which it applies."""

    def __init__(
        self, grants: Sequence[Grant], regions: Sequence[tuple[Region, ...]], callers: Mapping[str, Caller]
    ) -> None:
        self._grants = grants
        self._marked: dict[_Mark, set[int]] = {}
        self._never: list[int] = []
        """Those that never apply: whatever is asked of all their pieces is so."""
        self._alike: dict[object, list[int]] = {}
        """The places of grants that apply under the same conditions, the first of which stands for all."""
        for place, (grant, pieces) in enumerate(zip(grants, regions, strict=True)):
            alike = self._alike.setdefault((pieces, *_conditions(grant)), [])
            alike.append(place)
            if not pieces:
                self._never.append(alike[0])
                continue
            # What covers a grant covers all its pieces: one of them is enough to be found by.
            marks = [
                *(_marks(pieces[0], callers) if len(alike) == 1 else ()),
                *(("category", one) for one in grant.sees),
            ]
            for mark in marks:
                self._marked.setdefault(mark, set()).add(alike[0])
        self._of_first = {places[0]: places for places in self._alike.values()}

    def within(self, grant: Grant) -> Iterator[list[tuple[int, Grant]]]:
        """Those that may lie within *grant* and say something about one of its categories, by their places; together
        those to which the same conditions apply.
        """
        sets = [[self._marked.get(mark, ()) for mark in marks] for marks in _asked(grant)]
        fewest = min(sets, key=lambda places: sum(map(len, places)))
        for first in {*self._never, *(one for few in fewest for one in few)}:
            yield [(place, self._grants[place]) for place in self._of_first[first]]

    def differing(self) -> Iterator[tuple[Grant, Grant]]:
        """Every two, in order, that say different things about a category and may both apply."""
        said: dict[object, dict[object, _Said]] = {}
        for place, grant in enumerate(self._grants):
            for category, spec in grant.sees.items():
                by_spec = said.setdefault((category, grant.direction, grant.owner), {})
                by_spec.setdefault(spec, _Said()).add(place, grant)
        for place, grant in enumerate(self._grants):
            others: set[int] = set()
            for category, spec in grant.sees.items():
                for other, some in said[category, grant.direction, grant.owner].items():
                    if other != spec:
                        others.update(some.beside(grant))
            systems = frozenset(grant.systems)
            for other_place in sorted(others):
                if other_place > place and not systems.isdisjoint(self._grants[other_place].systems):
                    yield grant, self._grants[other_place]


class _Said:
    """The places of grants that say the same of a category. Nobody is two callers."""

    def __init__(self) -> None:
        self._for_many: list[int] = []
        self._by_caller: dict[str, list[int]] = {}

    def add(self, place: int, grant: Grant) -> None:
        if not _is_for_callers(grant):
            self._for_many.append(place)
        for caller in grant.callers if _is_for_callers(grant) else ():
            self._by_caller.setdefault(caller, []).append(place)

    def beside(self, grant: Grant) -> Iterator[int]:
        yield from self._for_many
        for caller in grant.callers if _is_for_callers(grant) else self._by_caller:
            yield from self._by_caller.get(caller, ())


def _conditions(grant: Grant) -> tuple[object, ...]:
    """What *grant* asks for beside what its pieces tell, in which what nobody meets is left out."""
    attributes = tuple(sorted(grant.attributes.items()))
    return grant.posts, grant.callers, grant.all_posts, grant.not_posts, attributes, grant.purposes, grant.not_purposes


def _is_for_callers(grant: Grant) -> bool:
    """Whether each piece of *grant* is about one caller."""
    return bool(grant.callers) and not grant.posts


def _marks(region: Region, callers: Mapping[str, Caller]) -> Iterator[_Mark]:
    """What a grant that covers *region* may name, for each condition that it sets."""
    known = [callers[name] for name in region.callers if name in callers]
    attributes = dict(region.attributes)
    for caller in known:
        attributes |= {name: frozenset({value}) for name, value in caller.attributes.items()}
        yield from (("post", post) for post in caller.posts)
        yield from (("purpose", purpose) for purpose in caller.purposes)
    yield from (("caller", name) for name in region.callers)
    yield from (("post", post) for post in region.posts)
    yield from (("purpose", purpose) for some in region.purposes for purpose in some)
    yield from (("attribute", name, value) for name, values in attributes.items() for value in values)
    yield from (("system", name) for name in region.systems)
    yield from (("operation", name) for name in region.operations or ())
    for network in (region.networks or ())[:1]:  # each of them lies in one of those of whatever covers the region
        yield from (("network", str(network.supernet(new_prefix=bits))) for bits in range(network.prefixlen + 1))
    if region.fields is not None:
        yield from (("record", name) for name in region.fields.records)
        for field in region.fields.fields:
            yield "field", field
            yield "record", field.partition(".")[0]


def _asked(grant: Grant) -> Iterator[list[_Mark]]:
    """For each condition of *grant*, marks of which a piece that it covers has one."""
    yield [("category", name) for name in grant.sees]
    yield [("system", name) for name in grant.systems]
    if grant.posts or grant.callers:
        yield [*(("post", post) for post in grant.posts), *(("caller", name) for name in grant.callers)]
    for post in grant.all_posts:
        yield [("post", post)]
    for name, values in grant.attributes.items():
        yield [("attribute", name, value) for value in values]
    if grant.purposes:
        yield [("purpose", purpose) for purpose in grant.purposes]
    if grant.operations is not None:
        yield [("operation", name) for name in grant.operations]
    if grant.networks is not None:
        yield [("network", str(network)) for network in networks_of(grant.networks) or ()]
    if grant.records is not None or grant.fields is not None:
        yield [*(("record", name) for name in grant.records or ()), *(("field", name) for name in grant.fields or ())]
