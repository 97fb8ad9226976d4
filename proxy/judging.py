"""Settles who asks for what, and what becomes of it: the credential, the limits, the policy, a draft beside it."""

from mitmproxy.http import HTTPFlow

from policies.overlay import Overlay, Tightening
from proxy.current import Current
from proxy.decide import decide, entries_about
from proxy.exchange import Exchange
from proxy.grpc import is_grpc
from proxy.identity.caller import BadCredential
from proxy.identity.desk import IdentityDesk
from proxy.limit_desk import LimitDesk
from proxy.raised import raised_by
from proxy.shadow import Asked, Shadow
from proxy.sockets.handshake import HandshakeRefused, handshake_in
from proxy.verdict import Refuse


class Judging:
    """That of one worker. *shadow* asks a draft what it would do."""

    def __init__(self, current: Current, *, identities: IdentityDesk, limits: LimitDesk, shadow: Shadow) -> None:
        self._current = current
        self._identities = identities
        self._limits = limits
        self._shadow = shadow

    def verdict(self, flow: HTTPFlow, exchange: Exchange) -> Refuse | None:
        """Settle who asks for what, and what is recorded of it. Returns why it is refused, if it is."""
        overlay = self._current.overlay
        refuse = self._verdict(flow, exchange, overlay)
        if any(entry.kind is Tightening.RAISE_LOGGING for entry in overlay.entries):
            self._raise(flow, exchange, overlay, refuse)
        return refuse

    def _raise(self, flow: HTTPFlow, exchange: Exchange, overlay: Overlay, refuse: Refuse | None) -> None:
        request, system, ledger = exchange.request, exchange.system, exchange.ledger
        assert request is not None
        assert system is not None
        operation = refuse.operation if refuse is not None else None
        if exchange.forward is not None:
            operation = exchange.forward.operation
        name, now = operation.id if operation is not None else "", self._current.unhurried(ledger.started)
        entries = entries_about(overlay, system, name, ledger.caller, now)
        data = flow.request.data
        body, version = flow.request.raw_content or b"", data.http_version
        ledger.raised = raised_by(entries, request, operation, body, system, self._current.digester, version=version)

    def _verdict(self, flow: HTTPFlow, exchange: Exchange, overlay: Overlay) -> Refuse | None:
        request, system, ledger = exchange.request, exchange.system, exchange.ledger
        assert request is not None
        assert system is not None
        try:
            credential = self._identities.identify(flow, exchange)
        except BadCredential as bad:
            return Refuse(reason=bad.reason)
        caller = ledger.caller
        body, now = flow.request.raw_content or b"", ledger.started
        if is_grpc(request.media_type):
            return Refuse(reason="grpc_refused")
        overlay_now = self._current.unhurried(now) if overlay.entries else now
        if (refuse := self._limits.too_often(exchange)) is not None:
            return refuse
        permits = self._current.permits.live(caller.id, system.name, now)
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
        self._shadow.judge(ledger, system, asked, verdict)
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
