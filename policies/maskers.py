"""The maskers of one view: what reads each kind of body, bound to what the view shows."""

from collections.abc import Mapping, Sequence
from functools import partial

from policies.addresses import Addresses
from policies.besides import shows_besides
from policies.binding import Binding
from policies.choose import EVERYBODYS, GENERAL, Choice
from policies.documents.answered import Make, answered
from policies.documents.document import MIB, Bounds
from policies.documents.look import Look
from policies.documents.registry import ANY_FILE, NAMES, by_name
from policies.formats.csv_body import CsvMasker
from policies.formats.document_body import DocumentMasker
from policies.formats.event_stream import UNNAMED, EventStreamMasker, tells_nothing
from policies.formats.html.body import HtmlMasker
from policies.formats.html.forms import Seal
from policies.formats.html.page import PageOfSomebody
from policies.formats.html.shape import HtmlShape
from policies.formats.html.whose import Seen
from policies.formats.json.body import JsonMasker
from policies.formats.json.nodes import Object, Value
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
from policies.formats.xml.body import XmlMasker, XmlShape
from policies.links import Links
from policies.program import FREE_TEXT, GrantRule, Program
from policies.program_shapes import UNDECLARED, DocumentShapes, EventShapes, MessageShape, Shapes, fields_in
from policies.unopened import Noting, Unopened


class Maskers:
    """Those of a view of *program* in which *actions* and *binding* say what becomes of each field.

    *leaving_out* are the grants that leave out records, *at_most* is how many subjects one body may show. What a system
    stores encrypted and does not open is noted in *unopened*; None: it stores nothing so.
    """

    def __init__(
        self,
        program: Program,
        actions: Sequence[Action],
        binding: Binding,
        links: Links,
        *,
        leaving_out: Sequence[GrantRule],
        at_most: int | None,
        unopened: Unopened | None,
    ) -> None:
        self._program = program
        self._actions = actions
        self._binding = binding
        self._links = links
        self._leaving_out = leaving_out
        self._at_most = at_most
        self._unopened = unopened
        self._besides: dict[tuple[int, str], bool] = {}
        self._counts = any(limit.at_limit is not None for limit in program.limits)
        """Whether people are counted of whom something is shown."""

    def of(
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
        addresses = addresses or Addresses(self._links)
        if kind == "jsonp":
            _check_is_utf8(charset)
            inner = self.of(shapes, "json", tally, charset, seal, said, choice, addresses)
            return None if inner is None else JsonpMasker(inner, addresses.hidden)
        masker = self._masker(shapes, kind, tally, charset, seal, said, choice, addresses)
        if masker is not None and self._unopened is not None:
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
                return JsonMasker(node, self._actions[UNDECLARED], tally, choice, addresses.hidden)
            case "ndjson" if shapes.ndjson is not None:
                node = self._binding.node(shapes.ndjson, GENERAL, addresses)
                return NdjsonMasker(JsonMasker(node, self._actions[UNDECLARED], tally, choice, addresses.hidden))
            case "xml" if shapes.xml is not None:
                root = self._binding.node(shapes.xml.root, GENERAL, addresses)
                assert isinstance(root, Object)
                document = XmlShape(root, frozenset(shapes.xml.spaces), shapes.xml.unsigned_copy)
                return XmlMasker(document, self._actions[UNDECLARED], tally, charset, choice, addresses.hidden)
            case "csv" if shapes.csv is not None:
                record = self._binding.node(shapes.csv, GENERAL, addresses)
                assert isinstance(record, Object)
                return CsvMasker(record, self._actions[UNDECLARED], tally, charset, choice, addresses.hidden)
            case "html" if shapes.html is not None:
                page = self._binding.page(shapes.html, GENERAL)
                if page.record.decides:
                    return PageOfSomebody(page, tally, charset, seal, said, choice, addresses)
                self._check_rows(shapes, choice)
                seen = Seen(page.record) if self._counts else None
                return HtmlMasker(page, tally, charset, seal, said, seen, addresses)
            case "text" if shapes.text is not None:
                self._check_rows(shapes, choice)
                return self._text(self._actions[shapes.text], tally, charset, addresses)
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
        look = Look(self._actions[UNDECLARED], action, tally, hidden=addresses.hidden)
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
        is_scanned = shapes.text is not None and self._actions[shapes.text].kind is Kind.SCAN
        inner = answered(shapes, make, is_scanned=is_scanned)
        record = None if documents.record is None else self._binding.node(documents.record, GENERAL, addresses)
        assert record is None or isinstance(record, Object)
        look = Look(
            self._actions[UNDECLARED],
            self._actions[FREE_TEXT],
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
            self._actions[UNDECLARED],
            self._actions[FREE_TEXT],
            tally,
            choice,
            addresses.hidden,
        )

    def _message(self, shape: MessageShape, addresses: Addresses) -> Message:
        return Message(
            node=None if shape.json is None else self._binding.node(shape.json, GENERAL, addresses),
            text=None if shape.text is None else self._actions[shape.text],
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

    def learning(self, kind: str, tally: Tally, charset: str, seal: Seal) -> Masker | None:
        """A masker for one body of a system that is still being declared: it hides everything."""
        undeclared = self._actions[UNDECLARED]
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


def _check_is_utf8(charset: str) -> None:
    """Raise Withheld where a body that is UTF-8 by the definition of its format is said to be in another *charset*."""
    if charset not in ("utf-8", "utf8"):
        raise Withheld("wrong_charset")


def _id_of(shapes: EventShapes, addresses: Addresses, value: str) -> str | None:
    """What stands in the place of the id *value* of an event; None where it is left out."""
    if shapes.id_of:
        return addresses.key(shapes.id_of, value)
    return value if shapes.shows_id and tells_nothing(value) else None
