"""How an answer that has arrived whole is masked: at once, by turns, beside the loop, or once its text is read."""

import time
from collections.abc import Callable
from functools import partial

from mitmproxy.http import HTTPFlow

from policies.formats.masker import Masker, Tally, Withheld, masked_whole
from policies.formats.whole_text import LARGEST_READ
from proxy.answer import Mask, Treatment
from proxy.apart import Apart, Begins, Job
from proxy.current import Current
from proxy.exchange import Exchange
from proxy.large_pages import LargePages
from proxy.ledger import Clock
from proxy.look_at import look_at
from proxy.reading import Reader
from proxy.turns import SLICE, Turns
from proxy.withholding import Withholding

SMALL_TEXT = 512
"""Bytes of a text that is read where it is: it takes no longer than to begin a process for it."""


class WholeAnswers:
    """Those of one worker: documents are masked *apart*, text is read by *reader*.

    Plain texts have processes of their own, and wait for no document.

    *refused* is called where either has too much to do.
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
        self._reader = reader
        self._large_pages = LargePages(reader, turns, refused)
        self._withholding = withholding
        self._refused = refused

    def masking(self, flow: HTTPFlow, exchange: Exchange, body: bytes) -> Begins | None:
        """What is waited for before the answer *body*, which has arrived whole, is released; None where nothing is.

        It masks a document, or reads the running text of anything else.
        """
        treatment = exchange.treatment
        exchange.arrived_s = time.monotonic()
        if not isinstance(treatment, Mask) or not body or exchange.is_answered or exchange.failure:
            return None
        if not treatment.held_mib and treatment.format == "html" and len(body) > SLICE:
            exchange.masking = self._large_pages.masking(exchange, body, partial(self._look_again, flow, exchange))
            return exchange.masking
        is_text = treatment.format == "text" and len(body) <= LARGEST_READ
        if not treatment.held_mib and not is_text:
            return self._reading(flow, exchange, treatment.masker, body)
        treatment.masker.tally.prose.at_once()
        treatment.masker.tally.takes_time = True
        if is_text and len(body) <= SMALL_TEXT:
            return self._reading(flow, exchange, treatment.masker, body)
        exchange.masking = (self._texts_apart if is_text else self._apart).job(treatment.masker, body)
        if exchange.masking is None:
            self._refused()
            self._withholding.withhold(flow, exchange, "too_busy")
        return exchange.masking

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

    def _reading(self, flow: HTTPFlow, exchange: Exchange, masker: Masker, body: bytes) -> Begins | None:
        """What reads the running text of *body*, where some of it is not known; else it is masked, to be released."""
        prose = exchange.prose
        try:
            exchange.masked = masked_whole(masker, body), masker.tally
            if prose is None or not prose.is_wanted:
                return None
            exchange.masked = None
            exchange.treatment = self._look_again(flow, exchange)
        except Exception as error:  # noqa: BLE001  # raised where it is released, which is guarded
            exchange.masked = error
            return None
        exchange.masking = self._reader.reading(prose)
        if exchange.masking is None:
            self._refused()
            prose.settle()
        return exchange.masking

    def _look_again(self, flow: HTTPFlow, exchange: Exchange) -> Treatment:
        return look_at(flow, exchange, self._now())
