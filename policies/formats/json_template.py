"""How records of a list are written that have the same keys in the same order: a regular expression, made of the first.

It holds for text without a backslash, in which a quotation mark stands for nothing but the beginning or end of a text.
Whatever it does not describe to the last octet is read by a parser.
"""

import re
from dataclasses import dataclass
from typing import Any

from policies.formats.json_nodes import Object
from policies.formats.json_table import table_for
from policies.formats.masker import Action, Kind

MOST_TEMPLATES = 8
"""Of the records of a node, so many are remembered: to make one takes as long as to mask a hundred kilobytes."""
# Possessive: no octet is looked at twice.
_TEXT = rb'"[^"]*+"'
_TAKEN = rb"(" + _TEXT + rb"|null)"
_SHOWN = rb"(?:" + _TEXT + rb"|null|true|false|0|-?[1-9][0-9]{0,17}+)"
"""What is spelled as a serialiser would spell it again."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is done with the values that stand at one place of the records."""

    group: int
    """The group of the pattern that takes them, from 1."""
    action: Action | None
    """What becomes of them; None for those that say whom each record is about."""


@dataclass(frozen=True, slots=True)
class Template:
    """How records are written, each behind a comma."""

    pattern: re.Pattern[bytes]
    """Every octet of a record stands in one of its groups."""
    groups: int
    steps: tuple[Step, ...]
    """In the order in which `treat_as_table` does them."""


def template_of(node: Object, record: dict[str, Any]) -> Template | None:
    """That of records of *node* which are written like *record*; None where a parser must read them."""
    shape = _shape_of(record)
    if shape not in node.templates:
        if len(node.templates) >= MOST_TEMPLATES:
            return None
        node.templates[shape] = _made(node, record)
    made: Template | None = node.templates[shape]
    return made


type _Shape = tuple[tuple[str, "_Shape | None"], ...]


def _shape_of(record: dict[str, Any]) -> _Shape:
    return tuple([(key, _shape_of(item) if type(item) is dict else None) for key, item in record.items()])


def _made(node: Object, record: dict[str, Any]) -> Template | None:
    writing = _Writing()
    writing.keep(b",")
    steps = writing.record(node, record)
    if steps is None:
        return None
    writing.end()
    return Template(re.compile(b"".join(writing.groups)), len(writing.groups), tuple(steps))


class _Writing:
    """Writes the pattern of one record: what is kept and what is taken, group by group."""

    def __init__(self) -> None:
        self.groups: list[bytes] = []
        self._kept = b""

    def keep(self, pattern: bytes) -> None:
        """Go on with what stays as it is."""
        self._kept += pattern

    def end(self) -> None:
        """Close the group of what stays."""
        self.groups.append(b"(" + self._kept + b")")
        self._kept = b""

    def take(self) -> int:
        """Go on with a value that is taken. Returns its group."""
        self.end()
        self.groups.append(_TAKEN)
        return len(self.groups)

    def record(self, node: Object, record: dict[str, Any]) -> list[Step] | None:
        """Go on with a record of *node*. Returns what is to be done, or None for what cannot be done in place."""
        table = table_for(node, record)
        if table is None or table.texts or (node.subject is not None and table.subject is None):
            return None
        treated = {place: action for place, _, action in table.treated}
        if any(action.kind in (Kind.DROP, Kind.BLOCK) for action in treated.values()):
            return None
        children = {place: child for place, _, child in table.objects}
        own: list[Step] = []
        within: list[Step] = []
        for place, (key, item) in enumerate(record.items()):
            self.keep((b"," if place else rb"\{") + re.escape(f'"{key}":'.encode()))
            if place in children:
                steps = self.record(children[place], item) if type(item) is dict else None
                if steps is None:
                    return None
                within += steps
            elif place in treated or place == table.subject:
                group = self.take()
                if place == table.subject:
                    own.insert(0, Step(group, None))
                if place in treated:
                    own.append(Step(group, treated[place]))
            else:
                self.keep(_SHOWN)
        self.keep(rb"\}")
        return [*own, *within]
