"""Settles who asks, from whatever the request and its connection show."""

from mitmproxy.http import HTTPFlow

from proxy.current import Current
from proxy.exchange import Exchange
from proxy.identity.nonces import Nonces
from proxy.identity.session_desk import SessionDesk
from proxy.identity.signed_request import SignedRequest
from proxy.identity.ways import Credential, credential_of


class IdentityDesk:
    """That of one worker. *nonces* tells which signed requests have been taken."""

    def __init__(self, current: Current, sessions: SessionDesk, nonces: Nonces) -> None:
        self._current = current
        self._sessions = sessions
        self._nonces = nonces

    def identify(self, flow: HTTPFlow, exchange: Exchange) -> Credential | None:
        """Settle who asks, and return the credential that says so. Raises BadCredential."""
        request, system, ledger = exchange.request, exchange.system, exchange.ledger
        assert request is not None
        assert system is not None
        ledger.overlay = self._current.overlay.generation
        target, now = flow.request.data.path.decode("utf-8", "surrogateescape"), ledger.started
        self._sessions.look(exchange)
        body = flow.request.raw_content or b""
        credential = credential_of(request, target, body, exchange.certificate, exchange.session)
        ledger.caller = system.identity.caller(credential, now.timestamp())
        if isinstance(credential, SignedRequest):
            self._nonces.take(credential, now.timestamp(), self._current.unhurried(now).timestamp())
        return credential
