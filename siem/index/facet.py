"""The facet of an event: what it has in common with many others, of what rules ask about.

Most events of an hour have one of a few hundred facets, so what a condition says of them is worked out once for each
facet. Where a facet does not tell, the condition may hold: `possible` errs on that side alone.
"""

from collections.abc import Iterator
from enum import IntEnum
from typing import Any, assert_never

from siem.index.condition import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Exists,
    In,
    Is,
    Like,
    Not,
    Within,
    is_searched,
    matches,
    values_of,
)
from siem.record.ecs import Document

type Facet = tuple[str | int | None, ...]
"""A value for each of `FACET_FIELDS`, None where the event has none."""

_KEPT = (
    "event.action",
    "event.reason",
    "http.request.method",
    "http.response.status_code",
    "service.name",
    "yingbi.caller_kind",
    "yingbi.credential",
    "yingbi.disclosure",
    "yingbi.format",
    "yingbi.limit",
    "yingbi.permit.kind",
    "yingbi.permit.state",
    "yingbi.verdict",
)
"""Fields whose value a facet holds: they have few."""
_MAGNITUDES = {"http.response.body.bytes": 5, "yingbi.subject_count": 2, "yingbi.unattributed": 1}
"""Numbers of which a facet holds how long they are, in so many binary digits at a time."""
_PRESENT = ("yingbi.on_behalf_of",)
"""Fields of which a facet holds whether there is something to be found."""

FACET_FIELDS = (*_KEPT, *_MAGNITUDES, *_PRESENT)
_PLACES = {name: place for place, name in enumerate(FACET_FIELDS)}


class Possible(IntEnum):
    """What a facet tells of whether a condition holds."""

    NEVER = 0
    MAYBE = 1
    ALWAYS = 2


def facet_of(document: Document) -> Facet:
    """The facet of the event, whose fields are each of their kind."""
    event, own = document["event"], document.get("yingbi", {})
    http = document.get("http", {})
    response, permit = http.get("response", {}), own.get("permit", {})
    return (
        event.get("action"),
        event.get("reason"),
        http.get("request", {}).get("method"),
        response.get("status_code"),
        document.get("service", {}).get("name"),
        own.get("caller_kind"),
        own.get("credential"),
        own.get("disclosure"),
        own.get("format"),
        own.get("limit"),
        permit.get("kind"),
        permit.get("state"),
        own.get("verdict"),
        _magnitude(response.get("body", {}).get("bytes"), 5),
        _magnitude(own.get("subject_count"), 2),
        _magnitude(own.get("unattributed"), 1),
        1 if any(map(is_searched, values_of(document, "yingbi.on_behalf_of"))) else None,
    )


def value_in(facet: Facet, name: str) -> str | int | None:
    """The value of the field *name*, which is one of `KEPT`, or None where the event has none."""
    return facet[_PLACES[name]]


def most_in(facet: Facet, name: str) -> float:
    """The most that the number *name* can be in an event of this facet; 0 where it has none."""
    if name in _MAGNITUDES:
        magnitude = facet[_PLACES[name]]
        return 0 if magnitude is None else _range(int(magnitude), _MAGNITUDES[name])[1]
    if name in KEPT:
        kept = facet[_PLACES[name]]
        return kept if isinstance(kept, int) else 0
    return float("inf")


KEPT = frozenset(_KEPT)


def possible(condition: Condition, facet: Facet) -> Possible:
    """Whether events of *facet* satisfy *condition*: all, none, or it depends on more than the facet holds."""
    match condition:
        case AllOf(parts):
            return min((possible(part, facet) for part in parts), default=Possible.ALWAYS)
        case AnyOf(parts):
            return max((possible(part, facet) for part in parts), default=Possible.NEVER)
        case Not(part):
            return Possible(2 - possible(part, facet))
        case Is(name, _) | In(name, _) | Like(name, _) | Compare(name, _, _) | Within(name, _) | Exists(name):
            return _tested(condition, name, facet)
        case _:
            assert_never(condition)


def _tested(test: Condition, name: str, facet: Facet) -> Possible:
    if name not in _PLACES:
        return Possible.MAYBE
    value = facet[_PLACES[name]]
    if value is None or name in KEPT:
        return _certain(test, name, value)
    if isinstance(test, Exists):
        return Possible.ALWAYS
    if name in _PRESENT:
        return Possible.MAYBE
    low, high = _range(int(value), _MAGNITUDES[name])
    ends = {_certain(test, name, low), _certain(test, name, high)}
    if low == high or (isinstance(test, Compare) and len(ends) == 1):  # a comparison turns once at most
        return ends.pop()
    if isinstance(test, Is | In) and not any(_lies(value, low, high) for value in _values(test)):
        return Possible.NEVER
    return Possible.MAYBE


def _values(test: Is | In) -> Iterator[object]:
    if isinstance(test, Is):
        yield test.value
    else:
        yield from test.values


def _lies(value: object, low: int, high: int) -> bool:
    return isinstance(value, int | float) and low <= value <= high


def _certain(test: Condition, name: str, value: str | int | None) -> Possible:
    document: Any = value
    for key in reversed(name.split(".")):
        document = {key: document}
    return Possible.ALWAYS if matches(test, document) else Possible.NEVER


def _magnitude(number: Any, digits: int) -> int | None:
    """How long *number* is, with its sign; None where there is none."""
    if number is None:
        return None
    length = -(-int(number).bit_length() // digits)
    return -length if number < 0 else length


def _range(magnitude: int, digits: int) -> tuple[int, int]:
    """The lowest and the highest number that is so long."""
    if magnitude == 0:
        return 0, 0
    low, high = 1 << (abs(magnitude) - 1) * digits, (1 << abs(magnitude) * digits) - 1
    return (low, high) if magnitude > 0 else (-high, -low)
