"""Applies actions to a parsed JSON value: what is declared becomes what its action says, all else is hidden.

Containers that no declaration describes are kept as containers with every value in them hidden, so that a caller's
program finds the shape it expects.
"""

from functools import lru_cache
from typing import Any

from policies.choose import EVERYBODYS, Choice
from policies.digest import canonical
from policies.formats.free_text import KnownValues, mask_free_text
from policies.formats.json.keys import is_telling_key, without_telling_keys
from policies.formats.json.nodes import DEEPEST, Node, Object, Rows, Value, in_place_of, items_of
from policies.formats.json.subjects import identifier_in, note_subject
from policies.formats.json.table import FEWEST_ROWS, treat_as_table
from policies.formats.json.values import NOTHING, SINGLE, counterpart, drop, masked, remember
from policies.formats.masker import LEFT_OUT, VALUE_BLOCKED, Action, Kind, Tally, Withheld
from policies.formats.plain_texts import tell_nothing
from policies.recognisers.scan import scan
from policies.transforms.make import REDACTED

EXACT_BELOW = 2.0**53
"""Below it every integer is a float of its own."""


class JsonTree:
    """Applies the nodes of one body to its parsed values, in place."""

    def __init__(self, undeclared: Action, tally: Tally, choice: Choice = EVERYBODYS) -> None:
        self.undeclared, self._unknown = _undeclared_nodes(undeclared)
        self.tally = tally
        self._choice = choice
        self._subject = ""  # whom the record is about that is being treated, in canonical form
        self.hides: KnownValues | None = None
        """Told of what is hidden, where it stands in a record with free text: there it is looked for."""
        self.is_part = False
        """Whether a text in it may be a piece of one, which nothing is found in."""
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
                return self.record(node, value, depth)
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
            and treat_as_table(self, items, value, depth + 1) is not None
        ):
            return value
        treat = self.record if isinstance(items, Object) and depth < DEEPEST else self.apply
        for place, item in enumerate(value):
            value[place] = treat(items, item, depth + 1) if type(item) is dict else self.apply(items, item, depth + 1)
        return value

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
        """Do what `record` does, once it is known whose record *value* is."""
        if node.conditions and self.is_left_out(node, value):
            raise Withheld(LEFT_OUT)
        if node.subject is None:
            return self.record(node, value, depth, decided=True)
        around = self._subject
        identifier = identifier_in(node, value.get(node.subject))
        self._subject = canonical(identifier)
        try:
            if node.in_table is not None:
                node = node.in_table(self._choice.table_about(identifier, self.tally.digester))
            return self.record(node, value, depth, decided=True)
        finally:
            self._subject = around

    def record(self, node: Node, value: dict[str, Any], depth: int, *, decided: bool = False) -> dict[str, Any]:
        """What an object becomes in the place of *node*. *decided*: it is known whose record it is, if that matters."""
        if not isinstance(node, Object):
            # A declared value is no object, unless it comes with a label: nothing else in it is declared.
            node = in_place_of(node, self._unknown)
        elif node.decides and not decided:
            return self._decided(node, value, depth)
        tally = self.tally
        if node.subject is not None:
            identifier = value.get(node.subject)
            if type(identifier) is str and identifier.isalnum():
                tally.digester.note((identifier,), tally.subjects)
            else:
                note_subject(node, identifier, tally, value)
        if not node.scanned or node.scanned.isdisjoint(value):
            return self._fields(node, value, None, depth)
        around, known = self.hides, KnownValues()
        self.hides = known
        value = self._fields(node, value, known, depth)
        self.hides = around
        if around is not None:
            around.include(known)
        return value

    def _fields(self, node: Object, value: dict[str, Any], known: KnownValues | None, depth: int) -> dict[str, Any]:
        """What becomes of the fields of *value*. *known*: see `_value`."""
        if not SINGLE.issuperset(map(type, value.values())):
            return self._entries(node, value, list(value), known, depth)
        # The common case, a flat record, costs a few operations for each masked field and none for the others.
        counts, hides = self.tally.fields, self.hides
        for key, index, mask, number in node.masked:
            item = value.get(key)
            if type(item) is str:
                if item:
                    counts[index] += 1
                    value[key] = shown = mask(item)
                    if hides is not None and shown != item:
                        hides.add(item)
            elif item is not None:
                value[key] = counterpart(number, item)
                counts[index] += 1
        for key, index in node.counted:
            if value.get(key) not in NOTHING:
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
                remember(self.hides, item)
            elif child.action.kind is Kind.SCAN and known is not None:
                last.append((key, child))  # free text once all other fields of the record are known
            else:
                value[key] = self._value(child, item, known, depth + 1)
        texts = [value[key] for key, child in last if child.action.kind is Kind.SCAN and type(value[key]) is str]
        prose = min((child.action.prose for _, child in last if child.action.prose), default=0)
        is_plain = (
            len(texts) > 1
            and tell_nothing(texts, known or ())
            and (not prose or self.tally.prose.tell_nothing(texts, prose))
        )
        for key, child in last:
            if child.action.kind is Kind.DROP:
                self.tally.count(child.action)
                drop(child.action, value, key)
            elif is_plain and type(value[key]) is str:
                if value[key]:
                    self.tally.count(child.action)
            else:
                value[key] = self._value(child, value[key], known, depth + 1)
        return without_telling_keys(value, node) if renamed else value

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
            if treat_as_table(self, node.record, records, depth + 1) is None:
                records = [self.record(node.record, record, depth + 1) for record in records]
            return [[record.get(column) for column in columns] for record in records]
        for place, row in enumerate(rows):
            if not isinstance(row, list):
                rows[place] = self.apply(node.record, row, depth + 1)
            elif len(row) != len(columns):
                raise Withheld("table_not_as_declared")
            else:
                record = self.record(node.record, dict(zip(columns, row, strict=True)), depth + 1)
                rows[place] = [record.get(column) for column in columns]
        return rows

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
                shown = masked(action, value, self._subject)
                if self.hides is not None and isinstance(value, str) and shown != value:
                    self.hides.add(value)
                return shown
            case Kind.SCAN:
                if self.is_part:
                    return REDACTED if isinstance(value, str) else value if isinstance(value, bool) else None
                if isinstance(value, str):
                    return mask_free_text(value, known, self.tally, typed=True, prose=action.prose)
                return None if not isinstance(value, bool) and scan(str(value)) else value
            case Kind.DROP:
                remember(self.hides, value)
                return None
            case Kind.BLOCK:
                raise Withheld(VALUE_BLOCKED)


def _record_of(row: Any, columns: list[str]) -> Any:
    return dict(zip(columns, row, strict=False)) if isinstance(row, list) else row


@lru_cache(maxsize=64)
def _undeclared_nodes(action: Action) -> tuple[Value, Object]:
    """What stands for a value and for an object of which nothing is declared."""
    return Value(action), Object({}, Value(action))
