"""Until when a person is to have done a step, as a playbook declares it.

CACAO 2.0 gives a step a `timeout`: after it the step has failed, and the playbook goes on without it. A report to the
authorities that is late is not to be given up, so our playbooks say it by an extension of their own, as the standard
lets a producer do (`step_extensions`). Another engine passes over it. Where there is none, the `timeout` says it.
"""

from datetime import timedelta
from typing import Any

from incident.reading import Reader

DUE_TIME = "extension-definition--4d2c9b1e-6a53-4f0e-9d7c-2b8a51e07f36"
"""The extension of a step that says its due time."""
WITHIN = "due_within"
"""Its one property: milliseconds from when the person is asked, as `timeout` counts."""
DEFINITION = {
    "type": "extension-definition",
    "name": "影壁：人工步骤的办理时限 / Yingbi: due time of a manual step",
    "description": "人被要求处理后应在多长时间内办完；逾期不中止步骤。 Within what time of being asked a person is to"
    " have done the step. Nothing is given up once it is over.",
    "created_by": "identity--ac9130f4-547c-47d3-8e3a-655f20731ab2",
    "schema": '{"type": "object", "required": ["due_within"], "additionalProperties": false, "properties":'
    ' {"due_within": {"type": "integer", "minimum": 60000, "maximum": 31622400000, "description": "milliseconds"}}}',
    "version": "1.0.0",
}
"""What a playbook that uses it says of it under `extension_definitions`."""
_LEAST, _MOST = 60_000, 366 * 24 * 3600 * 1000


def due_within(raw: dict[str, Any], reader: Reader, at: str) -> timedelta | None:
    """Within what time of being asked the step *raw* is to be done: by the extension, else by its `timeout`.

    None where neither is there. What is wrong with the extension is reported to *reader*, at the key *at*.
    """
    timeout = timedelta(milliseconds=raw["timeout"]) if "timeout" in raw else None
    said = raw.get("step_extensions", {}).get(DUE_TIME)
    if said is None:
        return timeout if raw["type"] == "action" else None
    within = said.get(WITHIN) if isinstance(said, dict) else None
    if type(within) is not int or not _LEAST <= within <= _MOST or len(said) > 1:
        reader.report("wrong-value", at, f"step `{at}` needs a `{WITHIN}` of 60000 to {_MOST} milliseconds alone")
        return None
    due = timedelta(milliseconds=within)
    if timeout is not None and due > timeout:
        reader.report("due-time", at, f"step `{at}` is due after its `timeout`, when it has failed")
    return due
