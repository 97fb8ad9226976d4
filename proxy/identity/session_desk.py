"""Follows the sessions of systems behind through an exchange: who has signed in, which one begins, which one ends."""

from proxy.answer import Mask
from proxy.current import Current
from proxy.exchange import Exchange
from proxy.identity.ended import CannotTell, EndedSessions
from proxy.identity.introspection import Introspections
from proxy.ledger import Clock


class SessionDesk:
    """Where sessions begin and end; *ended* tells which have, before their time, and *introspections* whose they are
    where the system has to be asked.
    """

    def __init__(self, current: Current, ended: EndedSessions, now: Clock, introspections: Introspections) -> None:
        self._current = current
        self._ended = ended
        self._now = now
        self._introspections = introspections

    def look(self, exchange: Exchange) -> None:
        """Settle in which session the caller has signed in. Raises BadCredential.

        In one that is over nobody has, and the system behind does not get its cookie back.
        """
        assert exchange.request is not None
        assert exchange.system is not None
        sessions = exchange.system.identity.sessions
        session = sessions.shown(exchange.request.headers, exchange.system.cookies)
        if session is None or sessions.rule is None:
            return
        if exchange.ledger.started.timestamp() >= session.until or self._ended.has(session):
            exchange.over = sessions.rule.cookie
        elif sessions.rule.introspect:
            exchange.session = self._introspections.who(exchange.system, session, exchange.ledger.started.timestamp())
        else:
            exchange.session = session

    def leave(self, exchange: Exchange) -> None:
        """Let the session end, before what ends it is sent on. Raises CannotTell where that cannot be kept."""
        assert exchange.system is not None
        assert exchange.forward is not None
        if exchange.system.identity.sessions.ends_with(exchange.forward.operation.id):
            self.end(exchange)

    def keep(self, exchange: Exchange, status: int, body: bytes) -> None:
        """Settle as which session the answer goes on: the one that was, one that it begins, or none.

        *body* is as the system behind has sent it; empty where it is not whole. Raises CannotTell.
        """
        assert exchange.system is not None
        sessions, set_cookies = exchange.system.identity.sessions, exchange.answer_headers.get("set-cookie", ())
        if sessions.rule is None:  # the system has none
            return
        kept, is_over = sessions.binding(exchange.session, set_cookies)
        if is_over:
            self.end(exchange)
        if kept is None:
            is_json = isinstance(exchange.treatment, Mask) and exchange.treatment.format == "json"
            document, now = body if is_json else None, self._now().timestamp()
            kept = sessions.learnt(exchange.ledger.operation, status, set_cookies, document, now)
            if kept is not None and sessions.rule is not None and sessions.rule.introspect:
                kept = self._introspections.who(exchange.system, kept, now)  # known, perhaps, when it is shown first
        exchange.session = kept

    def end(self, exchange: Exchange) -> None:
        """Let the session be over, if there is one. Raises CannotTell where that cannot be kept."""
        if exchange.session is not None:
            self._ended.end(exchange.session, self._current.unhurried(self._now()).timestamp())
            exchange.session = None

    def stopped(self, exchange: Exchange) -> str | None:
        """Why an answer under way must not go on, if its session has ended meanwhile; one of `reasons.REASONS`."""
        try:
            return "answer_cut" if exchange.session is not None and self._ended.has(exchange.session) else None
        except CannotTell as untold:
            return untold.reason
