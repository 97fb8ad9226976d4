"""What a policy says of the operations of a system: what is called, what may be asked, what the bodies hold."""

from dataclasses import dataclass, field
from enum import StrEnum

from policies.findings import Position
from policies.marking import Marking
from policies.policy_kinds import Uploaded
from policies.prose_rule import ProseRule
from policies.title import Title

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing. Source: RFC 9110, 9.2.1."""


LARGEST_PAGE_MIB = 4
"""Of a page, which is held until its end; what is larger is withheld unless its operation says otherwise."""


class Headings(StrEnum):
    """Where the tables of a page say which fields their cells hold."""

    HEADER = "header"
    """At the head of each column."""
    FIRST_CELL = "first-cell"
    """At the head of each row."""


class About(StrEnum):
    """What a query parameter says something about."""

    NOTHING = "any"
    """No field: paging, the shape of the answer."""
    FILTER = "filter"
    """The field its name names: its value is compared with that field's."""
    FIELD_NAME = "names-field"
    """The field its value names: a sort."""
    LISTED = "lists-field"
    """The field its value names, whose values the answer lists outside of any record: one of the record's facets."""
    LEFT_OUT = "leaves-out-field"
    """The field its value names, which is left out of the answer: any but the one that says whom a record is about."""
    SEARCH = "search"
    """The searchable fields of the record."""
    KEY = "record-key"
    """The fields by which the system knows the record: a place in its list, one row of it."""
    REFUSED = "refuse"
    """Nothing that may be asked: it holds an expression, or reaches fields past the policy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What stands at one place of a JSON body."""

    path: str
    """A JSON Pointer (RFC 6901) in which `*` stands for any key or index."""
    category: str = ""
    record: str = ""
    columns: str | None = None
    """For rows written as lists: the key, beside theirs, of the columns' names."""
    key_of: str = ""
    """The record whose key stands here, outside of the record."""
    cursor_of: str = ""
    """The record in whose list a place stands here, as it does in addresses."""
    link: bool = False
    """Whether an address stands here, which leads on."""
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """HTML elements that hold a field's value."""

    element: str
    css_class: str | None
    within: str | None
    category: str | None
    key_of: str | None = None
    """In place of a category: the record whose key it holds, with words of the application's own around it."""
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlBody:
    """What is declared of an HTML page, or of a form that is sent."""

    record: str | None = None
    elements: tuple[Element, ...] = ()
    controls: str | None = None
    links_hold_values: bool = False
    """Whether links within an element are made of the value that it holds, as those of foreign keys are."""
    own_controls: tuple[str, ...] = ()
    """Names, which may hold `{any}`, of controls that are the application's own and hold nobody's value."""
    key_controls: tuple[tuple[str, str], ...] = ()
    """Names, which may hold `{any}`, of controls whose values are keys, and the record of each."""
    key_attributes: tuple[tuple[str, str], ...] = ()
    """The same of attributes of any element."""
    tables: Headings | None = None
    """Where its tables say which fields their cells hold; None: nothing is to be read out of them."""
    scanned: bool = False
    """Whether nothing is declared of it: all of it is free text, the values of its controls among it."""
    at: Position


class Signed(StrEnum):
    """What becomes of what is signed, of which no masked copy bears the signature."""

    WITHHOLD = "withhold"
    UNSIGNED_COPY = "unsigned-copy"
    """It is shown without its signatures, and says that it is no original."""


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlBody:
    """What is declared of an XML document."""

    targets: tuple[Target, ...] = ()
    """Their paths are JSON Pointers of `{namespace}name`, of `@{namespace}name` for attributes, and of `*`."""
    spaces: tuple[str, ...] = ()
    """The namespaces that are named."""
    signed: Signed = Signed.WITHHOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What messages of one kind hold: JSON, or text."""

    json: tuple[Target, ...] | None = None
    text: str | None = None
    whole: bool = False
    """Whether each text that is scanned is whole, and no value goes on in the next message."""
    joined: tuple[str, ...] = ()
    """JSON Pointers, in which `*` is any key or index, to text that goes on from one message to the next."""
    by: str = ""
    """A key that tells apart texts that come by turns."""
    literals: tuple[str, ...] = ()
    """What is no JSON and passes as it is: the text is over then."""
    ends: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """JSON Pointers, and what says there that the text is over."""
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Server-sent events."""

    data: tuple[tuple[str, Message], ...]
    """What each holds, by its name."""
    shows_id: bool = False
    """Whether ids pass and may be sent back, as what says nothing of anybody."""
    id_of: str = ""
    """The record whose keys the ids are."""
    idle_s: int
    """So long nothing may come before the stream is given up."""
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """Documents that are packed or painted."""

    formats: tuple[str, ...]
    """Of `policies.documents.registry.NAMES`: what else comes, or lies within one, is withheld."""
    record: str = ""
    """What the rows of their tables are, by their headings; empty where all of them is free text."""
    signed: Signed = Signed.WITHHOLD
    """What becomes of signed PDF and OFD."""
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Files that may be sent."""

    types: tuple[str, ...]
    """Media types."""
    most_kib: int
    personal: Uploaded | None = None
    """What is done with personal data in them; None: they are not looked into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bodies:
    """What is declared of an operation's answers, or of what is sent to it, by format."""

    json: tuple[Target, ...] | None = None
    html: HtmlBody | None = None
    csv: str | None = None
    text: str | None = None
    ndjson: tuple[Target, ...] | None = None
    """What each line, or each record of a sequence, is."""
    xml: XmlBody | None = None
    multipart: bool = False
    """Whether such bodies may come as parts of one (multipart/mixed, multipart/form-data)."""
    documents: Documents | None = None
    file: Files | None = None
    """Which file a body that is sent may be, all of it."""
    events: Events | None = None
    messages: Message | None = None
    """Of a WebSocket."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """What stands at places of bodies that are trees."""
        messages = [message for _, message in self.events.data] if self.events is not None else []
        messages += [self.messages] if self.messages is not None else []
        return (
            *(self.json or ()),
            *(self.ndjson or ()),
            *(self.xml.targets if self.xml is not None else ()),
            *(target for message in messages for target in message.json or ()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Socket:
    """How a WebSocket is spoken; what it says stands in `answers` and `body`."""

    subprotocols: tuple[str, ...]
    idle_s: int
    """So long nothing may come from either side before it is given up."""
    largest_kib: int
    """Of a message, from either side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A query parameter, or a family of them."""

    name: str
    """May hold `{field}`, `{op}` and `{any}`."""
    about: About
    operators: tuple[str, ...] = ()
    """What `{op}` may be."""
    values: tuple[str, ...] = ()
    """For KEY: the values that say something about it; none where every value does."""
    reason: Title | None = None
    """For REFUSED."""
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A method and a path template, and all that is declared of them."""

    method: str
    path: str
    each_record: bool = False
    """Stands for one operation for each record of the system; `{record}` is its name."""
    record: str = ""
    """The record of the system that it was spelled out for."""
    allow: tuple[str, ...]
    refuse: Title | None = None
    """Why nobody may call it."""
    parameters: tuple[Parameter, ...] = ()
    always: tuple[tuple[str, str], ...] = ()
    """Parameters that the system is always sent, whatever the caller says of them."""
    key_of: str = ""
    """The record that it names by its key; where nothing is said, those of its bodies."""
    export: bool = False
    """Whether its answers are kept for a while as they were shown, so that parts of them may be asked for."""
    mark: Marking | None = None
    """Where its answers show their serial; None: an export has one all the same, in its head."""
    largest_mib: int = LARGEST_PAGE_MIB
    """The largest answer of a format that is held until its end."""
    prose: ProseRule = field(default_factory=ProseRule)
    words: tuple[str, ...] = ()
    """Words of the application's own that values of its parameters and forms are made of."""
    answers: Bodies = field(default_factory=Bodies)
    body: Bodies = field(default_factory=Bodies)
    websocket: Socket | None = None
    static: tuple[str, ...] = ()
    """Media types of files that are the same for everybody and pass as they are."""
    headers: tuple[str, ...] = ()
    """Response headers that pass, scanned, beside those that always do."""
    key_headers: tuple[str, ...] = ()
    """Those that hold the record's key, and pass only to who may see it in clear."""
    at: Position
