"""How grants are declared otherwise: whether anybody may be shown more by that, whoever asks."""

import ipaddress
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from policies.decisions import shows_no_more
from policies.policy import Row
from policies.policy_kinds import Direction
from policies.program import GrantRule, Program
from policies.rehearsal.changes import Change, Kind, Side, said
from policies.transforms.spec import Form, Spec

type _Pair = tuple[GrantRule | None, GrantRule | None]
type _Said = Sequence[Mapping[str, Spec]]
"""What several say, by category."""


def grant_changes(before: Program, after: Program) -> Iterator[Change]:
    """Every grant that *after* declares otherwise than *before*, and whether that is surely no wider."""
    for was, would in _pairs(before.grants, after.grants):
        kind = Kind.OTHERWISE if _may_show(was, would, before, after) else Kind.NO_MORE
        named = would or was
        assert named is not None
        yield Change(kind, "", f"grant {named.id}", "", _told(was, would), _told(would, was))


def _pairs(old: Iterable[GrantRule], new: Iterable[GrantRule]) -> Iterator[_Pair]:
    """Each grant with what it was before, if they differ: of the same name, or of another that is gone."""
    gone, come = {grant.id: grant for grant in old}, {grant.id: grant for grant in new}
    for name in sorted(gone.keys() & come.keys()):
        was, would = gone.pop(name), come.pop(name)
        if _plain(was) != _plain(would):
            yield was, would
    for _, would in sorted(come.items()):
        renamed = next((was for was in gone.values() if _says_no_more(was, would)), None)
        if renamed is not None:
            del gone[renamed.id]
        yield renamed, would
    for _, was in sorted(gone.items()):
        yield was, None


def _plain(grant: GrantRule) -> GrantRule:
    """*grant* without where it stands, and without what follows from others."""
    return replace(grant, rule="", yields_to=())


def _says_no_more(was: GrantRule, would: GrantRule) -> bool:
    """Whether the new grant *would* is one that *was* under another name: no wider, and saying no more."""
    return (
        _limits_as_much(was, would)
        and is_narrower(was, would)
        and all(
            category in was.sees and shows_no_more(spec, was.sees[category]) for category, spec in would.sees.items()
        )
    )


def _may_show(was: GrantRule | None, would: GrantRule | None, before: Program, after: Program) -> bool:
    """Whether anybody may be shown more by the grant *would*, or by what applies in the place of what it *was*."""
    sent = [each for each in (was, would) if each is not None and each.direction is Direction.REQUEST]
    if sent and (was is None or would is None or (was.direction, was.sees) != (would.direction, would.sees)):
        return True  # other values reach the system behind than did
    others = _others({each.id for each in (was, would) if each is not None}, before, after)
    return (would is not None and _may_add(was, would, others, before)) or (
        was is not None and _may_leave(was, would, others)
    )


def _may_add(was: GrantRule | None, would: GrantRule, others: _Said, before: Program) -> bool:
    """Whether *would* may say more, where it applies, than was said there."""
    if was is None:
        return _says_more(others, would.sees)
    if not _limits_as_much(was, would):
        return True
    if not is_narrower(was, would):
        return _says_more([*others, was.sees], would.sees)
    passed = {*was.yields_to} - {*would.yields_to}  # they went before it, and it is too narrow for that now
    known = [was.sees, *(grant.sees for grant in before.grants if grant.id in passed)]
    new = {category: spec for category, spec in would.sees.items() if category not in was.sees}
    return _says_more(known, would.sees) or _says_more(others, new)


def _may_leave(was: GrantRule, would: GrantRule | None, others: _Said) -> bool:
    """Whether who is left with what *others* say, where *was* says nothing any more, may be shown more by that."""
    still = would if would is not None and is_narrower(would, was) else None
    if still is None and _limits(was):
        return True
    left = {category: spec for category, spec in was.sees.items() if still is None or category not in still.sees}
    return any(_says_more([left], said) for said in others)


def _limits(grant: GrantRule) -> bool:
    """Whether *grant* leaves out records, or withholds answers about many persons."""
    return bool(grant.rows) or grant.at_most is not None


def _limits_as_much(was: GrantRule, would: GrantRule) -> bool:
    """Whether *would* surely leaves out, and withholds, whatever *was* does, from those to whom it applies."""
    return all(field in would.rows and _leaves_out(would.rows[field], row) for field, row in was.rows.items()) and (
        was.at_most is None or (would.at_most is not None and would.at_most <= was.at_most)
    )


def _others(names: Collection[str], before: Program, after: Program) -> _Said:
    """What is said where the grants called *names* do not apply: by the declarations, and by the other grants."""
    declared: _Said = [{field.category: field.mask} for field in (*before.fields, *after.fields)]
    return [*declared, *(grant.sees for grant in (*before.grants, *after.grants) if grant.id not in names)]


def _says_more(was: _Said, would: Mapping[str, Spec]) -> bool:
    """Whether what *would* be said of a category is not surely no more than all that *was* said of it."""
    return any(
        not shows_no_more(spec, said[category]) for said in was for category, spec in would.items() if category in said
    )


def is_narrower(was: GrantRule | None, would: GrantRule) -> bool:
    """Whether whoever meets the conditions of the grant *would* surely met those of *was*, of every record."""
    if was is None:
        return False
    meant = [
        {*(("post", name) for name in each.posts), *(("caller", name) for name in each.callers)}
        for each in (was, would)
    ]
    return (
        (not meant[0] or (bool(meant[1]) and meant[1] <= meant[0]))
        and would.anyone <= was.anyone  # whom a grant names, in whatever way, has signed in
        and {*was.all_posts} <= {*would.all_posts}
        and {*was.not_posts} <= {*would.not_posts}
        and all(
            name in would.attributes and {*would.attributes[name]} <= {*values}
            for name, values in was.attributes.items()
        )
        and was.owner is would.owner  # one about some people's records goes before those about everybody's
        and _is_within(would.operations, was.operations)
        and _is_about_less(would, was)
        and was.direction is would.direction
        and (was.networks is None or (would.networks is not None and _lie_in(would.networks, was.networks)))
        and (was.hours is None or (would.hours is not None and _are_open(would.hours, was.hours)))
        and (not was.purposes or (bool(would.purposes) and {*would.purposes} <= {*was.purposes}))
        and {*was.not_purposes} <= {*would.not_purposes}
        and would.until <= was.until
    )


def _is_within(would: tuple[str, ...] | None, was: tuple[str, ...] | None) -> bool:
    return was is None or (would is not None and {*would} <= {*was})


def _is_about_less(would: GrantRule, was: GrantRule) -> bool:
    """Whether every field that *would* is about is one that *was* is about."""
    if was.records is None and was.fields is None:
        return True
    if would.records is None and would.fields is None:
        return False
    records, fields = {*(was.records or ())}, {*(was.fields or ())}
    return {*(would.records or ())} <= records and all(
        name in fields or name.partition(".")[0] in records for name in would.fields or ()
    )


def _are_open(would: tuple[tuple[int, int], ...], was: tuple[tuple[int, int], ...]) -> bool:
    return all(any(start <= first and last <= end for start, end in was) for first, last in would)


def _leaves_out(would: Row, was: Row) -> bool:
    """Whether every record that *would* shows is one that *was* shows."""
    return would.attribute == was.attribute and {*would.values} <= {*was.values}


def _lie_in(would: tuple[str, ...], was: tuple[str, ...]) -> bool:
    wide = [ipaddress.ip_network(each) for each in was]
    return all(any(_is_part(ipaddress.ip_network(each), other) for other in wide) for each in would)


def _is_part(one: ipaddress.IPv4Network | ipaddress.IPv6Network, other: object) -> bool:
    match one, other:
        case ipaddress.IPv4Network(), ipaddress.IPv4Network():
            return one.subnet_of(other)
        case ipaddress.IPv6Network(), ipaddress.IPv6Network():
            return one.subnet_of(other)
        case _:
            return False


def _told(grant: GrantRule | None, other: GrantRule | None) -> Side:
    """What *grant* says otherwise than *other*."""
    if grant is None:
        return said(None)
    mine, its = (msgspec.to_builtins(_plain(each)) for each in (grant, other or grant))
    says = {name: value for name, value in mine.items() if other is None or value != its[name]}
    return Side(said(says).transform, Form.NONE, grant.rule, grant.id)
