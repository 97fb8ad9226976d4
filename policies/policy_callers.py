"""How callers are known, as it is declared."""

from dataclasses import dataclass, field
from datetime import datetime

from policies.findings import Position
from policies.policy_kinds import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySource:
    """Where the keys of an issuer are fetched from, again and again."""

    address: str
    is_discovery: bool
    """Whether it is that of a discovery document, which names the address of the keys."""
    refresh_s: int
    overlap_s: int
    """How long a key still counts once it has gone from there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JwtIssuer:
    """Whose signed tokens are credentials."""

    issuer: str
    audience: str
    keys: str
    """A JWKS file, beside the policy; "" where the keys are fetched."""
    source: KeySource | None = None
    posts_claim: str
    attribute_claims: tuple[str, ...] = ()
    """Claims that are attributes of the caller, by their own names."""
    acting_for: str = ""
    """The claim that names on whose behalf the caller acts; "" where no token says so."""
    acting_basis: str = ""
    """The claim that names on which basis."""
    kind: Kind
    skew_s: int = 30
    """How far its clock may differ from ours."""
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontProxy:
    """A proxy in front of the gateway, whose word it is who is signed in."""

    id: str
    networks: tuple[str, ...]
    """Where it connects from."""
    sha256: str
    """Of the secret that it shows."""
    purposes: tuple[str, ...]
    """What it vouches for, whoever is signed in."""
    kind: Kind
    """Of those who sign in there."""
    until: datetime
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamSession:
    """How a system's own sign-in tells who has signed in."""

    cookie: str
    """The name of its session's cookie."""
    login: str
    """The operation that begins a session, as declared: method and path."""
    subject: str
    """Where in its answer, or in that to `introspect`, the name of who signs in stands, a JSON Pointer; or"""
    subject_cookie: str
    """the cookie that it is the value of."""
    introspect: str = ""
    """The path at which the system says whose a session is; "" where the answer to signing in says it."""
    again_minutes: int = 0
    """How long what it says there counts."""
    posts: str
    """Where beside that the posts stand; "" for nobody has any."""
    logout: tuple[str, ...]
    """The operations that end a session."""
    purposes: tuple[str, ...]
    """What the system vouches for, whoever signs in."""
    kind: Kind
    minutes: int
    """How long who has signed in is known, at most."""
    at: Position
    places: dict[str, Position] = field(default_factory=dict)
    """Where `login` and `logout` stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityHeader:
    """How a system behind is told who asks."""

    name: str
    audience: str
    anonymous: bool
    """Whether it is told as well that nobody has signed in."""
    names_citizens: bool
    """Whether it is told of citizens what their credential says, and not the digest that the log has."""
    at: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """Which certificates of callers a system takes."""

    authority: str
    """Who issues them, by the name that the installation has for it."""
    required: bool
    """Whether nobody is let in without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamTls:
    """How TLS is spoken with a system behind. Names are those that the installation has for its files."""

    authority: str = ""
    """Who has to have issued the system's certificate; empty: whom the installation or the machine trusts."""
    certificate: str = ""
    """The gateway's own, by which the system knows it; empty: none is shown."""
    server_name: str = ""
    """What the system's certificate is for; empty: the host of its address."""
    http2: bool = False
    """Whether HTTP/2 is spoken where the system knows it."""
