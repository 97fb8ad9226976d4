"""What stands in the place of handles in the body of a request: the system behind is sent the true keys."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from policies.ask import KEY, Kind, is_sealed, opened_text
from policies.data_keys import BadToken
from policies.formats.json_text import parse_exactly, spell
from policies.formats.masker import Withheld
from policies.formats.sent_form import Part
from policies.program import HtmlShapes, ObjectShape, Program, RowsShape, Shape, ValueShape
from policies.spelling import read
from policies.transforms.handle import Holder, holds_handle
from policies.view import View
from policies.write_back import DEEPEST, control_field, fits


class RawKey(Exception):
    """A request names a record by a key that its caller may not see: whether there is one would be told."""


class Opening:
    """Opens what *holder*, who has *view*, sends to the system of *program*.

    In a field, a key is opened only where the caller is shown it in nobody's record: he could read it there.
    """

    def __init__(self, program: Program, view: View, holder: Holder) -> None:
        self._program = program
        self._view = view
        self._links = view.links
        self._holder = holder

    def controls(self, parts: Sequence[Part], shapes: HtmlShapes) -> tuple[list[Part], list[str], list[str]]:
        """The *parts* of a form; what of them the caller has said himself; what he has not.

        Raises BadToken where a handle is not his, or is not of the record whose keys the control holds, and RawKey.
        """
        opened, said, keys = [], list[str](), list[str]()
        for part in parts:
            if is_sealed(part.value):
                value, kind = self._opened(part.name, part.value, self._record_of(part.name, shapes))
                if kind is Kind.SAID and self._links.hold_key(value):
                    raise RawKey
                (said if kind is Kind.SAID else keys).append(value)
                part = replace(part, value=value)
            elif self._is_raw(part, shapes):
                raise RawKey
            else:
                said.append(part.value if part.file is None else part.file.name)
            opened.append(part)
        return opened, said, keys

    def _is_raw(self, part: Part, shapes: HtmlShapes) -> bool:
        """Whether the value of *part* is a key that the caller may not see, or leads to one."""
        holds_key = any(
            fits(place.name, part.name) and self._links.hides(place.record) for place in shapes.key_controls
        )
        return (holds_key and bool(part.value)) or self._links.hold_key(part.value)

    def json_body(self, body: bytes, shape: Shape) -> bytes:
        """The JSON *body* of *shape*. Raises BadToken, Withheld, and RawKey for an address that holds a hidden key."""
        holds_handles = holds_handle(body.decode("utf-8", "replace"))
        if not holds_handles and not self._links.may_tell:
            return body
        value = parse_exactly(body, once=True)
        self._refuse_raw_keys(value)
        return spell(self.json(value, shape)) if holds_handles else body

    def _refuse_raw_keys(self, value: Any, depth: int = 0) -> None:
        if depth > DEEPEST:
            raise Withheld("nested_too_deeply")
        match value:
            case str() if self._links.hold_key(value):
                raise RawKey
            case list() | dict():
                for item in value if isinstance(value, list) else value.values():
                    self._refuse_raw_keys(item, depth + 1)
            case _:
                pass

    def json(self, value: Any, shape: Shape | None, depth: int = 0) -> Any:
        """The JSON *value* of *shape*. A handle that stands where no key does is left. Raises BadToken or Withheld."""
        if depth > DEEPEST:
            raise Withheld("nested_too_deeply")
        match value, shape:
            case str(), ValueShape(field) if is_sealed(value) and (record := self._key_of(field)):
                return self._key(value, record)
            case list(), ObjectShape(items=items):
                return [self.json(item, items or shape, depth + 1) for item in value]
            case list(), RowsShape(record=record):
                return [self.json(item, record, depth + 1) for item in value]
            case list(), _:
                return [self.json(item, shape, depth + 1) for item in value]
            case dict(), ObjectShape(children, other):
                return {
                    key: self._table(item, child, value, depth + 1)
                    for key, item in value.items()
                    for child in (children.get(key) or other,)
                }
            case dict(), ValueShape() if self._program.labels.json is not None:
                key = self._program.labels.json[0]
                return value | {key: self.json(value[key], shape, depth + 1)} if key in value else value
            case _:
                return value

    def _table(self, value: Any, shape: Shape | None, around: Mapping[str, Any], depth: int) -> Any:
        """The same of what stands beside the names of its columns, where it is rows as lists."""
        columns = around.get(shape.columns) if isinstance(shape, RowsShape) else None
        if not isinstance(shape, RowsShape) or not isinstance(columns, list) or not isinstance(value, list):
            return self.json(value, shape, depth)
        if not all(isinstance(name, str) for name in columns):
            raise Withheld("table_not_as_declared")
        record = shape.record
        return [
            [
                self.json(cell, record.children.get(name) or record.other, depth + 2)
                for name, cell in zip(columns, row, strict=True)
            ]
            if isinstance(row, list) and len(row) == len(columns)
            else self.json(row, record, depth + 1)
            for row in value
        ]

    def _record_of(self, name: str, shapes: HtmlShapes) -> str:
        """The record whose keys the control *name* holds; empty where it holds none."""
        for place in shapes.key_controls:
            if fits(place.name, name):
                return place.record
        return self._key_of(control_field(name, shapes))

    def _key_of(self, field: int) -> str:
        """The record whose keys are opened in *field*; empty where none are."""
        return self._program.fields[field].key_of if self._view.hides_everywhere(field) else ""

    def _opened(self, name: str, value: str, record: str) -> tuple[str, Kind]:
        """What *value* of the control *name* stands for: a key of *record*, perhaps."""
        if self._links.hides(record):
            return self._key(value, record), Kind.KEY  # what he has said himself would be a guess
        if record:
            with suppress(BadToken):  # whoever may see a key can have said it himself
                return self._key(value, record), Kind.KEY
        return opened_text(name, value, self._holder)

    def _key(self, handle: str, record: str) -> str:
        try:
            return read(self._holder.opened(handle, KEY, record), self._program.spelling)
        except ValueError:
            raise BadToken from None
