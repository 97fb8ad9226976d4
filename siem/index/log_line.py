"""What a line of the log spells, read no further than it takes to know that every index takes it.

Nearly every line is exactly what this version writes. That is found by decoding it into the types below, which stand in
the order in which `to_ecs` writes, and comparing what they encode to with the line: a tenth of the work of making the
event again and looking at each value. Whatever is not so is looked at closely, by `is_ours` and `fault_of`.
"""

import functools
import re
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

from policies.formats.found import BETWEEN_WHYS, WHYS
from siem.index.logged import Logged
from siem.index.strict import FIRST, LAST
from siem.record.ecs import ECS_VERSION, most_not_named, values_not_named
from siem.record.event import CallerKind, Disclosure, PermitState, Phase, Verdict

_SHORT_CHARS = 128
"""An id of no more characters is no longer than an index takes, however they are encoded."""

_SPELLED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z")

type _Number = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
type _More = Annotated[int, Meta(ge=1, le=2**63 - 1)] | UnsetType
type _Text = Annotated[str, Meta(min_length=1)]
type _MaybeText = _Text | UnsetType
_ANY_WHY = f"(?:{'|'.join(WHYS)})"
type _Why = Annotated[str, Meta(pattern=f"^{_ANY_WHY}(?:{BETWEEN_WHYS}{_ANY_WHY})*$")]
type _MaybeTexts = Annotated[list[str], Meta(min_length=1)] | UnsetType


class _Strict(Struct, forbid_unknown_fields=True):
    """What has exactly these fields."""


class _Ecs(_Strict):
    version: str


class _Event(_Strict):
    id: Annotated[str, Meta(min_length=1, max_length=_SHORT_CHARS)]
    kind: Literal["event"]
    category: tuple[Literal["web"]]
    type: tuple[Literal["access"], Literal["allowed", "denied"]]
    action: Phase
    outcome: Literal["success", "failure"]
    dataset: Literal["yingbi.access"]
    duration: _Number
    reason: _MaybeText = UNSET


class _Service(_Strict):
    name: str


class _Body(_Strict):
    bytes: _Number


class _Response(_Strict):
    status_code: _Number
    body: _Body


class _Request(_Strict):
    method: str


class _Http(_Strict):
    response: _Response
    request: _Request | UnsetType = UNSET


class _Use(_Strict):
    name: str
    category: str
    transform: str
    disclosure: Disclosure
    rule: str
    count: _Number
    grant: _MaybeText = UNSET
    whys: Annotated[dict[_Why, _Number], Meta(min_length=1)] | UnsetType = UNSET


class _Permit(_Strict):
    id: _Text
    state: PermitState
    kind: _Text
    reveal: _MaybeText = UNSET
    case: _MaybeText = UNSET
    why: _MaybeText = UNSET
    about: _MaybeText = UNSET
    subject: _MaybeText = UNSET
    until: _MaybeText = UNSET
    by: _MaybeText = UNSET


class _Raised(_Strict):
    by: list[str]
    asked: _MaybeTexts = UNSET
    about: _MaybeTexts = UNSET
    question: _MaybeText = UNSET
    client: _MaybeText = UNSET
    version: _MaybeText = UNSET
    bytes_in: _More = UNSET


class _Own(_Strict):
    exchange: str
    caller_kind: CallerKind
    operation: str
    verdict: Verdict
    program: str
    overlay: _Number
    disclosure: Disclosure
    subject_count: int
    credential: _MaybeText = UNSET
    on_behalf_of: _MaybeText = UNSET
    basis: _MaybeText = UNSET
    purpose: _MaybeText = UNSET
    left_out: _More = UNSET
    limit: _MaybeText = UNSET
    mark: _MaybeText = UNSET
    format: _MaybeText = UNSET
    attributes: _MaybeTexts = UNSET
    purposes: _MaybeTexts = UNSET
    permits: _MaybeTexts = UNSET
    permit: _Permit | UnsetType = UNSET
    raised: _Raised | UnsetType = UNSET
    subjects: _MaybeTexts = UNSET
    former_subjects: _MaybeTexts = UNSET
    fields: Annotated[list[_Use], Meta(min_length=1)] | UnsetType = UNSET
    clear: list[str] | UnsetType = UNSET
    categories: list[str] | UnsetType = UNSET
    unattributed: _More = UNSET


class _Url(_Strict):
    path: _Text


class _User(_Strict):
    id: _Text
    roles: list[str]


class _Source(_Strict):
    ip: _Text


class _Document(_Strict):
    at: str = field(name="@timestamp")
    ecs: _Ecs
    event: _Event
    service: _Service
    http: _Http
    yingbi: _Own
    url: _Url | UnsetType = UNSET
    user: _User | UnsetType = UNSET
    source: _Source | UnsetType = UNSET


_read = msgspec.json.Decoder(_Document).decode
_written = msgspec.json.Encoder().encode


def logged(body: bytes) -> Logged | None:
    """The document that a line of the log spells, or None where that has to be looked at closely."""
    try:
        document = _read(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if _written(document) != body or not _is_consistent(document) or not _is_spelled_by_us(document.at):
        return None
    return Logged(document.event.id, document.at, body)


def _is_consistent(document: _Document) -> bool:
    """Whether what follows from the event's other values is what follows."""
    about, own = document.event, document.yingbi
    if own.verdict is Verdict.FORWARD:
        outcome: tuple[str, str] = ("allowed", "success")
    else:
        outcome = ("denied", "failure")
    method, _, path = own.operation.partition(" ")
    subjects = len(own.subjects) if own.subjects is not UNSET else 0
    return (
        document.ecs.version == ECS_VERSION
        and (about.type[1], about.outcome) == outcome
        and own.subject_count == subjects
        and (document.url.path if document.url is not UNSET else "") == path
        and (document.http.request.method if document.http.request is not UNSET else "") == (method if path else "")
        and (document.http.request is UNSET) is not bool(path)
        and (own.permit is UNSET or own.permit.until is UNSET or _is_spelled_by_us(own.permit.until))
        and _follows_from_fields(own, subjects)
    )


def _follows_from_fields(own: _Own, subjects: int) -> bool:
    if own.fields is UNSET:
        return own.clear is UNSET and own.categories is UNSET and own.unattributed is UNSET
    clear = [use for use in own.fields if use.disclosure is Disclosure.CLEAR]
    not_named = 0
    categories = {use.category for use in clear}
    most = max([use.count for use in clear], default=0)
    if most > subjects or len(categories) < len(clear):  # else each value of a category can be about somebody else
        not_named = most_not_named(values_not_named(((use.name, use.category, use.count) for use in clear), subjects))
    return (
        own.clear == sorted(categories)
        and own.categories == sorted({use.category for use in own.fields})
        and (own.unattributed if own.unattributed is not UNSET else 0) == not_named
    )


def _is_spelled_by_us(text: str) -> bool:
    """Whether *text* is a time as `to_ecs` spells it, that an index takes: to the microsecond, in UTC."""
    return _SPELLED.fullmatch(text) is not None and _is_day(text[:10])


@functools.lru_cache(maxsize=1_024)
def _is_day(text: str) -> bool:
    """Whether *text* (`2026-11-27`) is a day of which an index takes every moment: events come by thousands a day."""
    try:
        begin = datetime.fromisoformat(f"{text}T00:00:00+00:00")
        return begin >= FIRST and begin + timedelta(days=1) <= LAST
    except (ValueError, OverflowError):
        return False
