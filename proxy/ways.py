"""The ways in which callers of one system say who they are: each is a file of its own, and all are joined here.

INVARIANT: a request shows one credential or none. What it shows is judged in one way, and where that says no, in no
other.
"""

from policies.digest import Digester
from policies.program import Program
from proxy.api_keys import ApiKeys
from proxy.client_certificates import ClientCertificates, Shown
from proxy.fronted import SECRET, Fronted, FrontProxies, fronted_in
from proxy.identity import COOKIE, KEY_PREFIX, NOBODY, BadCredential, Caller, cookies_in, credential_in
from proxy.issuer_keys import IssuerKeys
from proxy.message import Request
from proxy.names import Names
from proxy.sessions import Session, Sessions
from proxy.signed_request import SHOWN_IN, Signatures, SignedRequest, signed_request_in
from proxy.tokens import Tokens

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
            case _ if credential.startswith(KEY_PREFIX):
                return self._api_keys.caller(credential, now)
            case _:
                return self._tokens.caller(credential, now)

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
    headers = request.headers
    in_cookie = any(name == COOKIE for name, _ in cookies_in(headers))
    in_header = not headers.keys().isdisjoint({"authorization", "x-api-key"})
    is_signed = not headers.keys().isdisjoint(SHOWN_IN)
    is_fronted = SECRET in headers
    sources = (in_cookie, in_header, is_signed, is_fronted, certificate is not None, session is not None)
    if sum(sources) > 1:  # servers could differ in whose they take
        raise BadCredential
    if certificate is not None:
        return certificate
    if is_fronted:
        return fronted_in(request)
    if session is not None:
        return session
    return signed_request_in(request, target, body) if is_signed else credential_in(headers)
