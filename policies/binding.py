"""Binds what a program says of the shapes of bodies to the actions of one view: the nodes and pages of its maskers."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from policies.addresses import Addresses
from policies.ask import Sight
from policies.choose import GENERAL
from policies.choose import Rows as Shown
from policies.formats.html.shape import HtmlShape, Selector
from policies.formats.json.nodes import Node, Object, Rows, Value
from policies.formats.masker import Action, Kind
from policies.links import Links
from policies.program import FREE_TEXT, KEY_PATTERN, SEGMENT, SEGMENTS, Program
from policies.program_shapes import (
    UNDECLARED,
    CursorShape,
    ElementShape,
    HtmlShapes,
    KeyShape,
    LinkShape,
    ObjectShape,
    RowsShape,
    Shape,
    ValueShape,
    values_in,
)
from policies.transforms.handle import HANDLE
from policies.transforms.make import REDACTED

_NUMBER = "[0-9]{1,6}"


class Binding:
    """Binds each shape of *program* when it is first needed.

    *actions* are those of all tables, one behind the other, *asked* those for what stands outside of records; *sight*
    tells what callers may ask about, and *rows* by which fields records are left out. *differs*: what becomes of some
    records depends on whose they are. What *links* hide is written as handles.
    """

    def __init__(
        self,
        program: Program,
        actions: Sequence[Action],
        asked: Sequence[Action],
        sight: Sight,
        links: Links,
        rows: Shown,
        *,
        differs: bool,
    ) -> None:
        self._program = program  # shapes are known by identity: they must live as long as what is bound
        self._actions = actions
        self._undeclared = actions[UNDECLARED]
        self._asked = asked
        self._sight = sight
        self._links = links
        self._rows = rows
        self._differs = differs
        self._followed = _links(program)
        self._bound: dict[tuple[int, int, str], Node | HtmlShape] = {}
        self._leading: dict[int, bool] = {}

    def node(self, shape: Shape, table: int, addresses: Addresses | None) -> Node:
        """What has *shape*, by the *table* of actions with that number. *addresses* writes those that stand in it."""
        key = (id(shape), table, "node")
        leads_on = addresses is not None and self._leads_on(shape)  # what it becomes depends on who asks, and when
        kept = addresses.bound if addresses is not None and leads_on else self._bound
        bound = kept.get(key)
        if not isinstance(bound, Value | Object | Rows):
            bound = kept[key] = self._bind(shape, table, addresses if leads_on else None)
        return bound

    def page(self, shapes: HtmlShapes, table: int) -> HtmlShape:
        """A page of *shapes*, by the *table* of actions with that number."""
        key = (id(shapes), table, "page")
        bound = self._bound.get(key)
        if not isinstance(bound, HtmlShape):
            bound = self._bound[key] = self._bind_page(shapes, table)
        return bound

    def _object(self, shape: ObjectShape, addresses: Addresses | None, table: int) -> Object:
        bound = self.node(shape, table, addresses)
        assert isinstance(bound, Object)
        return bound

    def _leads_on(self, shape: Shape) -> bool:
        """Whether handles stand in what has *shape*."""
        known = self._leading.get(id(shape))
        if known is None:
            match shape:
                case LinkShape():
                    known = self._links.may_tell
                case CursorShape(record, _):
                    known = self._links.hides(record)
                case ValueShape(field):
                    known = bool(self._program.fields[field].key_of)
                case RowsShape(_, record):
                    known = self._leads_on(record)
                case ObjectShape(children, other, items):
                    within = (*children.values(), other, items)
                    known = any(self._leads_on(each) for each in within if each is not None)
                case KeyShape():
                    known = False
            self._leading[id(shape)] = known
        return known

    def _in(self, table: int, index: int) -> Action:
        return self._actions[table * len(self._program.fields) + index]

    def _bind(self, shape: Shape, table: int, addresses: Addresses | None = None) -> Node:
        match shape:
            case ValueShape():
                return self._bind_value(shape, table, addresses)
            case RowsShape(columns, record):
                return Rows(columns, self._bind_object(record, table, addresses))
            case ObjectShape():
                return self._bind_object(shape, table, addresses)
            case KeyShape(fields):
                return Value(self._action_of_key(fields))
            case CursorShape(record, fields):
                action = self._action_of_key(fields)
                if addresses is not None and self._links.hides(record):
                    action = _written(action, partial(addresses.cursor, record))
                return Value(action)
            case LinkShape():
                action = self._in(GENERAL, FREE_TEXT)
                return Value(action if addresses is None else _written(action, addresses.link))

    def _action_in(self, element: ElementShape) -> Action | None:
        """What becomes of what *element* holds by its own declaration: it is no field of the record."""
        if element.key:
            return self._action_of_key(element.key)
        return None if element.field is None else self._in(GENERAL, element.field)

    def _action_of_key(self, fields: Sequence[int]) -> Action:
        """What becomes of a key, which is hidden wherever one of its *fields* is."""
        hidden = [index for index in fields if not self._sight.may_ask([index])]
        return self._asked[(hidden or fields)[0]]

    def _bind_value(self, shape: ValueShape, table: int, addresses: Addresses | None) -> Value:
        action, label = self._in(table, shape.field), self._in(table, shape.label)
        record = self._program.fields[shape.field].key_of
        if addresses is not None and record and action.kind is Kind.MASK:
            action = _written(action, partial(addresses.handle, record))
        keys, both = self._program.labels.json, None
        if keys is not None:
            both = Object({keys[0]: Value(action), keys[1]: Value(label)}, Value(self._undeclared))
        return Value(action, label, both)

    def _bind_object(self, shape: ObjectShape, table: int, addresses: Addresses | None = None) -> Object:
        is_whose = shape.subject is not None and self._differs
        named = ((key, self._program.fields[child.field].name) for key, child in values_in(shape))
        return Object(
            children={name: self._bind(child, table, addresses) for name, child in shape.children.items()},
            other=Value(self._undeclared) if shape.other is None else self._bind(shape.other, table, addresses),
            items=None if shape.items is None else self._bind(shape.items, table, addresses),
            subject=shape.subject,
            in_table=partial(self._object, shape, addresses) if is_whose else None,
            conditions=tuple((key, name) for key, name in named if name in self._rows),
        )

    def _bind_page(self, shapes: HtmlShapes, table: int) -> HtmlShape:
        selectors = tuple(
            Selector(
                element=element.element,
                css_class=re.compile(element.css_class) if element.css_class else None,
                within=re.compile(element.within) if element.within else None,
                action=self._action_in(element),
            )
            for element in shapes.elements
        )
        return HtmlShape(
            record=self._bind_object(shapes.record, table),
            key=shapes.key,
            selectors=selectors,
            control=re.compile(shapes.control) if shapes.control else None,
            own_control=re.compile(shapes.own_control) if shapes.own_control else None,
            undeclared=self._undeclared,
            other_control=replace(self._in(GENERAL, FREE_TEXT), restore=True) if shapes.scanned else None,
            links=self._followed,
            labels=self._program.labels.html,
            links_hold_values=shapes.links_hold_values,
            tables=shapes.tables,
            titles=shapes.titles,
            largest=shapes.largest_mib * 1024 * 1024,
            key_controls=tuple((re.compile(place.name), place.record) for place in shapes.key_controls),
            key_attributes=tuple((re.compile(place.name), place.record) for place in shapes.key_attributes),
            names_headed=shapes.scanned,
            in_table=partial(self.page, shapes) if self._differs else None,
        )


def _written(action: Action, written: Callable[[str], str | None]) -> Action:
    """*action* with what is *written* in the place of its mask; three stars where nothing can be."""
    return replace(
        action,
        kind=Kind.MASK,
        apply=lambda value: REDACTED if (then := written(value)) is None else then,
        apply_for=None,
    )


def _links(program: Program) -> tuple[re.Pattern[str], ...]:
    """Paths that may be called and tell of nobody: a number of a few digits at most stands where anything may, or, for
    the key of a record, a handle.
    """
    literal_or_number = {
        operation.path.replace(KEY_PATTERN, f"(?:{_NUMBER}|{HANDLE})").replace(SEGMENT, _NUMBER)
        for operation in program.operations
        if not operation.refuse_zh and SEGMENTS not in operation.path
    }
    return tuple(re.compile(path) for path in sorted(literal_or_number))
