"""Judges the grants by which of them counts: those that disagree where both apply, and those that never count."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, product
from math import prod

from policies.findings import Finding, Findings, Severity
from policies.policy import Grant, Policy
from policies.precedence import Precedence, covers_region, is_possible, regions_of
from policies.rehearsal.region import Fields, Region
from policies.transforms.spec import name_of

_MOST_PIECES = 256
"""Of more than so many pieces nobody says that each is covered."""
MOST_DISAGREEMENTS = 200
"""So many are told of. Whoever mends them is told of the others."""


def check_order(policy: Policy, findings: Findings) -> None:
    """Add to *findings* the grants of *policy* that disagree, and those that others leave nothing to decide."""
    order = _Order(policy)
    for disagreement in islice(_disagreements(order), MOST_DISAGREEMENTS):
        findings.add(disagreement)
    for grant in policy.grants:
        shadowed = {category: by for category in grant.sees if (by := order.shadows(grant, category))}
        if shadowed:
            findings.add(_shadowed(grant, shadowed))


def _disagreements(order: "_Order") -> Iterator[Finding]:
    for a, b in order.differing():
        if order.are_ordered(a, b):
            continue
        both = order.overlap(a, b)
        for category in (name for name, spec in a.sees.items() if name in b.sees and b.sees[name] != spec):
            where = order.undecided(both, a, b, category)
            if where is not None:
                yield order.disagreement(a, b, category, where)
                break


class _Order(Precedence):
    def __init__(self, policy: Policy) -> None:
        self._known = {caller.id: caller for caller in policy.callers}
        super().__init__(policy.grants, self._known)
        self._before = {id(grant): list(self.before(grant)) for grant in policy.grants}
        self._ordered = {(id(one), grant) for grant, before in self._before.items() for one in before}

    def are_ordered(self, a: Grant, b: Grant) -> bool:
        """Whether one of *a* and *b*, which are about the same category, goes before the other."""
        return (id(a), id(b)) in self._ordered or (id(b), id(a)) in self._ordered

    def undecided(self, both: Sequence[Region], a: Grant, b: Grant, category: str) -> Region | None:
        """Where both *a* and *b* decide what becomes of *category*: no grant that goes before one of them does."""
        lasting = min(a.until, b.until)
        others = [
            grant
            for grant in (*self._before[id(a)], *self._before[id(b)])
            if category in grant.sees and grant.until >= lasting
        ]
        for region in both:
            if not any(covers_region(grant, region, self._known) for grant in others):
                return region
        return None

    def shadows(self, grant: Grant, category: str) -> list[Grant]:
        """The grants that go before *grant* wherever it says something about *category*; nothing where some is left."""
        others = [one for one in self._before[id(grant)] if category in one.sees and one.until >= grant.until]
        if not others:
            return []
        found: dict[str, Grant] = {}
        for region in regions_of(grant, self._known):
            for piece in _pieces(region):
                by = next((one for one in others if covers_region(one, piece, self._known)), None)
                if by is None:
                    return []
                found[by.id] = by
        return list(found.values())

    def disagreement(self, a: Grant, b: Grant, category: str, where: Region) -> Finding:
        """That *a* and *b* say different things about *category*, and to whom."""
        first, second = sorted((a, b), key=lambda grant: grant.at)
        one, other = name_of(first.sees[category]), name_of(second.sees[category])
        zh, en = self._whom(where)
        apart = ", ".join(post for post in second.posts if post not in first.posts)
        such_as, zh_such_as = (
            (f" such as `not_posts: [{apart}]`", f"，如 `not_posts: [{apart}]`") if apart else ("", "")
        )
        message = (
            f"grants `{first.id}` ({first.at}: {one}) and `{second.id}` ({second.at}: {other}) disagree about "
            f"`{category}` for {en}, and neither is more specific: put a condition{such_as} in one of them, "
            "or write a third grant for where both apply"
        )
        about = (
            f"`{category}`，{first.at} 的 `{first.id}`（{one}）与 {second.at} 的 `{second.id}`（{other}），"
            f"涉及{zh}；请在其中一条加上条件{zh_such_as}，或为两条都适用之处另写一条"
        )
        return Finding(second.at, "rules-disagree", message, about=about)

    def _whom(self, where: Region) -> tuple[str, str]:
        """For whom both apply, in Chinese and in English: a caller, where one is known."""
        for name in self._known:
            if is_possible(replace(where, callers=where.callers | {name}), self._known):
                return f"调用者 `{name}`", f"caller `{name}`"
        if where.callers:
            (name,) = where.callers
            return f"调用者 `{name}`", f"caller `{name}`"
        parts = []
        if where.posts:
            names = "、".join(f"`{post}`" for post in sorted(where.posts))
            parts.append((f"持有岗位 {names} 的人", f"who holds {names.replace('、', ' and ')}"))
        if where.attributes:
            names = "、".join(f"`{name}`" for name, _ in where.attributes)
            parts.append((f"有属性 {names} 的人", f"who has {names.replace('、', ' and ')}"))
        if len(where.purposes) > 1:
            purposes = "、".join(f"`{'|'.join(sorted(some))}`" for some in sorted(where.purposes, key=sorted))
            parts.append((f"可为 {purposes} 查询的人", f"who may ask for {purposes.replace('、', ' and ')}"))
        if not parts:
            return "所有人", "everybody"
        return "、".join(zh for zh, _ in parts), " and ".join(en for _, en in parts)


def _shadowed(grant: Grant, shadowed: dict[str, list[Grant]]) -> Finding:
    categories = ", ".join(f"`{category}`" for category in shadowed)
    by = {one.id: one for grants in shadowed.values() for one in grants}
    named = ", ".join(f"`{one.id}` ({one.at})" for one in by.values())
    message = (
        f"what grant `{grant.id}` says of {categories} never counts, for wherever it applies more specific ones do: "
        f"{named}; remove it, or narrow one of them down"
    )
    about = f"`{grant.id}` 对 {categories} 所说的；更具体的是 {named}"
    return Finding(grant.at, "rule-shadowed", message, Severity.WARNING, about)


def _pieces(region: Region) -> Iterator[Region]:
    """*region* in the smallest pieces that grants could be written for; itself where those are too many."""
    operations = [None] if region.operations is None else [frozenset({one}) for one in sorted(region.operations)]
    networks = [None] if region.networks is None else [(network,) for network in region.networks]
    fields: list[Fields | None] = [None]
    if region.fields is not None:
        fields = [Fields(frozenset({record}), frozenset()) for record in sorted(region.fields.records)]
        fields += [Fields(frozenset(), frozenset({field})) for field in sorted(region.fields.fields)]
    purposes = [frozenset(frozenset({name}) for name in names) for names in product(*map(sorted, region.purposes))]
    systems = [frozenset({name}) for name in sorted(region.systems)]
    if prod(map(len, (operations, networks, fields, purposes, systems))) > _MOST_PIECES:
        yield region
        return
    for operation, network, field, purpose, system in product(operations, networks, fields, purposes, systems):
        yield replace(region, operations=operation, networks=network, fields=field, purposes=purpose, systems=system)
