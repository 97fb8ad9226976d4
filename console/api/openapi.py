"""The OpenAPI 3.1 document of the API, made from the table that it is served by."""

import re
from collections.abc import Sequence
from typing import Any

from console.access import ACCESS, SECOND_LOOK
from console.api.admission import LONGEST_KEY
from console.api.problems import CODES, MEDIA_TYPE
from console.api.route import ApiRoute
from console.api.schemas import SCHEMAS

VERSION = "1"
JSON = "application/json"


def openapi_of(routes: Sequence[ApiRoute]) -> dict[str, Any]:
    """The document that describes *routes*."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.key[1], {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "影壁案件接口 / Yingbi incidents",
            "version": VERSION,
            "description": "Keys of answers are only ever added. Citizens are numbered within one answer and named by"
            " no digest. Times are ISO 8601 with their zone.",
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {**SCHEMAS, "Problem": _problem()},
            "responses": {
                "Problem": {
                    "description": "It was not done; RFC 9457.",
                    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
            },
        },
    }


def _operation(route: ApiRoute) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    parameters += [
        {"name": field.name, "in": "query", "required": False, "schema": field.schema} for field in route.query
    ]
    content: dict[str, Any] = {
        media: {"schema": {"$ref": f"#/components/schemas/{route.answers}"}} if media == JSON else {}
        for media in (*((JSON,) if route.answers else ()), *route.files)
    }
    who = ACCESS[route.key]
    told: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "parameters": parameters,
        "responses": {
            str(route.status): {"description": "It is so.", "content": content},
            "default": {"$ref": "#/components/responses/Problem"},
        },
        "x-roles": sorted(role.value for role in who or ()),
        "x-second-look": route.key in SECOND_LOOK,
    }
    if route.method == "POST":
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
            }
        )
        told["requestBody"] = {"required": True, "content": {JSON: {"schema": _body(route)}}}
    return told


def _body(route: ApiRoute) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {field.name: field.schema for field in route.fields},
        "required": [field.name for field in route.fields if field.needed],
    }


def _problem() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": {**text, "format": "uri"},
            "title": text,
            "status": {"type": "integer"},
            "code": {**text, "enum": list(CODES)},
            "detail": text,
            "field": text,
        },
    }
