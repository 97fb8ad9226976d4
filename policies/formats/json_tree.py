"""Applies actions to a parsed JSON value: what is declared becomes what its action says, all else is hidden.

Containers that no declaration describes are kept as containers with every value in them hidden, so that a caller's
program finds the shape it expects.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import count
from typing import Any

from policies.choose import EVERYBODYS, Choice
from policies.digest import canonical
from policies.formats.free_text import KnownValues, mask_free_text
from policies.formats.json_nodes import FEWEST_KEYS, Node, Object, Rows, Table, Value, items_of, table_of
from policies.formats.masker import HIDDEN_KEY, LEFT_OUT, VALUE_BLOCKED, Action, Kind, Tally, Withheld
from policies.recognisers.scan import may_hold_personal_data, scan
from policies.transforms.make import REDACTED

EXACT_BELOW = 2.0**53
"""Below it every integer is a float of its own."""
_SINGLE = frozenset({str, int, bool, type(None)})
_OBJECTS = {dict}
_NOTHING = (None, "")
_FIELD_NAME = re.compile(r"[A-Za-z0-9_.$@:/ -]{0,100}")
DEEPEST = 64
"""How many containers may lie in one another."""
FEWEST_ROWS = 2
"""From so many records on it pays to look at a list of them as a table."""
MOST_TABLES, WIDEST_TABLE = 64, 256
"""Of the records of a node, so many sets of so many keys are remembered: which there are, others say."""


class JsonTree:
    """Applies the nodes of one body to its parsed values, in place."""

    def __init__(self, undeclared: Action, tally: Tally, choice: Choice = EVERYBODYS) -> None:
        self.undeclared, self._unknown = _undeclared_nodes(undeclared)
        self.tally = tally
        self._choice = choice
        self._subject = ""  # whom the record is about that is being treated, in canonical form
        self._hides: KnownValues | None = None  # told of what is hidden, where a record around it has free text
        self.inexact = False
        """Whether a number was shown that the parser may have rounded: an integer of over 64 bits becomes a float."""

    def apply(self, node: Node, value: Any, depth: int = 0) -> Any:
        """What *value* becomes.

        Raises Withheld where it is nested too deeply, a table is not as declared, or the caller may not see it.
        """
        if depth > DEEPEST:
            raise Withheld("nested_too_deeply")
        match value:
            case dict():
                return self._object(node, value, depth)
            case list():
                return self._array(node, value, depth)
            case _:
                return self.scalar(node.action if isinstance(node, Value) else self.undeclared.action, value)

    def _array(self, node: Node, value: list[Any], depth: int) -> list[Any]:
        items = items_of(node) or self.undeclared
        if isinstance(items, Object) and items.conditions:
            self._leave_out(items, value)
        if (
            len(value) >= FEWEST_ROWS
            and depth < DEEPEST
            and isinstance(items, Object)
            and self._table(items, value, depth + 1)
        ):
            return value
        treat = self._object if isinstance(items, Object) and depth < DEEPEST else self.apply
        for place, item in enumerate(value):
            value[place] = treat(items, item, depth + 1) if type(item) is dict else self.apply(items, item, depth + 1)
        return value

    def _table(self, node: Object, records: Sequence[Any], depth: int) -> bool:
        """Treat *records* with the same keys field by field, as `_object` would one by one, in a third of the time.

        False, and nothing was done, where they are not that.
        """
        table = _table_of(node, records[0]) if depth < DEEPEST else None
        columns = None if table is None else _columns_of(table, records)
        if table is None or columns is None:
            return False
        of_text = [False] * len(columns)
        for place in table.values:
            column = columns[place]
            of_text[place] = are_texts(column)
            if not of_text[place] and not _SINGLE.issuperset(map(type, column)):
                return False
        for place, _, _ in table.objects:
            if set(map(type, columns[place])) != _OBJECTS:
                return False
        if table.subject is not None:
            self._note_subjects(node, columns[table.subject], are_text=of_text[table.subject])
        hidden: list[tuple[Sequence[Any], Sequence[Any]]] = []
        for place, key, action in table.treated:
            column = columns[place]
            if action.personal:
                self._count(action, column)
            if action.kind is not Kind.MASK:
                _without_masks(action, key, column, records)
                if action.kind is Kind.DROP:
                    hidden.append((column, (None,) * len(column)))
                continue
            masks = (
                list(map(action.apply, column)) if of_text[place] else [_masked(action, item, "") for item in column]
            )
            for record, item in zip(records, masks, strict=True):
                record[key] = item
            hidden.append((column, masks))
        if self._hides is not None:
            for values, treated in hidden:
                _remember_hidden(self._hides, values, treated)
        for place, key, child in table.objects:
            column = columns[place]
            if not self._table(child, column, depth + 1):
                for record, item in zip(records, column, strict=True):
                    record[key] = self._object(child, item, depth + 1)
        for place, key, action in table.texts:  # once all other fields of each record are known
            for number, (record, item) in enumerate(zip(records, columns[place], strict=True)):
                if item not in _NOTHING:
                    known = _known_of(hidden, number) if table.looks_further else None
                    record[key] = self.scalar(action, item, known)
        return True

    def _count(self, action: Action, column: Sequence[Any]) -> None:
        """Count the values of *column*, which is treated by *action*."""
        number = len(column)
        if action.kind is not Kind.DROP and not all(column):
            number -= column.count(None) + column.count("")
        if number:
            self.tally.fields[action.field] += number

    def is_left_out(self, node: Node, value: Any) -> bool:
        """Whether *value* is a record that the caller may not see. It is counted."""
        if not isinstance(node, Object) or not isinstance(value, dict):
            return False
        if all(self._choice.shows(name, value.get(key)) for key, name in node.conditions):
            return False
        self.tally.left_out += 1
        return True

    def _leave_out(self, node: Object, values: list[Any]) -> None:
        values[:] = [value for value in values if not self.is_left_out(node, value)]

    def _decided(self, node: Object, value: dict[str, Any], depth: int) -> dict[str, Any]:
        """Do what `_object` does, once it is known whose record *value* is."""
        if node.conditions and self.is_left_out(node, value):
            raise Withheld(LEFT_OUT)
        if node.subject is None:
            return self._object(node, value, depth, decided=True)
        around = self._subject
        identifier = identifier_in(node, value.get(node.subject))
        self._subject = canonical(identifier)
        try:
            if node.in_table is not None:
                node = node.in_table(self._choice.table_about(identifier, self.tally.digester))
            return self._object(node, value, depth, decided=True)
        finally:
            self._subject = around

    def _object(self, node: Node, value: dict[str, Any], depth: int, *, decided: bool = False) -> dict[str, Any]:
        if not isinstance(node, Object):
            # A declared value is no object, unless it comes with a label: nothing else in it is declared.
            node = in_place_of(node, self._unknown)
        elif node.decides and not decided:
            return self._decided(node, value, depth)
        tally = self.tally
        if node.subject is not None and (identifier := value.get(node.subject)) not in _NOTHING:
            if type(identifier) is str:
                tally.digester.note((identifier,), tally.subjects)
            else:
                note_subject(node, identifier, tally)
        if not node.scanned or node.scanned.isdisjoint(value):
            return self._fields(node, value, None, depth)
        around, known = self._hides, KnownValues()
        self._hides = known
        value = self._fields(node, value, known, depth)
        self._hides = around
        if around is not None:
            around.include(known)
        return value

    def _fields(self, node: Object, value: dict[str, Any], known: KnownValues | None, depth: int) -> dict[str, Any]:
        """What becomes of the fields of *value*. *known*: see `_value`."""
        if not _SINGLE.issuperset(map(type, value.values())):
            return self._entries(node, value, list(value), known, depth)
        # The common case, a flat record, costs a few operations for each masked field and none for the others.
        counts, hides = self.tally.fields, self._hides
        for key, index, mask, number in node.masked:
            item = value.get(key)
            if type(item) is str:
                if item:
                    counts[index] += 1
                    value[key] = masked = mask(item)
                    if hides is not None and masked != item:
                        hides.add(item)
            elif item is not None:
                value[key] = _counterpart(number, item)
                counts[index] += 1
        for key, index in node.counted:
            if value.get(key) not in _NOTHING:
                counts[index] += 1
        if node.plain.issuperset(value):
            return value
        return self._entries(node, value, [key for key in value if key not in node.plain], known, depth)

    def _entries(
        self, node: Object, value: dict[str, Any], keys: list[str], known: KnownValues | None, depth: int
    ) -> dict[str, Any]:
        last: list[tuple[str, Value]] = []
        renamed = False
        for key in keys:
            item = value[key]
            child = node.children.get(key)
            if child is None:
                child = node.other
                renamed = renamed or is_telling_key(key)
            if isinstance(child, Rows):
                value[key] = self._rows(child, item, value.get(child.columns), depth + 1)
            elif not isinstance(child, Value):
                if key not in node.children and self.is_left_out(child, item):
                    del value[key]
                else:
                    value[key] = self.apply(child, item, depth + 1)
            elif child.action.kind is Kind.DROP:
                last.append((key, child))
                _remember(self._hides, item)
            elif child.action.kind is Kind.SCAN and known is not None:
                last.append((key, child))  # free text once all other fields of the record are known
            else:
                value[key] = self._value(child, item, known, depth + 1)
        for key, child in last:
            if child.action.kind is Kind.DROP:
                self.tally.count(child.action)
                _drop(child.action, value, key)
            else:
                value[key] = self._value(child, value[key], known, depth + 1)
        return _without_telling_keys(value, node) if renamed else value

    def _value(self, node: Value, value: Any, known: KnownValues | None, depth: int) -> Any:
        """What *value* becomes where *node* is declared, with each of a list.

        *known* is what the record hides, where it has free text: in that it is looked for.
        """
        if not isinstance(value, list) or depth > DEEPEST:
            return (
                self.apply(node, value, depth)
                if isinstance(value, dict | list)
                else self.scalar(node.action, value, known)
            )
        for place, item in enumerate(value):
            value[place] = self._value(node, item, known, depth + 1)
        return value

    def _rows(self, node: Rows, rows: Any, columns: Any, depth: int) -> Any:
        if not isinstance(rows, list) or not isinstance(columns, list):
            return self.apply(self.undeclared, rows, depth)
        if not all(isinstance(column, str) for column in columns) or len(set(columns)) != len(columns):
            raise Withheld("table_not_as_declared")
        if node.record.conditions:
            rows[:] = [row for row in rows if not self.is_left_out(node.record, _record_of(row, columns))]
        if set(map(type, rows)) == {list} and set(map(len, rows)) == {len(columns)}:
            records = [dict(zip(columns, row, strict=True)) for row in rows]
            if not self._table(node.record, records, depth + 1):
                records = [self._object(node.record, record, depth + 1) for record in records]
            return [[record.get(column) for column in columns] for record in records]
        for place, row in enumerate(rows):
            if not isinstance(row, list):
                rows[place] = self.apply(node.record, row, depth + 1)
            elif len(row) != len(columns):
                raise Withheld("table_not_as_declared")
            else:
                record = self._object(node.record, dict(zip(columns, row, strict=True)), depth + 1)
                rows[place] = [record.get(column) for column in columns]
        return rows

    def _note_subjects(self, node: Object, identifiers: Sequence[Any], *, are_text: bool) -> None:
        if are_text:
            self.tally.digester.note(filter(None, identifiers), self.tally.subjects)
            return
        for identifier in identifiers:
            note_subject(node, identifier, self.tally)

    def scalar(self, action: Action, value: Any, known: KnownValues | None = None) -> Any:
        """What a single *value* becomes. *known*: see `_value`."""
        if value is None or value == "":
            return value
        self.tally.count(action)
        match action.kind:
            case Kind.SHOW:
                if isinstance(value, float) and abs(value) >= EXACT_BELOW:
                    self.inexact = True
                return value
            case Kind.MASK:
                masked = _masked(action, value, self._subject)
                if self._hides is not None and isinstance(value, str) and masked != value:
                    self._hides.add(value)
                return masked
            case Kind.SCAN:
                if isinstance(value, str):
                    return mask_free_text(value, known, self.tally, typed=True)
                return None if not isinstance(value, bool) and scan(str(value)) else value
            case Kind.DROP:
                _remember(self._hides, value)
                return None
            case Kind.BLOCK:
                raise Withheld(VALUE_BLOCKED)


def _remember(known: KnownValues | None, value: Any) -> None:
    """Add to *known* every text in *value*, of which nothing is shown."""
    match value:
        case str() if known is not None:
            known.add(value)
        case dict():
            _remember(known, list(value.values()))
        case list() if known is not None:
            for item in value:
                _remember(known, item)
        case _:
            pass


def _masked(action: Action, value: Any, subject: str) -> Any:
    return action.masked(value, subject) if isinstance(value, str) else _counterpart(action.number, value)


def _counterpart(number: Callable[[float], float | None], value: Any) -> float | None:
    """What stands for *value*, which is no text: null, but for a number whose band has a number."""
    return number(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _drop(action: Action, record: dict[str, Any], key: str) -> None:
    if action.stays:
        record[key] = None
    else:
        del record[key]


def in_place_of(node: Value | Rows, unknown: Object) -> Object:
    """What an object is that stands where *node* is declared; *unknown* where nothing says so."""
    if isinstance(node, Value):
        if node.labelled is not None:
            return node.labelled
        if node.action.kind is Kind.BLOCK:
            return Object({}, node)
    return unknown


def identifier_in(node: Object, identifier: Any) -> str:
    """Whom an object of *node* is about, as the value of its subject says, with a label beside it or not; or ""."""
    identifier = _without_label(node, identifier)
    return str(identifier) if isinstance(identifier, str | int) and not isinstance(identifier, bool) else ""


def note_subject(node: Object, identifier: Any, tally: Tally) -> None:
    """Note in *tally* whom an object of *node* is about by the value of its subject, or that nobody can read it."""
    if _without_label(node, identifier) not in (None, "", [], {}):
        said = identifier_in(node, identifier)
        tally.note_subject(said)
        tally.has_unreadable |= not said


def _without_label(node: Object, identifier: Any) -> Any:
    declared = node.children.get(node.subject or "")
    if isinstance(identifier, dict) and isinstance(declared, Value) and declared.labelled is not None:
        return identifier.get(next(iter(declared.labelled.children)))
    return identifier


def _table_of(node: Object, record: Any) -> Table | None:
    """How records of *node* with the keys of *record* are treated as a table; None where they cannot be."""
    if node.decides or node.asks_whose or type(record) is not dict or len(record) < FEWEST_KEYS:
        return None
    keys = tuple(record)
    table = node.tables.get(keys)
    if table is None and not any(key not in node.children and is_telling_key(key) for key in keys):
        table = table_of(node, keys)
        if table is not None and len(keys) <= WIDEST_TABLE:
            if len(node.tables) >= MOST_TABLES:
                node.tables.clear()
            node.tables[keys] = table
    return table


def _columns_of(table: Table, records: Sequence[Any]) -> list[tuple[Any, ...]] | None:
    """The values of *records* by place, where all are objects with the keys of *table* and no others."""
    try:
        rows = list(map(table.cells, records))
    except (KeyError, TypeError):
        return None
    return list(zip(*rows, strict=True)) if set(map(len, records)) == {len(rows[0])} else None


def are_texts(values: Iterable[Any]) -> bool:
    """Whether all of *values* are texts: nothing else can be joined, and nothing asks faster."""
    try:
        "".join(values)
    except TypeError:
        return False
    return True


def _without_masks(action: Action, key: str, column: Sequence[Any], records: Sequence[dict[str, Any]]) -> None:
    """Do what *action*, which makes no masks, does to the values that *records* have at *key*."""
    if action.kind is Kind.DROP:
        for record in records:
            _drop(action, record, key)
    elif action.kind is Kind.BLOCK and not all(item in _NOTHING for item in column):
        raise Withheld(VALUE_BLOCKED)


def _record_of(row: Any, columns: list[str]) -> Any:
    return dict(zip(columns, row, strict=False)) if isinstance(row, list) else row


def _known_of(hidden: Sequence[tuple[Sequence[Any], Sequence[Any]]], place: int) -> KnownValues:
    """What the record at *place* hides, of columns as they were and as they became."""
    known = KnownValues()
    for column, treated in hidden:
        _remember_hidden(known, column[place : place + 1], treated[place : place + 1])
    return known


def _remember_hidden(known: KnownValues, column: Sequence[Any], treated: Sequence[Any]) -> None:
    """Add to *known* the texts in *column* that have become something else, as *treated* says."""
    for item, became in zip(column, treated, strict=True):
        if type(item) is str and item != became:
            known.add(item)


@lru_cache(maxsize=64)
def _undeclared_nodes(action: Action) -> tuple[Value, Object]:
    """What stands for a value and for an object of which nothing is declared."""
    return Value(action), Object({}, Value(action))


@lru_cache(maxsize=4096)
def is_telling_key(key: str) -> bool:
    """Whether *key*, which nobody declared, may hold personal data itself, as in an object keyed by ID numbers.

    Only a plain ASCII word can be taken for the name of a field; `张三` could be anything.
    """
    return _FIELD_NAME.fullmatch(key) is None or (may_hold_personal_data(key) and bool(scan(key)))


def hidden_key(number: int) -> str:
    """What stands in place of the telling key *number* of its object, from 1."""
    return f"{REDACTED}{number}"


def is_hidden_key(key: str) -> bool:
    """Whether *key* is what stood in place of a telling key: nothing says any more which."""
    return key.startswith(REDACTED)


def _without_telling_keys(value: dict[str, Any], node: Object) -> dict[str, Any]:
    numbers = count(1)
    return {
        hidden_key(next(numbers)) if key not in node.children and is_telling_key(key) else key: item
        for key, item in value.items()
    }


def without(value: Any, hidden: KnownValues) -> Any:
    """*value*, masked, without what is *hidden*. Raises Withheld where a key of an object is."""
    match value:
        case str():
            return hidden.hidden_in(value)
        case dict():
            if any(key in hidden for key in value):
                raise Withheld(HIDDEN_KEY)
            return {key: without(item, hidden) for key, item in value.items()}
        case list():
            return [without(item, hidden) for item in value]
        case bool() | None:
            return value
        case _:
            return None if str(value) in hidden else value
