"""Access events as documents of the Elastic Common Schema, and back.

Source: ECS 9.2 field reference. What ECS has no field for lies under `yingbi.`; `docs/divergences.md` lists it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson

from siem.record.event import (
    AccessEvent,
    CallerKind,
    Disclosure,
    EventId,
    ExchangeId,
    FieldUse,
    PermitNote,
    PermitState,
    Phase,
    Raised,
    Verdict,
)

ECS_VERSION = "9.2.0"
IMPORTED = "imported"
"""What stands for the program of events whose maker names none."""
FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2262, 1, 1, tzinfo=UTC)
"""Between which events can be indexed: nanoseconds since 1970 in 64 bits."""
MOST_WRITTEN = 1024
"""So many lists of fields are kept as they are written: of one operation there are as many as answers have lengths."""

type Document = Mapping[str, Any]
"""One event in ECS form, nested: `doc["event"]["id"]`."""


def to_ecs(event: AccessEvent) -> dict[str, Any]:
    """The event as a nested ECS document, with every key that has a value. Values are JSON types."""
    return _document(event, _of_fields(event.fields, len(event.subjects)))


def to_json(event: AccessEvent) -> bytes:
    """The document of `to_ecs`, compact. What fields became before, in as many records, is not written anew."""
    return orjson.dumps(_document(event, _of_fields_written(event.fields, len(event.subjects))))


def _document(event: AccessEvent, of_fields: Mapping[str, Any]) -> dict[str, Any]:
    allowed = event.verdict is Verdict.FORWARD
    about_event: dict[str, Any] = {
        "id": event.id,
        "kind": "event",
        "category": ["web"],
        "type": ["access", "allowed" if allowed else "denied"],
        "action": event.phase,
        "outcome": "success" if allowed else "failure",
        "dataset": "yingbi.access",
        "duration": event.duration_ns,
    }
    own: dict[str, Any] = {
        "exchange": event.exchange,
        "caller_kind": event.caller_kind,
        "operation": event.operation,
        "verdict": event.verdict,
        "program": event.program,
        "overlay": event.overlay,
        "disclosure": event.disclosure,
        "subject_count": len(event.subjects),
    }
    if event.reason:
        about_event["reason"] = event.reason
    for key, value in (
        ("credential", event.credential),
        ("on_behalf_of", event.on_behalf_of),
        ("basis", event.basis),
        ("purpose", event.purpose),
        ("left_out", event.left_out),
        ("limit", event.limit),
        ("mark", event.mark),
    ):
        if value:
            own[key] = value
    if event.format:
        own["format"] = event.format
    if event.attributes:
        own["attributes"] = list(event.attributes)
    if event.purposes:
        own["purposes"] = list(event.purposes)
    if event.permits:
        own["permits"] = list(event.permits)
    if event.permit is not None:
        own["permit"] = _permit_document(event.permit)
    if event.raised is not None:
        own["raised"] = _raised_document(event.raised)
    if event.subjects:
        own["subjects"] = list(event.subjects)
    if event.former_subjects:
        own["former_subjects"] = list(event.former_subjects)
    own.update(of_fields)
    method, _, path = event.operation.partition(" ")
    document: dict[str, Any] = {
        "@timestamp": _spelled(event.at),
        "ecs": {"version": ECS_VERSION},
        "event": about_event,
        "service": {"name": event.system},
        "http": {"response": {"status_code": event.status, "body": {"bytes": event.bytes_out}}},
        "yingbi": own,
    }
    if path:
        document["http"]["request"] = {"method": method}
        document["url"] = {"path": path}
    if event.caller:
        document["user"] = {"id": event.caller, "roles": list(event.posts)}
    if event.source_ip:
        document["source"] = {"ip": event.source_ip}
    return document


def from_ecs(document: Document) -> AccessEvent:
    """The event that `to_ecs` made *document* from. Raises KeyError or ValueError where it is none of ours."""
    about_event, own = document["event"], document["yingbi"]
    user = document.get("user", {})
    response = document["http"]["response"]
    return AccessEvent(
        id=EventId(about_event["id"]),
        at=datetime.fromisoformat(document["@timestamp"]),
        exchange=ExchangeId(own["exchange"]),
        phase=Phase(about_event["action"]),
        system=document["service"]["name"],
        operation=own["operation"],
        caller=user.get("id", ""),
        caller_kind=CallerKind(own["caller_kind"]),
        posts=tuple(user.get("roles", ())),
        credential=own.get("credential", ""),
        on_behalf_of=own.get("on_behalf_of", ""),
        basis=own.get("basis", ""),
        purpose=own.get("purpose", ""),
        attributes=tuple(own.get("attributes", ())),
        purposes=tuple(own.get("purposes", ())),
        source_ip=document.get("source", {}).get("ip", ""),
        verdict=Verdict(own["verdict"]),
        reason=about_event.get("reason", ""),
        status=response["status_code"],
        format=own.get("format", ""),
        program=own["program"],
        overlay=own["overlay"],
        fields=tuple(_field_of(item) for item in own.get("fields", ())),
        subjects=tuple(own.get("subjects", ())),
        former_subjects=tuple(own.get("former_subjects", ())),
        left_out=own.get("left_out", 0),
        limit=own.get("limit", ""),
        mark=own.get("mark", ""),
        disclosure=Disclosure(own["disclosure"]),
        permits=tuple(own.get("permits", ())),
        permit=_permit_of(own["permit"]) if "permit" in own else None,
        raised=_raised_of(own["raised"]) if "raised" in own else None,
        bytes_out=response["body"]["bytes"],
        duration_ns=about_event["duration"],
    )


def is_ours(document: Document) -> bool:
    """Whether *document* is exactly what `to_ecs` makes of the event that it holds."""
    try:
        return to_ecs(from_ecs(document)) == document
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError):
        return False


def values_not_named(clear: Iterable[tuple[str, str, int]], subjects: int) -> Mapping[str, Counter[str]]:
    """The values in clear of one event beyond one for each of its *subjects*, by record and category.

    *clear* are a field's name, its category and its count. Two values of one category can be about two persons, and
    the event does not say which of its subjects a value is about, nor whether it is about any.
    """
    records: dict[str, Counter[str]] = {}
    for name, category, count in clear:
        records.setdefault(name.rpartition(".")[0], Counter())[category] += count
    return {
        record: Counter({category: count - subjects for category, count in values.items() if count > subjects})
        for record, values in records.items()
    }


def most_not_named(values: Mapping[str, Counter[str]]) -> int:
    """How many persons `values_not_named` can be about at most: of each record as many as of its commonest category."""
    return sum(max(counts.values(), default=0) for counts in values.values())


def _spelled(moment: datetime) -> str:
    """*moment* in UTC, with microseconds. Faster than `strftime`, of which every exchange needs one."""
    in_utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return f"{in_utc.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def _of_fields(fields: tuple[FieldUse, ...], subjects: int) -> dict[str, Any]:
    """What is told of the *fields* of an event with so many *subjects*."""
    if not fields:
        return {}
    clear = [use for use in fields if use.disclosure is Disclosure.CLEAR]
    own: dict[str, Any] = {
        "fields": [_field_document(use) for use in fields],
        "clear": sorted({use.category for use in clear}),
        "categories": sorted({use.category for use in fields}),
    }
    # No category has more values than all have together: nearly every event names everybody it shows.
    if sum([use.count for use in clear]) > subjects:
        named = ((use.name, use.category, use.count) for use in clear)
        if not_named := most_not_named(values_not_named(named, subjects)):
            own["unattributed"] = not_named
    return own


@lru_cache(maxsize=MOST_WRITTEN)
def _of_fields_written(fields: tuple[FieldUse, ...], subjects: int) -> Mapping[str, orjson.Fragment]:
    """The same, written in JSON."""
    return {name: orjson.Fragment(orjson.dumps(told)) for name, told in _of_fields(fields, subjects).items()}


def _field_document(use: FieldUse) -> dict[str, Any]:
    document: dict[str, Any] = {
        "name": use.name,
        "category": use.category,
        "transform": use.transform,
        "disclosure": use.disclosure,
        "rule": use.rule,
        "count": use.count,
    }
    if use.grant:
        document["grant"] = use.grant
    if use.whys:
        document["whys"] = dict(use.whys)
    return document


def _field_of(item: Mapping[str, Any]) -> FieldUse:
    return FieldUse(
        name=item["name"],
        category=item["category"],
        transform=item["transform"],
        disclosure=Disclosure(item["disclosure"]),
        rule=item["rule"],
        grant=item.get("grant"),
        count=item["count"],
        whys=tuple(item.get("whys", {}).items()),
    )


def _raised_document(raised: Raised) -> dict[str, Any]:
    told: dict[str, Any] = {"asked": list(raised.asked), "about": list(raised.about), "question": raised.question}
    told |= {"client": raised.client, "version": raised.version, "bytes_in": raised.bytes_in}
    return {"by": list(raised.by), **{name: value for name, value in told.items() if value}}


def _raised_of(item: Mapping[str, Any]) -> Raised:
    return Raised(
        by=tuple(item["by"]),
        asked=tuple(item.get("asked", ())),
        about=tuple(item.get("about", ())),
        question=item.get("question", ""),
        client=item.get("client", ""),
        version=item.get("version", ""),
        bytes_in=item.get("bytes_in", 0),
    )


def _permit_document(note: PermitNote) -> dict[str, Any]:
    texts = {
        "id": note.id,
        "state": note.state,
        "kind": note.kind,
        "reveal": note.reveal,
        "case": note.case,
        "why": note.why,
        "about": note.about,
        "subject": note.subject,
        "until": _spelled(note.until) if note.until else "",
        "by": note.by,
    }
    return {name: text for name, text in texts.items() if text}


def _permit_of(item: Mapping[str, Any]) -> PermitNote:
    return PermitNote(
        **{
            **item,
            "state": PermitState(item["state"]),
            "until": datetime.fromisoformat(item["until"]) if "until" in item else None,
        }
    )
