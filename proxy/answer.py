"""How an answer of a system behind is looked at: which masker reads its body, and what it is then said to be. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime

import msgspec

from policies.ask import SAID
from policies.documents.registry import ANY_FILE, NAMES, named_by
from policies.formats.as_said import AsSaid
from policies.formats.html.forms import Held
from policies.formats.masker import Masker, Tally, Withheld
from policies.formats.multipart_body import MultipartMasker, boundary_in
from policies.formats.prose import Prose
from policies.formats.said import OwnWords, Said
from policies.program_shapes import Shapes
from proxy.grpc import is_grpc
from proxy.identity.caller import Caller
from proxy.message import Headers, Request, is_sent_here, media_type_in, target_of_form
from proxy.reasons import reason_for_body
from proxy.sniff import AsItIs
from proxy.system import System
from proxy.told import NOTHING, Told
from proxy.verdict import Forward
from siem.record.event import CallerKind

EVENTS = "events"
"""What is never held until it is whole: its head goes at once, and what it holds as it comes."""
MESSAGES = "messages"
JSONP = "jsonp"
"""A script: what calls a function with JSON is read, and no other."""
KINDS = {
    "application/json": "json",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "text/plain": "text",
    "text/markdown": "text",
    "text/x-markdown": "text",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/x-jsonlines": "ndjson",
    "application/json-seq": "ndjson",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/event-stream": EVENTS,
    "text/javascript": JSONP,
    "application/javascript": JSONP,
    "application/x-javascript": JSONP,
}
_SUFFIXES = {"+json": "json", "+json-seq": "ndjson", "+xml": "xml"}
_DRAWING = "image/"
"""Drawings in XML are run by browsers, and are no data."""
TEXT_KINDS = ("html", "csv", "text")
STATIC = "static"
MULTIPART = "multipart"
DOCUMENT = "document"
"""A file of which nothing is said but that it is one of the documents that are declared."""

_TYPE = re.compile(r"[a-z]{2,20}/(?![^;]*[0-9]{6})[a-z0-9.+-]{1,80};[a-z0-9_-]{0,20}")
_BODILESS = frozenset({204, 205, 304})


def kind_of(media_type: str) -> str:
    """What reads bodies of *media_type*; empty where nothing does."""
    if media_type in KINDS:
        return KINDS[media_type]
    if media_type == ANY_FILE:
        return ANY_FILE
    if document := named_by(media_type):
        return document
    if media_type.startswith(_DRAWING):
        return ""
    return next((kind for suffix, kind in _SUFFIXES.items() if media_type.endswith(suffix)), "")


class ReadOnly:
    """The masker of a body that is read for the inventory of a system that is being learnt, and never shown."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`."""
        return []

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        raise Withheld("answer_not_declared")


class Mask(msgspec.Struct, frozen=True, kw_only=True):
    """The body goes through a masker."""

    masker: Masker
    content_type: str
    """What the answer says it is."""
    format: str
    """How records call what reads it."""
    held_mib: int = 0
    """For a document, which is held whole and masked apart: of how many MiB it is at most. 0 for all else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """There is no body, or none worth sending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withhold:
    """Nothing of the body leaves."""

    reason: str


type Treatment = Mask | Empty | Withhold


def treatment_of(
    status: int,
    headers: Headers,
    *,
    has_body: bool,
    request: Request,
    forward: Forward,
    system: System,
    caller: Caller,
    now: datetime,
    prose: Prose,
    told: Told = NOTHING,
) -> Treatment:
    """What becomes of the body of an answer to *request* with *status* and *headers*, whose running text is *prose*.

    *told* is what the body says of itself where the head does not.
    """
    # Nobody has asked the system behind for a part, or whether anything has changed.
    if not 200 <= status <= 599 or status == 206 or (status == 304 and not forward.operation.static):
        return Withhold(reason="upstream_malformed")
    if any(value.strip().lower() != "identity" for value in headers.get("content-encoding", ())):
        return Withhold(reason="answer_encoded")
    if not has_body or status in _BODILESS or 300 <= status < 400:
        return Empty()
    types = headers.get("content-type", [])
    media_type, charset = media_type_in(types[0]) if len(types) == 1 else ("", "")
    if types and not _TYPE.fullmatch(f"{media_type};{charset}"):
        return Withhold(reason="answer_not_declared")
    if forward.operation.static and status < 400:
        if media_type not in forward.operation.static:
            return Withhold(reason="answer_not_declared")
        try:
            passes = AsItIs(Tally(system.digester), media_type, charset)
        except Withheld as withheld:
            return Withhold(reason=reason_for_body(withheld.reason))
        return Mask(masker=passes, content_type=_named(media_type, charset), format=STATIC)
    kind = kind_of(media_type)
    if kind == JSONP and caller.kind is not CallerKind.ANONYMOUS and _is_from_elsewhere(request):
        return Withhold(reason="script_from_elsewhere")

    def masked(media_type: str, charset: str, kind: str) -> tuple[Masker, str] | None:
        """What masks a body of *media_type* that is read as *kind*, and what it is then said to be. Raises Withheld."""
        # A document says itself in which charset it is, if it does.
        charset = charset or ("" if kind == "xml" else "utf-8")
        masker = _masker(kind, status, charset, request, forward, system, caller, now, prose)
        is_text = kind in TEXT_KINDS or (kind == told.kind and bool(kind))
        said = "utf-8" if kind in ("xml", JSONP) else charset if is_text else ""
        return None if masker is None else (masker, _named(media_type, said))

    def in_part(media_type: str, charset: str) -> tuple[Masker, str] | None:
        """The same of a part of a body: documents take long to mask, and come by themselves alone."""
        kind = kind_of(media_type)
        return None if _is_document(kind) else masked(media_type, charset, kind)

    if forward.operation.answers.multipart and (between := boundary_in(types[0] if len(types) == 1 else "")):
        return _in_parts(
            MultipartMasker(between, in_part, Tally(system.digester, prose=prose)), media_type, forward, system
        )
    try:
        made = masked(media_type, charset or told.charset, told.kind) if told.kind else None
        if made is not None:
            kind = told.kind
        else:
            made = masked(media_type, charset or told.charset, kind)
    except Withheld as withheld:
        return Withhold(reason=reason_for_body(withheld.reason))
    if made is None and is_grpc(media_type):
        return Withhold(reason="grpc_refused")
    if made is None:
        return Withhold(reason="page_of_an_error" if status >= 400 else "answer_not_declared")
    documents = forward.operation.answers.documents
    held = documents.largest_mib if documents is not None and _is_document(kind) else 0
    return Mask(masker=made[0], content_type=made[1], format=DOCUMENT if kind == ANY_FILE else kind, held_mib=held)


def _is_from_elsewhere(request: Request) -> bool:
    """Whether a browser says that a page of another site has it ask; a script may be asked for from any page."""
    return any(site not in ("same-origin", "same-site", "none") for site in request.headers.get("sec-fetch-site", ()))


def _is_document(kind: str) -> bool:
    return kind == ANY_FILE or kind in NAMES


def _in_parts(masker: MultipartMasker, media_type: str, forward: Forward, system: System) -> Treatment:
    """How an answer in parts is looked at: its subjects are counted over all of them."""
    if system.is_learning:
        return Withhold(reason="answer_not_declared")
    said = f"{media_type}; boundary={masker.boundary}"
    return Mask(masker=forward.view.maskers.limited(masker), content_type=said, format=MULTIPART)


def socket_treatment(forward: Forward, system: System, caller: Caller, now: datetime) -> Mask:
    """How the messages of a WebSocket are looked at, which *forward* opens. Raises Withheld where none may be."""
    prose = Prose(forward.operation.prose)
    masker = _masker(MESSAGES, 101, "utf-8", forward.request, forward, system, caller, now, prose)
    if masker is None:
        raise Withheld("answer_not_declared")
    return Mask(masker=masker, content_type="", format=MESSAGES)


def _named(media_type: str, charset: str) -> str:
    """A `Content-Type` of these two and nothing else that the system behind may have said."""
    return f"{media_type}; charset={charset}" if charset else media_type


def _masker(
    kind: str,
    status: int,
    charset: str,
    request: Request,
    forward: Forward,
    system: System,
    caller: Caller,
    now: datetime,
    prose: Prose,
) -> Masker | None:
    tally = Tally(system.digester, prose=prose)
    # What the system answers to a change may be nothing but what the caller has sent, and prove nothing of whose it is.
    own, acting = ("", "") if forward.acts else (caller.own, caller.on_behalf_of)
    choice = forward.view.choice(own=own, acting=acting, attributes=caller.attributes, permitted=forward.permitted)

    addresses = forward.addresses

    def seal(action: str, held: Held) -> str:
        return system.seal_form(target_of_form(request, addresses.original(action)), held, caller, now)

    if system.is_learning:
        hides = forward.view.maskers.learning(kind, tally, charset, seal)
        return ReadOnly(tally) if hides is None and kind == "csv" else hides
    shapes: Shapes = forward.operation.answers
    # Only a page hides what it knows wherever it stands, so only there a guess could be confirmed. It may lie in a ZIP.
    said = None
    if kind == "html" or (_is_document(kind) and shapes.html is not None):
        vocabulary = system.question(forward.operation).vocabulary
        words = OwnWords(
            forward.asked,
            forward.sent,
            lambda action, asks: is_sent_here(forward.request, action, asks=asks),
            forward.parameters | forward.sent.items(),
        )
        holder = system.holder(caller, now)
        said = Said(forward.said, vocabulary, seal=lambda value: holder.handle(value, SAID), own=words)
    if status >= 400:
        # A form that was not accepted comes back as a page of the operation, often with status 400 or 422.
        masker = forward.view.maskers.of(system.program.errors, kind, tally, charset, seal, said, choice, addresses)
        if masker is not None and not (kind == "html" and shapes.html is not None):
            return _as_said(masker, kind, system.program.errors)
    return _as_said(forward.view.maskers.of(shapes, kind, tally, charset, seal, said, choice, addresses), kind, shapes)


def _as_said(masker: Masker | None, kind: str, shapes: Shapes) -> Masker | None:
    """*masker*, which is withheld where it would scan what is data. What is declared to be CSV may be called text."""
    is_scanned = kind == "html" or (kind == "text" and shapes.text is not None)
    return AsSaid(masker, kind) if masker is not None and is_scanned else masker
