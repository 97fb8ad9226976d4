"""What becomes of values that a caller sends before a system has them, where a grant with `direction: request` says so.

What is not declared, and what no such grant is about, is sent as it is.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from policies.formats.free_text import mask_free_text
from policies.formats.json_text import parse_exactly, spell
from policies.formats.masker import Action, Kind, Tally
from policies.formats.sent_form import Coding, Part
from policies.program import FieldInfo, HtmlShapes, ObjectShape, RowsShape, Shape, ValueShape
from policies.recognisers.scan import scan
from policies.write_back import control_field


class SentBlocked(Exception):
    """A request holds a value that may not be sent."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field
        """As declared."""


class Sending:
    """Masks what one caller sends. *actions* are those of the caller's view for what is sent, by field."""

    def __init__(
        self, actions: Sequence[Action], fields: Sequence[FieldInfo], labels: tuple[str, str] | None, tally: Tally
    ) -> None:
        self._actions = actions
        self._fields = fields
        self._labels = labels
        self._tally = tally

    def json(self, data: bytes, shape: Shape) -> bytes:
        """The JSON to send in place of *data*. Raises SentBlocked, or Withheld where *data* cannot be read."""
        value = self._treated(parse_exactly(data, once=True), shape)
        return data if value == parse_exactly(data, once=True) else spell(value)

    def form(self, data: bytes, shapes: HtmlShapes, coding: Coding, said: bytes) -> bytes:
        """The form to send in place of *data*. Raises SentBlocked.

        *said* is the form as the caller sent it: a true value that was put back in place of a mask is none of his.
        """
        parts, own = coding.read(data), coding.read(said)
        kept: list[Part] = []
        for part in parts:
            action = self._actions[control_field(part.name, shapes)]
            if action.kind is Kind.SHOW or part not in own:
                kept.append(part)
            elif part.file is not None:
                raise SentBlocked(self._fields[action.field].name)
            elif action.kind is not Kind.DROP:
                kept.append(Part(part.name, self._single(action, part.value) or ""))
        return data if kept == parts else coding.write(kept)

    def _treated(self, value: Any, shape: Shape | None) -> Any:
        if isinstance(value, list):
            inner = shape
            if isinstance(shape, ObjectShape):
                inner = shape.items or shape
            elif isinstance(shape, RowsShape):
                inner = shape.record
            return [self._treated(item, inner) for item in value]
        if isinstance(value, dict):
            return self._object(value, shape)
        return self._single(self._actions[shape.field], value) if isinstance(shape, ValueShape) else value

    def _object(self, value: dict[str, Any], shape: Shape | None) -> dict[str, Any]:
        declared: Mapping[str, Shape] = shape.children if isinstance(shape, ObjectShape) else self._parts(shape)
        other = shape.other if isinstance(shape, ObjectShape) else shape
        treated: dict[str, Any] = {}
        for key, item in value.items():
            child = declared.get(key) or other
            action = self._actions[child.field] if isinstance(child, ValueShape) else None
            if isinstance(child, RowsShape) and isinstance(item, list):
                treated[key] = self._rows(item, child, value.get(child.columns))
            elif action is None or action.kind is not Kind.DROP:
                treated[key] = self._treated(item, child)
            elif action.stays:
                treated[key] = None
        return treated

    def _parts(self, shape: Shape | None) -> dict[str, ValueShape]:
        """What an object in the place of a single value holds, where value and label are told apart."""
        if self._labels is None or not isinstance(shape, ValueShape):
            return {}
        return dict(zip(self._labels, (ValueShape(shape.field), ValueShape(shape.label)), strict=True))

    def _rows(self, rows: list[Any], shape: RowsShape, columns: Any) -> list[Any]:
        names = columns if isinstance(columns, list) else []
        return [
            self._cells(row, shape.record, names) if isinstance(row, list) else self._treated(row, shape.record)
            for row in rows
        ]

    def _cells(self, row: list[Any], record: ObjectShape, names: list[Any]) -> list[Any]:
        """A row whose length is that of its columns, as `policies.write_back` has seen to."""
        return [
            self._treated(cell, record.children.get(name) or record.other)
            for name, cell in zip(names, row, strict=True)
        ]

    def _single(self, action: Action, value: Any) -> Any:
        if value is None or value == "":
            return value
        match action.kind:
            case Kind.SHOW:
                return value
            case Kind.MASK:
                return action.apply(value) if isinstance(value, str) else None
            case Kind.SCAN if isinstance(value, str):
                return mask_free_text(value, None, self._tally, typed=True)
            case Kind.SCAN:
                return None if not isinstance(value, bool) and scan(str(value)) else value
            case Kind.DROP:
                return None
            case Kind.BLOCK:
                raise SentBlocked(self._fields[action.field].name)
