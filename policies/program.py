"""The compiled policy of one system: data only, immutable, no I/O and no clock.

A program is a file: `write_program` makes its bytes, content-addressed and signed; `read_program` refuses anything
else. What a worker runs is built from it once, by `view.py`.
"""

import hashlib

import msgspec

from policies.keys import Signer, Verifier
from policies.limits import AtLimit
from policies.operations import LARGEST_PAGE_MIB, About, Headings
from policies.permits import Kind as PermitKind
from policies.policy import Direction, Gravity, Harmed, Kind, OnWrite, Owner, Row, State
from policies.spelling import Spelling
from policies.transforms.spec import Reversible, Spec

LIVE = "yingbi program 1"
DRAFT = "yingbi draft program 1"
"""What programs are signed as: one that runs in the shadow of another can never be taken for one in force."""

SEGMENT = "[^/]+"
KEY_PATTERN = f"(?P<key>{SEGMENT})"
"""In the pattern of a path: what stands for a variable, and for that which names a record by its key."""
SEGMENTS = ".+"
"""The same for a variable that takes any path."""
ANY_WORD = "[A-Za-z0-9_]+"
"""In the pattern of a name: what stands for any word."""

UNDECLARED = 0
"""Index of the field that stands for everything undeclared."""
LABEL = " label"
"""What follows a field's name in that of the label beside it."""
FREE_TEXT = 1
"""Index of the field that stands for text between declared values: shown but for what recognisers find."""


class FileRule(msgspec.Struct, frozen=True):
    """Which files a form may send for a field."""

    types: tuple[str, ...]
    """Media types, of `sent_form.SIGNATURES`."""
    most_bytes: int


class FieldInfo(msgspec.Struct, frozen=True):
    """A declared field."""

    name: str
    """`record.field`, or the path in the body."""
    category: str
    mask: Spec
    """What callers without a grant get."""
    on_write: OnWrite
    rule: str
    """`file:line` of the declaration."""
    personal: bool
    level: str = ""
    """How grave harm to it would be: see `policies.policy.Level`; empty for what is about nobody."""
    sensitive: bool = False
    followed: bool = True
    """Whether what is hidden of it in a page is hidden wherever else it stands."""
    key_of: str = ""
    """The record that its values are keys of."""
    at_rest: Reversible | None = None
    """As what the system behind stores it; None: as it is."""
    file: FileRule | None = None
    """Which files may be sent for it; None: none."""


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
    trees = {"json": shapes.json, "csv": shapes.csv, "ndjson": shapes.ndjson, "xml": xml}
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


class ParameterRule(msgspec.Struct, frozen=True):
    """What a query parameter says something about."""

    pattern: str
    """A regular expression for its whole name; the group `field` names a field."""
    about: About
    fields: tuple[int, ...] = ()
    """For SEARCH and KEY: the fields it says something about."""
    values: tuple[str, ...] = ()
    """The only values that do, where not every value does."""
    reason_zh: str = ""
    reason_en: str = ""


class SocketRule(msgspec.Struct, frozen=True):
    """How a WebSocket is spoken; see `policies.operations.Socket`."""

    subprotocols: tuple[str, ...]
    idle_s: int
    largest_bytes: int


class OperationRule(msgspec.Struct, frozen=True):
    """One operation."""

    id: str
    """Method and path template."""
    method: str
    path: str
    """A regular expression for the whole path, percent-decoded. Its group `key`, where it has one, names a record."""
    allow: tuple[str, ...]
    refuse_zh: str
    refuse_en: str
    parameters: tuple[ParameterRule, ...]
    fields: dict[str, tuple[int, ...]]
    """The fields that filters and sorts may name."""
    facets: tuple[str, ...]
    """Those of them whose values may be listed outside of any record."""
    subjects: tuple[str, ...]
    """Those of them that say whom a record is about."""
    answers: Shapes
    body: Shapes
    static: tuple[str, ...]
    headers: tuple[str, ...]
    rule: str
    always: tuple[tuple[str, str], ...] = ()
    """Parameters that are sent on in the place of the caller's own."""
    asked: tuple[int, ...] = ()
    """The fields that its path says something about."""
    key_headers: tuple[str, ...] = ()
    """Response headers that say something about the fields in `key`, and pass to who may see them.

    An address among them passes to others with a handle in it.
    """
    key: tuple[int, ...] = ()
    """The fields by which its records are found."""
    record: str = ""
    """The record that it names by its key, or pages through; several with commas between."""
    key_fields: dict[str, str] = {}
    """By the names of those of its fields whose values are keys: the record that they are keys of."""
    export: bool = False
    """Whether its answers are kept for a while as they were shown."""
    vocabulary: tuple[str, ...] = ()
    """Words that requests are made of, in lower case: whoever says one of them has guessed nothing."""
    websocket: SocketRule | None = None


class GrantRule(msgspec.Struct, frozen=True, kw_only=True):
    """One grant; see `policies.policy.Grant`. A condition that is None is none; one that is empty is never met."""

    id: str
    posts: tuple[str, ...] = ()
    callers: tuple[str, ...] = ()
    all_posts: tuple[str, ...] = ()
    not_posts: tuple[str, ...] = ()
    attributes: dict[str, tuple[str, ...]] = {}
    signed_in: bool = False
    anyone: bool = False
    owner: Owner | None = None
    operations: tuple[str, ...] | None = None
    records: tuple[str, ...] | None = None
    fields: tuple[str, ...] | None = None
    direction: Direction = Direction.ANSWER
    networks: tuple[str, ...] | None = None
    hours: tuple[tuple[int, int], ...] | None = None
    rows: dict[str, Row] = {}
    at_most: int | None = None
    sees: dict[str, Spec]
    purposes: tuple[str, ...] = ()
    not_purposes: tuple[str, ...] = ()
    until: float
    """POSIX time."""
    rule: str
    yields_to: tuple[str, ...] = ()
    """The ids of the grants that go before it, where they apply as well."""


class RevealRule(msgspec.Struct, frozen=True, kw_only=True):
    """A grant that somebody has to ask for; see `policies.policy.Reveal`."""

    grant: GrantRule
    """Of every category of the system that it is about, each shown."""
    kind: PermitKind
    minutes: int
    at_most_a_day: int
    sampled: int
    """In a hundred."""
    titles: tuple[tuple[str, str], ...] = ()
    """What the categories are called, Chinese and English, for who chooses between reveals."""


class StepUpRule(msgspec.Struct, frozen=True):
    """By what a strong sign-in is known, and what it is worth; see `policies.limits.StepUp`."""

    acr: tuple[str, ...] = ()
    amr: tuple[str, ...] = ()
    within_minutes: int | None = None
    subjects_an_hour: int | None = None
    subjects_a_day: int | None = None


class LimitRule(msgspec.Struct, frozen=True, kw_only=True):
    """A limit; see `policies.policy.Limit`."""

    grant: GrantRule
    """Whom it is for, and which operations it is about: it sees nothing and never ends."""
    grants: tuple[str, ...] | None = None
    requests_a_minute: int | None = None
    subjects_an_hour: int | None = None
    subjects_a_day: int | None = None
    at_limit: AtLimit | None = None
    step_up: StepUpRule | None = None


class KeyRule(msgspec.Struct, frozen=True):
    """One key and its caller."""

    id: str
    sha256: str
    """Of the key; empty where it is one that requests are signed with."""
    until: float
    caller: str
    kind: Kind
    posts: tuple[str, ...]
    purposes: tuple[str, ...]
    attributes: dict[str, str] = {}
    hmac: str = ""
    """The salt of a key that requests are signed with; see `policies.signing_key`."""
    certificate: str = ""
    """`uri:` or `dns:` and the name in the certificate whose key it is; its authority is the system's."""


class SourceRule(msgspec.Struct, frozen=True):
    """Where the keys of an issuer are fetched from; see `policies.policy.KeySource`."""

    address: str
    is_discovery: bool
    refresh_s: int
    overlap_s: int


class IssuerRule(msgspec.Struct, frozen=True):
    """Whose tokens are credentials."""

    issuer: str
    audience: str
    jwks: str
    """The JWKS document itself; empty where the keys are fetched."""
    posts_claim: str
    kind: Kind
    attribute_claims: tuple[str, ...] = ()
    acting_for: str = ""
    acting_basis: str = ""
    source: SourceRule | None = None
    skew_s: int = 30


class FrontProxyRule(msgspec.Struct, frozen=True):
    """Which front proxy is taken at its word."""

    id: str
    networks: tuple[str, ...]
    sha256: str
    until: float
    kind: Kind
    purposes: tuple[str, ...]


class SessionRule(msgspec.Struct, frozen=True, kw_only=True):
    """How the system's own sign-in tells who has signed in; see `policies.policy.UpstreamSession`."""

    cookie: str
    login: str
    subject: str
    subject_cookie: str
    posts: str
    logout: tuple[str, ...]
    purposes: tuple[str, ...]
    kind: Kind
    minutes: int
    introspect: str = ""
    again_s: int = 0


class HeaderRule(msgspec.Struct, frozen=True):
    """By which header the system behind is told who asks; see `policies.policy.IdentityHeader`."""

    name: str
    """In lower case."""
    audience: str
    anonymous: bool
    names_citizens: bool


class CertificatesRule(msgspec.Struct, frozen=True):
    """Which certificates of callers are asked for when a connection begins."""

    authority: str
    required: bool


class UpstreamTlsRule(msgspec.Struct, frozen=True):
    """How TLS is spoken with the system behind; see `policies.policy.UpstreamTls`."""

    authority: str = ""
    certificate: str = ""
    server_name: str = ""
    http2: bool = False


class LabelShape(msgspec.Struct, frozen=True):
    """How values and the labels beside them are told apart, each pair the value's name first."""

    json: tuple[str, str] | None = None
    html: tuple[str, str] | None = None


class Program(msgspec.Struct, frozen=True):
    """Everything a worker needs to know about one system."""

    system: str
    title_zh: str
    title_en: str
    hosts: tuple[str, ...]
    upstream: str
    timeout_s: int
    state: State
    fields: tuple[FieldInfo, ...]
    operations: tuple[OperationRule, ...]
    errors: Shapes
    """What is declared of answers with a status of 400 and above."""
    grants: tuple[GrantRule, ...]
    keys: tuple[KeyRule, ...]
    issuers: tuple[IssuerRule, ...]
    labels: LabelShape = LabelShape()
    record_keys: dict[str, tuple[int, ...]] = {}
    """By the name of each record whose key stands in a place of its own: the fields that it is found by."""
    spelling: Spelling = Spelling.PLAIN
    """How keys are written in addresses."""
    harms: dict[str, dict[Harmed, Gravity]] = {}
    """By category, who is harmed how gravely by a leak, where somebody has said so."""
    key_callers: tuple[str, ...] = ()
    """Every caller with an API key, whether this system takes keys or not: no token may name one of them."""
    transforms: dict[str, Spec] = {}
    """By the names that the catalogue gives them."""
    reveals: tuple[RevealRule, ...] = ()
    limits: tuple[LimitRule, ...] = ()
    front_proxies: tuple[FrontProxyRule, ...] = ()
    identity_header: HeaderRule | None = None
    certificates: CertificatesRule | None = None
    upstream_tls: UpstreamTlsRule = UpstreamTlsRule()
    session: SessionRule | None = None
    trace_context: tuple[str, ...] = ()
    """Which headers of a trace it gets besides `traceparent`."""


class _File(msgspec.Struct, frozen=True):
    digest: str
    signature: str
    program: msgspec.Raw


class BadProgram(Exception):
    """The bytes are no program, or not the one that was signed. The last good one stays in force."""


def digest_of(program: Program) -> str:
    """The content address of *program*: SHA-256 in hex over its bytes."""
    return hashlib.sha256(_bytes_of(program)).hexdigest()


def write_program(program: Program, signer: Signer, label: str = LIVE) -> bytes:
    """The signed bytes of *program*. The same program has the same digest whenever it is compiled."""
    body = _bytes_of(program)
    digest = hashlib.sha256(body).hexdigest()
    return msgspec.json.encode(_File(digest, signer.sign(label, body), msgspec.Raw(body)))


def read_program(data: bytes, verifier: Verifier, label: str = LIVE) -> tuple[Program, str]:
    """The program in *data* and its digest. Raises BadSignature or BadProgram."""
    try:
        file = msgspec.json.decode(data, type=_File, strict=True)
        body = bytes(file.program)
        verifier.check(label, body, file.signature)
        program = msgspec.json.decode(body, type=Program, strict=True)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadProgram("not the bytes of a program") from None
    if hashlib.sha256(body).hexdigest() != file.digest:
        raise BadProgram("the digest does not fit")
    return program, file.digest


def _bytes_of(program: Program) -> bytes:
    return msgspec.json.encode(program, order="deterministic")
