"""What is to be done with a request. Pure: everything it depends on is an argument.

The order matters: who asks is settled before what is asked, and tightenings come before every permission.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlencode

from policies.addresses import Addresses
from policies.ask import call_refusal
from policies.choose import NOTHING_PERMITTED, Permitted
from policies.data_keys import BadToken
from policies.formats.html_forms import Carried, Held
from policies.formats.masker import Tally, Withheld
from policies.formats.sent_form import Coding, Part, coding_of
from policies.opening import Opening, OpeningStep, RawKey
from policies.operations import SAFE_METHODS, About
from policies.overlay import Overlay, OverlayEntry, Tightening
from policies.paths import quoted
from policies.permits import Permit
from policies.policy import ANYONE
from policies.program import OperationRule, ParameterRule
from policies.program_shapes import HtmlShapes, Shapes
from policies.sent import Sending, SentBlocked
from policies.sent_json import JsonWalk
from policies.sent_xml import SettlingXml, XmlWalk
from policies.settling import Settling
from policies.subjects import CHANGES, SubjectChanged
from policies.view import View
from policies.write_back import FileRefused, MaskReturned, NotAsDeclared
from proxy.identity import Caller
from proxy.last_event import last_event_of
from proxy.message import Request, media_type_in, target_of
from proxy.system import System
from siem.record.event import CallerKind

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
JSON = "application/json"
XML = ("application/xml", "text/xml", "application/soap+xml")


UNDECLARED = OperationRule(
    id="GET (undeclared)",
    method="GET",
    path=".*",
    allow=(ANYONE,),
    refuse_zh="",
    refuse_en="",
    parameters=(ParameterRule(".*", About.NOTHING),),
    fields={},
    facets=(),
    subjects=(),
    answers=Shapes(),
    body=Shapes(),
    static=(),
    headers=(),
    rule="built in",
)
"""Whatever is read from a system that is being learnt. Records hold no path: it could tell of somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """The request is sent on."""

    operation: OperationRule
    view: View
    request: Request
    """With true values in the place of handles and tokens, encrypted where the system stores them so."""
    addresses: Addresses
    """How those in the answer are written."""
    body: bytes
    said: tuple[str, ...] = ()
    """What the caller said, in the target and in a form: an answer may repeat it."""
    parameters: frozenset[tuple[str, str]] = frozenset()
    """Name and value of what he said in parameters, also where it came back sealed; no keys that handles stood for."""
    asked: Mapping[str, str] = field(default_factory=dict)
    """What he said once in a parameter, by its name."""
    sent: Mapping[str, str] = field(default_factory=dict)
    """What he said once in a control of a form, by its name, and nothing was put in its place."""
    last_event: str = ""
    """The id of the last event that the caller has, where the system may be told."""
    permits: tuple[Permit, ...] = ()
    """The caller's permits, where `view` is what they show besides."""
    permitted: Permitted = NOTHING_PERMITTED
    """What they show."""

    @property
    def acts(self) -> bool:
        """Whether the system behind may have changed something once it has the request."""
        return self.operation.method not in SAFE_METHODS


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """The request is answered here."""

    reason: str
    """One of `reasons.REASONS`."""
    operation: OperationRule | None = None
    zh: str = ""
    """What the policy says about it, where it says something."""
    en: str = ""
    field: str = ""
    """The declared field that it is about, where it is about one."""


def decide(
    request: Request,
    body: bytes,
    system: System,
    caller: Caller,
    overlay: Overlay,
    now: datetime,
    *,
    overlay_now: datetime | None = None,
    permits: tuple[Permit, ...] = (),
    strictest: bool = False,
) -> Forward | Refuse:
    """Whether *request* of *caller* is sent on to *system*, and how its answer will be looked at.

    *overlay_now* is the time that tightenings end by, where it is not that which permissions end by. The caller's
    *permits* show more of the answer, and let him ask nothing that he could not ask without them. *strictest*: as where
    an overlay masks harder.
    """
    verdict = _decided(request, body, system, caller, overlay, now, overlay_now or now, strictest=strictest)
    if not permits or isinstance(verdict, Refuse) or verdict.view.is_harder:
        return verdict
    operation, address = verdict.operation, request.source_ip
    permitted = system.permitted(permits, caller, now, operation=operation, address=address)
    if verdict.acts:  # the answer may be what the caller has sent, and prove nothing of whose record it is
        permitted = replace(permitted, subjects={})
    if not permitted:
        return verdict
    return replace(
        verdict,
        view=system.views.permitting(verdict.view, permitted),
        permits=permits,
        permitted=permitted,
    )


def _decided(
    request: Request,
    body: bytes,
    system: System,
    caller: Caller,
    overlay: Overlay,
    now: datetime,
    overlay_now: datetime,
    *,
    strictest: bool,
) -> Forward | Refuse:
    operation = system.routes.find(request.method, request.path)
    if operation is None and system.is_learning and request.method in ("GET", "HEAD"):
        operation = UNDECLARED
    entries = overlay.in_force(
        system=system.name,
        operation=operation.id if operation else "",
        caller=caller.id,
        earlier=caller.earlier,
        credential=caller.credential,
        now=overlay_now,
    )
    if (reason := stopped(entries)) is not None:
        return Refuse(reason=reason, operation=operation)
    if system.is_learning and request.method not in SAFE_METHODS:
        return Refuse(reason="writes_refused_while_learning", operation=operation)
    if operation is None:
        return Refuse(reason="operation_not_declared")
    if operation.refuse_zh:
        return Refuse(reason="operation_refused", operation=operation, zh=operation.refuse_zh, en=operation.refuse_en)
    if operation is UNDECLARED and request.query and caller.kind is CallerKind.ANONYMOUS:
        return Refuse(reason="sign_in_needed")  # how much is hidden in the answer could answer a question
    is_signed_in = caller.kind is not CallerKind.ANONYMOUS
    if (reason := call_refusal(operation, is_signed_in=is_signed_in, posts=caller.posts)) is not None:
        return Refuse(reason=reason, operation=operation)
    strictest = strictest or any(entry.kind is Tightening.MASK_HARDER for entry in entries)
    view = system.view_of(caller, now, operation=operation, address=request.source_ip, strictest=strictest)
    holder, came = system.holder(caller, now), request
    try:
        last_event = last_event_of(request, operation, holder, view.links)
        request, asked = system.opened(request, operation, holder)
    except BadToken:
        return Refuse(reason="unknown_handle", operation=operation)
    question = system.question(operation)
    try:
        query, by_token = system.sent.opened_query(asked.query, question, view.actions)
    except MaskReturned as returned:
        return Refuse(reason="mask_returned", operation=operation, field=returned.field)
    writes = system.writes
    if writes.tokens.stand_in(request.path) or any(writes.holds_mask(text) for pair in query for text in pair):
        zh, en = "查询条件中有脱敏后的值，不能据以查询", "a mask stands in the question: it would be another one"
        return Refuse(reason="mask_returned", operation=operation, zh=zh, en=en)
    if view.links.is_guess(asked, operation):
        return Refuse(reason="question_about_hidden_field", operation=operation)
    if writes.path_holds_mask(request.path):
        zh, en = "地址中有脱敏后的值，不能据以打开", "a mask stands in the address: it leads to no record"
        return Refuse(reason="mask_returned", operation=operation, zh=zh, en=en)
    opened = replace(asked, query=tuple(query), by_handle=asked.by_handle | by_token) if by_token else asked
    refusal = question.refusal(opened, view)
    if refusal is not None:
        return Refuse(reason=refusal.code, operation=operation, zh=refusal.zh, en=refusal.en)
    stored = system.sent.stored_query(query, question)
    if stored is None:
        return Refuse(reason="question_about_hidden_field", operation=operation)
    is_safe = operation.method in SAFE_METHODS
    if is_safe and body:
        return Refuse(reason="body_not_declared", operation=operation)
    forward = Forward(
        operation=operation,
        view=view,
        request=_asking(request, stored),
        addresses=system.addresses(view, asked, None if operation.static else holder),
        body=b"",
        said=asked.said,
        last_event=last_event,
        parameters=frozenset(pair for place, pair in enumerate(query) if place not in opened.by_handle),
        asked=_unchanged(came.query, stored) if is_safe else {},
    )
    if last_event and operation.answers.events is not None and view.links.hides(operation.answers.events.id_of):
        forward.addresses.asked_by([last_event])  # the answer must not repeat what a handle stood for
    return forward if is_safe else with_body(forward, request, body, system, caller, now)


def stopped(entries: tuple[OverlayEntry, ...]) -> str | None:
    """Why *entries* let an exchange go no further, if they do not."""
    for entry in entries:
        match entry.kind:
            case Tightening.BLOCK_CALLER | Tightening.BLOCK_CREDENTIAL:
                return "caller_blocked"
            case Tightening.STOP_OPERATION | Tightening.STOP_SYSTEM:
                return "operation_stopped"
            case Tightening.MASK_HARDER:
                pass
    return None


def with_body(
    forward: Forward, request: Request, body: bytes, system: System, caller: Caller, now: datetime
) -> Forward | Refuse:
    """*forward* with what of *body* may be sent on, or why nothing of it may. *request* asks as the caller did."""
    operation = forward.operation
    if "if-match" in request.headers or "if-unmodified-since" in request.headers:
        return Refuse(reason="precondition_refused", operation=operation)
    holder, came = system.holder(caller, now), body
    opening = Opening(system.program, forward.view, holder, system.writes, request.path)
    try:
        body, said, keys = _opened(request, body, operation.body, opening)
        settled = _settled(forward, request, came, body, system, caller, now)
    except BadToken:
        return Refuse(reason="unknown_handle", operation=operation)
    except RawKey:
        return Refuse(reason="question_about_hidden_field", operation=operation)
    except MaskReturned as returned:
        return Refuse(reason="mask_returned", operation=operation, field=returned.field)
    except SubjectChanged as changed:
        return Refuse(reason="subject_kept", operation=operation, field=changed.field)
    except SentBlocked as blocked:
        return Refuse(reason="value_not_sent", operation=operation, field=blocked.field)
    except NotAsDeclared as misplaced:
        return Refuse(reason="not_as_declared", operation=operation, field=misplaced.field)
    except FileRefused as refused:
        return Refuse(reason="file_refused", operation=operation, field=refused.field)
    except Withheld:
        return Refuse(reason="body_unreadable", operation=operation)
    if settled is None:
        return Refuse(reason="body_not_declared", operation=operation)
    forward.addresses.sent_with(keys)
    sent = _unchanged(_texts(request, came), _texts(request, settled))
    return replace(forward, body=settled, said=(*forward.said, *said), sent=sent)


def _asking(request: Request, query: Sequence[tuple[str, str]]) -> Request:
    """*request* with the parameters *query*."""
    if tuple(query) == request.query:
        return request
    target = f"{quoted(request.path)}?{urlencode(query, errors='surrogatepass')}"
    return replace(request, query=tuple(query), opened=target)


def _opened(request: Request, body: bytes, shapes: Shapes, opening: Opening) -> tuple[bytes, list[str], list[str]]:
    """*body* with what its handles stand for, every value in it that the caller has said himself, and what he has not.

    What cannot be read is left as it is: nothing of it is sent on.
    """
    if request.media_type == JSON and shapes.json is not None:
        return opening.json_body(body, shapes.json), [], []
    if request.media_type in XML and shapes.xml is not None and body:
        return XmlWalk([OpeningStep(opening)]).sent(body, shapes.xml), [], []
    coding = coding_of(request.content_type)
    if coding is None or not body:
        return body, [], []
    parts = coding.read(body)
    opened, said, keys = opening.controls(parts, shapes.html or HtmlShapes())
    return (body if opened == parts else coding.write(opened)), said, keys


def _texts(request: Request, body: bytes) -> list[tuple[str, str]]:
    """What stands in the controls of *body*, where that is a form."""
    coding = coding_of(request.content_type)
    parts: list[Part] = coding.read(body) if coding is not None and body else []
    return [(part.name, part.value) for part in parts if part.file is None]


def _unchanged(came: Iterable[tuple[str, str]], goes: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Of what *came*, by name, what comes once and is sent on as it was said.

    What a handle or a mask stands for is nobody's words: to say it again would tell it.
    """
    then = _said_once(goes)
    return {name: value for name, value in _said_once(came).items() if then.get(name) == value}


def _said_once(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The values of *pairs* by name, but for names that come more than once."""
    pairs = list(pairs)
    if len(pairs) < 2:
        return dict(pairs)
    names = Counter(name for name, _ in pairs)
    return {name: value for name, value in pairs if names[name] == 1}


def _settled(
    forward: Forward, request: Request, came: bytes, body: bytes, system: System, caller: Caller, now: datetime
) -> bytes | None:
    """The body that may be sent on; None where nothing of that kind is declared. It *came* as it was shown."""
    shapes, view = forward.operation.body, forward.view
    if not body:
        return b""
    if "content-encoding" in request.headers:
        return None
    media_type, charset = media_type_in(request.content_type)
    if charset not in ("", "utf-8"):
        raise Withheld("not_utf_8")  # the system behind could read other words in it
    if media_type in FORMS and shapes.html is not None:
        coding = coding_of(request.content_type)
        if coding is None:
            raise Withheld("not_a_form")
        return _settled_form(forward, request, came, body, shapes.html, coding, system, caller, now)
    json = shapes.json if media_type == JSON else None
    xml = shapes.xml if media_type in XML else None
    if json is None and xml is None:
        return None
    names_record = _names_record(request, forward.operation, system)
    keeping = system.kept_subjects(caller, now).step(forward.operation.key, names_record=names_record)
    settling = Settling if xml is None else SettlingXml
    steps = [
        system.sent.opening(view.sent_back),
        settling(system.writes, view.actions, view.sends, replaces=request.method == "PUT"),
        keeping,
        *([_sending(system, view)] if view.masks_sent else []),
        system.sent.storing(),
    ]
    if xml is not None:
        settled = XmlWalk(steps).sent(body, xml)
    else:
        assert json is not None
        settled = JsonWalk(system.program.labels.json, steps).sent(body, json)
    keeping.check()
    return settled


def _names_record(request: Request, operation: OperationRule, system: System) -> bool:
    """Whether *request* is about a record that exists, as far as its head tells."""
    return operation.method in CHANGES or system.question(operation).names_record(request.query)


def _settled_form(
    forward: Forward,
    request: Request,
    came: bytes,
    body: bytes,
    shapes: HtmlShapes,
    coding: Coding,
    system: System,
    caller: Caller,
    now: datetime,
) -> bytes:
    """The form that may be sent on in the place of *body*."""
    view, target, sent = forward.view, target_of(request.path, request.query), coding.read(came)
    names_record = system.question(forward.operation).names_record(request.query)
    carried: Carried = {}
    forms: list[Held] = []

    def opened(token: str) -> Carried:
        held = system.open_form(token, target, caller, now)
        forms.append(held)
        found = system.restoring.carried(held, sent, shapes, names_record=names_record)
        for name, values in found.items():
            carried[name] = carried.get(name, []) + values
        return found

    parts = coding.read(body)
    own = system.sent.opened_form(parts, shapes, view.sent_back)
    settled = system.writes.form(own, shapes, opened, view.actions, sends=view.sends)
    if kept := system.kept_subjects(caller, now):
        named = _names_record(request, forward.operation, system)
        kept.check_form(sent, settled, shapes, forms, system.restoring, names_record=named)
    if view.masks_sent:
        settled = _sending(system, view).form(settled, shapes, own)
    stored = system.sent.stored_form(settled, shapes, carried)
    return body if stored == parts else coding.write(stored)


def _sending(system: System, view: View) -> Sending:
    program = system.program
    return Sending(view.sends, program.fields, Tally(system.digester))
