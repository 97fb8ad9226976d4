"""Gives an answer that is about to be released its head."""

from collections.abc import Callable, Iterator

from mitmproxy.http import HTTPFlow

from policies.permits import Kind
from proxy import reveal
from proxy.admission import Admission
from proxy.answer import Mask
from proxy.exchange import Exchange
from proxy.write_answer import write_head


class Heads:
    """That of one worker. *said* is told of a cookie that is lost, as two codes."""

    def __init__(self, admission: Admission, said: Callable[[str, str], None]) -> None:
        self._admission = admission
        self._said = said

    def write(self, flow: HTTPFlow, exchange: Exchange, length: int | None) -> None:
        """Write the head; *length* of the body in bytes, or None where it is streamed."""
        assert exchange.system is not None
        where = f"set_cookie:{exchange.system.name}"
        write_head(
            flow,
            exchange,
            length=length,
            last=self._admission.is_leaving,
            too_large=lambda: self._said(where, "too_large"),
            cookies=_remembering(exchange),
        )


def _remembering(exchange: Exchange) -> Iterator[str]:
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
