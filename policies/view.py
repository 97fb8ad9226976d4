"""What one kind of caller gets of a system: each field's action, and the maskers of each operation.

A view depends on the grants that apply and on nothing else of the caller, so few are ever made and each is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import msgspec

from policies.actions import action_of
from policies.addresses import Addresses
from policies.besides import shows_besides
from policies.binding import Binding
from policies.choose import EVERYBODYS, GENERAL, NOTHING_PERMITTED, Choice, Permitted, Tables, everybodys
from policies.choose import Rows as Shown
from policies.data_keys import DataKeys
from policies.decisions import Decision, decided, decided_harder, decided_sent, said_of
from policies.documents.answered import Make, answered
from policies.documents.document import MIB, Bounds
from policies.documents.look import Look
from policies.documents.registry import ANY_FILE, NAMES, by_name
from policies.formats.csv_body import CsvMasker
from policies.formats.document_body import DocumentMasker
from policies.formats.event_stream import UNNAMED, EventStreamMasker, tells_nothing
from policies.formats.html_body import HtmlMasker
from policies.formats.html_forms import Seal
from policies.formats.html_page import PageOfSomebody
from policies.formats.html_shape import HtmlShape
from policies.formats.html_whose import Seen
from policies.formats.json_body import JsonMasker
from policies.formats.json_nodes import Object, Value
from policies.formats.jsonp_body import JsonpMasker
from policies.formats.learning import LearningJsonMasker
from policies.formats.limit import Limited
from policies.formats.masker import LEFT_OUT, Action, Kind, Masker, Tally, Withheld
from policies.formats.messages import Message, Messages
from policies.formats.ndjson_body import NdjsonMasker
from policies.formats.said import Said
from policies.formats.socket_messages import SocketMasker
from policies.formats.text_body import TextMasker
from policies.formats.whole_text import WholeTextMasker
from policies.formats.xml_body import XmlMasker, XmlShape
from policies.links import OF_ADDRESSES, Links
from policies.policy_kinds import Direction
from policies.program import FREE_TEXT, GrantRule, OperationRule, Program
from policies.program_shapes import UNDECLARED, DocumentShapes, EventShapes, MessageShape, Shapes, fields_in
from policies.transforms.spec import Form, Scan, Show
from policies.unopened import Noting, Unopened


class View:
    """What callers get to whom exactly *grants* apply; less, where *harder* says that an overlay wants it so.

    *secret* is the key that field digests are derived from, *keys* are those of what can be opened again. *elsewhere*
    are grants that apply to the same callers where they ask for something else, or ask at another time or place, or
    have asked to be shown more. *is_tried*: what a system stores encrypted comes as it is, for there is no key of any
    installation. What is *permitted* besides is shown in answers only: for what the caller may ask, and for what stands
    outside of records, the view *asking* counts, in which nothing is permitted.
    """

    def __init__(
        self,
        program: Program,
        grants: Sequence[GrantRule],
        secret: bytes,
        keys: DataKeys | None = None,
        *,
        harder: bool = False,
        elsewhere: Sequence[GrantRule] = (),
        is_tried: bool = False,
        permitted: Permitted = NOTHING_PERMITTED,
        asking: "View | None" = None,
    ) -> None:
        self._elsewhere = elsewhere
        self._program = program  # shapes are known by identity: they must live as long as the view
        self._secret = secret
        fields = range(len(program.fields))
        self.is_harder = harder
        self.grants = () if harder else tuple(grants)
        self._asking = asking or self
        laid = (*permitted.everywhere, *(grant for laid in permitted.sets.values() for grant in laid))
        self.purpose = ",".join(sorted({purpose for grant in (*self.grants, *laid) for purpose in grant.purposes}))
        """What the grants are for, as records call it."""
        everybody = everybodys(grants)
        self._tables = Tables(self.grants, permitted)
        self.decisions = tuple(
            decided_harder(program, index) if harder else _first_that_decides(program, index, said)
            for said in self._tables.said
            for index in fields
        )
        """By the index of the field that an action names: those of everybody's records, then of each other table."""
        self.sent = tuple(decided_sent(program, index, everybody) for index in fields)
        """What becomes of fields that the caller sends."""
        self._unopened = Unopened()
        self._stores = any(field.at_rest is not None for field in program.fields)
        self.sends = tuple(
            action_of(program, place, made, secret, keys, is_sent=True) for place, made in enumerate(self.sent)
        )
        self.masks_sent = any(action.kind is not Kind.SHOW for action in self.sends)
        self._actions = tuple(
            action_of(program, place, made, secret, keys, self._unopened.note, is_tried=is_tried)
            for place, made in enumerate(self.decisions)
        )
        self.actions = self._actions[: len(program.fields)]
        """By the index of the field: what becomes of it in everybody's records."""
        self.sent_back = tuple(
            action if self.hides_everywhere(index) else replace(action, opens=None)
            for index, action in enumerate(self.actions)
        )
        """The same for what the caller writes: a token opens only where he is shown nothing else of the field, whosever
        the record. Moved into a record of which he is shown more, it would be read there."""
        self.told: dict[tuple[tuple[int, int], ...], Any] = {}
        """What is recorded of an answer, by the fields that it shows and how often: kept by whoever records it."""
        self._rows = Shown(grants)
        self._leaving_out = tuple(_seeing(grant, permitted.everywhere) for grant in grants if grant.rows)
        self._besides: dict[tuple[int, str], bool] = {}
        self._at_most = min((grant.at_most for grant in grants if grant.at_most is not None), default=None)
        self._counts = any(limit.at_limit is not None for limit in program.limits)
        """Whether people are counted of whom something is shown."""
        self._differs = self._tables.differ or any(grant.rows or grant.at_most for grant in grants)
        self.links = Links(program, self)
        self._binding = Binding(
            program, self._actions, self._asking.actions, self, self.links, self._rows, differs=self._tables.differ
        )

    def choice(
        self,
        *,
        own: str = "",
        acting: str = "",
        attributes: Mapping[str, str] | None = None,
        permitted: Permitted = NOTHING_PERMITTED,
    ) -> Choice:
        """What one caller of the view gets otherwise than others do.

        *own* is the digest of the caller's own identifier, "" where it is no citizen, and *acting* that of whom the
        caller acts for. What is *permitted* is what the view was made for, or nothing.
        """
        if not self._differs:
            return EVERYBODYS
        return Choice(
            tables=self._tables.of(own=own, acting=acting, permitted=permitted),
            rows=self._rows.held(attributes or {}),
            at_most=self._at_most,
        )

    def may_ask(self, fields: Sequence[int]) -> bool:
        """Whether a question about *fields* tells the caller nothing that answers would not (DESIGN decision 6)."""
        return all(self._asking.decisions[index].form is Form.CLEAR for index in fields)

    def hides_everywhere(self, field: int) -> bool:
        """Whether *field* is hidden, and alike whosever the record is: a key written into it cannot be read there."""
        specs = {decision.spec for decision in self.decisions[field :: len(self._program.fields)]}
        specs |= said_of(self._program, field, self._elsewhere)
        return len(specs) == 1 and not any(isinstance(spec, Show | Scan) for spec in specs)

    def headers_of(self, operation: OperationRule) -> tuple[str, ...]:
        """The response headers of *operation* that pass, beside those that always do.

        A handle can stand in an address, and in nothing else that holds a key.
        """
        if self.may_ask(operation.key):
            return operation.headers + operation.key_headers
        return operation.headers + tuple(name for name in operation.key_headers if name in OF_ADDRESSES)

    def masker(
        self,
        shapes: Shapes,
        kind: str,
        tally: Tally,
        charset: str,
        seal: Seal,
        said: Said | None = None,
        choice: Choice = EVERYBODYS,
        addresses: Addresses | None = None,
    ) -> Masker | None:
        """A masker for one body of *kind*, one of `trial.KINDS`, or None where none is declared.

        *said* is what the caller said in the request, *choice* what depends on who that is; *addresses* writes those of
        the answer. Raises Withheld for what may hold records that are left out, and does not say which.
        Plain text is what any text may be called: where CSV is declared and text is not, it is read as CSV or withheld.
        JSONP is what is declared of JSON, in the call of a function.
        """
        addresses = addresses or Addresses(self.links)
        if kind == "jsonp":
            _check_is_utf8(charset)
            inner = self.masker(shapes, "json", tally, charset, seal, said, choice, addresses)
            return None if inner is None else JsonpMasker(inner, addresses.hidden)
        masker = self._masker(shapes, kind, tally, charset, seal, said, choice, addresses)
        if masker is not None and self._stores:
            masker = Noting(masker, self._unopened)
        return masker if masker is None or choice.at_most is None else Limited(masker, choice.at_most)

    def limited(self, masker: Masker) -> Masker:
        """*masker* of a body that is made of others, which shows no more subjects in all than any of them may."""
        return masker if self._at_most is None else Limited(masker, self._at_most)

    def _masker(
        self,
        shapes: Shapes,
        kind: str,
        tally: Tally,
        charset: str,
        seal: Seal,
        said: Said | None,
        choice: Choice,
        addresses: Addresses,
    ) -> Masker | None:
        if kind == "text" and shapes.text is None and shapes.csv is not None:
            kind = "csv"
        self._check_besides(shapes, "documents" if kind == ANY_FILE or kind in NAMES else kind, choice)
        match kind:
            case "json" if shapes.json is not None:
                node = self._binding.node(shapes.json, GENERAL, addresses)
                return JsonMasker(node, self.actions[UNDECLARED], tally, choice, addresses.hidden)
            case "ndjson" if shapes.ndjson is not None:
                node = self._binding.node(shapes.ndjson, GENERAL, addresses)
                return NdjsonMasker(JsonMasker(node, self.actions[UNDECLARED], tally, choice, addresses.hidden))
            case "xml" if shapes.xml is not None:
                root = self._binding.node(shapes.xml.root, GENERAL, addresses)
                assert isinstance(root, Object)
                document = XmlShape(root, frozenset(shapes.xml.spaces), shapes.xml.unsigned_copy)
                return XmlMasker(document, self.actions[UNDECLARED], tally, charset, choice, addresses.hidden)
            case "csv" if shapes.csv is not None:
                record = self._binding.node(shapes.csv, GENERAL, addresses)
                assert isinstance(record, Object)
                return CsvMasker(record, self.actions[UNDECLARED], tally, charset, choice, addresses.hidden)
            case "html" if shapes.html is not None:
                page = self._binding.page(shapes.html, GENERAL)
                if page.record.decides:
                    return PageOfSomebody(page, tally, charset, seal, said, choice, addresses)
                self._check_rows(shapes, choice)
                seen = Seen(page.record) if self._counts else None
                return HtmlMasker(page, tally, charset, seal, said, seen, addresses)
            case "text" if shapes.text is not None:
                self._check_rows(shapes, choice)
                return self._text(self.actions[shapes.text], tally, charset, addresses)
            case "events" if shapes.events is not None:
                _check_is_utf8(charset)
                messages = self._messages(shapes.events.data, tally, choice, addresses)
                return EventStreamMasker(messages, partial(_id_of, shapes.events, addresses))
            case _ if shapes.documents is not None and (kind == ANY_FILE or kind in shapes.documents.formats):
                self._check_rows(shapes, choice)
                named = "" if kind == ANY_FILE else kind

                def make(kind: str, charset: str) -> Masker | None:
                    return self._masker(shapes, kind, tally.apart(), charset, seal, said, choice, addresses)

                return self._document(shapes, shapes.documents, named, tally, choice, addresses, make)
            case "messages" if shapes.messages is not None:
                return SocketMasker(self._messages({UNNAMED: shapes.messages}, tally, choice, addresses))
            case _:
                return None

    def _text(self, action: Action, tally: Tally, charset: str, addresses: Addresses) -> Masker:
        by_lines = TextMasker(action, tally, charset, addresses.hidden)
        if action.kind is not Kind.SCAN:
            return by_lines
        look = Look(self.actions[UNDECLARED], action, tally, hidden=addresses.hidden)
        return WholeTextMasker(by_lines, look, charset, addresses.hidden)

    def _document(
        self,
        shapes: Shapes,
        documents: DocumentShapes,
        said: str,
        tally: Tally,
        choice: Choice,
        addresses: Addresses,
        make: Make,
    ) -> DocumentMasker:
        formats = [name for name in documents.formats if name in by_name()]
        is_scanned = shapes.text is not None and self.actions[shapes.text].kind is Kind.SCAN
        inner = answered(shapes, make, is_scanned=is_scanned)
        record = None if documents.record is None else self._binding.node(documents.record, GENERAL, addresses)
        assert record is None or isinstance(record, Object)
        look = Look(
            self.actions[UNDECLARED],
            self.actions[FREE_TEXT],
            tally,
            record=record,
            titles=documents.titles,
            choice=choice,
            hidden=addresses.hidden,
        )
        formats += [each.name for each in inner]
        bounds = Bounds(octets=documents.largest_mib * MIB, unsigned_copy=documents.unsigned_copy)
        return DocumentMasker(look, formats, bounds, said, inner)

    def _messages(
        self, data: Mapping[str, MessageShape], tally: Tally, choice: Choice, addresses: Addresses
    ) -> Messages:
        return Messages(
            {name: self._message(shape, addresses) for name, shape in data.items()},
            self.actions[UNDECLARED],
            self.actions[FREE_TEXT],
            tally,
            choice,
            addresses.hidden,
        )

    def _message(self, shape: MessageShape, addresses: Addresses) -> Message:
        return Message(
            node=None if shape.json is None else self._binding.node(shape.json, GENERAL, addresses),
            text=None if shape.text is None else self.actions[shape.text],
            whole=shape.whole,
            joined=shape.joined,
            by=shape.by,
            literals=frozenset(shape.literals),
            ends=tuple((steps, frozenset(values)) for steps, values in shape.ends),
        )

    def _check_rows(self, shapes: Shapes, choice: Choice) -> None:
        """Raise Withheld where a body of *shapes* that names no field may hold records that are left out."""
        if choice.rows:
            names = {self._program.fields[index].name for index in fields_in(shapes)}
            if not names.isdisjoint(choice.rows):
                raise Withheld(LEFT_OUT)

    def _check_besides(self, shapes: Shapes, kind: str, choice: Choice) -> None:
        """Raise Withheld where a body shows what belongs to no record that could be left out, and to any that is."""
        if not choice.rows:
            return
        key = (id(shapes), kind)
        if key not in self._besides:
            self._besides[key] = shows_besides(self._program, shapes, kind, self._leaving_out)
        if self._besides[key]:
            raise Withheld(LEFT_OUT)

    def learning_masker(self, kind: str, tally: Tally, charset: str, seal: Seal) -> Masker | None:
        """A masker for one body of a system that is still being declared: it hides everything."""
        undeclared = self.actions[UNDECLARED]
        match kind:
            case "json":
                return LearningJsonMasker(undeclared, tally)
            case "jsonp":
                _check_is_utf8(charset)
                return JsonpMasker(LearningJsonMasker(undeclared, tally))
            case "html":
                page = HtmlShape(record=Object({}, Value(undeclared)), undeclared=undeclared, hides_everything=True)
                return HtmlMasker(page, tally, charset, seal)
            case "text":
                return TextMasker(undeclared, tally, charset)
            case _:
                return None


class Views:
    """The views of one program, made when they are first needed."""

    def __init__(self, program: Program, secret: bytes, keys: DataKeys | None = None) -> None:
        self.program = program
        self._secret = secret
        self._keys = keys
        self._made: dict[tuple[object, ...], View] = {}

    def of(self, grants: Sequence[GrantRule], *, harder: bool = False, elsewhere: Sequence[GrantRule] = ()) -> View:
        """The view of callers to whom exactly *grants* apply; the strictest one where an overlay masks *harder*.

        *elsewhere*: see `View`.
        """
        if harder:  # no grant decides what is shown; what it leaves out or limits, it does as before
            grants = [each for each in grants if each.direction is Direction.REQUEST or each.rows or each.at_most]
        key = harder, tuple([grant.id for grant in grants]), tuple([grant.id for grant in elsewhere])
        view = self._made.get(key)
        if view is None:
            view = View(self.program, grants, self._secret, self._keys, harder=harder, elsewhere=elsewhere)
            self._made[key] = view
        return view

    def permitting(self, view: View, permitted: Permitted) -> View:
        """What callers of *view*, which no overlay has masked harder, get in answers where this is *permitted*."""
        key = tuple([grant.id for grant in view.grants]), permitted.named
        made = self._made.get(key)
        if made is None:
            made = View(self.program, view.grants, self._secret, self._keys, permitted=permitted, asking=view)
            self._made[key] = made
        return made

    @cached_property
    def strictest(self) -> View:
        """The view where an overlay masks harder, of a caller to whom no grant applies."""
        return self.of((), harder=True)


def _first_that_decides(program: Program, index: int, said: Sequence[Sequence[GrantRule]]) -> Decision:
    """What becomes of the field *index* by the first of the sets of grants *said* that decides, or by its declaration.

    Each goes before those behind it.
    """
    for grants in said:
        decision = decided(program, index, grants)
        if decision.grant is not None:
            return decision
    return decided(program, index, ())


def _check_is_utf8(charset: str) -> None:
    """Raise Withheld where a body that is UTF-8 by the definition of its format is said to be in another *charset*."""
    if charset not in ("utf-8", "utf8"):
        raise Withheld("wrong_charset")


def _id_of(shapes: EventShapes, addresses: Addresses, value: str) -> str | None:
    """What stands in the place of the id *value* of an event; None where it is left out."""
    if shapes.id_of:
        return addresses.key(shapes.id_of, value)
    return value if shapes.shows_id and tells_nothing(value) else None


def _seeing(grant: GrantRule, everywhere: Sequence[GrantRule]) -> GrantRule:
    """*grant*, which leaves out records, as one that sees what is permitted *everywhere* as well, wherever it stands:
    of the records that are left out nobody is shown anything.
    """
    if not everywhere:
        return grant
    sees = {category: spec for each in everywhere for category, spec in each.sees.items()}
    return msgspec.structs.replace(grant, sees={**grant.sees, **sees}, records=None, fields=None)
