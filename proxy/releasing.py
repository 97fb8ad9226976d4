"""Lets an answer that has arrived whole go: masked, counted against the limits, and recorded before it is shown."""

import time

from mitmproxy.http import HTTPFlow

from policies.formats.masker import Tally, Withheld
from proxy.answer import Mask
from proxy.current import Current
from proxy.exchange import Exchange
from proxy.exports import Exports, Part
from proxy.heads import Heads
from proxy.identity.caller import BadCredential
from proxy.identity.session_desk import SessionDesk
from proxy.limit_desk import LimitDesk
from proxy.meter import Meter
from proxy.reasons import reason_for_body
from proxy.standing import Standing
from proxy.whole_answers import WholeAnswers
from proxy.withholding import Withholding
from proxy.write_answer import write_own
from siem.record.log import RecordFailed


class Releasing:
    """The answers of one worker, which *whole* masks; *meter* is told how long they took."""

    def __init__(
        self,
        current: Current,
        *,
        whole: WholeAnswers,
        limits: LimitDesk,
        sessions: SessionDesk,
        exports: Exports,
        heads: Heads,
        standing: Standing,
        withholding: Withholding,
        meter: Meter,
    ) -> None:
        self._current = current
        self._whole = whole
        self._limits = limits
        self._sessions = sessions
        self._exports = exports
        self._heads = heads
        self._standing = standing
        self._withholding = withholding
        self._meter = meter

    def release(self, flow: HTTPFlow, exchange: Exchange) -> None:
        """A buffered answer has arrived whole: mask it, write it down, let it go."""
        assert flow.response is not None
        withhold = self._withholding.withhold
        arrived_s = exchange.arrived_s or time.monotonic()
        if exchange.failure:
            withhold(flow, exchange, exchange.failure)
            return
        body = flow.response.raw_content or b""
        try:
            masked, tally = self._whole.masked(exchange, body)
            if (reached := self._limits.too_much(exchange, tally)) is not None:
                is_document = isinstance(exchange.treatment, Mask) and exchange.treatment.held_mib
                if is_document or not self._limits.mask_harder(flow, exchange, reached):
                    withhold(flow, exchange, reached.reason)
                    return
                exchange.masking = None  # what a process apart has made of a text is not what is shown
                masked, tally = self._whole.masked(exchange, body)
            length = None if flow.request.method == "HEAD" else len(masked)
            self._sessions.keep(exchange, flow.response.status_code, body)
            self._exports.begin(exchange, flow.response.status_code)
            self._heads.write(flow, exchange, length)
        except Withheld as withheld:
            withhold(flow, exchange, reason_for_body(withheld.reason))
            return
        except BadCredential as bad:
            withhold(flow, exchange, bad.reason)
            return
        if (reason := self._standing.forbidden(exchange)) is not None:
            withhold(flow, exchange, reason)
            return
        try:
            exchange.ledger.whole(tally, flow.response.status_code, len(masked))
        except RecordFailed:
            withhold(flow, exchange, "record_failed")
            return
        flow.response.data.content = masked
        exchange.is_answered = exchange.is_released = True
        self._exports.whole(exchange, masked)
        assert exchange.system is not None
        own_s = exchange.sent_s - exchange.admitted_s + time.monotonic() - arrived_s
        self._meter.took(exchange.system.name, upstream_s=arrived_s - exchange.sent_s, own_s=own_s)

    def part(self, flow: HTTPFlow, exchange: Exchange, part: Part) -> None:
        """Answer with a part of an export whose subjects were recorded when all of it was shown to the same caller."""
        ledger = exchange.ledger
        ledger.format, ledger.mark = part.format, part.mark
        try:
            ledger.whole(Tally(self._current.digester), part.status, len(part.body))
        except RecordFailed:
            self._withholding.withhold(flow, exchange, "record_failed")
            return
        exchange.is_answered = exchange.is_released = True
        write_own(flow, part.status, part.headers, part.body, ledger.event)
