"""Holds exchanges to the limits on their callers, and does what a limit says where one is reached."""

from mitmproxy.http import HTTPFlow

from policies.formats.masker import Tally
from policies.limits import AtLimit
from proxy.answer import Withhold
from proxy.counters import Counters
from proxy.decide import decide
from proxy.exchange import Exchange
from proxy.ledger import Clock
from proxy.limits import Limits, Reached
from proxy.look_at import look_at
from proxy.verdict import Refuse


class LimitDesk:
    """That of one worker. *limits* says how much callers may be shown, and how often they may ask."""

    def __init__(self, limits: Limits, counters: Counters, now: Clock) -> None:
        self._limits = limits
        self._counters = counters
        self._now = now

    def too_often(self, exchange: Exchange) -> Refuse | None:
        """Count a request by the limits that concern it. Returns why it is refused, if it is one too many."""
        request, system, ledger = exchange.request, exchange.system, exchange.ledger
        assert request is not None
        assert system is not None
        if not system.program.limits:
            return None
        operation = system.routes.find(request.method, request.path)
        named = operation.id if operation is not None else ""
        exchange.limited = self._limits.of(
            system, ledger.caller, operation=named, address=request.source_ip, now=ledger.started
        )
        reached = self._limits.asked(exchange.limited) if exchange.limited is not None else None
        if reached is None:
            return None
        self._note(exchange, reached)
        return Refuse(reason=reached.reason, operation=operation)

    def too_much(self, exchange: Exchange, tally: Tally) -> Reached | None:
        """The limit that would be exceeded by showing what *tally* counts, if one would."""
        view = exchange.ledger.view
        if exchange.limited is None or view is None:
            return None
        reached = self._limits.judge(exchange.limited, tally, view)
        if reached is not None:
            self._note(exchange, reached)
        return reached

    def spent(self, exchange: Exchange) -> Reached | None:
        """The limit by which an answer about to be streamed is to be masked harder, if one is; see `masks_harder`."""
        reached = self._limits.masks_harder(exchange.limited) if exchange.limited is not None else None
        if reached is not None:
            self._note(exchange, reached)
        return reached

    def mask_harder(self, flow: HTTPFlow, exchange: Exchange, reached: Reached) -> bool:
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
        exchange.treatment = look_at(flow, exchange, self._now())
        exchange.limited = None  # nobody is shown unmasked any more but whom everybody may see
        ledger.permits, ledger.watched = (), lambda tally: None
        return not isinstance(exchange.treatment, Withhold)

    def _note(self, exchange: Exchange, reached: Reached) -> None:
        """Note that a limit acts on the exchange."""
        exchange.reached, exchange.ledger.limit = reached, reached.limit
        self._counters.add("limited")
