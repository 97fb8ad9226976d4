"""Whom a JSON object is about, as the value of its subject says."""

from typing import Any

from policies.formats.json.nodes import Object, Value
from policies.formats.masker import Kind, Tally

NOTHING: tuple[Any, ...] = (None, "", [], {})
"""Values that say nothing."""


def identifier_in(node: Object, identifier: Any) -> str:
    """Whom an object of *node* is about, as the value of its subject says, with a label beside it or not; or ""."""
    identifier = _without_label(node, identifier)
    return str(identifier) if isinstance(identifier, str | int) and not isinstance(identifier, bool) else ""


def note_subject(node: Object, identifier: Any, tally: Tally, record: dict[str, Any] | None = None) -> None:
    """Note in *tally* whom an object of *node* is about by the value of its subject, or that nobody can read it.

    *record* is the object, where it is there as a whole: one that names nobody may show something of somebody.
    """
    said = ""
    if _without_label(node, identifier) not in NOTHING:
        said = identifier_in(node, identifier)
        tally.has_unreadable |= not said
    if not tally.note_subject(said) and record is not None:
        tally.has_nameless |= _shows(node, record)


def _shows(node: Object, record: dict[str, Any]) -> bool:
    """Whether *record* has a personal value that is shown, or something in it that may hold one."""
    return any(
        not isinstance(child, Value) or (child.action.personal and child.action.kind is Kind.SHOW)
        for key, child in node.children.items()
        if key != node.subject and record.get(key) not in NOTHING
    )


def _without_label(node: Object, identifier: Any) -> Any:
    declared = node.children.get(node.subject or "")
    if isinstance(identifier, dict) and isinstance(declared, Value) and declared.labelled is not None:
        return identifier.get(next(iter(declared.labelled.children)))
    return identifier
