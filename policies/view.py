"""What one kind of caller gets of a system: each field's action, and the maskers of each operation.

A view depends on the grants that apply and on nothing else of the caller, so few are ever made and each is kept.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

from policies.ask import Links
from policies.data_keys import BadToken, DataKeys
from policies.decisions import Decision, decided, decided_harder, decided_sent
from policies.formats.csv_body import CsvMasker
from policies.formats.free_text import hide, personal_spans
from policies.formats.html_body import HtmlMasker
from policies.formats.html_forms import Seal
from policies.formats.html_shape import HtmlShape, Selector
from policies.formats.json_body import JsonMasker
from policies.formats.json_tree import Node, Object, Rows, Value
from policies.formats.learning import LearningJsonMasker
from policies.formats.masker import Action, Kind, Masker, Tally
from policies.formats.said import Said
from policies.formats.text_body import TextMasker
from policies.policy import Direction, OnWrite
from policies.program import (
    FREE_TEXT,
    UNDECLARED,
    GrantRule,
    HtmlShapes,
    KeyShape,
    ObjectShape,
    OperationRule,
    Program,
    RowsShape,
    Shape,
    Shapes,
    ValueShape,
)
from policies.transforms.keyed import FieldKeys
from policies.transforms.make import (
    REDACTED,
    could_have_made,
    hidden_number,
    number_transform_of,
    opener_of,
    transform_of,
)
from policies.transforms.sealed import FieldCipher, stored_tokens
from policies.transforms.spec import Drop, Form, Null, Scan, Show, Spec, looks_true


class View:
    """What callers get to whom exactly *grants* apply; less, where *harder* says that an overlay wants it so.

    *secret* is the key that field digests are derived from, *keys* are those of what can be opened again.
    """

    def __init__(
        self,
        program: Program,
        grants: Sequence[GrantRule],
        secret: bytes,
        keys: DataKeys | None = None,
        *,
        harder: bool = False,
    ) -> None:
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
        self.actions = tuple(
            _action(program, index, decision, secret, keys) for index, decision in enumerate(self.decisions)
        )
        self._links = Links(program, self)
        self._followed = _links(program)
        self._bound: dict[tuple[int, str], Node | HtmlShape] = {}

    def may_ask(self, fields: Sequence[int]) -> bool:
        """Whether a question about *fields* tells the caller nothing that answers would not (DESIGN decision 6)."""
        return all(self.decisions[index].form is Form.CLEAR for index in fields)

    def headers_of(self, operation: OperationRule) -> tuple[str, ...]:
        """The response headers of *operation* that pass, beside those that always do."""
        return operation.headers + (operation.key_headers if self.may_ask(operation.key) else ())

    def tells_key(self, address: str) -> bool:
        """Whether *address* holds a record's key that is hidden from the callers of the view."""
        return self._links.may_tell and self._links.tell(address)

    def masker(
        self, shapes: Shapes, kind: str, tally: Tally, charset: str, seal: Seal, said: Said | None = None
    ) -> Masker | None:
        """A masker for one body of *kind* (`json`, `html`, `csv`, `text`), or None where none is declared.

        *said* is what the caller said in the request.
        Plain text is what any text may be called: where CSV is declared and text is not, it is read as CSV or withheld.
        """
        if kind == "text" and shapes.text is None and shapes.csv is not None:
            kind = "csv"
        match kind:
            case "json" if shapes.json is not None:
                return JsonMasker(self._node(shapes.json), self.actions[UNDECLARED], tally)
            case "csv" if shapes.csv is not None:
                record = self._node(shapes.csv)
                assert isinstance(record, Object)
                return CsvMasker(record, self.actions[UNDECLARED], tally, charset)
            case "html" if shapes.html is not None:
                return HtmlMasker(self._page(shapes.html), tally, charset, seal, said)
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

    def _node(self, shape: Shape) -> Node:
        key = (id(shape), "node")
        bound = self._bound.get(key)
        if not isinstance(bound, Value | Object | Rows):
            bound = self._bound[key] = self._bind(shape)
        return bound

    def _page(self, shapes: HtmlShapes) -> HtmlShape:
        key = (id(shapes), "page")
        bound = self._bound.get(key)
        if not isinstance(bound, HtmlShape):
            bound = self._bound[key] = self._bind_page(shapes)
        return bound

    def _bind(self, shape: Shape) -> Node:
        match shape:
            case ValueShape():
                return self._bind_value(shape)
            case RowsShape(columns, record):
                return Rows(columns, self._bind_object(record))
            case ObjectShape():
                return self._bind_object(shape)
            case KeyShape(fields):
                hidden = [index for index in fields if not self.may_ask([index])]
                return Value(self.actions[(hidden or fields)[0]])

    def _bind_value(self, shape: ValueShape) -> Value:
        action, label = self.actions[shape.field], self.actions[shape.label]
        keys, both = self._program.labels.json, None
        if keys is not None:
            both = Object({keys[0]: Value(action), keys[1]: Value(label)}, Value(self.actions[UNDECLARED]))
        return Value(action, label, both)

    def _bind_object(self, shape: ObjectShape) -> Object:
        return Object(
            children={name: self._bind(child) for name, child in shape.children.items()},
            other=Value(self.actions[UNDECLARED]) if shape.other is None else self._bind(shape.other),
            items=None if shape.items is None else self._bind(shape.items),
            subject=shape.subject,
        )

    def _bind_page(self, shapes: HtmlShapes) -> HtmlShape:
        selectors = tuple(
            Selector(
                element=element.element,
                css_class=re.compile(element.css_class) if element.css_class else None,
                within=re.compile(element.within) if element.within else None,
                action=None if element.field is None else self.actions[element.field],
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
            tables=shapes.tables,
            titles=shapes.titles,
            tells_key=self.tells_key if self._links.may_tell else None,
        )


class Views:
    """The views of one program, made when they are first needed."""

    def __init__(self, program: Program, secret: bytes, keys: DataKeys | None = None) -> None:
        self.program = program
        self._secret = secret
        self._keys = keys
        self._made: dict[tuple[bool, tuple[str, ...]], View] = {}

    def of(self, grants: Sequence[GrantRule], *, harder: bool = False) -> View:
        """The view of callers to whom exactly *grants* apply; the strictest one where an overlay masks *harder*."""
        if harder:  # of what is shown no grant decides
            grants = [grant for grant in grants if grant.direction is Direction.REQUEST]
        key = harder, tuple([grant.id for grant in grants])
        view = self._made.get(key)
        if view is None:
            view = self._made[key] = View(self.program, grants, self._secret, self._keys, harder=harder)
        return view

    @cached_property
    def strictest(self) -> View:
        """The view where an overlay masks harder, of a caller to whom no grant applies."""
        return self.of((), harder=True)


def _links(program: Program) -> tuple[re.Pattern[str], ...]:
    """Paths that may be called and tell of nobody: a number of a few digits at most stands where anything may."""
    literal_or_number = {
        re.sub(re.escape("[^/]+"), "[0-9]{1,6}", operation.path)
        for operation in program.operations
        if not operation.refuse_zh and ".+" not in operation.path
    }
    return tuple(re.compile(path) for path in sorted(literal_or_number))


def _action(program: Program, index: int, decision: Decision, secret: bytes, data: DataKeys | None) -> Action:
    field = program.fields[index]
    keys = FieldKeys(secret, program.system, field.category, data)
    kind, apply = _treatment(decision.spec, keys)
    # Of an empty control only what the form carries says whether there was anything to drop.
    restore = kind is Kind.DROP or (field.on_write is OnWrite.RESTORE and kind is not Kind.SHOW)
    number = number_transform_of(decision.spec)
    if field.at_rest is not None and kind is not Kind.DROP:
        tokens = stored_tokens(field.at_rest, keys, field.name) if data is not None else None
        kind, apply, number = Kind.MASK, _opened(tokens, kind, apply), hidden_number
    return Action(
        field=index,
        kind=kind,
        apply=apply,
        personal=field.personal,
        followed=field.followed,
        restore=restore,
        number=number,
        stays=isinstance(decision.spec, Null),
        makes=could_have_made(decision.spec) if looks_true(decision.spec) else None,
        stored=field.at_rest is not None,
        opens=opener_of(decision.spec, keys),
    )


def _opened(tokens: FieldCipher | None, kind: Kind, apply: Callable[[str], str]) -> Callable[[str], str]:
    """*apply* to what a stored value stands for. What does not open here is hidden from everybody."""

    def treat(stored: str) -> str:
        if tokens is None:  # without keys nothing opens
            return REDACTED
        try:
            value = tokens.open(stored)
        except BadToken:
            return REDACTED
        return hide(value, personal_spans(value)) if kind is Kind.SCAN else apply(value)

    return treat


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
