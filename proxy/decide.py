"""What is to be done with a request. Pure: everything it depends on is an argument.

The order matters: who asks is settled before what is asked, and tightenings come before every permission.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from msgspec import structs

from policies.ask import call_refusal
from policies.keys.data_keys import BadToken
from policies.operations import SAFE_METHODS, About
from policies.overlay import Overlay, OverlayEntry, Tightening
from policies.paths import quoted
from policies.permits import Permit
from policies.policy import ANYONE
from policies.program import OperationRule, ParameterRule
from policies.program_shapes import Shapes
from policies.sent.write_back import MaskReturned
from proxy.decide_body import unchanged, with_body
from proxy.identity.caller import Caller
from proxy.last_event import last_event_of
from proxy.message import Request
from proxy.system import System
from proxy.verdict import Forward, Refuse
from siem.record.event import CallerKind

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
    return structs.replace(
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
    entries = entries_about(overlay, system, operation.id if operation else "", caller, overlay_now)
    if (reason := stopped(entries, operation, caller)) is not None:
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
    strictest = strictest or Tightening.MASK_HARDER in [entry.kind for entry in entries]
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
    if writes.tokens.stand_in(request.path) or writes.hold_mask(query):
        zh, en = "查询条件中有脱敏后的值，不能据以查询", "a mask stands in the question: it would be another one"
        return Refuse(reason="mask_returned", operation=operation, zh=zh, en=en)
    if view.links.is_guess(asked, operation):
        return Refuse(reason="question_about_hidden_field", operation=operation)
    if writes.path_holds_mask(request.path):
        zh, en = "地址中有脱敏后的值，不能据以打开", "a mask stands in the address: it leads to no record"
        return Refuse(reason="mask_returned", operation=operation, zh=zh, en=en)
    opened = structs.replace(asked, query=tuple(query), by_handle=asked.by_handle | by_token) if by_token else asked
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
        parameters=frozenset([pair for place, pair in enumerate(query) if place not in opened.by_handle]),
        asked=unchanged(came.query, stored) if is_safe else {},
    )
    if last_event and operation.answers.events is not None and view.links.hides(operation.answers.events.id_of):
        forward.addresses.asked_by([last_event])  # the answer must not repeat what a handle stood for
    return forward if is_safe else with_body(forward, request, body, system, caller, now)


def entries_about(
    overlay: Overlay, system: System, operation: str, caller: Caller, now: datetime
) -> tuple[OverlayEntry, ...]:
    """The entries of *overlay* that are in force at *now* about *caller*, who asks for the *operation* of that id."""
    return overlay.in_force(
        system=system.name,
        operation=operation,
        caller=caller.id,
        earlier=caller.earlier,
        credential=caller.credential,
        now=now,
    )


def stopped(entries: tuple[OverlayEntry, ...], operation: OperationRule | None, caller: Caller) -> str | None:
    """Why *entries*, which are about it, let an exchange go no further, if they do not."""
    for entry in entries:
        match entry.kind:
            case Tightening.BLOCK_CALLER | Tightening.BLOCK_CREDENTIAL:
                return "caller_blocked"
            case Tightening.STOP_OPERATION | Tightening.STOP_SYSTEM:
                return "operation_stopped"
            case Tightening.QUARANTINE_EXPORTS:
                if operation is not None and operation.export:
                    return "export_quarantined"
            case Tightening.REVOKE_SESSIONS:
                assert entry.since is not None
                if caller.begun is not None and caller.begun < entry.since.timestamp():
                    return "session_revoked"
            case Tightening.MASK_HARDER | Tightening.RAISE_LOGGING:
                pass
            case Tightening.PLANT_CANARIES | Tightening.PRESERVE_EVIDENCE:
                pass
    return None


def _asking(request: Request, query: Sequence[tuple[str, str]]) -> Request:
    """*request* with the parameters *query*."""
    if tuple(query) == request.query:
        return request
    target = f"{quoted(request.path)}?{urlencode(query, errors='surrogatepass')}"
    return structs.replace(request, query=tuple(query), opened=target)
