"""Whether what was decided of an exchange still stands while its answer is on its way."""

from policies.overlay import Tightening
from proxy.current import Current
from proxy.decide import entries_about, stopped
from proxy.exchange import Exchange
from proxy.identity.session_desk import SessionDesk
from proxy.ledger import Clock


class Standing:
    """Looks at what is in force now."""

    def __init__(self, current: Current, sessions: SessionDesk, now: Clock) -> None:
        self._current = current
        self._sessions = sessions
        self._now = now

    def forbidden(self, exchange: Exchange) -> str | None:
        """Why an exchange under way must not go on, if it must not: the lease has ended, an overlay forbids it, or a
        permit that it shows more by, or the session that it is asked in, has ended.
        """
        current = self._current
        if not current.look():
            return "not_ready"
        if exchange.streaming is not None and exchange.lasting is not None:
            ended = exchange.lasting.ended(current.systems, self._now())
            if ended is not None:
                return ended
        permits = exchange.forward.permits if exchange.forward is not None else ()
        if permits and not current.permits.are_live(permits, self._now()):
            return "permit_ended"
        if (reason := self._sessions.stopped(exchange)) is not None:
            return reason
        ledger, overlay = exchange.ledger, current.overlay
        if overlay.generation == ledger.overlay or ledger.system is None:
            return None
        now = current.unhurried(self._now())
        entries = entries_about(overlay, ledger.system, ledger.operation, ledger.caller, now)
        operation = exchange.forward.operation if exchange.forward is not None else None
        if (reason := stopped(entries, operation, ledger.caller)) is not None:
            return reason
        is_harder = ledger.view is not None and ledger.view.is_harder
        if not is_harder and any(entry.kind is Tightening.MASK_HARDER for entry in entries):
            return "answer_cut"  # what is to be masked harder has been masked as it was
        return None
