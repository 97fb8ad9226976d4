"""What a compiled program says of the places in a body, in the forms that bodies have."""

import msgspec

from policies.operations import LARGEST_PAGE_MIB, Headings
from policies.policy_kinds import Uploaded

UNDECLARED = 0
"""Index of the field that stands for everything undeclared."""


class FileRule(msgspec.Struct, frozen=True):
    """Which files a form may send for a field."""

    types: tuple[str, ...]
    """Media types, of `sent_form.SIGNATURES`; also of `documents.registry.FORMATS` where they are looked into."""
    most_bytes: int
    personal: Uploaded | None = None
    """What is done with personal data in them; None: they are not looked into."""


class ValueShape(msgspec.Struct, frozen=True, tag="value"):
    """A single value."""

    field: int
    label: int = UNDECLARED
    """What stands beside it, where the application shows what it refers to."""


class ObjectShape(msgspec.Struct, frozen=True, tag="object"):
    """A record or an envelope."""

    children: dict[str, "Shape"] = {}
    other: "Shape | None" = None
    """For keys not named; None: they are undeclared."""
    items: "Shape | None" = None
    """For elements of a list in this place; None: they are such objects."""
    subject: str | None = None


class RowsShape(msgspec.Struct, frozen=True, tag="rows"):
    """Rows as lists of cells."""

    columns: str
    record: ObjectShape


class KeyShape(msgspec.Struct, frozen=True, tag="key"):
    """The key of a record, outside of it: hidden wherever one of its fields is."""

    fields: tuple[int, ...]


class CursorShape(msgspec.Struct, frozen=True, tag="cursor"):
    """A place in the list of a record, as it stands in addresses: hidden wherever one of the fields of its key is."""

    record: str
    fields: tuple[int, ...]


class LinkShape(msgspec.Struct, frozen=True, tag="link"):
    """An address that leads on."""


type Shape = ValueShape | ObjectShape | RowsShape | KeyShape | CursorShape | LinkShape


def values_in(shape: ObjectShape) -> list[tuple[str, ValueShape]]:
    """The single values of a record, by their keys."""
    return [(key, child) for key, child in shape.children.items() if isinstance(child, ValueShape)]


class ElementShape(msgspec.Struct, frozen=True):
    """HTML elements that hold a field's value. Patterns are regular expressions with a group `field`."""

    element: str
    css_class: str | None = None
    within: str | None = None
    field: int | None = None
    key: tuple[int, ...] = ()
    """The fields of the record whose key it holds, where it holds one."""


class KeyPlace(msgspec.Struct, frozen=True):
    """Controls or attributes whose values are keys."""

    name: str
    """A regular expression for the whole name."""
    record: str


class HtmlShapes(msgspec.Struct, frozen=True):
    """What is declared of a page or a form."""

    record: ObjectShape = ObjectShape()
    key: tuple[str, ...] = ()
    """The fields that the record is found by."""
    elements: tuple[ElementShape, ...] = ()
    control: str | None = None
    links_hold_values: bool = False
    """Whether links within an element are made of the value that it holds."""
    own_control: str | None = None
    """A regular expression for the whole names of controls that are the application's own."""
    scanned: bool = False
    """Whether controls nobody declared are free text as well."""
    key_controls: tuple[KeyPlace, ...] = ()
    key_attributes: tuple[KeyPlace, ...] = ()
    tables: Headings | None = None
    """Where tables say which fields their cells hold."""
    titles: dict[str, str] = {}
    """What those headings call the fields of the record, where that is not their names."""
    largest_mib: int = LARGEST_PAGE_MIB
    """What is larger is withheld."""


class XmlShapes(msgspec.Struct, frozen=True):
    """What is declared of an XML document; see `policies.operations.XmlBody`."""

    root: ObjectShape = ObjectShape()
    """Of what the root element lies in."""
    spaces: tuple[str, ...] = ()
    unsigned_copy: bool = False


class DocumentShapes(msgspec.Struct, frozen=True):
    """What is declared of documents; see `policies.operations.Documents`."""

    formats: tuple[str, ...]
    record: ObjectShape | None = None
    titles: dict[str, str] = {}
    """What their headings call the fields of the record, where that is not their names."""
    largest_mib: int = LARGEST_PAGE_MIB
    """What is larger is withheld."""
    unsigned_copy: bool = False


class MessageShape(msgspec.Struct, frozen=True):
    """What messages of one kind hold; see `policies.operations.Message`."""

    json: Shape | None = None
    text: int | None = None
    whole: bool = False
    joined: tuple[tuple[str, ...], ...] = ()
    by: str = ""
    literals: tuple[str, ...] = ()
    ends: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()


class EventShapes(msgspec.Struct, frozen=True):
    """What is declared of server-sent events; see `policies.operations.Events`."""

    data: dict[str, MessageShape]
    idle_s: int
    shows_id: bool = False
    id_of: str = ""


class Shapes(msgspec.Struct, frozen=True):
    """What is declared of bodies, by format; a format that is None is not expected and is withheld."""

    json: Shape | None = None
    html: HtmlShapes | None = None
    csv: ObjectShape | None = None
    text: int | None = None
    """Index of the field that the whole text is."""
    ndjson: Shape | None = None
    """Of each record of a body that is one record behind another."""
    xml: XmlShapes | None = None
    multipart: bool = False
    """Whether such bodies may come as parts of one."""
    documents: DocumentShapes | None = None
    file: FileRule | None = None
    """Which file a body that is sent may be, all of it."""
    events: EventShapes | None = None
    messages: MessageShape | None = None
    """Of a WebSocket."""


def messages_in(shapes: Shapes) -> list[tuple[str, str, MessageShape]]:
    """The format of each kind of messages, its name, and what it holds."""
    found = [("events", name, shape) for name, shape in shapes.events.data.items()] if shapes.events else []
    return found if shapes.messages is None else [*found, ("messages", "message", shapes.messages)]


def trees_in(shapes: Shapes) -> dict[str, Shape]:
    """By its format, what is declared of each body whose values stand in named places."""
    xml = shapes.xml.root if shapes.xml is not None else None
    rows = shapes.documents.record if shapes.documents is not None else None
    trees = {"json": shapes.json, "csv": shapes.csv, "ndjson": shapes.ndjson, "xml": xml, "documents": rows}
    return {format_: shape for format_, shape in trees.items() if shape is not None}


def fields_in(shapes: Shapes) -> set[int]:
    """The indexes of all fields that are declared of bodies of any format."""
    waiting: list[Shape | None] = [*trees_in(shapes).values(), shapes.html.record if shapes.html is not None else None]
    found = set() if shapes.text is None else {shapes.text}
    for _, _, message in messages_in(shapes):
        waiting.append(message.json)
        found |= set() if message.text is None else {message.text}
    while waiting:
        match waiting.pop():
            case ValueShape(field):
                found.add(field)
            case ObjectShape(children, other, items):
                waiting += [*children.values(), other, items]
            case RowsShape(_, record):
                waiting.append(record)
            case KeyShape(fields) | CursorShape(_, fields):
                found.update(fields)
            case LinkShape() | None:
                pass
    return found
