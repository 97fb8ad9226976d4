"""What becomes of values on their way to a system: tokens that were shown are opened, and what it stores is encrypted.

Between the two stands `write_back`, which lets no mask through. A token passes only if it authenticates, and only from
who is shown nothing but tokens of its field, whosever the record is; whatever is wrong with one, there is one answer.

INVARIANT: no value of a field that is stored encrypted goes to the system as it is.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from policies.ask import Question
from policies.data_keys import BadToken, DataKeys
from policies.formats.html_forms import Carried
from policies.formats.json_text import parse_exactly, spell
from policies.formats.masker import Action, Withheld
from policies.formats.sent_form import Coding, Part
from policies.program import UNDECLARED, HtmlShapes, ObjectShape, Program, RowsShape, Shape, ValueShape
from policies.transforms.keyed import FieldKeys
from policies.transforms.sealed import TOKEN, FieldCipher, stored_tokens
from policies.write_back import DEEPEST, URL_ENCODED, MaskReturned, control_field

NOTHING_CARRIED: Carried = {}


class _Treat(Protocol):
    def __call__(self, index: int, value: Any, carried: Collection[str] = (), /) -> Any:
        """What is sent in the place of a single *value* of a field, for which a form has *carried* these."""


class SentValues:
    """Opens and encrypts what is sent to one system."""

    def __init__(self, program: Program, keys: DataKeys | None) -> None:
        self._fields = program.fields
        self._labels = program.labels.json
        self._stored: dict[int, FieldCipher] = {}
        for index, field in enumerate(program.fields):
            if field.at_rest is not None:
                field_keys = FieldKeys(b"", program.system, field.category, keys)
                self._stored[index] = stored_tokens(field.at_rest, field_keys, field.name)

    def opened_json(self, data: bytes, shape: Shape, actions: Sequence[Action]) -> bytes:
        """The JSON *data* with the values that its sender's tokens stand for. Raises MaskReturned, Withheld."""
        return self._json(data, shape, self._opening(actions)) if _may_open(actions) else data

    def opened_form(
        self, data: bytes, shapes: HtmlShapes, actions: Sequence[Action], coding: Coding = URL_ENCODED
    ) -> bytes:
        """The same of a form."""
        return self._form(data, shapes, self._opening(actions), coding) if _may_open(actions) else data

    def stored_json(self, data: bytes, shape: Shape) -> bytes:
        """The JSON *data* as the system stores it. Raises Withheld where a value that is to be encrypted is no text."""
        return self._json(data, shape, self._store) if self._stored else data

    def stored_form(
        self, data: bytes, shapes: HtmlShapes, coding: Coding = URL_ENCODED, carried: Carried = NOTHING_CARRIED
    ) -> bytes:
        """The same of a form; what it has *carried* for masks that nobody changed is what the system holds already.

        Raises MaskReturned for any other stored value: it would be somebody else's, to be read where it is written.
        """
        return self._form(data, shapes, self._store, coding, carried) if self._stored else data

    def opened_query(
        self, query: Sequence[tuple[str, str]], question: Question, actions: Sequence[Action]
    ) -> tuple[list[tuple[str, str]], set[int]]:
        """*query* with what its sender's tokens stand for, and where in it they stood. Raises MaskReturned.

        A token is opened where it is asked whether a field is equal to it, and nowhere else.
        """
        opening = self._opening(actions)
        opened, by_token = [], set()
        for place, (name, value) in enumerate(query):
            fields, is_equal = question.compared(name) if TOKEN.fullmatch(value) else ((), False)
            made = {opening(index, value) for index in fields} if is_equal else {value}
            if made != {value} and len(made) == 1:
                by_token.add(place)
                value = made.pop()
            opened.append((name, value))
        return opened, by_token

    def stored_query(self, query: Sequence[tuple[str, str]], question: Question) -> list[tuple[str, str]] | None:
        """*query* as a system can answer it that stores fields encrypted; None where it cannot.

        It can only tell whether a field is equal to a value, and only where equal values are stored alike.
        """
        stored = []
        for name, value in query:
            fields, is_equal = question.compared(name)
            ciphers = [self._stored.get(index) for index in fields]
            if any(ciphers) and value:
                if not is_equal or len(fields) != 1 or ciphers[0] is None or not ciphers[0].is_deterministic:
                    return None
                value = ciphers[0].make(value)
            stored.append((name, value))
        return stored

    def _opening(self, actions: Sequence[Action]) -> _Treat:
        def treat(index: int, value: Any, _carried: Collection[str] = ()) -> Any:
            opens = actions[index].opens
            if opens is None or not isinstance(value, str):
                return value
            try:
                return opens(value)
            except BadToken:
                raise MaskReturned(self._fields[index].name) from None

        return treat

    def _store(self, index: int, value: Any, carried: Collection[str] = ()) -> Any:
        tokens = self._stored.get(index)
        if tokens is None or value is None or value == "":
            return value
        if not isinstance(value, str):
            raise Withheld("value_is_no_text")
        if TOKEN.fullmatch(value):
            if value not in carried:
                raise MaskReturned(self._fields[index].name)
            try:
                tokens.open(value)
            except BadToken:
                raise MaskReturned(self._fields[index].name) from None
            return value
        return tokens.make(value)

    def _json(self, data: bytes, shape: Shape, treat: _Treat) -> bytes:
        value = parse_exactly(data, once=True)
        walked = _Walk(treat, self._labels)
        made = walked.value(value, shape, 0)
        return spell(made) if walked.changed else data

    def _form(
        self, data: bytes, shapes: HtmlShapes, treat: _Treat, coding: Coding, carried: Carried = NOTHING_CARRIED
    ) -> bytes:
        parts = coding.read(data)
        treated = []
        for part in parts:
            index = control_field(part.name, shapes)
            if part.file is None:
                part = Part(part.name, treat(index, part.value, {true for _, true in carried.get(part.name, ())}))
            elif part.file.content and index in self._stored:
                raise Withheld("value_is_no_text")
            treated.append(part)
        return data if treated == parts else coding.write(treated)


class _Walk:
    """Walks one JSON value along the shape that is declared of it."""

    def __init__(self, treat: _Treat, labels: tuple[str, str] | None) -> None:
        self._treat = treat
        self._labels = labels
        self.changed = False

    def value(self, value: Any, shape: Shape | None, depth: int) -> Any:
        if depth > DEEPEST:
            raise Withheld("nested_too_deeply")
        match value:
            case list() if isinstance(shape, RowsShape):
                return [self.value(item, shape.record, depth + 1) for item in value]
            case list():
                inner = shape.items or shape if isinstance(shape, ObjectShape) else shape
                return [self.value(item, inner, depth + 1) for item in value]
            case dict():
                return self._object(value, shape, depth)
            case _:
                treated = self._treat(shape.field if isinstance(shape, ValueShape) else UNDECLARED, value)
                self.changed = self.changed or treated is not value
                return treated

    def _object(self, value: dict[str, Any], shape: Shape | None, depth: int) -> dict[str, Any]:
        children, other = self._children(shape)
        made = {}
        for key, item in value.items():
            child = children.get(key) or other
            if isinstance(child, RowsShape) and isinstance(item, list):
                made[key] = self._rows(item, child, value.get(child.columns), depth + 1)
            else:
                made[key] = self.value(item, child, depth + 1)
        return made

    def _children(self, shape: Shape | None) -> tuple[Mapping[str, Shape], Shape | None]:
        match shape:
            case ObjectShape(children, other):
                return children, other
            case RowsShape(_, record):
                return record.children, record.other
            case ValueShape(field, label) if self._labels is not None:
                return {self._labels[0]: ValueShape(field), self._labels[1]: ValueShape(label)}, shape
            case ValueShape():
                return {}, shape  # whatever lies in the place of a value is the value
            case _:
                return {}, None

    def _rows(self, rows: list[Any], shape: RowsShape, columns: Any, depth: int) -> list[Any]:
        names = columns if isinstance(columns, list) and all(isinstance(column, str) for column in columns) else []
        made = []
        for row in rows:
            if not isinstance(row, list):
                made.append(self.value(row, shape.record, depth + 1))
            elif len(row) != len(names):
                raise Withheld("table_not_as_declared")
            else:
                children, other = shape.record.children, shape.record.other
                cells = zip(names, row, strict=True)
                made.append([self.value(cell, children.get(name) or other, depth + 2) for name, cell in cells])
        return made


def _may_open(actions: Sequence[Action]) -> bool:
    return any(action.opens is not None for action in actions)
