"""The fields an event can be searched by, and what may be asked of each.

One table serves the rules, the Elasticsearch mapping and the SQLite columns, so that they cannot drift apart. What
`to_ecs` writes and this table does not name (`@timestamp`, which every search bounds anyway, and of `yingbi.fields`,
which is evidence to read, all but the declared rules) is kept by the indexes and not searched.
"""

import ipaddress
import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

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
    Operator,
    Scalar,
    Within,
)

KEYWORDS_IN = 1_000
DIGESTS_IN = 10_000
"""How many values one `In` may hold: more than that no index takes in one query."""

_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


class Kind(StrEnum):
    """What a field's values are."""

    KEYWORD = "keyword"
    DIGEST = "digest"
    """A text of ASCII characters, many of which may be asked for at once."""
    ADDRESS = "address"
    """A text, nearly always an IP address."""
    NUMBER = "number"
    """A whole number of 64 bits."""


@dataclass(frozen=True, slots=True)
class Field:
    """How a field is indexed."""

    kind: Kind
    listed: bool = False
    """Whether an event may have several values of it."""


_KEYWORD, _NUMBER, _KEYWORDS = Field(Kind.KEYWORD), Field(Kind.NUMBER), Field(Kind.KEYWORD, listed=True)

FIELDS = {
    "ecs.version": _KEYWORD,
    "event.action": _KEYWORD,
    "event.category": _KEYWORDS,
    "event.dataset": _KEYWORD,
    "event.duration": _NUMBER,
    "event.id": _KEYWORD,
    "event.kind": _KEYWORD,
    "event.outcome": _KEYWORD,
    "event.reason": _KEYWORD,
    "event.type": _KEYWORDS,
    "http.request.method": _KEYWORD,
    "http.response.body.bytes": _NUMBER,
    "http.response.status_code": _NUMBER,
    "service.name": _KEYWORD,
    "source.ip": Field(Kind.ADDRESS),
    "url.path": _KEYWORD,
    "user.id": _KEYWORD,
    "user.roles": _KEYWORDS,
    "yingbi.attributes": _KEYWORDS,
    "yingbi.basis": _KEYWORD,
    "yingbi.caller_kind": _KEYWORD,
    "yingbi.categories": _KEYWORDS,
    "yingbi.clear": _KEYWORDS,
    "yingbi.credential": _KEYWORD,
    "yingbi.disclosure": _KEYWORD,
    "yingbi.exchange": _KEYWORD,
    "yingbi.fields.rule": _KEYWORDS,
    "yingbi.format": _KEYWORD,
    "yingbi.former_subjects": Field(Kind.DIGEST, listed=True),
    "yingbi.left_out": _NUMBER,
    "yingbi.limit": _KEYWORD,
    "yingbi.mark": _KEYWORD,
    "yingbi.on_behalf_of": Field(Kind.DIGEST),
    "yingbi.operation": _KEYWORD,
    "yingbi.overlay": _NUMBER,
    "yingbi.permit.about": _KEYWORD,
    "yingbi.permit.by": _KEYWORD,
    "yingbi.permit.case": _KEYWORD,
    "yingbi.permit.id": _KEYWORD,
    "yingbi.permit.kind": _KEYWORD,
    "yingbi.permit.reveal": _KEYWORD,
    "yingbi.permit.state": _KEYWORD,
    "yingbi.permit.subject": Field(Kind.DIGEST),
    "yingbi.permit.until": _KEYWORD,
    "yingbi.permit.why": _KEYWORD,
    "yingbi.permits": _KEYWORDS,
    "yingbi.program": _KEYWORD,
    "yingbi.purpose": _KEYWORD,
    "yingbi.purposes": _KEYWORDS,
    "yingbi.raised.about": Field(Kind.DIGEST, listed=True),
    "yingbi.raised.asked": _KEYWORDS,
    "yingbi.raised.by": _KEYWORDS,
    "yingbi.raised.bytes_in": _NUMBER,
    "yingbi.raised.client": Field(Kind.DIGEST),
    "yingbi.raised.question": Field(Kind.DIGEST),
    "yingbi.raised.version": _KEYWORD,
    "yingbi.subject_count": _NUMBER,
    "yingbi.subjects": Field(Kind.DIGEST, listed=True),
    "yingbi.unattributed": _NUMBER,
    "yingbi.verdict": _KEYWORD,
}


def field_of(name: str) -> Field:
    """The field called *name*. Raises ValueError where events have none that can be searched."""
    try:
        return FIELDS[name]
    except KeyError:
        raise ValueError(f"`{name}` is no field an event can be searched by") from None


def check(condition: Condition) -> None:
    """Return if every index can answer *condition*. Raises ValueError that names the field and what is wrong.

    A test that could never hold (a text compared with a number) is refused as well: it is a mistake.
    """
    match condition:
        case Is(name, value):
            _check_value(name, value)
        case In(name, values):
            _check_size(name, len(values))
            for value in values:
                _check_value(name, value)
        case Like(name, _):
            if field_of(name).kind is Kind.NUMBER:
                raise ValueError(f"`{name}` is a number and fits no pattern")
        case Compare(name, _, number):
            if field_of(name).kind is not Kind.NUMBER:
                raise ValueError(f"`{name}` is no number and is neither less nor more than one")
            if math.isnan(number):
                raise ValueError(f"`{name}` is compared with what is no number")
        case Within(name, network):
            if field_of(name).kind is not Kind.ADDRESS:
                raise ValueError(f"`{name}` is no address and lies in no network")
            try:
                ipaddress.ip_network(network)
            except ValueError:
                raise ValueError(f"`{network}` is no network") from None
        case Exists(name):
            field_of(name)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                check(part)
        case Not(part):
            check(part)
        case _:
            assert_never(condition)


def whole_range(operator: Operator, number: float) -> tuple[int, int] | None:
    """The lowest and highest whole number of 64 bits that stand in this relation to *number*, or None if none does."""
    low: float = _LOWEST
    high: float = _HIGHEST
    match operator:
        case Operator.LESS:
            high = _stepped(math.ceil, number, -1)
        case Operator.AT_MOST:
            high = _stepped(math.floor, number, 0)
        case Operator.MORE:
            low = _stepped(math.floor, number, 1)
        case Operator.AT_LEAST:
            low = _stepped(math.ceil, number, 0)
        case _:
            assert_never(operator)
    if low > _HIGHEST or high < _LOWEST:
        return None
    return int(low) if low > _LOWEST else _LOWEST, int(high) if high < _HIGHEST else _HIGHEST


def whole(number: float) -> int | None:
    """*number* as a whole number of 64 bits, or None where it is none."""
    if not math.isfinite(number) or number != int(number) or not _LOWEST <= number <= _HIGHEST:
        return None
    return int(number)


def _stepped(rounded: Callable[[float], int], number: float, step: int) -> float:
    return rounded(number) + step if math.isfinite(number) else number


def _check_value(name: str, value: Scalar) -> None:
    numeric = isinstance(value, int | float) and not isinstance(value, bool)
    match field_of(name).kind:
        case Kind.NUMBER:
            if not numeric:
                raise ValueError(f"`{name}` is a number, and `{value}` is none")
        case Kind.KEYWORD | Kind.DIGEST | Kind.ADDRESS:
            if not isinstance(value, str):
                raise ValueError(f"`{name}` is a text: write `{value}` in quotes")
        case kind:
            assert_never(kind)


def _check_size(name: str, size: int) -> None:
    limit = DIGESTS_IN if field_of(name).kind is Kind.DIGEST else KEYWORDS_IN
    if size > limit:
        raise ValueError(f"`{name}` is compared with {size} values, {limit} is the most")
