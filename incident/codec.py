"""Frozen dataclasses as JSON and back, strictly: what the journal stores, what is published, what data files say.

The types are the schema. A member of a union is told apart by a `type` key, the class's name in snake case; renaming
such a class makes old journals unreadable, and `tests/incident/test_journal.py` notices.
"""

import dataclasses
import json
import re
import types
import typing
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

TAG = "type"


def tag_of(kind: type) -> str:
    """How members of unions are told apart: `StepStarted` is `step_started`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def canonical(raw: object) -> bytes:
    """The one spelling of a JSON value that is hashed: keys sorted, no spaces, UTF-8."""
    return json.dumps(raw, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def encode(kind: Any, value: Any) -> Any:
    """*value*, of the declared type *kind*, as JSON types. Times are UTC, spans are whole seconds."""
    kind = _plain(kind)
    if (members := _members(kind)) is not None:
        if value is None:
            return None
        if type(value) in members and len(members) > 1:
            return {TAG: tag_of(type(value)), **encode(type(value), value)}
        return encode(members[0], value)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return {name: encode(hint, getattr(value, name)) for name, hint in _fields(kind).items()}
    if origin is tuple:
        return [encode(arguments[0], item) for item in value]
    if origin in (dict, Mapping):
        return {key: encode(arguments[1], item) for key, item in value.items()}
    if kind is datetime:
        return value.astimezone(UTC).isoformat()
    if kind is timedelta:
        return int(value.total_seconds())
    return value.value if isinstance(value, StrEnum) else value


def decode(kind: Any, raw: object, where: str = "") -> Any:
    """The value of type *kind* that *raw* spells. Raises ValueError that names the place, as `duties[2].within`."""
    kind = _plain(kind)
    if (members := _members(kind)) is not None:
        return _decode_union(kind, members, raw, where)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _decode_dataclass(kind, raw, where)
    if origin is tuple:
        if not isinstance(raw, list):
            raise ValueError(f"{where or 'the value'} must be a list")
        return tuple(decode(arguments[0], item, f"{where}[{place}]") for place, item in enumerate(raw))
    if origin in (dict, Mapping):
        if not isinstance(raw, dict):
            raise ValueError(f"{where or 'the value'} must be an object")
        key_kind, value_kind = arguments
        return {decode(key_kind, key, where): decode(value_kind, item, f"{where}.{key}") for key, item in raw.items()}
    return _decode_scalar(kind, raw, where)


def _decode_scalar(kind: Any, raw: object, where: str) -> Any:
    if kind in (str, int, bool) and type(raw) is kind:
        return raw
    if kind is timedelta and type(raw) is int:
        return timedelta(seconds=raw)
    if isinstance(raw, str):
        try:
            if kind is datetime and (time := datetime.fromisoformat(raw)).tzinfo is not None:
                return time
            if isinstance(kind, type) and issubclass(kind, StrEnum):
                return kind(raw)
        except ValueError:
            pass
    raise ValueError(f"{where or 'the value'} is not {_NAMES.get(kind) or f'one of {_choices(kind)}'}")


_NAMES = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    timedelta: "a number of seconds",
    datetime: "a time with a zone",
}


def _choices(kind: Any) -> str:
    return ", ".join(f"`{member.value}`" for member in kind)


def _decode_union(kind: Any, members: tuple[Any, ...], raw: object, where: str) -> Any:
    if raw is None and _allows_none(kind):
        return None
    if len(members) == 1:
        return decode(members[0], raw, where)
    tag = raw.get(TAG) if isinstance(raw, dict) else None
    for member in members:
        if tag_of(member) == tag:
            assert isinstance(raw, dict)
            return decode(member, {key: item for key, item in raw.items() if key != TAG}, where)
    raise ValueError(f"{where or 'the value'} has an unknown type")


def _decode_dataclass(kind: type, raw: object, where: str) -> Any:
    if not isinstance(raw, dict):
        raise ValueError(f"{where or 'the value'} must be an object")
    hints = _fields(kind)
    if unknown := sorted(raw.keys() - hints.keys()):
        raise ValueError(f"unknown key `{_join(where, unknown[0])}`")
    if missing := sorted(_required(kind) - raw.keys()):
        raise ValueError(f"`{_join(where, missing[0])}` is missing")
    values = {name: decode(hints[name], item, _join(where, name)) for name, item in raw.items()}
    return kind(**values)


def _join(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


@cache
def _fields(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


@cache
def _required(kind: type) -> frozenset[str]:
    return frozenset(
        field.name
        for field in dataclasses.fields(kind)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    )


def _plain(kind: Any) -> Any:
    """What *kind* stands for, where it is a `NewType` or a name given by a `type` statement."""
    while True:
        if isinstance(kind, typing.TypeAliasType):
            kind = kind.__value__
        elif isinstance(kind, typing.NewType):
            kind = kind.__supertype__
        else:
            return kind


def _members(kind: Any) -> tuple[Any, ...] | None:
    """The members of a union but for None, those of unions within it included; None where *kind* is no union."""
    if typing.get_origin(kind) not in (types.UnionType, typing.Union):
        return None
    found: list[Any] = []
    for member in map(_plain, typing.get_args(kind)):
        if member is not type(None):
            found += _members(member) or (member,)
    return tuple(found)


def _allows_none(kind: Any) -> bool:
    return any(_plain(member) is type(None) for member in typing.get_args(kind))


def schema_of(kind: Any) -> dict[str, Any]:
    """The JSON Schema of what `encode` makes of the declared type *kind*. A type within itself has none."""
    kind = _plain(kind)
    if (members := _members(kind)) is not None:
        found = [schema_of(member) for member in members]
        if len(members) > 1:
            found = [_tagged(member, schema) for member, schema in zip(members, found, strict=True)]
        return {"anyOf": [*found, *([{"type": "null"}] if _allows_none(kind) else [])]}
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        keys = {name: schema_of(hint) for name, hint in _fields(kind).items()}
        return {"type": "object", "properties": keys, "required": sorted(keys)}
    if origin is tuple:
        return {"type": "array", "items": schema_of(arguments[0])}
    if origin in (dict, Mapping):
        return {"type": "object", "additionalProperties": schema_of(arguments[1])}
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return {"type": "string", "enum": [member.value for member in kind]}
    return dict(_SCHEMAS[kind])


_SCHEMAS = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    timedelta: {"type": "integer", "description": "seconds"},
    datetime: {"type": "string", "format": "date-time"},
}


def _tagged(kind: type, schema: dict[str, Any]) -> dict[str, Any]:
    """*schema* with the key by which a member of a union is told apart."""
    keys = {TAG: {"const": tag_of(kind)}, **schema["properties"]}
    return {**schema, "properties": keys, "required": sorted(keys)}
