"""How an answer that has arrived whole is masked: at once, by turns, beside the loop, or once its text is read."""

import time
from collections.abc import Callable
from functools import partial

from mitmproxy.http import HTTPFlow

from policies.formats.masker import Tally, Withheld, masked_whole
from policies.formats.whole_text import LARGEST_READ, make_ready
from proxy.answer import Mask, Treatment
from proxy.apart import Apart, Begins, Job
from proxy.current import Current
from proxy.exchange import Exchange
from proxy.ledger import Clock
from proxy.look_at import look_at
from proxy.message import media_type_in
from proxy.reading import Reader
from proxy.reading_first import ReadingFirst
from proxy.told import NOTHING, told_by
from proxy.turns import Turns
from proxy.withholding import Withholding

SMALL_TEXT = 512
"""Bytes of a text that is read where it is: it takes no longer than to begin a process for it."""


class WholeAnswers:
    """Those of one worker: documents are masked *apart*, text is read by *reader*.

    Plain texts are masked apart as well, and wait for no document. *refused* is called where either has too much to do.
    """

    def __init__(
        self,
        current: Current,
        now: Clock,
        *,
        apart: Apart,
        reader: Reader,
        turns: Turns,
        withholding: Withholding,
        refused: Callable[[], None],
    ) -> None:
        self._current = current
        self._now = now
        self._apart = apart
        self._texts_apart = Apart()
        self._first = ReadingFirst(reader, turns, refused)
        self._withholding = withholding
        self._refused = refused

    def masking(self, flow: HTTPFlow, exchange: Exchange, body: bytes) -> Begins | None:
        """What is waited for before the answer *body*, which has arrived whole, is released; None where nothing is.

        It masks a document or a plain text, or reads the running text of anything else.
        """
        treatment = exchange.treatment
        exchange.arrived_s = time.monotonic()
        if not isinstance(treatment, Mask) or not body or exchange.is_answered or exchange.failure:
            return None
        try:
            treatment = self._as_told(flow, exchange, treatment, body)
        except Exception as error:  # noqa: BLE001  # raised where it is released, which is guarded
            exchange.masked = error
            return None
        is_text = treatment.format == "text" and len(body) <= LARGEST_READ
        if is_text or treatment.held_mib:
            treatment.masker.tally.prose.at_once()
            treatment.masker.tally.takes_time = True
        if not treatment.held_mib and (not is_text or len(body) <= SMALL_TEXT):
            exchange.masking = self._first.masking(exchange, body, partial(self._look_again, flow, exchange))
            return exchange.masking
        if is_text:
            make_ready()
        exchange.masking = (self._texts_apart if is_text else self._apart).job(treatment.masker, body)
        if exchange.masking is None:
            self._refused()
            self._withholding.withhold(flow, exchange, "too_busy")
        return exchange.masking

    def _as_told(self, flow: HTTPFlow, exchange: Exchange, treatment: Mask, body: bytes) -> Mask:
        """*treatment*, or what becomes of *body* by what it tells of itself."""
        assert exchange.system is not None
        types = exchange.answer_headers.get("content-type", [""])
        told = told_by(body, treatment.format, media_type_in(types[0])[1])
        if told == NOTHING or exchange.system.is_learning:
            return treatment
        exchange.told = told
        other = self._look_again(flow, exchange)
        if not isinstance(other, Mask):
            return treatment
        exchange.treatment, exchange.ledger.format = other, other.format
        return other

    def masked(self, exchange: Exchange, body: bytes) -> tuple[bytes, Tally]:
        """The whole *body* as it may be shown, and what it shows. Raises Withheld."""
        if not isinstance(exchange.treatment, Mask):
            return b"", Tally(self._current.digester)
        masked, exchange.masked = exchange.masked, None
        if isinstance(masked, Exception):
            raise masked
        if masked is not None:
            return masked
        masker = exchange.treatment.masker
        if exchange.prose is not None:
            exchange.prose.settle()
        if isinstance(exchange.masking, Job) and (outcome := exchange.masking.outcome) is not None:
            if outcome.reason:
                raise Withheld(outcome.reason)
            outcome.add_to(masker.tally)
            return outcome.masked, masker.tally
        return masked_whole(masker, body) if body else b"", masker.tally

    def _look_again(self, flow: HTTPFlow, exchange: Exchange) -> Treatment:
        return look_at(flow, exchange, self._now())
