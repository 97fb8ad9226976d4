"""Events of other makers, in ECS, as events of ours.

Whatever is not known to be free of a subject's data is left behind or made a digest: paths become templates, texts that
are no code are dropped, identifiers are digested. An event that our own writer can have written stays as it is.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec

from policies.recognisers.scan import scan
from siem.record.ecs import FIRST, IMPORTED, LAST, Document, from_ecs, is_ours
from siem.record.event import (
    AccessEvent,
    CallerKind,
    Disclosure,
    EventId,
    ExchangeId,
    FieldUse,
    Phase,
    Verdict,
)
from siem.record.own_writing import IN_CLEAR, MOST_SUBJECTS, can_be_written, is_digest

MOST_DEEP = 64
"""So many objects and lists within each other is more than any maker writes, and less than a program falls over."""
SUBJECTS = ("yingbi.subjects", "user.target.id")
"""Where the subjects of an event stand, unless something else is said."""

_LONGEST = 200
_NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]{1,200}")
_CODE = re.compile(r"[\w.:/@+-]{1,100}")
_DIGITS = re.compile("[0-9]{1,19}")
_METHOD = re.compile("[A-Z]{3,10}")
_WORD = re.compile(r"\{[a-z_]{1,30}\}|[A-Za-z][A-Za-z_.-]{0,40}")
_WHO = ("user", "client.user", "source.user")
_CALLERS = tuple(f"{of}.{name}" for of in _WHO for name in ("id", "name", "email"))
"""Where makers say who called, the surest first."""
_ROLES = tuple(f"{of}.roles" for of in _WHO)
_POSTS = (*_ROLES, *(f"{of}.{name}" for name in ("group.name", "department") for of in _WHO), "group.name")
_MAKERS = ("event.provider", "event.dataset", "event.module", "service.name")
_PATHS = ("url.path", "url.original")
_COUNTS = ("yingbi.subject_count", "yingbi.unattributed")
"""How many people an answer showed, where it does not say whom."""

_KIND_OF_ROLE = {
    **dict.fromkeys(("citizen", "resident", "public", "居民", "群众"), CallerKind.CITIZEN),
    **dict.fromkeys(("system", "service", "service-account", "api", "integration", "系统"), CallerKind.SYSTEM),
    **dict.fromkeys(("terminal", "kiosk", "终端"), CallerKind.TERMINAL),
}
"""Roles by which other makers tell people from programs and machines. Everybody else with an id is staff."""

_RECORD = "record"
_LATEST = 10**11
"""So many seconds are the year 5138; so many milliseconds the year 1973."""

type Digest = Callable[[str], str]


class NotAnEvent(Exception):
    """What stands there is none that can be brought in. The message says which field, and holds no value."""


def ours(
    document: Any,
    ids: Iterator[str],
    digest: Digest,
    subjects: Sequence[str] = SUBJECTS,
    own: Callable[[AccessEvent], AccessEvent] = lambda event: event,
) -> list[AccessEvent]:
    """The events of ours that *document* makes: more than one where it has more subjects than one event holds.

    *ids* gives the id of each, *digest* that of an identifier. *subjects* are the fields that name subjects. *own* says
    what becomes of an event that our own writer can have written. Raises NotAnEvent.
    """
    if not isinstance(document, dict):
        raise NotAnEvent("a line is an object of JSON")
    if _is_deep(document):
        raise NotAnEvent(f"is nested more than {MOST_DEEP} deep")
    if is_ours(document) and can_be_written(written := from_ecs(document)):
        return [own(written)]
    people = list(dict.fromkeys(_digested(each, digest) for name in subjects for each in _texts(document, name)))
    whole = _event(document, EventId(next(ids)), people, digest)
    events = [msgspec.structs.replace(whole, subjects=tuple(people[:MOST_SUBJECTS]))]
    for place in range(MOST_SUBJECTS, len(people), MOST_SUBJECTS):
        more = tuple(people[place : place + MOST_SUBJECTS])
        events.append(
            msgspec.structs.replace(whole, id=EventId(next(ids)), phase=Phase.SHOWN, subjects=more, fields=())
        )
    return events


def _is_deep(document: dict[str, Any]) -> bool:
    """Whether more than `MOST_DEEP` objects and lists lie within each other."""
    level: list[Any] = [document]
    for _ in range(MOST_DEEP):
        level = [
            child
            for part in level
            for child in (part.values() if isinstance(part, dict) else part)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


def id_in(document: Any) -> str:
    """The `event.id` that *document* bears, or empty."""
    return next(_texts(document, "event.id"), "")


def maker_in(document: Any) -> str:
    """What *document* says of who made it: an `event.id` is one of its maker's."""
    return next((text for name in _MAKERS for text in _texts(document, name)), "")


def _event(document: Document, event: EventId, people: list[str], digest: Digest) -> AccessEvent:
    caller = _name(document, *_CALLERS)
    kind = _one_of(CallerKind, document, "yingbi.caller_kind") or _kind_of(document, caller)
    if caller and not is_digest(caller):
        told = {hit.category for hit in scan(caller)} - {*IN_CLEAR}
        caller = digest(caller) if told or kind is CallerKind.CITIZEN else caller
    on_behalf_of = next(_texts(document, "yingbi.on_behalf_of"), "")
    fields = _fields(document, max(len(people), _number(document, *_COUNTS)), is_named=bool(people))
    refused = _code(document, "event.outcome") == "failure" or "denied" in _texts(document, "event.type")
    verdict = _one_of(Verdict, document, "yingbi.verdict") or (Verdict.WITHHOLD if refused else Verdict.FORWARD)
    # Where nothing says how much was shown, it is taken that those who are named were shown.
    most = max((use.disclosure for use in fields), key=_strength, default=Disclosure.CLEAR if people else None)
    return AccessEvent(
        id=event,
        at=_time(document),
        exchange=ExchangeId(event),
        phase=_phase(document),
        system=_code(document, "service.name", "event.dataset", "event.module") or "imported",
        operation=_operation(document),
        caller=caller,
        caller_kind=kind,
        posts=next((posts for name in _POSTS if (posts := tuple(_codes(document, name)))), ()),
        credential=_code(document, "yingbi.credential"),
        on_behalf_of=_digested(on_behalf_of, digest) if on_behalf_of else "",
        purpose=_code(document, "yingbi.purpose"),
        purposes=tuple(_codes(document, "yingbi.purposes")),
        source_ip=_code(document, "source.ip", "client.ip"),
        verdict=verdict,
        reason=_code(document, "event.reason"),
        status=_number(document, "http.response.status_code"),
        format=_code(document, "yingbi.format"),
        program=_code(document, "yingbi.program") or IMPORTED,
        fields=fields,
        disclosure=_one_of(Disclosure, document, "yingbi.disclosure")
        or (most if most is not None and verdict is Verdict.FORWARD else Disclosure.NONE),
        limit=_code(document, "yingbi.limit"),
        left_out=_number(document, "yingbi.left_out"),
        bytes_out=_number(document, "http.response.body.bytes", "http.response.bytes"),
        duration_ns=_number(document, "event.duration"),
    )


def _kind_of(document: Document, caller: str) -> CallerKind:
    """Who calls, where the event does not say: by its roles, else a citizen by digest, else one of the staff."""
    if not caller:
        return CallerKind.ANONYMOUS
    told = (_KIND_OF_ROLE.get(role.casefold()) for name in _ROLES for role in _texts(document, name))
    return next(filter(None, told), CallerKind.CITIZEN if is_digest(caller) else CallerKind.STAFF)


def _fields(document: Document, people: int, *, is_named: bool) -> tuple[FieldUse, ...]:
    """A field for each category that the event names, as it does not say which fields there were."""
    clear = [code.lower() for code in _codes(document, "yingbi.clear")]
    categories = list(dict.fromkeys([*(code.lower() for code in _codes(document, "yingbi.categories")), *clear]))
    if people and not categories and not is_named:
        categories = clear = [_RECORD]  # it says how many, and neither who nor what
    return tuple(
        FieldUse(
            name=category,
            category=category,
            transform="show" if category in clear else "mask",
            disclosure=Disclosure.CLEAR if category in clear else Disclosure.MASKED,
            rule="import",
            grant=None,
            count=max(people, 1),
        )
        for category in categories
    )


def _operation(document: Document) -> str:
    method = next(_texts(document, "http.request.method"), "").upper()
    path = next((path for name in _PATHS for path in _texts(document, name)), "").partition("?")[0]
    if _METHOD.fullmatch(method) and path.startswith("/"):
        parts = (part if not part or _is_plain(part) else "{}" for part in path[:_LONGEST].split("/"))
        return f"{method} {'/'.join(parts)}"
    return _code(document, "event.action") or "unknown"


def _is_plain(part: str) -> bool:
    """Whether a part of a path is a word of an application, and no key of a record."""
    return _WORD.fullmatch(part) is not None and not scan(part)


def _time(document: Document) -> datetime:
    value = _value(document, "@timestamp")
    try:
        if isinstance(value, str) and value.isdecimal():
            value = int(value[:30])
        if isinstance(value, str):
            at = datetime.fromisoformat(value)
            return _indexed((at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC))
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _indexed(datetime.fromtimestamp(value / _units(value), UTC))
    except (ValueError, OverflowError, OSError):
        pass
    raise NotAnEvent("`@timestamp` is missing, or is no time such as 2026-11-26T09:00:00Z")


def _indexed(at: datetime) -> datetime:
    """*at*, if an index takes it. Raises NotAnEvent: what none takes would be in the log and in no search."""
    if not FIRST <= at < LAST:
        raise NotAnEvent(f"`@timestamp` is no time between {FIRST.year} and {LAST.year}")
    return at


def _units(since: float) -> float:
    """How many of the units in which *since* counts from 1970 on are a second: seconds, or down to nanoseconds."""
    return next((float(units) for units in (1, 10**3, 10**6) if since < _LATEST * units), 1e9)


def _phase(document: Document) -> Phase:
    phase = _one_of(Phase, document, "event.action")
    return phase if phase is not None and phase is not Phase.PERMIT else Phase.WHOLE


def _strength(disclosure: Disclosure) -> int:
    return list(Disclosure).index(disclosure)


def _digested(identifier: str, digest: Digest) -> str:
    return identifier if is_digest(identifier) else digest(identifier)


def _name(document: Document, *names: str) -> str:
    """The first text there that can be shown in a line."""
    return next((text for name in names for text in _texts(document, name) if _NAME.fullmatch(text)), "")


def _code(document: Document, *names: str) -> str:
    return next((text for name in names for text in _codes(document, name)), "")


def _codes(document: Document, name: str) -> Iterator[str]:
    """The texts there that are words of a program, and hold no personal data."""
    return (text for text in _texts(document, name) if _CODE.fullmatch(text) and not scan(text))


def _number(document: Document, *names: str) -> int:
    for name in names:
        value = _value(document, name)
        if isinstance(value, str) and _DIGITS.fullmatch(value):
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63:
            return value
    return 0


def _one_of[Word: StrEnum](words: type[Word], document: Document, name: str) -> Word | None:
    said = next(_texts(document, name), "").casefold()
    return next((word for word in words if word.value == said), None)


def _texts(document: Document, name: str) -> Iterator[str]:
    value = _value(document, name)
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str) and each:
            yield each
        elif isinstance(each, int) and not isinstance(each, bool):
            yield str(each)


def _value(document: Any, name: str) -> Any:
    """What stands at *name*, be its dots those of nested objects or part of a key."""
    if isinstance(document, list):  # ECS lets an object be a list of objects
        return [each for part in document for each in _listed(_value(part, name))]
    if not isinstance(document, dict):
        return None
    if name in document:
        return document[name]
    head, _, rest = name.partition(".")
    while rest:
        if head in document:
            return _value(document[head], rest)
        more, _, rest = rest.partition(".")
        head = f"{head}.{more}"
    return None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
