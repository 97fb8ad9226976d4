"""Lets answers begin that go window by window. From there on `release.py` lets each window go."""

import time
from functools import partial

from mitmproxy.http import HTTPFlow

from policies.formats.masker import Masker, Tally, Withheld
from proxy.answer import EVENTS, Mask
from proxy.exchange import Exchange, Streams
from proxy.exports import Exports
from proxy.guard import latch_on_failure
from proxy.heads import Heads
from proxy.identity.caller import BadCredential
from proxy.identity.client_certificates import Handshakes
from proxy.identity.session_desk import SessionDesk
from proxy.lasting import Lasting
from proxy.limit_desk import LimitDesk
from proxy.meter import Meter
from proxy.paced import AtOnce, Flows, Paced
from proxy.reading import Reader
from proxy.reasons import reason_for_body
from proxy.release import Release
from proxy.standing import Standing
from proxy.turns import Turns
from proxy.withholding import Withholding
from siem.record.log import RecordFailed


class Streaming:
    """Answers that are streamed, of one worker."""

    def __init__(
        self,
        *,
        limits: LimitDesk,
        sessions: SessionDesk,
        exports: Exports,
        heads: Heads,
        standing: Standing,
        withholding: Withholding,
        meter: Meter,
        handshakes: Handshakes,
        reader: Reader,
        turns: Turns,
    ) -> None:
        self._limits = limits
        self._sessions = sessions
        self._exports = exports
        self._heads = heads
        self._standing = standing
        self._withholding = withholding
        self._meter = meter
        self._handshakes = handshakes
        self._reader = reader
        self._turns = turns

    def begin(self, flow: HTTPFlow, exchange: Exchange) -> bool:
        """Let an answer too large to be buffered go window by window; False where it is withheld instead."""
        assert flow.response is not None
        if (
            not isinstance(exchange.treatment, Mask)
            or exchange.treatment.held_mib
            or flow.request.http_version == "HTTP/1.0"
        ):
            # An answer to HTTP/1.0 ends with the connection: one that was cut would look whole.
            self._withholding.withhold(flow, exchange, "answer_too_large")
            return False
        if (spent := self._limits.spent(exchange)) is not None and not self._limits.mask_harder(flow, exchange, spent):
            self._withholding.withhold(flow, exchange, spent.reason)
            return False
        try:
            self._sessions.keep(exchange, flow.response.status_code, b"")
            self._exports.begin(exchange, flow.response.status_code)
            self._heads.write(flow, exchange, None)
            exchange.ledger.opened(flow.response.status_code)
        except (Withheld, RecordFailed) as error:
            reason = "record_failed" if isinstance(error, RecordFailed) else reason_for_body(error.reason)
            self._withholding.withhold(flow, exchange, reason)
            return False
        except BadCredential as bad:
            self._withholding.withhold(flow, exchange, bad.reason)
            return False
        # By what it is now: another than before, where the caller is at a limit.
        flow.response.stream = self.streamed(flow, exchange, exchange.treatment.masker)
        return True

    def streamed(self, flow: HTTPFlow, exchange: Exchange, masker: Masker) -> Streams:
        """What each part of the answer goes through from now on, guarded. The answer counts as released."""
        release = Release(
            masker,
            exchange.ledger,
            flows=self._flows(exchange, masker),
            stopped=lambda: self._standing.forbidden(exchange),
            cut=lambda: self._withholding.cut(flow),
            judged=lambda tally: self._too_much(exchange, tally),
        )
        exchange.is_answered = exchange.is_released = True
        exchange.streaming = release
        exchange.lasting = self._lasting(flow, exchange)
        assert exchange.system is not None
        self._meter.took(exchange.system.name, upstream_s=time.monotonic() - exchange.sent_s, own_s=None)
        kept = self._exports.kept(release, exchange)
        return latch_on_failure(kept, lambda kind: self._withholding.fail(flow, "stream", kind))

    def _flows(self, exchange: Exchange, masker: Masker) -> Flows:
        """What the answer is masked by. What has no end waits for no reader: its time would be up one day."""
        treatment, forward = exchange.treatment, exchange.forward
        assert forward is not None
        if exchange.socket is not None or not isinstance(treatment, Mask) or treatment.format == EVENTS:
            masker.tally.prose.stream()
            return AtOnce(masker)
        return Paced(masker, self._reader, self._turns, forward.operation.prose.wait_s)

    def _lasting(self, flow: HTTPFlow, exchange: Exchange) -> Lasting:
        """What looks again at whatever the answer was opened by."""
        asked, system, forward = exchange.asked, exchange.system, exchange.forward
        assert asked is not None
        assert system is not None
        assert forward is not None
        return Lasting(
            asked.credential,
            exchange.ledger.caller,
            system,
            forward,
            asked.now,
            partial(self._handshakes.shown, flow.client_conn),
            follows_policy=exchange.socket is not None or forward.operation.answers.events is not None,
        )

    def _too_much(self, exchange: Exchange, tally: Tally) -> str | None:
        reached = self._limits.too_much(exchange, tally)
        return reached.reason if reached is not None else None
