"""What one kind of caller gets of a system: each field's action, and the maskers of each operation.

A view depends on the grants that apply and on nothing else of the caller, so few are ever made and each is kept.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial

from policies.decisions import Decision, decided, decided_harder, decided_sent
from policies.formats.csv_body import CsvMasker
from policies.formats.html_body import HtmlMasker
from policies.formats.html_forms import Seal
from policies.formats.html_shape import HtmlShape, Selector
from policies.formats.json_body import JsonMasker
from policies.formats.json_tree import Node, Object, Rows, Value
from policies.formats.learning import LearningJsonMasker
from policies.formats.masker import Action, Kind, Masker, Tally
from policies.formats.said import Said
from policies.formats.text_body import TextMasker
from policies.links import Addresses, Links
from policies.policy import Direction, OnWrite
from policies.program import (
    FREE_TEXT,
    KEY_PATTERN,
    SEGMENT,
    UNDECLARED,
    CursorShape,
    ElementShape,
    GrantRule,
    HtmlShapes,
    KeyShape,
    LinkShape,
    ObjectShape,
    Program,
    RowsShape,
    Shape,
    Shapes,
    ValueShape,
)
from policies.transforms.handle import HANDLE
from policies.transforms.keyed import FieldKeys
from policies.transforms.make import REDACTED, could_have_made, number_transform_of, transform_of
from policies.transforms.spec import Drop, Form, Null, Scan, Show, Spec, looks_true

_NUMBER = "[0-9]{1,6}"


class View:
    """What callers get to whom exactly *grants* apply; less, where *harder* says that an overlay wants it so.

    *secret* is the key that field digests are derived from.
    """

    def __init__(self, program: Program, grants: Sequence[GrantRule], secret: bytes, *, harder: bool = False) -> None:
        self._program = program  # shapes are known by identity: they must live as long as the view
        self._secret = secret
        fields = range(len(program.fields))
        self.grants = () if harder else tuple(grants)
        self.purpose = ",".join(sorted({purpose for grant in self.grants for purpose in grant.purposes}))
        """What the grants are for, as records call it."""
        self.decisions = tuple(
            decided_harder(program, index) if harder else decided(program, index, grants) for index in fields
        )
        self.sent = tuple(decided_sent(program, index, grants) for index in fields)
        """What becomes of fields that the caller sends."""
        self.actions = tuple(_action(program, index, decision, secret) for index, decision in enumerate(self.decisions))
        self.links = Links(program, self)
        self._followed = _links(program)
        self._bound: dict[tuple[int, str], Node | HtmlShape] = {}
        self._leading: dict[int, bool] = {}

    def may_ask(self, fields: Sequence[int]) -> bool:
        """Whether a question about *fields* tells the caller nothing that answers would not (DESIGN decision 6)."""
        return all(self.decisions[index].form is Form.CLEAR for index in fields)

    def masker(
        self,
        shapes: Shapes,
        kind: str,
        tally: Tally,
        charset: str,
        seal: Seal,
        said: Said | None = None,
        addresses: Addresses | None = None,
    ) -> Masker | None:
        """A masker for one body of *kind* (`json`, `html`, `csv`, `text`), or None where none is declared.

        *said* is what the caller said in the request; *addresses* writes those of the answer.
        Plain text is what any text may be called: where CSV is declared and text is not, it is read as CSV or withheld.
        """
        if kind == "text" and shapes.text is None and shapes.csv is not None:
            kind = "csv"
        addresses = addresses or Addresses(self.links)
        match kind:
            case "json" if shapes.json is not None:
                return JsonMasker(self._node(shapes.json, addresses), self.actions[UNDECLARED], tally)
            case "csv" if shapes.csv is not None:
                record = self._node(shapes.csv, addresses)
                assert isinstance(record, Object)
                return CsvMasker(record, self.actions[UNDECLARED], tally, charset)
            case "html" if shapes.html is not None:
                return HtmlMasker(self._page(shapes.html), tally, charset, seal, said, addresses)
            case "text" if shapes.text is not None:
                return TextMasker(self.actions[shapes.text], tally, charset)
            case _:
                return None

    def learning_masker(self, kind: str, tally: Tally, charset: str, seal: Seal) -> Masker | None:
        """A masker for one body of a system that is still being declared: it hides everything."""
        undeclared = self.actions[UNDECLARED]
        match kind:
            case "json":
                return LearningJsonMasker(undeclared, tally)
            case "html":
                page = HtmlShape(record=Object({}, Value(undeclared)), undeclared=undeclared, hides_everything=True)
                return HtmlMasker(page, tally, charset, seal)
            case "text":
                return TextMasker(undeclared, tally, charset)
            case _:
                return None

    def _node(self, shape: Shape, addresses: Addresses) -> Node:
        if self._leads_on(shape):
            return self._bind(shape, addresses)  # what it becomes depends on who asks, and when
        key = (id(shape), "node")
        bound = self._bound.get(key)
        if not isinstance(bound, Value | Object | Rows):
            bound = self._bound[key] = self._bind(shape)
        return bound

    def _leads_on(self, shape: Shape) -> bool:
        """Whether handles stand in what has *shape*."""
        known = self._leading.get(id(shape))
        if known is None:
            match shape:
                case LinkShape():
                    known = self.links.may_tell
                case CursorShape(record):
                    known = self.links.hides(record)
                case ValueShape(field):
                    known = self._is_key(field)
                case RowsShape(_, record):
                    known = self._leads_on(record)
                case ObjectShape(children, other, items):
                    within = (*children.values(), other, items)
                    known = any(self._leads_on(each) for each in within if each is not None)
                case KeyShape():
                    known = False
            self._leading[id(shape)] = known
        return known

    def _is_key(self, field: int) -> bool:
        """Whether handles stand in the place of the values of *field*."""
        return bool(self._program.fields[field].key_of) and self.actions[field].kind is Kind.MASK

    def _page(self, shapes: HtmlShapes) -> HtmlShape:
        key = (id(shapes), "page")
        bound = self._bound.get(key)
        if not isinstance(bound, HtmlShape):
            bound = self._bound[key] = self._bind_page(shapes)
        return bound

    def _bind(self, shape: Shape, addresses: Addresses | None = None) -> Node:
        match shape:
            case ValueShape():
                return self._bind_value(shape, addresses)
            case RowsShape(columns, record):
                return Rows(columns, self._bind_object(record, addresses))
            case ObjectShape():
                return self._bind_object(shape, addresses)
            case KeyShape(fields):
                return Value(self._action_of_key(fields))
            case CursorShape(record):
                action = self._action_of_key(self._program.record_keys[record])
                if addresses is not None and self.links.hides(record):
                    action = replace(action, kind=Kind.MASK, apply=_or_stars(partial(addresses.cursor, record)))
                return Value(action)
            case LinkShape():
                action = self.actions[FREE_TEXT]
                return Value(action if addresses is None else replace(action, kind=Kind.MASK, apply=addresses.link))

    def _action_in(self, element: ElementShape) -> Action | None:
        if element.key:
            return self._action_of_key(element.key)
        return None if element.field is None else self.actions[element.field]

    def _action_of_key(self, fields: Sequence[int]) -> Action:
        """What becomes of a key, which is hidden wherever one of its *fields* is."""
        hidden = [index for index in fields if not self.may_ask([index])]
        return self.actions[(hidden or fields)[0]]

    def _bind_value(self, shape: ValueShape, addresses: Addresses | None) -> Value:
        action, label = self.actions[shape.field], self.actions[shape.label]
        if addresses is not None and self._is_key(shape.field):
            record = self._program.fields[shape.field].key_of
            action = replace(action, apply=_or_stars(partial(addresses.handle, record)))
        keys, both = self._program.labels.json, None
        if keys is not None:
            both = Object({keys[0]: Value(action), keys[1]: Value(label)}, Value(self.actions[UNDECLARED]))
        return Value(action, label, both)

    def _bind_object(self, shape: ObjectShape, addresses: Addresses | None = None) -> Object:
        return Object(
            children={name: self._bind(child, addresses) for name, child in shape.children.items()},
            other=Value(self.actions[UNDECLARED]) if shape.other is None else self._bind(shape.other, addresses),
            items=None if shape.items is None else self._bind(shape.items, addresses),
            subject=shape.subject,
        )

    def _bind_page(self, shapes: HtmlShapes) -> HtmlShape:
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
            record=self._bind_object(shapes.record),
            selectors=selectors,
            control=re.compile(shapes.control) if shapes.control else None,
            own_control=re.compile(shapes.own_control) if shapes.own_control else None,
            undeclared=self.actions[UNDECLARED],
            other_control=replace(self.actions[FREE_TEXT], restore=True) if shapes.scanned else None,
            links=self._followed,
            labels=self._program.labels.html,
            links_hold_values=shapes.links_hold_values,
            key_controls=tuple((re.compile(place.name), place.record) for place in shapes.key_controls),
            key_attributes=tuple((re.compile(place.name), place.record) for place in shapes.key_attributes),
            tables=shapes.tables,
            titles=shapes.titles,
        )


class Views:
    """The views of one program, made when they are first needed."""

    def __init__(self, program: Program, secret: bytes) -> None:
        self.program = program
        self._secret = secret
        self._made: dict[tuple[bool, tuple[str, ...]], View] = {}

    def of(self, grants: Sequence[GrantRule], *, harder: bool = False) -> View:
        """The view of callers to whom exactly *grants* apply; the strictest one where an overlay masks *harder*."""
        if harder:  # of what is shown no grant decides
            grants = [grant for grant in grants if grant.direction is Direction.REQUEST]
        key = harder, tuple([grant.id for grant in grants])
        view = self._made.get(key)
        if view is None:
            view = self._made[key] = View(self.program, grants, self._secret, harder=harder)
        return view

    @cached_property
    def strictest(self) -> View:
        """The view where an overlay masks harder, of a caller to whom no grant applies."""
        return self.of((), harder=True)


def _or_stars(written: Callable[[str], str | None]) -> Callable[[str], str]:
    return lambda value: REDACTED if (then := written(value)) is None else then


def _links(program: Program) -> tuple[re.Pattern[str], ...]:
    """Paths that may be called and tell of nobody: a number of a few digits at most stands where anything may, or, for
    the key of a record, a handle.
    """
    literal_or_number = {
        operation.path.replace(KEY_PATTERN, f"(?:{_NUMBER}|{HANDLE})").replace(SEGMENT, _NUMBER)
        for operation in program.operations
        if not operation.refuse_zh and ".+" not in operation.path
    }
    return tuple(re.compile(path) for path in sorted(literal_or_number))


def _action(program: Program, index: int, decision: Decision, secret: bytes) -> Action:
    field = program.fields[index]
    kind, apply = _treatment(decision.spec, FieldKeys(secret, program.system, field.category))
    return Action(
        field=index,
        kind=kind,
        apply=apply,
        personal=field.personal,
        followed=field.followed,
        # Of an empty control only what the form carries says whether there was anything to drop.
        restore=kind is Kind.DROP or (field.on_write is OnWrite.RESTORE and kind is not Kind.SHOW),
        number=number_transform_of(decision.spec),
        stays=isinstance(decision.spec, Null),
        makes=could_have_made(decision.spec) if looks_true(decision.spec) else None,
    )


def _treatment(spec: Spec, keys: FieldKeys) -> tuple[Kind, Callable[[str], str]]:
    match spec:
        case Show():
            return Kind.SHOW, str
        case Scan():
            return Kind.SCAN, str
        case Drop() | Null():
            return Kind.DROP, str
        case _:
            return Kind.MASK, transform_of(spec, keys)
