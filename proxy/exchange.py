"""One exchange: what is known of it, kept with the flow by which mitmproxy knows it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from mitmproxy.connection import Client
from mitmproxy.http import HTTPFlow, Response

from policies.formats.masker import Tally
from policies.formats.prose import Prose
from policies.program_shapes import Shapes
from proxy.answer import Treatment
from proxy.apart import Begins
from proxy.identity.client_certificates import Shown
from proxy.identity.sessions import Session
from proxy.lasting import Lasting
from proxy.ledger import Ledger
from proxy.limits import Limited, Reached
from proxy.message import Headers, Malformed, Request, Said, read_request
from proxy.release import Release
from proxy.shadow import Asked
from proxy.sockets.handshake import Handshake
from proxy.spool import Spooled
from proxy.system import System
from proxy.told import NOTHING, Told
from proxy.verdict import Forward

type Streams = Callable[[bytes | None], list[bytes]]
"""What may be written for a part of an answer; see `Release`."""

_KEY = "yingbi"
_SAID = "yingbi_said"


@dataclass(slots=True)
class Exchange:
    """What is known of one exchange; it lives in the flow's metadata."""

    ledger: Ledger
    request: Request | None = None
    certificate: Shown | None = None
    """What the caller has shown when the connection began, where the system takes that."""
    hsts: bytes = b""
    """What browsers are told of reaching this host by TLS alone; empty for nothing."""
    forward: Forward | None = None
    system: System | None = None
    treatment: Treatment | None = None
    answer_headers: Headers = field(default_factory=dict)
    """Of the system behind, as they came."""
    told: Told = NOTHING
    """What the answer tells of itself, once it has come whole."""
    streaming: Release | None = None
    lasting: Lasting | None = None
    """What it was opened by, where it may last for hours."""
    socket: Handshake | None = None
    """Where a WebSocket is asked for."""
    idle_s: float | None = None
    """So long nothing may come of the answer; None: what is declared of the system."""
    relayed: Streams | None = None
    """What each message of a WebSocket goes through, guarded."""
    admitted_s: float = 0.0
    """Monotonic; when the request had arrived."""
    session: Session | None = None
    """The session of the system's own in which the caller has signed in; once the answer is there, as it goes on."""
    over: str = ""
    """The cookie of a session that is over, which the system behind does not get back."""
    spooled: Spooled | None = None
    """What the answer is kept in, where parts of it may be asked for."""
    prose: Prose | None = None
    """The running text of the answer, once it is decided how it is looked at."""
    masking: Begins | None = None
    """By which the document that the answer is gets masked, or its running text read, once it has come; before that, by
    which the files of the request are looked into."""
    masked: tuple[bytes, Tally] | Exception | None = None
    """What has become of the answer before it is released, or why nothing has."""
    arrived_s: float = 0.0
    """Monotonic; when the answer had come whole."""
    sent_s: float = 0.0
    """Monotonic; when the request was sent on."""
    asked: Asked | None = None
    """What was decided about; None where nothing was."""
    limited: Limited | None = None
    """The limits that what is shown counts for; None: none, or not any more."""
    reached: Reached | None = None
    """The limit that acted on it."""
    failure: str = ""
    """Why the system behind did not answer, once that is known; one of `reasons.REASONS`."""
    is_sent: bool = False
    """Whether the request may have reached the system behind."""
    is_answered: bool = False
    """Whether the answer, or what stands in its place, has been written down and may be sent."""
    is_released: bool = False
    """Whether it is the answer of the system behind."""

    @property
    def wants_page(self) -> bool:
        """Whether a person is looking."""
        return self.request is None or self.request.wants_page

    @property
    def is_written_to(self) -> bool:
        """Whether it opens a WebSocket in which the caller may say something."""
        return self.socket is not None and self.forward is not None and self.forward.operation.body != Shapes()

    @property
    def may_have_acted(self) -> bool:
        """Whether the system behind may have carried something out: then the caller must not simply try again."""
        if self.failure == "upstream_unreachable":
            return False
        return self.is_sent and self.forward is not None and self.forward.acts


class Answer(Response):
    """An answer whose head is known already."""

    said: Headers | None = None
    """Its headers by name; None where whoever decides refuses them, once they are his to read."""
    closes = False
    """Whether it says that its connection ends with it."""


def exchange_of(flow: HTTPFlow) -> Exchange | None:
    """The exchange of *flow*, or None where its request was never read."""
    found = flow.metadata.get(_KEY)
    return found if isinstance(found, Exchange) else None


def begin_exchange(flow: HTTPFlow, ledger: Ledger) -> Exchange:
    """A new exchange for *flow*."""
    exchange = Exchange(ledger=ledger)
    flow.metadata[_KEY] = exchange
    return exchange


def note_said(flow: HTTPFlow, said: Said | None) -> None:
    """Note what the headers of the request of *flow* say, where that is known already."""
    flow.metadata[_SAID] = said


def source_ip_of(client: Client) -> str:
    """The address of whoever opened the connection."""
    return str(client.peername[0]) if client.peername else ""


def speaks_http2(flow: HTTPFlow) -> bool:
    """Whether HTTP/2 is spoken with the caller; what a request says of itself is no proof."""
    return flow.client_conn.alpn == b"h2"


def request_of(flow: HTTPFlow) -> Request:
    """The request of *flow*. Raises Malformed."""
    data = flow.request.data
    if not speaks_http2(flow) and data.http_version not in (b"HTTP/1.1", b"HTTP/1.0"):
        raise Malformed
    said, fields = flow.metadata.get(_SAID), data.headers.fields
    return read_request(
        method=data.method.decode("utf-8", "surrogateescape"),
        authority=data.authority.decode("utf-8", "surrogateescape"),
        target=data.path.decode("utf-8", "surrogateescape"),
        fields=fields,
        source_ip=source_ip_of(flow.client_conn),
        said=said if said is not None and said.fields is fields and not data.authority else None,
    )
