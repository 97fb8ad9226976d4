"""What a search asks of an event: a small language that every index can answer in the same way.

Fields are dotted ECS names (`user.id`). A field that holds a list satisfies a test if any of its elements does, and a
field that is absent satisfies none. Text is compared without regard to the case of ASCII letters, as Sigma does.
`matches` is the meaning; an index that answers otherwise is wrong.
"""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never

from siem.record.ecs import Document

type Scalar = str | int | float | bool


class Operator(StrEnum):
    """How `Compare` compares."""

    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Is:
    """The field equals `value`."""

    field: str
    value: Scalar


@dataclass(frozen=True, slots=True)
class In:
    """The field equals one of `values`."""

    field: str
    values: frozenset[Scalar]


@dataclass(frozen=True, slots=True)
class Like:
    """The field, a text, fits `pattern` as a whole: `*` is any text, `?` any one character, `\\` makes them literal."""

    field: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Compare:
    """The field, a number, stands in this relation to `number`."""

    field: str
    operator: Operator
    number: float


@dataclass(frozen=True, slots=True)
class Within:
    """The field, an address, lies in `network` (CIDR)."""

    field: str
    network: str


@dataclass(frozen=True, slots=True)
class Exists:
    """The event has the field."""

    field: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds. No part at all holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds. No part at all does not."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Condition"


type Condition = Is | In | Like | Compare | Within | Exists | AllOf | AnyOf | Not

EVERYTHING = AllOf(())


def values_of(document: Document, field: str) -> Iterator[Any]:
    """Every value the dotted *field* has in *document*: none, one, or a list's elements."""
    found: Any = document
    for key in field.split("."):
        if not isinstance(found, dict) or key not in found:
            return
        found = found[key]
    if isinstance(found, list):
        yield from found
    elif found is not None:
        yield found


def matches(condition: Condition, document: Document) -> bool:
    """Whether *document* satisfies *condition*."""
    match condition:
        case Is(field, value):
            return any(_same(found, value) for found in values_of(document, field))
        case In(field, values):
            return any(_same(found, value) for found in values_of(document, field) for value in values)
        case Like(field, pattern):
            fits = pattern_of(pattern).fullmatch
            return any(isinstance(found, str) and fits(found) is not None for found in values_of(document, field))
        case Compare(field, operator, number):
            return any(_compares(found, operator, number) for found in values_of(document, field))
        case Within(field, network):
            return any(_lies_in(found, network) for found in values_of(document, field))
        case Exists(field):
            return any(True for _ in values_of(document, field))
        case AllOf(parts):
            return all(matches(part, document) for part in parts)
        case AnyOf(parts):
            return any(matches(part, document) for part in parts)
        case Not(part):
            return not matches(part, document)
        case _:
            assert_never(condition)


def pattern_of(pattern: str) -> re.Pattern[str]:
    """The regular expression for a `Like` pattern."""
    pieces = re.findall(r"\\[*?\\]|[*?]|[^*?\\]+|\\", pattern)
    translated = (
        ".*" if piece == "*" else "." if piece == "?" else re.escape(piece[1:] if piece[1:] else piece)
        for piece in pieces
    )
    return re.compile("".join(translated), re.IGNORECASE | re.ASCII | re.DOTALL)


def _same(found: object, value: Scalar) -> bool:
    if isinstance(found, bool) or isinstance(value, bool):
        return found is value
    if isinstance(found, str) and isinstance(value, str):
        return _fold(found) == _fold(value)
    return found == value


def _fold(text: str) -> str:
    return text.translate(_ASCII_LOWER)


_ASCII_LOWER = {ord(upper): ord(upper) + 32 for upper in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def _compares(found: object, operator: Operator, number: float) -> bool:
    if isinstance(found, bool) or not isinstance(found, int | float):
        return False
    match operator:
        case Operator.LESS:
            return found < number
        case Operator.AT_MOST:
            return found <= number
        case Operator.MORE:
            return found > number
        case Operator.AT_LEAST:
            return found >= number


def _lies_in(found: object, network: str) -> bool:
    try:
        return isinstance(found, str) and ipaddress.ip_address(found) in ipaddress.ip_network(network)
    except ValueError:
        return False
