"""What the gate does with an exchange, step by step: admit, withhold, release, cut. `addon.py` calls it from hooks."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path

from mitmproxy.connection import Client
from mitmproxy.http import HTTPFlow
from mitmproxy.proxy.context import Context

from policies.formats.masker import Masker, Tally, Withheld
from policies.limits import AtLimit
from policies.permits import Kind
from proxy import reveal, signin
from proxy.admission import Admission, Capacity
from proxy.answer import EVENTS, Mask, Treatment, Withhold, socket_treatment, treatment_of
from proxy.authorities import Authorities
from proxy.client_certificates import Handshakes
from proxy.counters import Counters
from proxy.current import Current
from proxy.decide import Refuse, decide, stopped
from proxy.ended import EndedSessions
from proxy.exchange import (
    Exchange,
    Streams,
    answer_headers_of,
    begin_exchange,
    exchange_of,
    has_body,
    request_of,
    send_on,
    source_ip_of,
    write_head,
    write_own,
    write_page,
    write_switch,
)
from proxy.exports import Exports, Part
from proxy.grpc import is_grpc
from proxy.guard import latch_on_failure
from proxy.identity import BadCredential
from proxy.identity_header import IdentityHeaders
from proxy.identity_keys import NoIdentityKey
from proxy.lasting import Lasting
from proxy.learner import Learner
from proxy.ledger import Clock, Ledger
from proxy.limits import Limits, Reached
from proxy.message import Malformed
from proxy.meter import Meter
from proxy.nonces import Nonces
from proxy.pages import Notice
from proxy.probes import Probes
from proxy.reasons import reason_for_body
from proxy.release import Release
from proxy.reveal_desk import RevealDesk
from proxy.session_desk import SessionDesk
from proxy.shadow import Asked, Shadow
from proxy.signed_request import SignedRequest
from proxy.signin import OwnAnswer
from proxy.socket_handshake import Handshake, HandshakeRefused, handshake_in
from proxy.socket_relay import Relay
from proxy.socket_sent import message_to_send
from proxy.spool import Spool
from proxy.underway import Holds, Underway
from proxy.ways import Credential, credential_of
from siem.record.event import EventId
from siem.record.log import AccessLog, RecordFailed

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
    ) -> None:
        self.current = current
        self.log = log
        self.now = now
        self.handshakes = handshakes or Handshakes(Authorities(None))
        """Tells which certificates callers have shown."""
        self._hsts = b"max-age=%d" % hsts_s if hsts_s else b""
        self.nonces = nonces
        """Tells which signed requests have been taken."""
        self.underway = Underway(
            forbidden=self.forbidden, drop_upstream=drop_upstream, connection_of=connection_of, reader_s=reader_s
        )
        self.admission = Admission(capacity or Capacity(), self.underway)
        """Tells what the worker takes on."""
        self.meter = meter or Meter(None)
        """Is told how long answers took."""
        self.probes = Probes(probes, self.is_ready)
        self.sessions = SessionDesk(current, ended, now)
        """Follows the sessions of systems behind."""
        self._cut = cut
        self.said = said
        """Is told where something failed and how, as two codes."""
        self.counters = counters
        self.identity_headers = identity_headers
        """Tell systems behind who asks."""
        self.limits = limits or Limits()
        """Says how much callers may be shown, and how often they may ask."""
        self.learner = learner or Learner()
        """Keeps the inventories of systems that are being learnt."""
        self.shadow = shadow or Shadow(None, None, b"", None)
        """Asks a draft what it would do."""
        self.exports = Exports(Spool(spool))
        """Keeps exports for a while, so that parts of them may be asked for."""
        self.reveals = RevealDesk(current, asked)
        """Where callers ask to be shown a record whole: that is left in the folder *asked*."""

    def is_ready(self) -> bool:
        """Whether new callers should be led here: what they ask for can be judged, recorded and answered."""
        if self.admission.is_leaving or self.admission.is_late or not self.current.look():
            return False
        return bool(self.current.systems) and self.log.has_room()

    def begin(self, flow: HTTPFlow) -> None:
        """A request has begun to arrive. It is always read whole: it is small, and nothing is decided without it."""
        self.counters.add("requests")
        ledger = Ledger(self.log, self.now, source_ip_of(flow.client_conn))
        ledger.unopened = partial(self.counters.add, "unopened")
        begin_exchange(flow, ledger)
        flow.request.stream = False

    def admit(self, flow: HTTPFlow, exchange: Exchange) -> None:
        """A request has arrived: send it on, or answer it here."""
        exchange.admitted_s = time.monotonic()
        try:
            exchange.request = request_of(flow)
        except Malformed:
            self.withhold(flow, exchange, "malformed_request")
            return
        if (probed := self.probes.answer(exchange.request, flow.request.data.path)) is not None:
            exchange.is_answered = True
            write_own(flow, probed.status, probed.headers, probed.body, "")
            return
        if not self.current.look():
            self.withhold(flow, exchange, "not_ready")
            return
        exchange.system = exchange.ledger.system = self.current.systems.get(exchange.request.host)
        if exchange.system is None:
            keyless = exchange.request.host in self.current.keyless
            self.withhold(flow, exchange, "keys_missing" if keyless else "unknown_host")
            return
        if flow.client_conn.tls:  # of a host that is not declared nothing is said: it may have other ports
            exchange.hsts = self._hsts
        if self.admission.refuses(exchange.request.source_ip):
            self.counters.add("refused_busy")
            self.withhold(flow, exchange, "too_busy")
            return
        rule, now = exchange.system.program.certificates, exchange.ledger.started
        try:
            exchange.certificate = self.handshakes.shown(flow.client_conn, rule, now)
        except BadCredential as bad:
            self.withhold(flow, exchange, bad.reason)
            return
        if exchange.request.path.startswith(reveal.REVEAL):
            self._reveal(flow, exchange)
        elif exchange.request.path.startswith(signin.PREFIX):
            self._sign_in(flow, exchange)
        elif (refuse := self._verdict(flow, exchange)) is not None:
            self.withhold(flow, exchange, refuse.reason, zh=refuse.zh, en=refuse.en, field=refuse.field)
        elif (part := self.exports.part(exchange)) is not None:
            self._answer_part(flow, exchange, part)
        else:
            self._send_on(flow, exchange)

    def _answer_part(self, flow: HTTPFlow, exchange: Exchange, part: Part) -> None:
        """Answer with a part of an export whose subjects were recorded when all of it was shown to the same caller."""
        ledger = exchange.ledger
        ledger.format = part.format
        try:
            ledger.whole(Tally(self.current.digester), part.status, len(part.body))
        except RecordFailed:
            self.withhold(flow, exchange, "record_failed")
            return
        exchange.is_answered = exchange.is_released = True
        write_own(flow, part.status, part.headers, part.body, ledger.event)

    def _verdict(self, flow: HTTPFlow, exchange: Exchange) -> Refuse | None:
        """Settle who asks for what. Returns why it is refused, if it is."""
        request, system, ledger = exchange.request, exchange.system, exchange.ledger
        assert request is not None
        assert system is not None
        overlay = self.current.overlay
        try:
            credential = self._identify(flow, exchange)
        except BadCredential as bad:
            return Refuse(reason=bad.reason)
        caller = ledger.caller
        body, now = flow.request.raw_content or b"", ledger.started
        if is_grpc(request.media_type):
            return Refuse(reason="grpc_refused")
        overlay_now = self.current.unhurried(now) if overlay.entries else now
        if (refuse := self._too_often(exchange)) is not None:
            return refuse
        permits = self.current.permits.live(caller.id, system.name, now)
        ledger.permits = tuple([permit.id for permit in permits])
        verdict = decide(request, body, system, caller, overlay, now, overlay_now=overlay_now, permits=permits)
        asked = exchange.asked = Asked(
            request=request,
            body=body,
            credential=credential,
            overlay=overlay,
            now=now,
            overlay_now=overlay_now,
            permits=permits,
        )
        self.shadow.judge(ledger, system, asked, verdict)
        if verdict.operation is not None:
            ledger.operation = verdict.operation.id
        if isinstance(verdict, Refuse):
            return verdict
        if "upgrade" in request.headers:
            try:
                rule, is_http_1_1 = verdict.operation.websocket, flow.request.data.http_version == b"HTTP/1.1"
                exchange.socket = handshake_in(request, rule, is_http_1_1=is_http_1_1)
            except HandshakeRefused as refused:
                return Refuse(reason=refused.reason, operation=verdict.operation)
        exchange.forward, ledger.view, exchange.request = verdict, verdict.view, verdict.request
        return None

    def _too_often(self, exchange: Exchange) -> Refuse | None:
        """Count a request by the limits that concern it. Returns why it is refused, if it is one too many."""
        request, system, ledger = exchange.request, exchange.system, exchange.ledger
        assert request is not None
        assert system is not None
        if not system.program.limits:
            return None
        operation = system.routes.find(request.method, request.path)
        named = operation.id if operation is not None else ""
        exchange.limited = self.limits.of(
            system, ledger.caller, operation=named, address=request.source_ip, now=ledger.started
        )
        reached = self.limits.asked(exchange.limited) if exchange.limited is not None else None
        if reached is None:
            return None
        self._reached(exchange, reached)
        return Refuse(reason=reached.reason, operation=operation)

    def _identify(self, flow: HTTPFlow, exchange: Exchange) -> Credential | None:
        """Settle who asks, and return the credential that says so. Raises BadCredential."""
        request, system, ledger = exchange.request, exchange.system, exchange.ledger
        assert request is not None
        assert system is not None
        ledger.overlay = self.current.overlay.generation
        target, now = flow.request.data.path.decode("utf-8", "surrogateescape"), ledger.started
        self.sessions.look(exchange)
        body = flow.request.raw_content or b""
        credential = credential_of(request, target, body, exchange.certificate, exchange.session)
        ledger.caller = system.identity.caller(credential, now.timestamp())
        if isinstance(credential, SignedRequest):
            self.nonces.take(credential, now.timestamp(), self.current.unhurried(now).timestamp())
        return credential

    def _send_on(self, flow: HTTPFlow, exchange: Exchange) -> None:
        assert exchange.request is not None
        assert exchange.forward is not None
        assert exchange.system is not None
        try:
            identity = self.identity_headers.of(exchange.system, exchange.forward, exchange.ledger)
        except NoIdentityKey:
            self.withhold(flow, exchange, "keys_missing")
            return
        try:
            self.sessions.leave(exchange)
        except BadCredential as bad:
            self.withhold(flow, exchange, bad.reason)
            return
        if exchange.forward.acts or exchange.is_written_to:
            try:
                exchange.ledger.intent()
            except RecordFailed:
                self.withhold(flow, exchange, "record_failed")
                return
        exchange.is_sent = True
        exchange.sent_s = time.monotonic()
        self.underway.add(flow)
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
        )

    def inspect(self, flow: HTTPFlow, exchange: Exchange) -> None:
        """The head of an answer has arrived: decide how its body is looked at, before the first byte of it."""
        assert flow.response is not None
        assert exchange.request is not None
        assert exchange.forward is not None
        assert exchange.system is not None
        try:
            exchange.answer_headers = answer_headers_of(flow)
        except Malformed:
            self.withhold(flow, exchange, "upstream_malformed")
            return
        if exchange.socket is not None and flow.response.status_code == HTTPStatus.SWITCHING_PROTOCOLS:
            self._open_socket(flow, exchange, exchange.socket)
            return
        exchange.treatment = self._treatment(flow, exchange)
        if isinstance(exchange.treatment, Mask):
            exchange.ledger.format = exchange.treatment.format
            if exchange.system.is_learning and flow.response.status_code < FIRST_OF_ERRORS:
                noted = self.learner.noted(exchange.system.name, exchange.request, exchange.treatment)
                exchange.treatment = noted
            if exchange.treatment.format == EVENTS:
                events = exchange.forward.operation.answers.events
                exchange.idle_s = events.idle_s if events is not None else None
                self.begin_to_stream(flow, exchange)
        elif isinstance(exchange.treatment, Withhold):
            self.withhold(flow, exchange, exchange.treatment.reason)

    def _treatment(self, flow: HTTPFlow, exchange: Exchange) -> Treatment:
        """How the body of the answer is looked at, by what was decided last."""
        assert flow.response is not None
        assert exchange.request is not None
        assert exchange.forward is not None
        assert exchange.system is not None
        return treatment_of(
            flow.response.status_code,
            exchange.answer_headers,
            has_body=has_body(flow, exchange.answer_headers),
            request=exchange.request,
            forward=exchange.forward,
            system=exchange.system,
            caller=exchange.ledger.caller,
            now=self.now(),
        )

    def release(self, flow: HTTPFlow, exchange: Exchange) -> None:
        """A buffered answer has arrived whole: mask it, write it down, let it go."""
        assert flow.response is not None
        arrived_s = time.monotonic()
        if exchange.failure:
            self.withhold(flow, exchange, exchange.failure)
            return
        body = flow.response.raw_content or b""
        try:
            masked, tally = self._masked(exchange, body)
            if (reached := self._limit_on(exchange, tally)) is not None:
                if not self._mask_harder(flow, exchange, reached):
                    self.withhold(flow, exchange, reached.reason)
                    return
                masked, tally = self._masked(exchange, body)
            length = None if flow.request.method == "HEAD" else len(masked)
            self.sessions.keep(exchange, flow.response.status_code, body)
            self.exports.begin(exchange, flow.response.status_code)
            self._write_head(flow, exchange, length)
        except Withheld as withheld:
            self.withhold(flow, exchange, reason_for_body(withheld.reason))
            return
        except BadCredential as bad:
            self.withhold(flow, exchange, bad.reason)
            return
        if (reason := self.forbidden(exchange)) is not None:
            self.withhold(flow, exchange, reason)
            return
        try:
            exchange.ledger.whole(tally, flow.response.status_code, len(masked))
        except RecordFailed:
            self.withhold(flow, exchange, "record_failed")
            return
        flow.response.data.content = masked
        exchange.is_answered = exchange.is_released = True
        self.exports.whole(exchange, masked)
        assert exchange.system is not None
        own_s = exchange.sent_s - exchange.admitted_s + time.monotonic() - arrived_s
        self.meter.took(exchange.system.name, upstream_s=arrived_s - exchange.sent_s, own_s=own_s)

    def _masked(self, exchange: Exchange, body: bytes) -> tuple[bytes, Tally]:
        """The whole *body* as it may be shown, and what it shows. Raises Withheld."""
        if not isinstance(exchange.treatment, Mask):
            return b"", Tally(self.current.digester)
        masker = exchange.treatment.masker
        return b"".join([*masker.feed(body), *masker.close()]) if body else b"", masker.tally

    def _limit_on(self, exchange: Exchange, tally: Tally) -> Reached | None:
        """The limit that would be exceeded by showing what *tally* counts, if one would."""
        view = exchange.ledger.view
        if exchange.limited is None or view is None:
            return None
        reached = self.limits.judge(exchange.limited, tally, view)
        if reached is not None:
            self._reached(exchange, reached)
        return reached

    def _reached(self, exchange: Exchange, reached: Reached) -> None:
        """Note that a limit acts on the exchange."""
        exchange.reached, exchange.ledger.limit = reached, reached.limit
        self.counters.add("limited")

    def _mask_harder(self, flow: HTTPFlow, exchange: Exchange, reached: Reached) -> bool:
        """Have the answer looked at as where an overlay masks harder, where *reached* says so; whether it can be."""
        asked, system, ledger = exchange.asked, exchange.system, exchange.ledger
        if reached.at_limit is not AtLimit.MASK_HARDER or asked is None or system is None:
            return False
        verdict = decide(
            asked.request,
            asked.body,
            system,
            ledger.caller,
            asked.overlay,
            asked.now,
            overlay_now=asked.overlay_now,
            strictest=True,
        )
        if isinstance(verdict, Refuse):  # who may not see a field may not ask by it either
            return False
        exchange.forward, ledger.view, exchange.request = verdict, verdict.view, verdict.request
        exchange.treatment = self._treatment(flow, exchange)
        exchange.limited = None  # nobody is shown unmasked any more but whom everybody may see
        ledger.permits, ledger.watched = (), lambda tally: None
        return not isinstance(exchange.treatment, Withhold)

    def begin_to_stream(self, flow: HTTPFlow, exchange: Exchange) -> bool:
        """Let an answer too large to be buffered go window by window; False where it is withheld instead."""
        assert flow.response is not None
        if not isinstance(exchange.treatment, Mask) or flow.request.http_version == "HTTP/1.0":
            # An answer to HTTP/1.0 ends with the connection: one that was cut would look whole.
            self.withhold(flow, exchange, "answer_too_large")
            return False
        limited = exchange.limited
        if limited is not None and (spent := self.limits.masks_harder(limited)) is not None:
            self._reached(exchange, spent)
            if not self._mask_harder(flow, exchange, spent):
                self.withhold(flow, exchange, spent.reason)
                return False
        try:
            self.sessions.keep(exchange, flow.response.status_code, b"")
            self.exports.begin(exchange, flow.response.status_code)
            self._write_head(flow, exchange, None)
            exchange.ledger.opened(flow.response.status_code)
        except (Withheld, RecordFailed) as error:
            reason = "record_failed" if isinstance(error, RecordFailed) else reason_for_body(error.reason)
            self.withhold(flow, exchange, reason)
            return False
        except BadCredential as bad:
            self.withhold(flow, exchange, bad.reason)
            return False
        flow.response.stream = self._streamed(flow, exchange, exchange.treatment.masker)
        return True

    def _streamed(self, flow: HTTPFlow, exchange: Exchange, masker: Masker) -> Streams:
        release = Release(
            masker,
            exchange.ledger,
            stopped=lambda: self.forbidden(exchange),
            cut=lambda: self.cut(flow),
            judged=lambda tally: reached.reason if (reached := self._limit_on(exchange, tally)) is not None else None,
        )
        exchange.is_answered = exchange.is_released = True
        exchange.streaming = release
        asked, system, forward = exchange.asked, exchange.system, exchange.forward
        assert asked is not None
        assert system is not None
        assert forward is not None
        exchange.lasting = Lasting(
            asked.credential,
            exchange.ledger.caller,
            system,
            forward,
            asked.now,
            partial(self.handshakes.shown, flow.client_conn),
            follows_policy=exchange.socket is not None or forward.operation.answers.events is not None,
        )
        self.meter.took(system.name, upstream_s=time.monotonic() - exchange.sent_s, own_s=None)
        return latch_on_failure(self.exports.kept(release, exchange), lambda kind: self.fail(flow, "stream", kind))

    def _open_socket(self, flow: HTTPFlow, exchange: Exchange, socket: Handshake) -> None:
        """The system behind speaks WebSocket: agree on it with the caller, or withhold it."""
        assert exchange.forward is not None
        assert exchange.forward.operation.websocket is not None
        assert exchange.system is not None
        ledger = exchange.ledger
        try:
            fields = socket.agreed(exchange.answer_headers)
            exchange.treatment = socket_treatment(exchange.forward, exchange.system, ledger.caller, self.now())
            ledger.format = exchange.treatment.format
            ledger.opened(HTTPStatus.SWITCHING_PROTOCOLS)
        except (HandshakeRefused, Withheld) as refused:
            self.withhold(flow, exchange, reason_for_body(refused.reason))
        except RecordFailed:
            self.withhold(flow, exchange, "record_failed")
        else:
            exchange.idle_s = exchange.forward.operation.websocket.idle_s
            exchange.relayed = self._streamed(flow, exchange, exchange.treatment.masker)
            write_switch(flow, fields, ledger.event)

    def relay(self, flow: HTTPFlow, exchange: Exchange, around: Context) -> Relay:
        """What carries the messages of a WebSocket that was opened."""
        assert exchange.relayed is not None
        assert exchange.streaming is not None
        assert exchange.forward is not None
        assert exchange.forward.operation.websocket is not None
        return Relay(
            around,
            release=exchange.streaming,
            guarded=exchange.relayed,
            sent=partial(self._message_of_caller, exchange),
            largest=exchange.forward.operation.websocket.largest_bytes,
            ended=lambda: self._socket_ended(flow, exchange),
        )

    def _socket_ended(self, flow: HTTPFlow, exchange: Exchange) -> None:
        """All has been said; what the caller has not taken of it can still be taken back."""
        self.underway.forget(flow)
        self.underway.released(flow.client_conn, exchange)

    def _message_of_caller(self, exchange: Exchange, text: str) -> bytes | Refuse:
        """What is sent on of a message, or why nothing is."""
        assert exchange.request is not None
        assert exchange.forward is not None
        assert exchange.system is not None
        if (reason := self.forbidden(exchange)) is not None:
            return Refuse(reason=reason)
        return message_to_send(
            text, exchange.request, exchange.forward, exchange.system, exchange.ledger.caller, self.now()
        )

    def _write_head(self, flow: HTTPFlow, exchange: Exchange, length: int | None) -> None:
        assert exchange.system is not None
        where = f"set_cookie:{exchange.system.name}"
        write_head(
            flow,
            exchange,
            length=length,
            last=self.admission.is_leaving,
            too_large=lambda: self.said(where, "too_large"),
            cookies=self._remembering(exchange),
        )

    def _remembering(self, exchange: Exchange) -> Iterator[str]:
        """The cookie by which the page where one asks to see a record whole knows which was shown last."""
        request, ledger = exchange.request, exchange.ledger
        assert request is not None
        assert exchange.system is not None
        is_page = isinstance(exchange.treatment, Mask) and exchange.treatment.format == "html"
        is_looked_at = request.headers.get("sec-fetch-dest", ["document"]) == ["document"]
        if is_page and is_looked_at and request.method == "GET":
            rules = reveal.open_to(ledger.caller, exchange.system, ledger.started, request.source_ip)
            if any(rule.kind is Kind.REVEAL for rule in rules):
                yield reveal.cookie_of(ledger.event)

    def withhold(
        self, flow: HTTPFlow, exchange: Exchange, reason: str, *, zh: str = "", en: str = "", field: str = ""
    ) -> None:
        """Write down that nothing is shown, and put a page or a problem document in the answer's place."""
        ledger, reached = exchange.ledger, exchange.reached
        program = ledger.system.program if ledger.system else None
        if reached is not None and reached.reason != reason:
            reached = None
        ledger.limit = reached.limit if reached is not None else ""
        notice = Notice(
            reason=reason,
            event=ledger.event,
            system=f"{program.title_zh} / {program.title_en}" if program else "",
            zh=zh,
            en=en,
            field=field,
            acted=exchange.may_have_acted,
            retry_s=reached.retry_s if reached is not None and not exchange.may_have_acted else 0,
            step_up=reached.step_up if reached is not None else None,
            status=flow.response.status_code if flow.response and reason == "page_of_an_error" else None,
        )
        exchange.is_answered = True
        self.exports.abandon(exchange)
        self.underway.forget(flow)  # an answer withheld at its head passes no hook any more
        self.counters.add("withheld")
        if reason == "record_failed":
            self.counters.add("record_failures")
        with suppress(RecordFailed):  # nothing is shown; only that nothing was shown goes unrecorded
            ledger.refused(reason, notice.answers_with[0])
        challenge = reason in ("bad_credential", "request_replayed", "sign_in_needed", "step_up_needed")
        write_page(flow, notice, as_page=exchange.wants_page, challenge=challenge, last=self.admission.is_leaving)

    def turn_away(self, client: Client, status: int, reason: str = "malformed_request") -> EventId:
        """Write down that *client* sent what is no request, or why else nothing of his is read. Returns the id to give
        him.
        """
        self.counters.add("requests")
        self.counters.add("withheld")
        ledger = Ledger(self.log, self.now, source_ip_of(client))
        with suppress(RecordFailed):  # nothing is shown
            ledger.refused(reason, status)
        return ledger.event

    def forbidden(self, exchange: Exchange) -> str | None:
        """Why an exchange under way must not go on, if it must not: the lease has ended, an overlay forbids it, or a
        permit that it shows more by, or the session that it is asked in, has ended.
        """
        if not self.current.look():
            return "not_ready"
        if exchange.streaming is not None and exchange.lasting is not None:
            ended = exchange.lasting.ended(self.current.systems, self.now())
            if ended is not None:
                return ended
        permits = exchange.forward.permits if exchange.forward is not None else ()
        if permits and not self.current.permits.are_live(permits, self.now()):
            return "permit_ended"
        if (reason := self.sessions.stopped(exchange)) is not None:
            return reason
        ledger, overlay = exchange.ledger, self.current.overlay
        if overlay.generation == ledger.overlay or ledger.system is None:
            return None
        entries = overlay.in_force(
            system=ledger.system.name,
            operation=ledger.operation,
            caller=ledger.caller.id,
            earlier=ledger.caller.earlier,
            credential=ledger.caller.credential,
            now=self.current.unhurried(self.now()),
        )
        if entries and (ledger.view is None or not ledger.view.is_harder):
            return stopped(entries) or "answer_cut"  # what is to be masked harder has been masked as it was
        return stopped(entries)

    def cut(self, flow: HTTPFlow) -> None:
        """End the caller's connection without a terminator: what was sent must not look whole. Safe to call twice."""
        self.underway.forget(flow)
        if (exchange := exchange_of(flow)) is not None:
            self.exports.abandon(exchange)
        if flow.killable:
            flow.kill()  # type: ignore[no-untyped-call]
        self._cut(flow.client_conn)

    def turned_away(self) -> None:
        """A connection was closed unread, because the worker has as many as it takes on."""
        self.counters.add("refused_connections")

    def broke(self, kind: str) -> None:
        """A connection has ended in a failure of ours that no hook's guard could catch."""
        self.counters.add("failures")
        self.said("connection", kind)

    def fail(self, flow: HTTPFlow, hook: str, kind: str) -> None:
        """See `guard.Fails`: show an error and nothing else, or cut where that is no longer possible."""
        self.counters.add("failures")
        self.said(hook, kind)
        exchange = exchange_of(flow)
        if exchange is None or exchange.streaming is not None:
            if exchange is not None and exchange.streaming is not None:
                exchange.streaming.abort("internal_error")
            self.cut(flow)
            return
        self.withhold(flow, exchange, "internal_error")

    def _sign_in(self, flow: HTTPFlow, exchange: Exchange) -> None:
        assert exchange.request is not None
        assert exchange.system is not None
        ledger = exchange.ledger
        try:
            if exchange.request.path == signin.SIGN_OUT:
                self.sessions.look(exchange)
                self.sessions.end(exchange)
        except BadCredential as bad:
            self.withhold(flow, exchange, bad.reason)
            return
        answer = signin.answer(
            exchange.request,
            flow.request.raw_content or b"",
            exchange.system,
            ledger.started.timestamp(),
            self.identity_headers.keys.jwks,
        )
        if answer is None:
            self.withhold(flow, exchange, "operation_not_declared")
            return
        ledger.operation = f"{exchange.request.method} {exchange.request.path}"
        self._answer_here(flow, exchange, answer)

    def _reveal(self, flow: HTTPFlow, exchange: Exchange) -> None:
        """Let a caller ask to be shown a record whole."""
        request, system, ledger = exchange.request, exchange.system, exchange.ledger
        assert request is not None
        assert system is not None
        now, body = ledger.started, flow.request.raw_content or b""
        try:
            self._identify(flow, exchange)
            caller = ledger.caller
            entries = self.current.overlay.in_force(
                system=system.name,
                operation="",
                caller=caller.id,
                earlier=caller.earlier,
                credential=caller.credential,
                now=self.current.unhurried(now),
            )
            if (reason := stopped(entries)) is not None:
                raise reveal.Refused(reason)
            answer = self.reveals.answer(request, body, system, ledger, now)
        except BadCredential as bad:
            self.withhold(flow, exchange, bad.reason)
        except reveal.Refused as refused:
            self.withhold(flow, exchange, refused.reason, zh=refused.zh, en=refused.en)
        except RecordFailed:
            self.withhold(flow, exchange, "record_failed")
        else:
            if answer is None:
                self.withhold(flow, exchange, "operation_not_declared")
            else:
                self._answer_here(flow, exchange, answer)

    def _answer_here(self, flow: HTTPFlow, exchange: Exchange, answer: OwnAnswer) -> None:
        """Answer with a page of ours, and write that down where it was not yet."""
        ledger = exchange.ledger
        exchange.is_answered = True
        with suppress(RecordFailed):  # a page of ours shows nothing of anybody
            if answer.reason:
                ledger.refused(answer.reason, answer.status)
            elif not ledger.is_begun:
                ledger.whole(Tally(self.current.digester), answer.status, len(answer.body))
        write_own(flow, answer.status, answer.headers, answer.body, ledger.event)
