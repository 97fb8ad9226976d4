"""Whom a JSON object is about, as the value of its subject says."""

from typing import Any

from policies.formats.json_nodes import Object, Value
from policies.formats.masker import Tally


def identifier_in(node: Object, identifier: Any) -> str:
    """Whom an object of *node* is about, as the value of its subject says, with a label beside it or not; or ""."""
    identifier = _without_label(node, identifier)
    return str(identifier) if isinstance(identifier, str | int) and not isinstance(identifier, bool) else ""


def note_subject(node: Object, identifier: Any, tally: Tally) -> None:
    """Note in *tally* whom an object of *node* is about by the value of its subject, or that nobody can read it."""
    if _without_label(node, identifier) not in (None, "", [], {}):
        said = identifier_in(node, identifier)
        tally.note_subject(said)
        tally.has_unreadable |= not said


def _without_label(node: Object, identifier: Any) -> Any:
    declared = node.children.get(node.subject or "")
    if isinstance(identifier, dict) and isinstance(declared, Value) and declared.labelled is not None:
        return identifier.get(next(iter(declared.labelled.children)))
    return identifier
