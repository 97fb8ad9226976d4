"""A policy as it was written: frozen nodes, each with its place.

`parse/` makes them, `checks/` judges them together, `compiling/system.py` turns them into programs.
"""

from dataclasses import dataclass, field
from datetime import datetime

from policies.findings import Position
from policies.limits import AtLimit, StepUp
from policies.operations import Bodies, Files, Operation
from policies.policy_callers import Certificates, FrontProxy, IdentityHeader, JwtIssuer, UpstreamSession, UpstreamTls
from policies.policy_kinds import Direction, Elsewhere, Gravity, Harmed, Kind, Level, Meaning, OnWrite, Owner, State
from policies.spelling import Spelling
from policies.title import Title
from policies.transforms.spec import Reversible, Spec

PUBLIC = "public"
"""The category of values that are not about a person."""
SCAN = "scan"
"""In an answer: text that is shown but for what recognisers find in it."""
ANYONE = "anyone"
SIGNED_IN = "signed-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a field must hold in the records that are shown: one of some values, or an attribute of the caller's."""

    values: tuple[str, ...] = ()
    attribute: str = ""


LEAST_CANDIDATES = 1_000
MOST_ATTRIBUTES = 16
LONGEST_ATTRIBUTE = 128
"""Characters of an attribute's value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A kind of personal data."""

    name: str
    title: Title
    level: Level
    sensitive: bool
    """Source: GB/T 45574-2025, sensitive personal information."""
    harm: dict[Harmed, Gravity] = field(default_factory=dict)
    """Why it has its level, where somebody has said so."""
    mask: Spec
    """What a caller without a grant gets."""
    on_write: OnWrite
    elsewhere: Elsewhere
    meaning: Meaning = Meaning.OTHER
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What becomes of which categories for whom, where, when and for which purpose; see `policies.precedence`.

    It applies where all of its conditions are met. A condition that is None is none; one that is empty is never met.
    """

    id: str
    posts: tuple[str, ...] = ()
    """For whoever holds one of these posts, and"""
    callers: tuple[str, ...] = ()
    """for these callers."""
    all_posts: tuple[str, ...] = ()
    """Only for who holds all of these."""
    not_posts: tuple[str, ...] = ()
    """Only for who holds none of these."""
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Only for who has each of these attributes, with one of its values."""
    signed_in: bool = False
    """For everybody who has signed in."""
    anyone: bool = False
    """For everybody, signed in or not."""
    owner: Owner | None = None
    """Only in these records, where it goes before every grant that is about everybody's."""
    systems: tuple[str, ...]
    operations: tuple[str, ...] | None = None
    """Method and path template, as declared."""
    records: tuple[str, ...] | None = None
    fields: tuple[str, ...] | None = None
    """`record.field`. With `records`: the fields of these records and these fields, no others."""
    direction: Direction = Direction.ANSWER
    networks: tuple[str, ...] | None = None
    """CIDR."""
    hours: tuple[tuple[int, int], ...] | None = None
    """Spans of the week in Beijing, in minutes since Monday 0:00, from and before: apart from each other, in order."""
    rows: dict[str, Row] = field(default_factory=dict)
    """By `record.field`: records in which one of them holds something else are left out."""
    at_most: int | None = None
    """Of how many subjects one answer may be."""
    sees: dict[str, Spec]
    purposes: tuple[str, ...] = ()
    """For who may ask for one of these; for whatever purpose where there is none."""
    not_purposes: tuple[str, ...] = ()
    """Only for who may ask for none of these."""
    until: datetime
    reason: str
    approved_by: str
    at: Position
    places: dict[str, Position] = field(default_factory=dict)
    """Where each of its keys stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal(Grant):
    """A grant that sleeps until somebody asks for it: of the records of one subject, unless it breaks the glass.

    It `sees` categories in clear and nothing else; one that breaks the glass and names none is about all of them.
    """

    break_glass: bool = False
    """Whether it is about every record of its systems, at once."""
    minutes: int
    """How long a permit lasts."""
    at_most_a_day: int
    """How many permits a caller gets in a day of Beijing."""
    sampled: int
    """Of how many permits in a hundred somebody else is asked whether they were right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit(Grant):
    """How much each of the callers to whom it applies may be shown and ask for; it `sees` nothing and has no end.

    Of several that apply each counts. A number that is None is none.
    """

    grants: tuple[str, ...] | None = None
    """Only who is shown something by one of these grants or reveals counts; None: whoever is shown anything."""
    requests_a_minute: int | None = None
    subjects_an_hour: int | None = None
    """Different subjects of whom anything personal was shown unmasked, in any hour."""
    subjects_a_day: int | None = None
    """The same in any 24 hours."""
    at_limit: AtLimit | None = None
    """What is done at the limit on subjects; None where there is none. A request too many is always refused."""
    step_up: StepUp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key of a caller: an API key, known by its hash, one that requests are signed with, known by its salt, or that
    of a certificate, known by the name in it.
    """

    id: str
    sha256: str
    hmac: str
    certificate: str = ""
    """`uri:` or `dns:`, and the name that stands so in the certificate."""
    authority: str = ""
    """Who has to have issued the certificate."""
    until: datetime
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A caller known by keys."""

    id: str
    kind: Kind
    posts: tuple[str, ...]
    purposes: tuple[str, ...]
    attributes: dict[str, str] = field(default_factory=dict)
    keys: tuple[Key, ...]
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A declared field: a value of a category, or a record within the record."""

    name: str
    category: str = ""
    record: str = ""
    label: str = ""
    """The category of what the application shows beside the value, where that refers to something: a name, perhaps."""
    link: bool = False
    """In place of a category: it is an address, which leads on."""
    key_of: str = ""
    """The record that its value is the key of. Where it is hidden, JSON and CSV hold a handle."""
    mask: Spec | None = None
    on_write: OnWrite | None = None
    at_rest: Reversible | None = None
    """As what the system behind stores it; None: as it is."""
    files: Files | None = None
    """Which files may be sent for it, where any may."""
    title: str = ""
    """What the headings of tables call it, where that is not its name."""
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """How an application shows what a field's value refers to, beside the value."""

    json: tuple[str, str] | None = None
    """The keys of value and label in an object that stands in the value's place."""
    html: tuple[str, str] | None = None
    """The elements of value and label within the field's element, the label's first."""
    csv: str | None = None
    """What follows the field's name in the name of the column of its labels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one row, form or object of a system holds."""

    name: str
    subject: str | None
    """Which field identifies the person that the record is about."""
    key: tuple[str, ...]
    """By which fields the system finds the record and pages through its list; none where nobody has said."""
    search: tuple[str, ...]
    """Which fields the system's own search looks into."""
    facets: tuple[str, ...]
    """Of which fields the system may list all values, each with how often it comes."""
    fields: dict[str, Field]
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """Operations of a third-party application, for systems that run it."""

    name: str
    variables: tuple[str, ...]
    operations: tuple[Operation, ...]
    labels: Labels
    errors: Bodies
    key_spelling: Spelling | None
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A system behind the gateway."""

    name: str
    title: Title
    hosts: tuple[str, ...]
    upstream: str
    timeout_s: int
    state: State
    jwt: tuple[JwtIssuer, ...]
    api_keys: bool
    """Whether keys that are shown as they are count."""
    signed_requests: bool
    """Whether requests that are signed with a key count."""
    front_proxies: tuple[FrontProxy, ...]
    identity_header: IdentityHeader | None = None
    """None: it is not told who asks."""
    certificates: Certificates | None = None
    """Those of callers that count; None: none is asked for."""
    upstream_tls: UpstreamTls = field(default_factory=UpstreamTls)
    session: UpstreamSession | None = None
    """None: who has signed in there is not known here."""
    pack: str | None
    variables: dict[str, str]
    records: dict[str, Record]
    operations: tuple[Operation, ...]
    labels: Labels
    errors: Bodies
    key_spelling: Spelling | None
    """How keys are spelled in addresses; None: as the pack says, or as they are."""
    trace_context: tuple[str, ...] = ()
    """Which headers of a trace it gets besides `traceparent`."""
    at: Position

    def takes(self, key: Key) -> bool:
        """Whether *key* counts here."""
        if key.certificate:
            return self.certificates is not None and self.certificates.authority == key.authority
        return self.api_keys if key.sha256 else self.signed_requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything that was declared."""

    categories: dict[str, Category]
    grants: tuple[Grant, ...]
    reveals: tuple[Reveal, ...] = ()
    """The grants that have to be asked for."""
    limits: tuple[Limit, ...] = ()
    callers: tuple[Caller, ...]
    packs: dict[str, Pack]
    systems: dict[str, System]
    unread: frozenset[str] = frozenset()
    """Names of categories and systems that stand in the files and could not be read: that was told already."""
    least_candidates: int = LEAST_CANDIDATES
    """Of how many resident ID numbers one has to be, to whoever puts together all that they may see of a person."""
    transforms: dict[str, Spec] = field(default_factory=dict)
    """By the names that the catalogue gives them."""
