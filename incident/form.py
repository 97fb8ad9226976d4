"""The form of everything that stands in a CACAO playbook: which keys an object has, which it needs, and what they hold.

Source: CACAO Security Playbooks 2.0 (OASIS committee specification 01), the property tables of its sections 3 to 10. An
object without an entry here holds what an extension says, and is kept as it is.
"""

import re
from collections.abc import Mapping
from typing import Any, TypeGuard

from incident.expression import VARIABLE
from incident.reading import Reader

_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
_ID = re.compile(rf"[a-z][a-z0-9-]+[a-z0-9]--{_UUID}")
_TIME = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?Z")
_VARIABLE_NAME = re.compile(VARIABLE)
_DEEPEST = 12

_AGENT = "type! name! description location:{location} agent_target_extensions:some-object"
_ADDRESSED = f"{_AGENT} address!:addresses category:some-texts authentication_info:id"
_AUTHENTICATION = "type! name description kms:flag kms_key_identifier authentication_info_extensions:some-object"
_MARKING = (
    "type! id!:id name description created_by!:id created!:time revoked:flag valid_from:time valid_until:time "
    "labels:some-texts external_references:[+reference] marking_extensions:some-object"
)
_COMMAND = "type! description version playbook_activity external_references:[reference]"
_STEP = (
    "type! name description external_references:[+reference] delay:span timeout:span step_variables:<variable> "
    "owner:id on_completion:id on_success:id on_failure:id step_extensions:some-object"
)
_WRITTEN = {
    "playbook": "type! spec_version! id!:id name! description playbook_types:texts playbook_activities:some-texts "
    "playbook_processing_summary:{summary} created_by!:id created!:time modified!:time revoked:flag valid_from:time "
    "valid_until:time derived_from:ids related_to:ids priority:percent severity:percent impact:percent "
    "industry_sectors:some-texts labels:some-texts external_references:[+reference] markings:ids "
    "playbook_variables:<variable> workflow_start!:id workflow_exception:id workflow!:<step> "
    "playbook_extensions:some-object authentication_info_definitions:<+authentication> agent_definitions:<+agent> "
    "target_definitions:<+agent> extension_definitions:<extension> data_marking_definitions:<marking> "
    "signatures:[+signature]",
    "summary": "manual_playbook:flag external_playbooks:flag parallel_processing:flag if_logic:flag while_logic:flag "
    "switch_logic:flag temporal_logic:flag data_markings:flag digital_signatures:flag countersigned_signatures:flag "
    "extensions:flag",
    "reference": "name! description source url external_id reference_id",
    "variable": "type! description value:text-or-null constant:flag external:flag",
    "location": "name description building_details network_details region country administrative_area city "
    "street_address postal_code latitude longitude precision",
    "contact": "email:object phone:object contact_details",
    "extension": "type! name! description created_by!:id schema! version! external_references:[+reference]",
    "signature": "type! id!:id created_by:id created!:time modified!:time revoked:flag signee! valid_from:time "
    "valid_until:time related_to!:id related_version!:time hash_algorithm! algorithm! public_key "
    "public_cert_chain:some-texts cert_url thumbprint value! signature:{signature}",
    "": "type!",
    "agent": "type! name!",
    "step start": _STEP,
    "step end": _STEP,
    "step action": f"{_STEP} commands!:[+command] agent!:id targets:ids in_args:some-texts out_args:some-texts",
    "step playbook-action": f"{_STEP} playbook_id!:id playbook_version:time in_args:some-texts out_args:some-texts",
    "step parallel": f"{_STEP} next_steps!:two-ids",
    "step if-condition": f"{_STEP} condition! on_true!:id on_false:id",
    "step while-condition": f"{_STEP} condition! on_true!:id",
    "step switch-condition": f"{_STEP} switch! cases!:object",
    "command manual": f"{_COMMAND} command command_b64",
    "command http-api": f"{_COMMAND} command headers:object content content_b64",
    "command openc2-http": f"{_COMMAND} command! headers:object content_b64!",
    **{f"command {kind}": f"{_COMMAND} command command_b64" for kind in ("bash", "caldera-cmd", "powershell", "ssh")},
    **{f"command {kind}": f"{_COMMAND} command_b64!" for kind in ("elastic", "jupyter", "kestrel", "sigma", "yara")},
    "agent group": f"{_AGENT} contact:{{contact}}",
    "agent individual": f"{_AGENT} contact:{{contact}}",
    "agent organization": f"{_AGENT} contact:{{contact}}",
    "agent location": f"{_AGENT} logical:some-texts",
    "agent sector": f"{_AGENT} sector!",
    "agent security-category": f"{_AGENT} category!:some-texts",
    "agent net-address": _ADDRESSED,
    **{f"agent {kind}": f"{_ADDRESSED} port" for kind in ("http-api", "linux", "ssh")},
    "authentication http-basic": f"{_AUTHENTICATION} user_id password",
    "authentication user-auth": f"{_AUTHENTICATION} username password",
    "authentication oauth2": f"{_AUTHENTICATION} oauth_header! token!",
    "marking marking-statement": f"{_MARKING} statement!",
    "marking marking-tlp": f"{_MARKING} tlpv2_level!",
    "marking marking-iep": f"{_MARKING} tlp! iep_version:number start_date:time end_date:any encrypt_in_transit! "
    "permitted_actions! affected_party_notifications! attribution! unmodified_resale!",
}
"""By object, then by its type: keys, `!` behind those that are needed; behind a colon what they hold where it is no
text: `{…}` an object, `[…]` objects, `[+…]` one at least, `<…>` objects by name."""

_FORMS: Mapping[str, Mapping[str, tuple[bool, str]]] = {
    name: {
        key.rstrip("!"): (key.endswith("!"), kind or "text")
        for key, _, kind in (word.partition(":") for word in written.split())
    }
    for name, written in _WRITTEN.items()
}
_ANY = _FORMS[""]
_OPEN = (_ANY, _FORMS["agent"])
"""What is of a type that the specification does not know: it is kept, or found by who reads it."""
_NAMED = {"variable": _VARIABLE_NAME}
_EXTENSION = "extension-definition"
_LEAST = {"some-texts": 1, "ids": 1, "two-ids": 2, "some-object": 1}
_SAID = {
    "text": "a text",
    "text-or-null": "a text",
    "id": "an identifier such as `type--` and a UUID",
    "time": "a time in UTC such as `2026-11-26T08:00:00.000Z`",
    "flag": "true or false",
    "percent": "a whole number from 0 to 100",
    "number": "a whole number",
    "span": "a number of milliseconds, at most a year,",
    "texts": "a list of texts",
    "some-texts": "a list of one text at least",
    "ids": "a list of one identifier at least",
    "two-ids": "a list of two identifiers at least",
    "object": "an object",
    "some-object": "an object with something in it",
    "addresses": "an object with lists of texts",
}


def check_form(raw: dict[str, Any], reader: Reader) -> None:
    """Report to *reader* whatever in the playbook *raw* has not the form of the specification."""
    _check(raw, "playbook", "the playbook", "", reader, _DEEPEST)


def _check(raw: dict[str, Any], name: str, what: str, at: str, reader: Reader, deepest: int) -> None:
    form = _FORMS.get(f"{name} {raw.get('type')}") or _FORMS.get(name) or _ANY
    if not deepest:
        return
    for key in sorted(raw.keys() - form.keys()) if form not in _OPEN else ():
        reader.report("unknown-key", at or key, f"{what} has the unknown key `{key}`")
    for key, (needed, kind) in form.items():
        if key in raw:
            empty = needed and raw[key] == "" and kind == "text"
            _check_value(None if empty else raw[key], kind, key, what, at or key, reader, deepest)
        elif needed:
            reader.report("missing", at or key, f"{what} needs {_SAID.get(kind, 'an object')} for `{key}`")


def _check_value(value: object, kind: str, key: str, what: str, at: str, reader: Reader, deepest: int) -> None:
    inner = kind[1:-1].lstrip("+")
    if kind[0] == "{" and isinstance(value, dict):
        _check(value, inner, f"`{key}` of {what}", at, reader, deepest - 1)
    elif kind[0] == "[" and _are_objects(value, least=kind.count("+")):
        for item in value:
            _check(item, inner, f"a {inner} of {what}", at, reader, deepest - 1)
    elif kind[0] == "<" and isinstance(value, dict) and len(value) >= kind.count("+"):
        for name, item in value.items():
            if not _NAMED.get(inner, _ID).fullmatch(name):
                reader.report("wrong-id", name, f"`{name[:80]}` is no name of a {inner}")
            if not isinstance(item, dict):
                reader.report("not-an-object", name, f"{inner} `{name[:80]}` must be an object")
            else:
                _check(item, inner, f"{inner} `{name[:80]}`", name, reader, deepest - 1)
                _check_type(item.get("type"), inner, name, reader)
    elif not _holds(value, kind):
        said = _SAID.get(kind, "a list of objects, one at least where it is there," if kind[0] == "[" else "an object")
        reader.report("wrong-value", at, f"{what} needs {said} for `{key}`")


def _check_type(said: object, inner: str, name: str, reader: Reader) -> None:
    """Report an agent or extension that says it is of another type than its identifier names."""
    named = name.partition("--")[0]
    if inner == "extension":
        named = _EXTENSION
    elif inner != "agent" or f"agent {named}" not in _FORMS:
        return
    if isinstance(said, str) and said != named:
        reader.report("wrong-value", name, f"{inner} `{name[:80]}` must be of the type `{named}`")


def _are_objects(value: object, *, least: int) -> TypeGuard[list[dict[str, Any]]]:
    return isinstance(value, list) and len(value) >= least and all(isinstance(item, dict) for item in value)


def _holds(value: object, kind: str) -> bool:
    match kind:
        case "text":
            return isinstance(value, str)
        case "text-or-null":
            return value is None or isinstance(value, str)
        case "id":
            return isinstance(value, str) and _ID.fullmatch(value) is not None
        case "time":
            return isinstance(value, str) and _TIME.fullmatch(value) is not None
        case "flag":
            return isinstance(value, bool)
        case "percent":
            return type(value) is int and 0 <= value <= 100
        case "number":
            return type(value) is int
        case "span":
            return type(value) is int and 0 <= value <= 366 * 24 * 3600 * 1000
        case "texts" | "some-texts" | "ids" | "two-ids":
            inner, least = ("id" if kind.endswith("ids") else "text"), _LEAST.get(kind, 0)
            return isinstance(value, list) and len(value) >= least and all(_holds(item, inner) for item in value)
        case "object" | "some-object":
            return isinstance(value, dict) and len(value) >= _LEAST.get(kind, 0)
        case "addresses":
            return isinstance(value, dict) and all(_holds(item, "texts") for item in value.values())
        case _:
            return kind == "any"
