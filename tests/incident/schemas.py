"""The JSON schemas of OASIS for CACAO playbooks, read without fetching anything."""

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
from referencing import Registry
from referencing.jsonschema import DRAFT7

SCHEMAS = Path(__file__).parent.parent / "data" / "cacao" / "schemas"
ROOT_URI = "https://raw.githubusercontent.com/oasis-open/cacao-json-schemas/main/schemas/"


def schema_validator() -> jsonschema.Draft7Validator:
    """What says whether a playbook fits them."""
    resources = []
    for path in sorted(SCHEMAS.rglob("*.json")):
        schema = json.loads(path.read_text("utf-8"))
        resources.append((ROOT_URI + path.relative_to(SCHEMAS).as_posix(), DRAFT7.create_resource(schema)))
    registry: Registry[Any] = Registry().with_resources(resources)
    return jsonschema.Draft7Validator(registry[ROOT_URI + "playbook.json"].contents, registry=registry)
