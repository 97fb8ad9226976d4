"""Reads the grants: who sees what as what, and on which conditions."""

import ipaddress
import re
from typing import Any

from policies.findings import Position
from policies.parse.rows import parse_owner, parse_records
from policies.parse.section import NAME, Section
from policies.parse.transforms import spec_of
from policies.parse.yaml_tree import Items
from policies.policy import LONGEST_ATTRIBUTE, MOST_ATTRIBUTES, Grant
from policies.policy_kinds import Direction
from policies.transforms.spec import Spec

GRANT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
CALLER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,126}")
ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,62}")
ATTRIBUTE_VALUE = re.compile(rf".{{1,{LONGEST_ATTRIBUTE}}}")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES

_OPERATION = re.compile(r"(GET|POST|PUT|PATCH|DELETE|OPTIONS) /\S*")
_FIELD = re.compile(r"[a-z][a-z0-9_-]{0,62}\.[^\s{}]{1,120}")
_NETWORK = re.compile(r"[0-9A-Fa-f:.]+(/[0-9]{1,3})?")
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
"""Where IPv4 addresses stand in IPv6. A caller's is read as IPv4, so that none lies in a network of these."""
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_DAY = re.compile("|".join(DAYS))
_WHOM = ("posts", "callers", "all_posts", "attributes", "signed_in", "anyone", "owner")
"""What says whom a grant is for; what is left out of these is no one in particular."""


def parse_grants(file: Section) -> list[Grant]:
    """The grants of a file, in order."""
    return file.sections("grants", "a grant", _grant)


def parse_attributes(section: Section, key: str, most: int = MOST_ATTRIBUTES) -> dict[str, str]:
    """The attributes under *key*: a value for each name."""
    found = {}
    for name, at, node in section.entries(key, required=False):
        value = section.text_of(node, key, ATTRIBUTE_VALUE)
        if _is_attribute(section, name, at) and value is not None:
            found[name] = value
    if len(found) > most:
        message = f"`{key}` has more than {most} attributes"
        section.find(section.place_of(key), "out-of-range", message, about=f"`{key}` 最多 {most} 项")
    return found


def _grant(section: Section) -> Grant | None:
    name = section.text("id", fits=GRANT_ID)
    whom = parse_whom(section)
    systems = section.names("systems")
    sees: dict[str, Spec] = {}
    for category, _, node in section.entries("sees"):
        spec = spec_of(section, node)
        if spec is not None:
            sees[category] = spec
    conditions = parse_conditions(section)
    direction = section.choice("direction", Direction, Direction.ANSWER)
    owner = whom.pop("owner", None)
    of_records = parse_records(section, owner, direction)
    purposes = parse_purposes(section, required=not (owner or whom.get("anyone", False)))
    until, reason, approved_by = section.moment("until"), section.text("reason"), section.text("approved_by")
    if not (name and direction and until and reason and approved_by):
        return None
    return Grant(
        id=name,
        **whom,
        systems=systems,
        **conditions,
        **of_records,
        direction=direction,
        sees=sees,
        **purposes,
        until=until,
        reason=reason,
        approved_by=approved_by,
        at=section.at,
        places=dict(section.node.keys),
    )


def parse_conditions(section: Section) -> dict[str, Any]:
    """Where, when and in which fields a grant applies, by the names of `Grant`."""
    return {
        "operations": parse_operations(section),
        "records": _listed(section, "records", NAME),
        "fields": _listed(section, "fields", _FIELD),
        "networks": parse_networks(section),
        "hours": _hours(section),
    }


def parse_operations(section: Section) -> tuple[str, ...] | None:
    """The operations in the list under `operations`; None where there is no such list."""
    return _listed(section, "operations", _OPERATION)


def parse_purposes(section: Section, *, required: bool) -> dict[str, Any]:
    """What a grant is for, and what not, by the names of `Grant`."""
    return {
        "purposes": _one_or_more(section, "purpose", required=required),
        "not_purposes": _one_or_more(section, "not_purpose", required=False),
    }


def parse_whom(section: Section) -> dict[str, Any]:
    """Whom a grant is for, as its `who` says, by the names of `Grant`."""
    who = section.section("who")
    if who is None:
        return {}
    whom: dict[str, Any] = {
        "posts": who.names("posts", required=False),
        "callers": who.texts("callers", required=False, fits=CALLER_ID),
        "all_posts": who.names("all_posts", required=False),
        "not_posts": who.names("not_posts", required=False),
        "attributes": _attributes(who),
        "signed_in": who.flag("signed_in", default=False),
        "anyone": who.flag("anyone", default=False),
        "owner": parse_owner(who),
    }
    who.done()
    named = [key for key in _WHOM if whom[key]]
    if not named:
        wanted = ", ".join(f"`{key}`" for key in _WHOM)
        who.find(who.at, "missing-key", f"`who` needs one of {wanted}", about=f"`who` 需要 {wanted} 之一")
    for everybody, without in (("anyone", _WHOM), ("signed_in", ("posts", "callers", "anyone"))):
        others = [key for key in named if key in without and key != everybody]
        if everybody in named and others:
            message = f"`{everybody}` is everybody, and `{others[0]}` only some: write one of them"
            about = f"`{everybody}` 与 `{others[0]}` 只写一个"
            who.find(who.place_of(everybody), "wrong-form", message, about=about)
    return whom


def _attributes(who: Section) -> dict[str, tuple[str, ...]]:
    section = who.section("attributes", required=False)
    if section is None:
        return {}
    found = {}
    for name, at in section.node.keys.items():
        values = section.texts(name, fits=ATTRIBUTE_VALUE)
        if _is_attribute(section, name, at):
            found[name] = values
    return found


def _is_attribute(section: Section, name: str, at: Position) -> bool:
    if ATTRIBUTE.fullmatch(name):
        return True
    message = f"`{name[:80]}` is no valid name of an attribute"
    section.find(at, "wrong-form", message, about=f"`{name[:80]}` 不能作属性的名称")
    return False


def _listed(section: Section, key: str, fits: re.Pattern[str]) -> tuple[str, ...] | None:
    """The texts in the list under *key*; None where there is no such list."""
    return section.texts(key, fits=fits) if section.node_of(key, required=False) is not None else None


def _one_or_more(section: Section, key: str, *, required: bool) -> tuple[str, ...]:
    """The name under *key*, or the names in the list there."""
    node = section.node_of(key, required=required)
    if node is None:
        return ()
    if not isinstance(node, Items):
        name = section.name(key)
        return (name,) if name else ()
    if not node.nodes:
        section.find(node.at, "empty", f"`{key}` is empty", about=f"`{key}`")
    return section.names(key)


def parse_networks(section: Section) -> tuple[str, ...] | None:
    """The networks in the list under `networks`; None where there is no such list."""
    written = _listed(section, "networks", _NETWORK)
    if written is None:
        return None
    found: dict[str, None] = {}
    for text in written:
        try:
            network = ipaddress.ip_network(text)
        except ValueError:
            message = f"`{text[:80]}` is no network: write one such as `10.0.0.0/8`, with no bits beyond its length"
            about = f"`{text[:80]}` 应是 `10.0.0.0/8` 这样的网段，主机位为零"
            section.find(section.place_of("networks"), "wrong-form", message, about=about)
            continue
        if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_MAPPED):
            meant = f"{network.network_address.ipv4_mapped}/{network.prefixlen - _MAPPED.prefixlen}"
            message = (
                f"`{text[:80]}` is a network of IPv4 in the spelling of IPv6, and holds no caller: write `{meant}`"
            )
            about = f"`{text[:80]}` 是 IPv4 网段，请写 `{meant}`"
            section.find(section.place_of("networks"), "wrong-form", message, about=about)
        found[str(network)] = None
    return tuple(found)


def _hours(section: Section) -> tuple[tuple[int, int], ...] | None:
    """The spans of `hours`; a span that ends before it begins ends on the next day."""
    hours = section.section("hours", required=False)
    if hours is None:
        return None
    days = _listed(hours, "days", _DAY)
    begins, ends = hours.text("from", required=False, fits=_TIME), hours.text("to", required=False, fits=_TIME)
    hours.done()
    first, last = _minutes(begins or "00:00"), _minutes(ends or "24:00")
    length = (last - first if last >= first else last - first + DAY_MINUTES) if first < DAY_MINUTES else 0
    open_minutes = bytearray(WEEK_MINUTES)
    for day in DAYS if days is None else days:
        start = DAYS.index(day) * DAY_MINUTES + first
        for minute in range(start, start + length):
            open_minutes[minute % WEEK_MINUTES] = 1
    return _spans(open_minutes)


def _minutes(time: str) -> int:
    hour, _, minute = time.partition(":")
    return int(hour) * 60 + int(minute)


def _spans(open_minutes: bytearray) -> tuple[tuple[int, int], ...]:
    """From and before which minute each unbroken run of ones goes."""
    spans, start = [], None
    for minute, is_open in enumerate((*open_minutes, 0)):
        if is_open and start is None:
            start = minute
        elif not is_open and start is not None:
            spans.append((start, minute))
            start = None
    return tuple(spans)
