"""What a compiled program says of callers: how they are known, and what a system is told of them."""

import msgspec

from policies.policy_kinds import Kind


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
    """The salt of a key that requests are signed with; see `policies.keys.signing_key`."""
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
