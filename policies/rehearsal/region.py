"""Where a grant applies, as far as that can be told before anybody asks."""

import ipaddress
from dataclasses import dataclass
from functools import lru_cache

from policies.policy_kinds import Direction, Owner

type Spans = tuple[tuple[int, int], ...]
type Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """All fields of some records, and some of others."""

    records: frozenset[str]
    fields: frozenset[str]

    def holds(self, field: str) -> bool:
        """Whether `record.field` is one of them."""
        return field in self.fields or field.partition(".")[0] in self.records

    def __le__(self, other: "Fields") -> bool:
        return self.records <= other.records and all(map(other.holds, self.fields))

    def __and__(self, other: "Fields") -> "Fields":
        both = {field for field in self.fields | other.fields if self.holds(field) and other.holds(field)}
        return Fields(self.records & other.records, frozenset(both))

    def __bool__(self) -> bool:
        return bool(self.records or self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Exchanges, and fields in them, that fit all that is said here. None says nothing."""

    direction: Direction
    owner: Owner | None
    """Whose records: grants about some people's go before those about everybody's in any case, and none has to be told
    from another."""
    systems: frozenset[str]
    operations: frozenset[str] | None
    fields: Fields | None
    networks: Networks | None
    hours: Spans | None
    callers: frozenset[str]
    """Who asks is each of these: two of them are nobody."""
    is_signed_in: bool
    posts: frozenset[str]
    """Held, all of them; others may be as well."""
    not_posts: frozenset[str]
    attributes: tuple[tuple[str, frozenset[str]], ...]
    """Each has one of its values."""
    purposes: frozenset[frozenset[str]]
    """Of each set, one may be asked for."""
    not_purposes: frozenset[str]


@lru_cache(maxsize=4096)
def networks_of(written: tuple[str, ...] | None) -> Networks | None:
    """*written*, with none in another and no two that are together one."""
    if written is None:
        return None
    networks = [ipaddress.ip_network(text) for text in written]
    four = ipaddress.collapse_addresses(one for one in networks if isinstance(one, ipaddress.IPv4Network))
    six = ipaddress.collapse_addresses(one for one in networks if isinstance(one, ipaddress.IPv6Network))
    return (*four, *six)
