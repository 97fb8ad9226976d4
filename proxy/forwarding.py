"""Sends on what was decided of a request: its files are looked into first, what it does is recorded before."""

import time
from collections.abc import Mapping

from mitmproxy.http import HTTPFlow
from msgspec import structs

from policies.sent.files import FilesSent
from proxy.apart import Apart, Job
from proxy.counters import Counters
from proxy.exchange import Exchange
from proxy.identity.caller import BadCredential
from proxy.identity.header import IdentityHeaders
from proxy.identity.header_keys import NoIdentityKey
from proxy.identity.session_desk import SessionDesk
from proxy.reasons import reason_for_file
from proxy.send_on import send_on
from proxy.standing import Standing
from proxy.underway import Underway
from proxy.withholding import Withholding
from siem.record.log import RecordFailed


class Forwarding:
    """The requests of one worker; *apart* looks into files, *identity_headers* tell systems behind who asks."""

    def __init__(
        self,
        *,
        apart: Apart,
        identity_headers: IdentityHeaders,
        sessions: SessionDesk,
        standing: Standing,
        underway: Underway,
        withholding: Withholding,
        counters: Counters,
    ) -> None:
        self._apart = apart
        self._identity_headers = identity_headers
        self._sessions = sessions
        self._standing = standing
        self._underway = underway
        self._withholding = withholding
        self._counters = counters

    def begin(self, flow: HTTPFlow, exchange: Exchange) -> None:
        """Send on what is to be forwarded of *exchange*, or let its files be looked into first."""
        if exchange.forward is not None and exchange.forward.files is not None:
            self._look_into(flow, exchange, exchange.forward.files, exchange.forward.body)
        else:
            self._send_on(flow, exchange)

    def _look_into(self, flow: HTTPFlow, exchange: Exchange, files: FilesSent, body: bytes) -> None:
        """Let the files in *body* be looked into; `looked_into` is to be called once that is done."""
        exchange.masking = self._apart.job(files, body)
        if exchange.masking is None:
            self._counters.add("refused_busy")
            self._withholding.withhold(flow, exchange, "too_busy")

    def looked_into(self, flow: HTTPFlow, exchange: Exchange) -> None:
        """The files of a request have been looked into: send on what may go, or answer it here."""
        job, forward, exchange.masking = exchange.masking, exchange.forward, None
        assert isinstance(job, Job)
        assert job.outcome is not None
        assert forward is not None
        assert exchange.system is not None
        outcome, about = job.outcome, exchange.system.program.fields
        if outcome.reason:
            field = about[outcome.field].name if outcome.field else ""
            reason = reason_for_file(outcome.reason)
            self._withholding.withhold(flow, exchange, reason.code, zh=reason.zh, en=reason.en, field=field)
        elif (stopped := self._standing.forbidden(exchange)) is not None:
            self._withholding.withhold(flow, exchange, stopped)
        else:
            exchange.forward = structs.replace(forward, body=outcome.masked, files=None)
            self._send_on(flow, exchange, outcome.found, masked=outcome.masked != forward.body)

    def _send_on(
        self, flow: HTTPFlow, exchange: Exchange, found: Mapping[str, int] | None = None, *, masked: bool = False
    ) -> None:
        """Send on what was decided. In its files was *found* so much of each category, and was *masked*."""
        assert exchange.request is not None
        assert exchange.forward is not None
        assert exchange.system is not None
        try:
            identity = self._identity_headers.of(exchange.system, exchange.forward, exchange.ledger)
        except NoIdentityKey:
            self._withholding.withhold(flow, exchange, "keys_missing")
            return
        try:
            self._sessions.leave(exchange)
        except BadCredential as bad:
            self._withholding.withhold(flow, exchange, bad.reason)
            return
        if exchange.forward.acts or exchange.is_written_to:
            try:
                exchange.ledger.intent(found, masked=masked)
            except RecordFailed:
                self._withholding.withhold(flow, exchange, "record_failed")
                return
        exchange.is_sent = True
        exchange.sent_s = time.monotonic()
        self._underway.add(flow)
        system = exchange.system
        send_on(
            flow,
            exchange.request,
            exchange.forward,
            system.upstream,
            system.cookies,
            identity=identity,
            over=exchange.over,
            socket=exchange.socket,
            trace=system.program.trace_context,
        )
