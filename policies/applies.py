"""Which grants apply to an exchange, by who asks for what, from where and when.

A worker asks this of every exchange. Few callers differ in what grants go by, so the answers are kept, each until the
next moment at which a grant ends or the hours of one begin or end.
"""

import ipaddress
import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import msgspec

from policies.policy import Grant
from policies.program import LABEL, GrantRule, Program

_MINUTE_S = 60
_DAY_MINUTES = 24 * 60
_WEEK_MINUTES = 7 * _DAY_MINUTES
_WEEK_S = _WEEK_MINUTES * _MINUTE_S
_MONDAY_S = 3 * _DAY_MINUTES * _MINUTE_S + 8 * 3600
"""How far the beginning of 1970 lies behind that of a week in Beijing: it was a Thursday, at 8."""
MOST_KEPT = 4096


type Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """All that grants go by. Nobody in particular, from nowhere in particular, unless said otherwise."""

    caller: str = ""
    posts: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    """Those that the credential vouches for."""
    attributes: Mapping[str, str] = msgspec.field(default_factory=dict)
    address: str = ""
    """Of whoever opened the connection; one that cannot be read lies in no network."""
    operation: str = ""
    """Its id: method and path template."""
    now: float
    """POSIX time."""

    @property
    def is_signed_in(self) -> bool:
        """Whether anything is known of the caller."""
        return bool(self.caller or self.posts or self.purposes or self.attributes)


def applies(grant: GrantRule, asking: Asking) -> bool:
    """Whether all conditions of *grant* are met."""
    return (
        asking.now < grant.until
        and _is_meant(grant, asking)
        and asking.posts.issuperset(grant.all_posts)
        and asking.posts.isdisjoint(grant.not_posts)
        and all(asking.attributes.get(name) in values for name, values in grant.attributes.items())
        and (not grant.purposes or not asking.purposes.isdisjoint(grant.purposes))
        and asking.purposes.isdisjoint(grant.not_purposes)
        and (grant.operations is None or asking.operation in grant.operations)
        and (grant.networks is None or lies_in(asking.address, grant.networks))
        and (grant.hours is None or _is_open(grant.hours, asking.now))
    )


def read_address(text: str) -> Address | None:
    """The address spelled *text*, None where it is none; an IPv4 address within IPv6 is itself (RFC 4291, 2.5.5.2)."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def is_about(grant: Grant | GrantRule, field: str) -> bool:
    """Whether *grant* says something about the field called *field* where it names its category: `record.field`."""
    if grant.records is None and grant.fields is None:
        return True
    name = field.removesuffix(LABEL)
    return name.partition(".")[0] in (grant.records or ()) or name in (grant.fields or ())


def anywhere(grants: Iterable[GrantRule]) -> tuple[GrantRule, ...]:
    """*grants* as they would apply to the same callers whatever they ask for, from where and when."""
    return tuple(msgspec.structs.replace(grant, operations=None, networks=None, hours=None) for grant in grants)


class Applying:
    """The grants of *program* that apply to one exchange after another."""

    def __init__(self, program: Program) -> None:
        self._grants = program.grants
        self._by_post: dict[str, list[int]] = {}
        self._by_caller: dict[str, list[int]] = {}
        self._for_others: list[int] = []
        """Places of the grants that name neither posts nor callers."""
        for place, grant in enumerate(self._grants):
            for post in grant.posts:
                self._by_post.setdefault(post, []).append(place)
            for caller in grant.callers:
                self._by_caller.setdefault(caller, []).append(place)
            if not grant.posts and not grant.callers:
                self._for_others.append(place)
        self._posts = frozenset(
            post for grant in self._grants for post in (*grant.posts, *grant.all_posts, *grant.not_posts)
        )
        self._purposes = frozenset(
            purpose for grant in self._grants for purpose in (*grant.purposes, *grant.not_purposes)
        )
        self._attributes = tuple(sorted({name for grant in self._grants for name in grant.attributes}))
        self._operations = frozenset(name for grant in self._grants for name in grant.operations or ())
        self._networks = tuple(sorted({name for grant in self._grants for name in grant.networks or ()}))
        self._ends = sorted({grant.until for grant in self._grants})
        self._turns = sorted({turn for grant in self._grants for span in grant.hours or () for turn in span})
        self._from = self._before = 0.0
        """From and before when what is kept holds."""
        self._kept: dict[tuple[object, ...], tuple[GrantRule, ...]] = {}

    def to(self, asking: Asking) -> tuple[GrantRule, ...]:
        """The grants that apply, in the order of the program."""
        if not self._grants:
            return ()
        if not self._from <= asking.now < self._before or len(self._kept) >= MOST_KEPT:
            self._kept.clear()
            self._from, self._before = self._period(asking.now)
        key = (
            asking.caller if asking.caller in self._by_caller else asking.is_signed_in,
            asking.posts & self._posts,
            asking.purposes & self._purposes,
            tuple([asking.attributes.get(name) for name in self._attributes]),
            asking.operation if asking.operation in self._operations else "",
            _those_around(asking.address, self._networks) if self._networks else (),
        )
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = tuple(self._found(asking))
        return found

    def _found(self, asking: Asking) -> Iterator[GrantRule]:
        places = {*self._for_others, *self._by_caller.get(asking.caller, ())}
        for post in asking.posts & self._posts:
            places.update(self._by_post.get(post, ()))
        return (self._grants[place] for place in sorted(places) if applies(self._grants[place], asking))

    def _period(self, now: float) -> tuple[float, float]:
        """From and before when exactly the same grants are in force and open as at *now*."""
        place = bisect_right(self._ends, now)
        begins = [self._ends[place - 1]] if place else [float("-inf")]
        ends = [self._ends[place]] if place < len(self._ends) else [float("inf")]
        if self._turns:
            monday = math.floor(now) - (math.floor(now) + _MONDAY_S) % _WEEK_S
            turns = [monday + turn * _MINUTE_S for turn in self._turns]
            begins.append(max((turn for turn in turns if turn <= now), default=monday))
            ends.append(min((turn for turn in turns if turn > now), default=monday + _WEEK_S))
        return max(begins), min(ends)


def grants_for(
    program: Program,
    *,
    caller: str,
    posts: frozenset[str],
    purposes: frozenset[str],
    now: float,
    attributes: Mapping[str, str] | None = None,
    address: str = "",
    operation: str = "",
) -> tuple[GrantRule, ...]:
    """The grants of *program* that apply to one exchange: see `Asking`."""
    asking = Asking(
        caller=caller,
        posts=posts,
        purposes=purposes,
        attributes=attributes or {},
        address=address,
        operation=operation,
        now=now,
    )
    return tuple(grant for grant in program.grants if applies(grant, asking))


def _is_meant(grant: GrantRule, asking: Asking) -> bool:
    if grant.anyone:
        return True
    if grant.posts or grant.callers:
        return asking.caller in grant.callers or not asking.posts.isdisjoint(grant.posts)
    return asking.is_signed_in


def _is_open(hours: tuple[tuple[int, int], ...], now: float) -> bool:
    minute = (math.floor(now) + _MONDAY_S) % _WEEK_S // _MINUTE_S
    return any(first <= minute < last for first, last in hours)


def lies_in(address: str, networks: tuple[str, ...]) -> bool:
    """Whether *address* lies in one of *networks*."""
    return bool(_those_around(address, networks))


@lru_cache(maxsize=MOST_KEPT)
def _those_around(address: str, networks: tuple[str, ...]) -> tuple[str, ...]:
    """Those of *networks* that *address* lies in."""
    at = read_address(address)
    return tuple(name for name in networks if at is not None and at in ipaddress.ip_network(name))
