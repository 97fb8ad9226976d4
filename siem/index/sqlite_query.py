"""Conditions as SQL over the tables of `siem/index/sqlite.py`. Values are parameters, never text of the statement.

INVARIANT: every piece of SQL made here is 0 or 1, never NULL. SQL's third truth value would make `Not` lose the
events that lack a field.
"""

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
    fold,
    is_searched,
    values_of,
)
from siem.index.fields import FIELDS, Kind, check, whole, whole_range
from siem.record.ecs import Document

LISTED = {name: number for number, name in enumerate(sorted(n for n, field in FIELDS.items() if field.listed))}
"""The number under which the table `listed` holds the values of each field that may have several."""

SUBJECTS = LISTED["yingbi.subjects"]

type Sql = tuple[str, tuple[str | int, ...]]

_NEVER: Sql = ("0", ())


def indexed(document: Document, name: str) -> list[str | int]:
    """What is compared: texts are folded once, here, and not at each search."""
    values = values_of(document, name)
    return [fold(value) if isinstance(value, str) else value for value in values if is_searched(value)]


def sql_of(condition: Condition) -> Sql:
    """An expression over a row of `events`, and its parameters. Raises ValueError as `check` does."""
    check(condition)
    return _sql(condition)


def _sql(condition: Condition) -> Sql:
    match condition:
        case Is(name, value):
            return _equals(name, (value,))
        case In(name, values):
            return _equals(name, tuple(values))
        case Like(name, pattern):
            return _tested(name, "fits({}, ?)", pattern)
        case Within(name, network):
            return _tested(name, "lies_in({}, ?)", network)
        case Compare(name, operator, number):
            return _compared(name, operator, number)
        case Exists(name):
            return _tested(name, "{} IS NOT NULL")
        case AllOf(parts):
            return _joined(parts, " AND ", "1")
        case AnyOf(parts):
            return _joined(parts, " OR ", "0")
        case Not(part):
            sql, parameters = _sql(part)
            return f"NOT {sql}", parameters
        case _:
            assert_never(condition)


def _equals(name: str, values: tuple[Scalar, ...]) -> Sql:
    parameters = [parameter for value in values if (parameter := _parameter(value)) is not None]
    if not parameters:
        return _NEVER
    marks = ", ".join("?" * len(parameters))
    if name not in LISTED:
        return f'("{name}" IN ({marks}) AND "{name}" IS NOT NULL)', tuple(parameters)
    if FIELDS[name].kind is Kind.DIGEST:
        # A digest is rare: start from its events. The other lists hold few different values: start from the event.
        found = f"SELECT event FROM listed WHERE field = {LISTED[name]} AND value IN ({marks})"  # noqa: S608
        return f"number IN ({found})", tuple(parameters)
    return _tested(name, f"{{}} IN ({marks})", *parameters)


def _parameter(value: Scalar) -> str | int | None:
    return fold(value) if isinstance(value, str) else whole(value)


def _compared(name: str, operator: Operator, number: float) -> Sql:
    bounds = whole_range(operator, number)
    if bounds is None:
        return _NEVER
    return f'("{name}" BETWEEN ? AND ? AND "{name}" IS NOT NULL)', bounds


def _tested(name: str, test: str, *parameters: str | int) -> Sql:
    if name not in LISTED:
        return f"({test.format(f'"{name}"')})", parameters
    found = f"SELECT 1 FROM listed WHERE event = number AND field = {LISTED[name]} AND {test.format('value')}"  # noqa: S608
    return f"EXISTS ({found})", parameters


def _joined(parts: tuple[Condition, ...], word: str, empty: str) -> Sql:
    pieces = [_sql(part) for part in parts]
    if not pieces:
        return empty, ()
    return f"({word.join(sql for sql, _ in pieces)})", tuple(value for _, values in pieces for value in values)
