"""The words that the schemas of the API are written in: JSON Schema 2020-12, as OpenAPI 3.1 takes it."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

type Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer", "minimum": 0}
TRUTH: Schema = {"type": "boolean"}
SHA256: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
AT: Schema = {"type": "string", "format": "date-time"}


def or_none(schema: Schema) -> Schema:
    """*schema*, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def list_of(schema: Schema) -> Schema:
    """Any number of *schema*."""
    return {"type": "array", "items": schema}


def by_name(schema: Schema) -> Schema:
    """An object whose keys are names of anything, each with *schema*."""
    return {"type": "object", "additionalProperties": schema}


def one_of(kinds: Iterable[StrEnum]) -> Schema:
    """One of the words of *kinds*."""
    return {"type": "string", "enum": [each.value for each in kinds]}


def fields(**keys: Schema) -> Schema:
    """An object that has *keys*, every one of them."""
    return {"type": "object", "properties": keys, "required": sorted(keys)}


def named(name: str) -> Schema:
    """The one of that *name*."""
    return {"$ref": f"#/components/schemas/{name}"}


def also(name: str, **keys: Schema) -> Schema:
    """The one of that *name*, with further *keys*."""
    return {"allOf": [named(name), fields(**keys)]}


BOTH = fields(zh=TEXT, en=TEXT)
