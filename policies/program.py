"""The compiled policy of one system: data only, immutable, no I/O and no clock.

A program is a file: `write_program` makes its bytes, content-addressed and signed; `read_program` refuses anything
else. What a worker runs is built from it once, by `view.py`.
"""

import hashlib

import msgspec

from policies.keys.key_files import Signer, Verifier
from policies.limits import AtLimit
from policies.marking import Marking
from policies.operations import About
from policies.permits import Kind as PermitKind
from policies.policy import Row
from policies.policy_kinds import Direction, Gravity, Harmed, OnWrite, Owner, State
from policies.program_callers import CertificatesRule, FrontProxyRule, HeaderRule, IssuerRule, KeyRule, SessionRule
from policies.program_shapes import FileRule, Shapes
from policies.prose_rule import ProseRule
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

LABEL = " label"
"""What follows a field's name in that of the label beside it."""
FREE_TEXT = 1
"""Index of the field that stands for text between declared values: shown but for what recognisers find."""


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
    mark: Marking | None = None
    """Where its answers show their serial."""
    vocabulary: tuple[str, ...] = ()
    """Words that requests are made of, in lower case: whoever says one of them has guessed nothing."""
    websocket: SocketRule | None = None
    prose: ProseRule = ProseRule()


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
