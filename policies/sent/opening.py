"""What stands in the place of handles in the body of a request: the system behind is sent the true keys."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from policies.ask import KEY, Kind, is_sealed, opened_text
from policies.formats.json.text import parse_exactly, spell
from policies.formats.masker import Withheld
from policies.formats.sent_form import Part
from policies.guesses import Guesses
from policies.keys.data_keys import BadToken
from policies.program import Program
from policies.program_shapes import UNDECLARED, HtmlShapes, ObjectShape, RowsShape, Shape, ValueShape
from policies.sent.json import DEEPEST, Step
from policies.sent.write_back import WriteRules, control_field, fits
from policies.spelling import read
from policies.transforms.handle import Holder, holds_handle
from policies.view import View


class RawKey(Exception):
    """A request names a record by a key that its caller may not see: whether there is one would be told."""


class Opening:
    """Opens what *holder*, who has *view*, sends to *path* of the system of *program*. *writes* tells masks.

    In a field, a key is opened only where the caller is shown it in nobody's record: he could read it there.
    """

    def __init__(self, program: Program, view: View, holder: Holder, writes: WriteRules, path: str) -> None:
        self._program = program
        self._view = view
        self._links = view.links
        self._holder = holder
        self._writes = writes
        self._guesses = Guesses(view.links, path) if view.links.may_tell else None

    def controls(self, parts: Sequence[Part], shapes: HtmlShapes) -> tuple[list[Part], list[str], list[str]]:
        """The *parts* of a form; what of them the caller has said himself; what he has not.

        Raises BadToken where a handle is not his, or is not of the record whose keys the control holds, and RawKey.
        """
        opened, said, keys = [], list[str](), list[str]()
        for part in parts:
            if is_sealed(part.value):
                value, kind = self._opened(part.name, part.value, self._record_of(part.name, shapes))
                if kind is Kind.SAID and self._is_raw(part.name, value, shapes):
                    raise RawKey
                if kind is Kind.CARRIED and control_field(part.name, shapes) != UNDECLARED:
                    raise BadToken  # an address of a page, moved into a field, could be read there
                (said if kind is Kind.SAID else keys).append(value)
                part = replace(part, value=value)
            else:
                text = part.value if part.file is None else part.file.name
                if self._is_raw(part.name, text, shapes):
                    raise RawKey
                said.append(text)
            if self._leads(part.name):
                raise RawKey
            opened.append(part)
        return opened, said, keys

    def _is_raw(self, name: str, value: str, shapes: HtmlShapes) -> bool:
        """Whether *value* of the control *name* is a key that the caller may not see, or leads to one."""
        if any(fits(place.name, name) and self._links.hides(place.record) for place in shapes.key_controls):
            return bool(value)
        return self._is_raw_key(control_field(name, shapes), value) or self._leads(value)

    def _is_raw_key(self, field: int, value: str) -> bool:
        """Whether *value* of *field* is a key that the caller may not see, and no mask of one.

        An answer would repeat it as a handle, to be compared with others.
        """
        if not self._program.fields[field].key_of or self._view.may_ask([field]):
            return False
        return bool(value.strip()) and not self._writes.is_mask(self._view.actions[field], value)

    def _leads(self, text: str) -> bool:
        return self._guesses is not None and self._guesses.hold_key(text)

    def json_body(self, body: bytes, shape: Shape) -> bytes:
        """The JSON *body* of *shape*. Raises BadToken, Withheld, and RawKey for a hidden key and what leads to one."""
        holds_handles = holds_handle(body.decode("utf-8", "replace"))
        if not holds_handles and self._guesses is None:
            return body
        opened = self.json(parse_exactly(body, once=True), shape)
        return spell(opened) if holds_handles else body

    def json(self, value: Any, shape: Shape | None, depth: int = 0) -> Any:
        """The JSON *value* of *shape*. A handle that stands where no key does is left.

        Raises BadToken, Withheld and RawKey.
        """
        if depth > DEEPEST:
            raise Withheld("nested_too_deeply")
        match value, shape:
            case str(), _:
                return self.text(value, shape)
            case bool() | None, _:
                return value
            case int() | float(), ValueShape(field) if self._is_raw_key(field, str(value)):
                raise RawKey
            case list(), ObjectShape(items=items):
                return [self.json(item, items or shape, depth + 1) for item in value]
            case list(), RowsShape(record=record):
                return [self.json(item, record, depth + 1) for item in value]
            case list(), _:
                return [self.json(item, shape, depth + 1) for item in value]
            case dict(), _:
                return self._object(value, shape, depth)
            case _:
                return value

    def text(self, value: str, shape: Shape | None) -> str:
        """The single text *value* of *shape*. Raises BadToken and RawKey."""
        field = shape.field if isinstance(shape, ValueShape) else UNDECLARED
        if is_sealed(value):
            return self._key(value, record) if (record := self._key_of(field)) else value
        if self._is_raw_key(field, value) or self._leads(value):
            raise RawKey
        return value

    def names(self, names: Iterable[str]) -> None:
        """Raise RawKey where one of *names* leads to a hidden key."""
        if any(map(self._leads, names)):
            raise RawKey

    def _object(self, value: dict[str, Any], shape: Shape | None, depth: int) -> dict[str, Any]:
        self.names(value)
        match shape:
            case ObjectShape(children, other):
                shapes = {key: children.get(key) or other for key in value}
            case ValueShape() if self._program.labels.json is not None:
                shapes = {key: shape if key == self._program.labels.json[0] else None for key in value}
            case _:
                shapes = dict.fromkeys(value)
        return {key: self._table(item, shapes[key], value, depth + 1) for key, item in value.items()}

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


class OpeningStep(Step):
    """A step in which *opening* opens each text. It raises BadToken and RawKey."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening

    def names(self, value: Mapping[str, Any], shape: Shape | None, declared: Mapping[str, Shape]) -> None:
        """See `Step`."""
        self._opening.names(value)

    def single(self, value: Any, shape: Shape | None, *, droppable: bool) -> Any:
        """See `Step`."""
        return self._opening.text(value, shape)
