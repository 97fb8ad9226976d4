"""What is read of an answer: its headers, and from them how its body is looked at."""

from datetime import datetime

from mitmproxy.http import HTTPFlow

from policies.formats.prose import Prose
from proxy.answer import Treatment, treatment_of
from proxy.exchange import Answer, Exchange
from proxy.marks import marked
from proxy.message import Headers, read_headers


def answer_headers_of(flow: HTTPFlow) -> Headers:
    """The headers of the answer. Raises Malformed."""
    assert flow.response is not None
    if isinstance(flow.response, Answer) and flow.response.said is not None:
        return flow.response.said
    return read_headers(flow.response.headers.fields)


def look_at(flow: HTTPFlow, exchange: Exchange, now: datetime) -> Treatment:
    """How the body of the answer is looked at, by what was decided last."""
    assert flow.response is not None
    assert exchange.request is not None
    assert exchange.forward is not None
    assert exchange.system is not None
    if exchange.prose is None:
        exchange.prose = Prose(exchange.forward.operation.prose, later=True)
    treatment = treatment_of(
        flow.response.status_code,
        exchange.answer_headers,
        has_body=has_body(flow, exchange.answer_headers),
        request=exchange.request,
        forward=exchange.forward,
        system=exchange.system,
        caller=exchange.ledger.caller,
        now=now,
        prose=exchange.prose,
        told=exchange.told,
    )
    return marked(treatment, exchange, flow.response.status_code)


def has_body(flow: HTTPFlow, headers: Headers) -> bool:
    """Whether the answer says that it has a body."""
    return flow.request.data.method != b"HEAD" and headers.get("content-length") != ["0"]
