"""What every index takes: documents of exactly the fields of `siem/index/fields.py`, each of its kind.

An engine of its own accord would turn a number into a text, keep the first of several values or learn any field that
comes along. Asked here, before any engine is, all of them refuse the same documents for the same reasons, and what one
sends cannot make the mapping grow.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from policies.formats.found import BETWEEN_WHYS, WHYS
from siem.index.fields import FIELDS, Field, Kind
from siem.index.logged import Logged
from siem.record import ecs
from siem.record.ecs import Document

FIRST, LAST = ecs.FIRST, ecs.LAST
ID_BYTES = 512
"""The longest id of a document that Elasticsearch takes: for a longer one it refuses all that came with it."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_USES = "yingbi.fields"
"""What is kept whole, and searched by the rules in it."""
_OF_USE = frozenset({"name", "category", "transform", "disclosure", "rule", "count", "grant", "whys"})
_OBJECTS = frozenset(name[:place] for name in FIELDS for place, sign in enumerate(name) if sign == ".")


class Checked(NamedTuple):
    """A document that every index takes."""

    place: int
    """In the append."""
    document: Document
    body: bytes
    """As JSON."""


def checked(documents: Sequence[Document]) -> tuple[list[Checked], dict[int, str]]:
    """Those of *documents* that every index takes; and by place why it takes none of the others."""
    right: list[Checked] = []
    faults: dict[int, str] = {}
    for place, document in enumerate(documents):
        if isinstance(document, Logged):
            right.append(Checked(place, document, document.body))
            continue
        fault = fault_of(document)
        if not fault:
            try:
                right.append(Checked(place, document, orjson.dumps(document)))
            except orjson.JSONEncodeError:
                fault = "it holds what is no JSON"
        if fault:
            faults[place] = fault
    return right, faults


def fault_of(document: Document) -> str:
    """Why no index takes *document*, in words that hold no value and no name of its own; empty where it is right."""
    at = document.get("@timestamp")
    if not isinstance(at, str) or not _MOMENT.fullmatch(at) or not _is_indexed_time(at):
        return "`@timestamp` is no time between 1970 and 2262"
    about = document.get("event")
    identity = about.get("id") if isinstance(about, Mapping) else None
    if not isinstance(identity, str) or not 0 < len(identity.encode("utf-8", "replace")) <= ID_BYTES:
        return f"`event.id` is no text of 1 to {ID_BYTES} bytes"
    return next(_faults(document, ""), "")


def _faults(part: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for key, value in part.items():
        name = prefix + key
        field = FIELDS.get(name)
        if name == _USES:
            yield from _faults_of_uses(value)
        elif field is not None:
            if not _fits(value, field):
                yield f"`{name}` is no {field.kind}"
        elif name in _OBJECTS:
            if not isinstance(value, Mapping):
                yield f"`{name}` is no object"
            else:
                yield from _faults(value, f"{name}.")
        elif name != "@timestamp":
            yield f"`{prefix or 'it'}` holds a field that events do not have".replace(".`", "`")


def _faults_of_uses(uses: object) -> Iterator[str]:
    if not isinstance(uses, list | tuple) or not all(isinstance(use, Mapping) for use in uses):
        yield f"`{_USES}` is no list of objects"
    elif any(use.keys() - _OF_USE for use in uses):
        yield f"`{_USES}` holds a field that events do not have"
    elif not all(isinstance(use.get("rule", ""), str) for use in uses):
        yield f"`{_USES}.rule` is no keyword"
    elif not all(_are_whys(use.get("whys", {})) for use in uses):
        yield f"`{_USES}.whys` is no table of reasons"


def _are_whys(told: object) -> bool:
    """Whether *told* says how often which of `WHYS` decided, and nothing else."""
    return isinstance(told, Mapping) and all(
        isinstance(why, str) and WHYS.keys() >= set(why.split(BETWEEN_WHYS)) and _is_of(number, Kind.NUMBER)
        for why, number in told.items()
    )


def _fits(value: object, field: Field) -> bool:
    if isinstance(value, list | tuple):
        return field.listed and all(_is_of(item, field.kind) for item in value)
    return _is_of(value, field.kind)


def _is_of(value: object, kind: Kind) -> bool:
    if kind is Kind.NUMBER:
        return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63
    return isinstance(value, str)


def _is_indexed_time(text: str) -> bool:
    try:
        return FIRST <= datetime.fromisoformat(text) < LAST
    except ValueError:
        return False
