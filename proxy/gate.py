"""What the gate does with an exchange, step by step: admit, send on, inspect, release. `addon.py` calls it from hooks.

Each step that has a way of its own stands in a module of its own; here they are joined.
"""

import time
from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from pathlib import Path

from mitmproxy.connection import Client
from mitmproxy.http import HTTPFlow

from proxy.admission import Admission, Capacity
from proxy.answer import EVENTS, Mask, Withhold
from proxy.apart import Apart
from proxy.arriving import ARRIVING, OPENING
from proxy.counters import Counters
from proxy.current import Current
from proxy.exchange import Exchange, begin_exchange, request_of, source_ip_of
from proxy.exports import Exports
from proxy.forwarding import Forwarding
from proxy.heads import Heads
from proxy.identity.caller import BadCredential
from proxy.identity.client_certificates import Handshakes
from proxy.identity.desk import IdentityDesk
from proxy.identity.ended import EndedSessions
from proxy.identity.header import IdentityHeaders
from proxy.identity.introspection import Introspections
from proxy.identity.nonces import Nonces
from proxy.identity.session_desk import SessionDesk
from proxy.judging import Judging
from proxy.learner import Learner
from proxy.ledger import Clock, Ledger
from proxy.limit_desk import LimitDesk
from proxy.limits import Limits
from proxy.look_at import answer_headers_of, look_at
from proxy.message import Malformed
from proxy.meter import Meter
from proxy.own_pages import OwnPages
from proxy.probes import Probes
from proxy.reading import Reader
from proxy.releasing import Releasing
from proxy.reveal_desk import RevealDesk
from proxy.shadow import Shadow
from proxy.sockets.desk import SocketDesk
from proxy.spool import Spool
from proxy.standing import Standing
from proxy.streaming import Streaming
from proxy.tls.authorities import Authorities
from proxy.turns import Turns
from proxy.underway import Holds, Underway
from proxy.whole_answers import WholeAnswers
from proxy.withholding import Withholding
from proxy.write_answer import write_own
from siem.record.log import AccessLog

FIRST_OF_ERRORS = 400
"""Status of an answer that says nothing of what the system holds."""


class Gate:
    """Decides, masks, records and only then releases. Methods may raise: their callers are guarded."""

    def __init__(
        self,
        current: Current,
        log: AccessLog,
        now: Clock,
        *,
        nonces: Nonces,
        ended: EndedSessions,
        cut: Callable[[Client], None],
        drop_upstream: Callable[[HTTPFlow], None],
        connection_of: Callable[[Client], Holds | None],
        said: Callable[[str, str], None],
        counters: Counters,
        identity_headers: IdentityHeaders,
        limits: Limits | None = None,
        learner: Learner | None = None,
        shadow: Shadow | None = None,
        asked: Path | None = None,
        handshakes: Handshakes | None = None,
        hsts_s: int = 0,
        capacity: Capacity | None = None,
        reader_s: float = 60.0,
        probes: Iterable[str] = (),
        meter: Meter | None = None,
        spool: Path | None = None,
        introspections: Introspections | None = None,
    ) -> None:
        self.current = current
        self.log = log
        self.now = now
        self.counters = counters
        self._handshakes = handshakes or Handshakes(Authorities(None))
        """Tells which certificates callers have shown."""
        self._hsts = b"max-age=%d" % hsts_s if hsts_s else b""
        session_desk = SessionDesk(current, ended, now, introspections or Introspections())
        standing = Standing(current, session_desk, now)
        self.underway = Underway(
            forbidden=standing.forbidden,
            drop_upstream=drop_upstream,
            connection_of=connection_of,
            reader_s=reader_s,
        )
        self.admission = Admission(capacity or Capacity(), self.underway)
        """Tells what the worker takes on."""
        meter = meter or Meter(None)
        self._probes = Probes(probes, self.is_ready)
        limit_desk = LimitDesk(limits or Limits(), counters, now)
        self.learner = learner or Learner()
        """Keeps the inventories of systems that are being learnt."""
        self.shadow = shadow or Shadow(None, None, b"", None)
        """Asks a draft what it would do."""
        apart = Apart()
        self.turns = Turns()
        """Those of all large answers."""
        self.exports = Exports(Spool(spool))
        """Keeps exports for a while, so that parts of them may be asked for."""
        self.withholding = Withholding(
            log,
            now,
            cut=cut,
            said=said,
            counters=counters,
            underway=self.underway,
            admission=self.admission,
            exports=self.exports,
        )
        reader = Reader()
        self.whole = WholeAnswers(
            current,
            now,
            apart=apart,
            reader=reader,
            turns=self.turns,
            withholding=self.withholding,
            refused=partial(counters.add, "refused_busy"),
        )
        identities = IdentityDesk(current, session_desk, nonces)
        self._own_pages = OwnPages(
            current,
            sessions=session_desk,
            identities=identities,
            identity_headers=identity_headers,
            reveals=RevealDesk(current, asked),
            limits=limit_desk,
        )
        self._judging = Judging(current, identities=identities, limits=limit_desk, shadow=self.shadow)
        heads = Heads(self.admission, said)
        self.streaming = Streaming(
            limits=limit_desk,
            sessions=session_desk,
            exports=self.exports,
            heads=heads,
            standing=standing,
            withholding=self.withholding,
            meter=meter,
            handshakes=self._handshakes,
            reader=reader,
            turns=self.turns,
        )
        self.forwarding = Forwarding(
            apart=apart,
            identity_headers=identity_headers,
            sessions=session_desk,
            standing=standing,
            underway=self.underway,
            withholding=self.withholding,
            counters=counters,
        )
        self.releasing = Releasing(
            current,
            whole=self.whole,
            limits=limit_desk,
            sessions=session_desk,
            exports=self.exports,
            heads=heads,
            standing=standing,
            withholding=self.withholding,
            meter=meter,
        )
        self.sockets = SocketDesk(
            now,
            streaming=self.streaming,
            standing=standing,
            withholding=self.withholding,
            underway=self.underway,
        )

    def is_ready(self) -> bool:
        """Whether new callers should be led here: what they ask for can be judged, recorded and answered."""
        if self.admission.is_leaving or self.admission.is_late or not self.current.look():
            return False
        return bool(self.current.systems) and self.log.has_room()

    def begin(self, flow: HTTPFlow) -> None:
        """A request has begun to arrive. It is always read whole: it is small, and nothing is decided without it."""
        ARRIVING.ended(flow.client_conn.id, OPENING)
        self.counters.add("requests")
        ledger = Ledger(self.log, self.now, source_ip_of(flow.client_conn))
        ledger.unopened = partial(self.counters.add, "unopened")
        begin_exchange(flow, ledger)
        flow.request.stream = False

    def admit(self, flow: HTTPFlow, exchange: Exchange) -> None:
        """A request has arrived: send it on, or answer it here."""
        withhold = self.withholding.withhold
        exchange.admitted_s = time.monotonic()
        try:
            exchange.request = request_of(flow)
        except Malformed:
            withhold(flow, exchange, "malformed_request")
            return
        if (probed := self._probes.answer(exchange.request, flow.request.data.path)) is not None:
            exchange.is_answered = True
            write_own(flow, probed.status, probed.headers, probed.body, "")
            return
        if not self.current.look():
            withhold(flow, exchange, "not_ready")
            return
        exchange.system = exchange.ledger.system = self.current.systems.get(exchange.request.host)
        if exchange.system is None:
            keyless = exchange.request.host in self.current.keyless
            withhold(flow, exchange, "keys_missing" if keyless else "unknown_host")
            return
        if flow.client_conn.tls:  # of a host that is not declared nothing is said: it may have other ports
            exchange.hsts = self._hsts
        if self.admission.refuses(exchange.request.source_ip):
            self.counters.add("refused_busy")
            withhold(flow, exchange, "too_busy")
            return
        rule, now = exchange.system.program.certificates, exchange.ledger.started
        try:
            exchange.certificate = self._handshakes.shown(flow.client_conn, rule, now)
        except BadCredential as bad:
            withhold(flow, exchange, bad.reason)
            return
        is_own = self._own_pages.holds(exchange.request)
        refuse = self._own_pages.answer(flow, exchange) if is_own else self._judging.verdict(flow, exchange)
        if refuse is not None:
            withhold(flow, exchange, refuse.reason, zh=refuse.zh, en=refuse.en, field=refuse.field)
        elif is_own:
            return
        elif (part := self.exports.part(exchange)) is not None:
            self.releasing.part(flow, exchange, part)
        else:
            self.forwarding.begin(flow, exchange)

    def inspect(self, flow: HTTPFlow, exchange: Exchange) -> None:
        """The head of an answer has arrived: decide how its body is looked at, before the first byte of it."""
        assert flow.response is not None
        assert exchange.request is not None
        assert exchange.forward is not None
        assert exchange.system is not None
        try:
            exchange.answer_headers = answer_headers_of(flow)
        except Malformed:
            self.withholding.withhold(flow, exchange, "upstream_malformed")
            return
        if exchange.socket is not None and flow.response.status_code == HTTPStatus.SWITCHING_PROTOCOLS:
            self.sockets.open(flow, exchange, exchange.socket)
            return
        exchange.treatment = look_at(flow, exchange, self.now())
        if isinstance(exchange.treatment, Mask):
            exchange.ledger.format = exchange.treatment.format
            if exchange.system.is_learning and flow.response.status_code < FIRST_OF_ERRORS:
                noted = self.learner.noted(exchange.system.name, exchange.request, exchange.treatment)
                exchange.treatment = noted
            if exchange.treatment.format == EVENTS:
                events = exchange.forward.operation.answers.events
                exchange.idle_s = events.idle_s if events is not None else None
                self.streaming.begin(flow, exchange)
        elif isinstance(exchange.treatment, Withhold):
            self.withholding.withhold(flow, exchange, exchange.treatment.reason)
