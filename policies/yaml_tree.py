"""YAML as a tree that knows where everything stands. Strict: what has two readings or can explode is refused.

Refused: a key twice in one mapping, anchors and aliases, tags, more than one document, a file beyond `LARGEST_FILE`.
Scalars stay text: whether `no` is a word or a truth value is for the reader of that field to say.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from policies.findings import Finding, Findings, Position

LARGEST_FILE = 2 * 1024 * 1024
"""Bytes of UTF-8."""
DEEPEST = 32


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value, as text."""

    text: str
    at: Position
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A sequence."""

    nodes: list["Node"]
    at: Position


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping from text to nodes."""

    nodes: dict[str, "Node"]
    at: Position
    keys: dict[str, Position] = field(default_factory=dict)
    """Where each key stands."""


type Node = Scalar | Items | Entries


def read_yaml(text: str, file: str, findings: Findings) -> Node | None:
    """The tree of *text*, or None where there is none; what is wrong is added to *findings*."""
    if len(text.encode()) > LARGEST_FILE:
        findings.add(Finding(Position(file, 1, 1), "file-too-large", f"the file has more than {LARGEST_FILE} bytes"))
        return None
    try:
        return _Builder(file, findings).document(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = Position(file, mark.line + 1, mark.column + 1) if mark else Position(file, 1, 1)
        findings.add(Finding(at, "not-yaml", f"this is not YAML: {error.problem or error.context}"))
    except yaml.YAMLError:
        findings.add(
            Finding(Position(file, 1, 1), "not-yaml", "this is not YAML: it holds a character that is not text")
        )
    return None


class _Builder:
    def __init__(self, file: str, findings: Findings) -> None:
        self.file = file
        self.findings = findings

    def document(self, events: Iterator[Any]) -> Node | None:
        tree: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if tree is not None:
                    self._find(event, "two-documents", "a file holds one document: remove the line `---`")
                    return None
            elif isinstance(event, yaml.NodeEvent):
                tree = self._node(event, events, 0)
        return tree

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        at = self._position(event)
        if depth > DEEPEST:
            raise yaml.MarkedYAMLError(problem=f"nested deeper than {DEEPEST}", problem_mark=event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            self._find(event, "alias", f"write it out: `*{event.anchor}` makes a policy hard to read")
            return Scalar("", at)
        if event.anchor is not None:
            self._find(event, "alias", f"remove the anchor `&{event.anchor}`: policies have no aliases")
        if event.tag is not None:
            self._find(event, "tag", f"remove the tag `{event.tag}`")
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value, at, quoted=event.style is not None)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Node] = []
            while not isinstance(event := next(events), yaml.SequenceEndEvent):
                items.append(self._node(event, events, depth + 1))
            return Items(items, at)
        return self._entries(events, at, depth)

    def _entries(self, events: Iterator[Any], at: Position, depth: int) -> Entries:
        entries = Entries({}, at)
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self._node(event, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            if not isinstance(key, Scalar):
                self.findings.add(Finding(key.at, "not-a-key", "a key is a single value"))
            elif key.text in entries.nodes:
                first = entries.keys[key.text]
                message = f"`{key.text}` stands here a second time; the first is on line {first.line}"
                self.findings.add(
                    Finding(key.at, "duplicate-key", message, about=f"`{key.text}`，第一处在第 {first.line} 行")
                )
            else:
                entries.nodes[key.text] = value
                entries.keys[key.text] = key.at
        return entries

    def _position(self, event: Any) -> Position:
        return Position(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _find(self, event: Any, code: str, message: str) -> None:
        self.findings.add(Finding(self._position(event), code, message))
