"""The gateway's own pages: where one signs in and out, asks to be shown a record whole or whether an incident affects
one, and finds its public keys.
"""

from contextlib import suppress

from mitmproxy.http import HTTPFlow

from policies.formats.masker import Tally
from proxy import affected, reveal, signin
from proxy.affected import AffectedDesk
from proxy.current import Current
from proxy.decide import entries_about, stopped
from proxy.exchange import Exchange
from proxy.identity.caller import BadCredential
from proxy.identity.desk import IdentityDesk
from proxy.identity.header import IdentityHeaders
from proxy.identity.session_desk import SessionDesk
from proxy.limit_desk import LimitDesk
from proxy.message import Request
from proxy.raised import raised_by
from proxy.reveal_desk import RevealDesk
from proxy.signin import OwnAnswer
from proxy.system import System
from proxy.verdict import Refuse
from proxy.write_answer import write_own
from siem.record.log import RecordFailed


class OwnPages:
    """Those of one worker."""

    def __init__(
        self,
        current: Current,
        *,
        sessions: SessionDesk,
        identities: IdentityDesk,
        identity_headers: IdentityHeaders,
        reveals: RevealDesk,
        limits: LimitDesk,
    ) -> None:
        self._current = current
        self._sessions = sessions
        self._identities = identities
        self._identity_headers = identity_headers
        self._reveals = reveals
        self._limits = limits
        self._affected = AffectedDesk(current)

    def holds(self, request: Request) -> bool:
        """Whether *request* is for here, and not for the system behind."""
        return request.path.startswith(signin.PREFIX)

    def answer(self, flow: HTTPFlow, exchange: Exchange) -> Refuse | None:
        """Answer with a page of ours, and write that down. Returns why that is refused, if it is."""
        assert exchange.request is not None
        try:
            if exchange.request.path.startswith(reveal.REVEAL):
                answer = self._reveal(flow, exchange)
            elif exchange.request.path == affected.AFFECTED:
                self._identify(flow, exchange)
                if (too_often := self._limits.too_often(exchange)) is not None:
                    return too_often
                answer = self._affected.answer(exchange.request, _system_of(exchange), exchange.ledger)
            else:
                answer = self._sign_in(flow, exchange)
        except BadCredential as bad:
            return Refuse(reason=bad.reason)
        except reveal.Refused as refused:
            return Refuse(reason=refused.reason, zh=refused.zh, en=refused.en)
        except RecordFailed:
            return Refuse(reason="record_failed")
        if answer is None:
            return Refuse(reason="operation_not_declared")
        self._write(flow, exchange, answer)
        return None

    def _sign_in(self, flow: HTTPFlow, exchange: Exchange) -> OwnAnswer | None:
        assert exchange.request is not None
        assert exchange.system is not None
        ledger = exchange.ledger
        if exchange.request.path == signin.SIGN_OUT:
            self._sessions.look(exchange)
            self._sessions.end(exchange)
        answer = signin.answer(
            exchange.request,
            flow.request.raw_content or b"",
            exchange.system,
            ledger.started.timestamp(),
            self._identity_headers.keys.jwks,
        )
        if answer is not None:
            ledger.operation = f"{exchange.request.method} {exchange.request.path}"
        return answer

    def _reveal(self, flow: HTTPFlow, exchange: Exchange) -> OwnAnswer | None:
        """Let a caller ask to be shown a record whole."""
        request, ledger = exchange.request, exchange.ledger
        assert request is not None
        self._identify(flow, exchange)
        body = flow.request.raw_content or b""
        return self._reveals.answer(request, body, _system_of(exchange), ledger, ledger.started)

    def _identify(self, flow: HTTPFlow, exchange: Exchange) -> None:
        """Settle who asks. Raises BadCredential, and Refused where that is stopped."""
        self._identities.identify(flow, exchange)
        system, ledger = _system_of(exchange), exchange.ledger
        caller = ledger.caller
        now = self._current.unhurried(ledger.started)
        entries = entries_about(self._current.overlay, system, "", caller, now)
        request, body, version = exchange.request, flow.request.raw_content or b"", flow.request.data.http_version
        assert request is not None
        ledger.raised = raised_by(entries, request, None, body, system, self._current.digester, version=version)
        if (reason := stopped(entries, None, caller)) is not None:
            raise reveal.Refused(reason)

    def _write(self, flow: HTTPFlow, exchange: Exchange, answer: OwnAnswer) -> None:
        """Give the answer, and write it down where it was not yet."""
        ledger = exchange.ledger
        exchange.is_answered = True
        with suppress(RecordFailed):  # a page of ours shows nothing of anybody
            if answer.reason:
                ledger.refused(answer.reason, answer.status)
            elif not ledger.is_begun:
                ledger.whole(Tally(self._current.digester), answer.status, len(answer.body))
        write_own(flow, answer.status, answer.headers, answer.body, ledger.event)


def _system_of(exchange: Exchange) -> System:
    assert exchange.system is not None
    return exchange.system
