"""One way through the JSON that a caller sends, along the shape that is declared of it: each value takes all steps.

What an object or a list holds is looked at after the steps have let it pass itself. An object in the place of a single
value is undeclared, but for one of a value and its label, where a program tells these apart: it goes with its value.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

from policies.formats.json.text import parse_exactly, spell
from policies.formats.masker import Withheld
from policies.program_shapes import UNDECLARED, ObjectShape, RowsShape, Shape, ValueShape

DEEPEST = 64


class Dropped(Enum):
    """In the place of a value that is left out."""

    DROPPED = "dropped"


DROPPED = Dropped.DROPPED


class Step:
    """What is done to what is sent; nothing, where a step does not say otherwise."""

    def nested(self, value: Any, shape: Shape | None, parts: Mapping[str, Shape], *, droppable: bool) -> Any:
        """What stands in the place of a list or an object: itself or what it becomes as a whole; DROPPED, perhaps.

        *parts* are those of a value and its label, where *shape* is of a single value that may have one.
        """
        return value

    def names(self, value: Mapping[str, Any], shape: Shape | None, declared: Mapping[str, Shape]) -> None:
        """Look at the keys of an object, of which *declared* are."""

    def columns(self, names: Iterable[str], record: ObjectShape) -> None:
        """Look at the names of the columns of a table."""

    def single(self, value: Any, shape: Shape | None, *, droppable: bool) -> Any:
        """What stands in the place of a single value; DROPPED, perhaps, where it is *droppable*."""
        return value


class JsonWalk:
    """Takes JSON through *steps*. *labels* are the keys of a value and of the label beside it, where there are such."""

    def __init__(self, labels: tuple[str, str] | None, steps: Sequence[Step]) -> None:
        self._labels = labels
        self._steps = steps
        self._changed = False

    def sent(self, data: bytes, shape: Shape) -> bytes:
        """The JSON to send in the place of *data*, byte for byte where nothing changes. Raises what steps raise.

        Raises Withheld where *data* cannot be read.
        """
        self._changed = False
        made = self._value(parse_exactly(data, once=True), shape, 0)
        return spell(made) if self._changed else data

    def _value(self, value: Any, shape: Shape | None, depth: int, *, droppable: bool = False) -> Any:
        if depth > DEEPEST:
            raise Withheld("nested_too_deeply")
        for step in self._steps:
            if isinstance(value, list | dict):
                made = step.nested(value, shape, self._parts(shape), droppable=droppable)
            else:
                made = step.single(value, shape, droppable=droppable)
            self._changed = self._changed or (made is not value and made != value)
            if made is DROPPED:
                return DROPPED
            value = made
        if isinstance(value, list):
            inner = shape.items or shape if isinstance(shape, ObjectShape) else shape
            inner = inner.record if isinstance(inner, RowsShape) else inner
            return [self._value(item, inner, depth + 1) for item in value]
        return self._object(value, shape, depth, droppable=droppable) if isinstance(value, dict) else value

    def _parts(self, shape: Shape | None) -> dict[str, Shape]:
        """What an object in the place of a single value holds, the value first; nothing where none is declared."""
        if self._labels is None or not isinstance(shape, ValueShape) or isinstance(shape, _Part):
            return {}
        return dict(zip(self._labels, (_Part(shape.field), _Part(shape.label)), strict=True))

    def _object(self, value: dict[str, Any], shape: Shape | None, depth: int, *, droppable: bool) -> Any:
        parts = self._parts(shape)
        declared: Mapping[str, Shape] = shape.children if isinstance(shape, ObjectShape) else parts
        other = shape.other if isinstance(shape, ObjectShape) else None
        for step in self._steps:
            step.names(value, shape, declared)
        of_value = next(iter(parts), None)
        made = dict(value)
        for key in sorted(value, key=lambda key: key != of_value):  # without its value, the label is not looked at
            item, child = value[key], declared.get(key) or other
            if isinstance(child, RowsShape) and isinstance(item, list):
                made[key] = self._rows(item, child, value.get(child.columns), depth + 1)
                continue
            made[key] = self._value(item, child, depth + 1, droppable=droppable or key != of_value)
            if made[key] is DROPPED:
                if key == of_value:
                    return DROPPED
                del made[key]
        return made

    def _rows(self, rows: list[Any], shape: RowsShape, columns: Any, depth: int) -> list[Any]:
        names = columns if isinstance(columns, list) and all(isinstance(column, str) for column in columns) else []
        record = shape.record
        for step in self._steps:
            step.columns(names, record)
        made: list[Any] = []
        for row in rows:
            if not isinstance(row, list):
                made.append(self._value(row, record, depth + 1))
            elif len(row) != len(names):
                raise Withheld("table_not_as_declared")
            else:
                cells = zip(names, row, strict=True)
                made.append(
                    [self._value(cell, record.children.get(name) or record.other, depth + 2) for name, cell in cells]
                )
        return made


class _Part(ValueShape, frozen=True):
    """The value, or the label beside it, of an object that holds both. An object in its place is undeclared."""


def field_of(shape: Shape | None) -> int:
    """The index of the field of a single value; that of all undeclared ones, where it is none."""
    return shape.field if isinstance(shape, ValueShape) else UNDECLARED
