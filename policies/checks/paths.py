"""Judges how much of a system an operation takes in by its path: what was meant for one page may hold for all."""

import re

from policies.compiling.expand import operations_of
from policies.findings import Finding, Findings, Severity
from policies.operations import Operation
from policies.parse.operations import STATIC_TYPES
from policies.policy import PUBLIC, Policy, System

_VARIABLE = re.compile(r"\{\w+\*?\}")


def check_paths(policy: Policy, system: System, findings: Findings) -> None:
    """Add to *findings* which operations of *system* serve whatever is asked for, or show a whole folder unread."""
    for operation in operations_of(system, policy.packs, Findings()):  # what is wrong with them is told elsewhere
        if operation.refuse is not None or "*}" not in operation.path:
            continue
        named = f"`{operation.method} {operation.path[:80]}`"
        if not _VARIABLE.sub("", operation.path).strip("/"):
            message = (
                f"{named} takes every path, declared or not, and what is behind them would be shown as it says: "
                "name the folder, or write `refuse`"
            )
            findings.add(Finding(operation.at, "takes-every-path", message, about=named))
        elif passing := _passing(operation):
            message = (
                f"{named} shows whatever lies below its folder, unread, for `{passing}`: "
                "declare what is about nobody by its own path"
            )
            about = f"{named} 的 `{passing}`"
            findings.add(Finding(operation.at, "folder-unread", message, Severity.WARNING, about))


def _passing(operation: Operation) -> str:
    """By which words answers pass that nobody looks through; empty where none do.

    Style sheets, scripts and icons are what applications keep in a folder. Other files may have been sent in by people.
    """
    if operation.answers.text == PUBLIC:
        return "text: public"
    for format_, targets in (("json", operation.answers.json), ("ndjson", operation.answers.ndjson)):
        if any(not target.path and target.category == PUBLIC for target in targets or ()):
            return f"{format_}: public"
    others = [media_type for media_type in operation.static if media_type not in STATIC_TYPES]
    return f"static: {', '.join(others)}"[:80] if others else ""
