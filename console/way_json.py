"""The way of a dry run as programs read it. Keys are only ever added."""

from typing import Any

from incident.dry_run import Way


def way_json(way: Way) -> dict[str, Any]:
    """*way* for programs; spans are in seconds, `succeeded` is null of a step that never ended."""
    return {
        "ended": way.ended and way.ended.value,
        "steps": [
            {
                "playbook": step.playbook,
                "step": step.step,
                "type": step.kind.value,
                "name": step.name,
                "led_by": step.led_by,
                "depth": step.depth,
                "after_s": step.after.total_seconds(),
                "agent": step.agent,
                "does": step.does,
                "succeeded": step.succeeded,
                "said": step.said,
            }
            for step in way.steps
        ],
        "variables": dict(way.variables),
    }
