"""What happens where nothing may be shown (invariant 1): a page before the first byte, a cut after it, and a record."""

from collections.abc import Callable
from contextlib import suppress

from mitmproxy.connection import Client
from mitmproxy.http import HTTPFlow

from proxy.admission import Admission
from proxy.counters import Counters
from proxy.exchange import Exchange, exchange_of, source_ip_of
from proxy.exports import Exports
from proxy.ledger import Clock, Ledger
from proxy.pages import Notice
from proxy.underway import Underway
from proxy.write_answer import write_page
from siem.record.event import EventId
from siem.record.log import AccessLog, RecordFailed

_CHALLENGING = frozenset({"bad_credential", "request_replayed", "sign_in_needed", "step_up_needed"})
"""Reasons to ask for a credential."""


class Withholding:
    """Withholds, cuts and turns away. *cut* ends a connection; *said* is told where something failed and how."""

    def __init__(
        self,
        log: AccessLog,
        now: Clock,
        *,
        cut: Callable[[Client], None],
        said: Callable[[str, str], None],
        counters: Counters,
        underway: Underway,
        admission: Admission,
        exports: Exports,
    ) -> None:
        self._log = log
        self._now = now
        self._cut = cut
        self._said = said
        self._counters = counters
        self._underway = underway
        self._admission = admission
        self._exports = exports

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
        self._exports.abandon(exchange)
        self._underway.forget(flow)  # an answer withheld at its head passes no hook any more
        self._counters.add("withheld")
        if reason == "record_failed":
            self._counters.add("record_failures")
        with suppress(RecordFailed):  # nothing is shown; only that nothing was shown goes unrecorded
            ledger.refused(reason, notice.answers_with[0])
        write_page(
            flow,
            notice,
            as_page=exchange.wants_page,
            challenge=reason in _CHALLENGING,
            last=self._admission.is_leaving,
        )

    def turn_away(self, client: Client, status: int, reason: str = "malformed_request") -> EventId:
        """Write down that *client* sent what is no request, or why else nothing of his is read. Returns the id to give
        him.
        """
        self._counters.add("requests")
        self._counters.add("withheld")
        ledger = Ledger(self._log, self._now, source_ip_of(client))
        with suppress(RecordFailed):  # nothing is shown
            ledger.refused(reason, status)
        return ledger.event

    def turned_away(self) -> None:
        """A connection was closed unread, because the worker has as many as it takes on."""
        self._counters.add("refused_connections")

    def cut(self, flow: HTTPFlow) -> None:
        """End the caller's connection without a terminator: what was sent must not look whole. Safe to call twice."""
        self._underway.forget(flow)
        if (exchange := exchange_of(flow)) is not None:
            self._exports.abandon(exchange)
        if flow.killable:
            flow.kill()  # type: ignore[no-untyped-call]
        self._cut(flow.client_conn)

    def fail(self, flow: HTTPFlow, hook: str, kind: str) -> None:
        """See `guard.Fails`: show an error and nothing else, or cut where that is no longer possible."""
        self._counters.add("failures")
        self._said(hook, kind)
        exchange = exchange_of(flow)
        if exchange is None or exchange.streaming is not None:
            if exchange is not None and exchange.streaming is not None:
                exchange.streaming.abort("internal_error")
            self.cut(flow)
            return
        self.withhold(flow, exchange, "internal_error")

    def broke(self, kind: str) -> None:
        """A connection has ended in a failure of ours that no hook's guard could catch."""
        self._counters.add("failures")
        self._said("connection", kind)
