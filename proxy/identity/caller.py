"""Who asks: a caller, or nobody. What a credential is, and where it stands in a request.

A credential is verified or refused; none at all is a caller too, and a bad one is never taken for none. `ways.py` joins
the ways in which one can be shown.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from siem.record.event import CallerKind

KEY_PREFIX = "ybk_"
COOKIE = "__Host-yingbi"
LONGEST_TOKEN = 8 * 1024


class BadCredential(Exception):
    """A credential was shown and does not count. Says nothing of why to whoever shows it, but where it is his own."""

    reason = "bad_credential"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A verified caller, or nobody."""

    id: str = ""
    """In clear for staff, systems and terminals; a digest for citizens; empty for nobody."""
    kind: CallerKind = CallerKind.ANONYMOUS
    posts: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    """What the credential vouches for. Nothing else a caller says ever widens it."""
    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What the credential says of the caller beside that; the log holds it, but of no citizen."""
    credential: str = ""
    on_behalf_of: str = ""
    """The digest of whom the caller acts for, where the credential names that and the basis; else empty."""
    basis: str = ""
    """The number of that basis, such as a power of attorney."""
    earlier: tuple[str, ...] = ()
    """Of a citizen, the digests under the keys of earlier epochs: who was blocked by one of them stays blocked."""
    named: str = field(default="", repr=False)
    """Of a citizen, what the credential itself says; held for the system behind, and never recorded."""
    is_exact: bool = True
    """Whether the caller's own identifier is nobody else's, as it is spelled."""
    acr: str = ""
    """How strongly the token says that he has signed in, by what, and when (OpenID Connect Core 1.0, 2)."""
    amr: frozenset[str] = frozenset()
    signed_in_at: float | None = None
    """POSIX time."""
    begun: float | None = None
    """POSIX time at which the session was begun, or the token made, that is the credential; `-inf` where that is not
    known, and None where it is neither.
    """

    @property
    def own(self) -> str:
        """The digest of the caller's own identifier, where it is a citizen and that is nobody else's; else empty."""
        return self.id if self.kind is CallerKind.CITIZEN and self.is_exact else ""


NOBODY = Caller()


class Bearer(str):
    """An API key or a token as it was shown."""

    @cached_property
    def digest(self) -> bytes:
        """Its SHA-256, which is what is kept of it and looked up. Keys are random, so nothing slower is needed."""
        return hashlib.sha256(self.encode("utf-8", "surrogateescape")).digest()


def hash_key(key: str) -> str:
    """What is kept of an API key, in hex."""
    return Bearer(key).digest.hex()


def credential_in(headers: dict[str, list[str]]) -> Bearer | None:
    """The one credential among *headers* (by lower-case name). Raises BadCredential for two, or for one unknown."""
    shown = []
    for value in headers.get("authorization", ()):
        scheme, _, rest = value.partition(" ")
        if scheme.lower() != "bearer" or not rest.strip():
            raise BadCredential
        shown.append(rest.strip())
    shown += [value.strip() for value in headers.get("x-api-key", ())]
    if not shown:
        shown = [value for name, value in cookies_in(headers) if name == COOKIE]
    if len(shown) > 1 or "" in shown:
        raise BadCredential
    return Bearer(shown[0]) if shown else None


def cookies_in(headers: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Name and value of each cookie, in order."""
    pairs = (pair.partition("=") for line in headers.get("cookie", ()) for pair in line.split(";"))
    return [(name.strip(), value.strip()) for name, _, value in pairs if name.strip()]
