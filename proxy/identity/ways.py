"""The ways in which callers of one system say who they are: each is a file of its own, and all are joined here.

INVARIANT: a request shows one credential or none. What it shows is judged in one way, and where that says no, in no
other.
"""

import msgspec

from policies.digest import Digester
from policies.program import Program
from proxy.identity.api_keys import ApiKeys
from proxy.identity.caller import COOKIE, KEY_PREFIX, NOBODY, BadCredential, Bearer, Caller, cookies_in, credential_in
from proxy.identity.client_certificates import ClientCertificates, Shown
from proxy.identity.fronted import SECRET, Fronted, FrontProxies, fronted_in
from proxy.identity.issuer_keys import IssuerKeys
from proxy.identity.names import Names
from proxy.identity.sessions import Session, Sessions
from proxy.identity.signed_request import SHOWN_IN, Signatures, SignedRequest, signed_request_in
from proxy.identity.tokens import Tokens
from proxy.message import Headers, Request

_SHOWS = "shows"

type Credential = str | SignedRequest | Fronted | Shown | Session
"""An API key or a token as it was shown, a signature, the word of a front proxy, a certificate, or a session of the
system's own.
"""


class Identity:
    """The credentials that one system takes. *secret* is the installation's; *issuer_keys* those that were fetched."""

    def __init__(
        self, program: Program, digester: Digester, secret: bytes, issuer_keys: IssuerKeys | None = None
    ) -> None:
        self._api_keys = ApiKeys(program)
        names = Names(program, digester)
        self._tokens = Tokens(program, digester, names, issuer_keys or IssuerKeys())
        self._front_proxies = FrontProxies(program, names)
        self._signatures = Signatures(program, secret)
        self._certificates = ClientCertificates(program)
        self.sessions = Sessions(program, names)

    def caller(self, credential: Credential | None, now: float) -> Caller:
        """Whose *credential* it is, at the POSIX time *now*. Raises BadCredential; None is nobody's."""
        match credential:
            case None:
                return NOBODY
            case SignedRequest():
                return self._signatures.caller(credential, now)
            case Shown():
                return self._certificates.caller(credential, now)
            case Fronted():
                return self._front_proxies.caller(credential, now)
            case Session():
                return self.sessions.caller(credential, now)
            case _:
                bearer = credential if isinstance(credential, Bearer) else Bearer(credential)
                takes = self._api_keys if bearer.startswith(KEY_PREFIX) else self._tokens
                return takes.caller(bearer, now)

    def check(self, credential: Credential | None, now: float) -> None:
        """Raise BadCredential where *credential*, by which an answer was begun, counts no more at the POSIX time *now*.

        A signature was fresh when it came, and need not be any more: its key must still count.
        """
        if isinstance(credential, SignedRequest):
            self._signatures.signer(credential, now)
        else:
            self.caller(credential, now)


def credential_of(
    request: Request, target: str, body: bytes, certificate: Shown | None = None, session: Session | None = None
) -> Credential | None:
    """The one credential that *request* shows; *target* and *body* are as they came, on a connection that has shown
    the *certificate*. Raises BadCredential.

    *session* is the one that its cookies show, where it is not over.
    """
    shows = request.kept.get(_SHOWS)
    if shows is None:
        shows = request.kept[_SHOWS] = _shown_in(request.headers)
    if shows.ways + (certificate is not None) + (session is not None) > 1:  # servers could differ in whose they take
        raise BadCredential
    if certificate is not None:
        return certificate
    if shows.is_fronted:
        return fronted_in(request)
    if session is not None:
        return session
    if shows.is_signed:
        return signed_request_in(request, target, body)
    return shows.bearer if shows.is_plain else credential_in(request.headers)


class _Shows(msgspec.Struct, frozen=True):
    """What the headers of a request show."""

    ways: int
    """In how many ways."""
    is_signed: bool
    is_fronted: bool
    is_plain: bool
    """Whether it is one key or token, or nothing; otherwise it is asked again why not."""
    bearer: Bearer | None


def _shown_in(headers: Headers) -> _Shows:
    in_cookie = any(name == COOKIE for name, _ in cookies_in(headers))
    in_header = not headers.keys().isdisjoint({"authorization", "x-api-key"})
    is_signed, is_fronted = not headers.keys().isdisjoint(SHOWN_IN), SECRET in headers
    try:
        bearer, is_plain = credential_in(headers), True
    except BadCredential:
        bearer, is_plain = None, False
    return _Shows(in_cookie + in_header + is_signed + is_fronted, is_signed, is_fronted, is_plain, bearer)
