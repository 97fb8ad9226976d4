"""YAML as a tree that knows where everything stands. Strict: what has two readings or can explode is refused.

Refused: a key twice in one mapping, anchors and aliases, tags, more than one document, a file beyond `LARGEST_FILE`.
Scalars stay text: whether `no` is a word or a truth value is for the reader of that field to say.

A policy has a node for every word in it. In a tree there are no cycles, so their collector need not look at the nodes.
"""

from collections.abc import Callable
from typing import Any

import msgspec
import yaml

from policies.findings import Finding, Findings, Position

LARGEST_FILE = 2 * 1024 * 1024
"""Bytes of UTF-8."""
DEEPEST = 32


class Scalar(msgspec.Struct, frozen=True, gc=False):
    """A single value, as text."""

    text: str
    at: Position


class Items(msgspec.Struct, frozen=True, gc=False):
    """A sequence."""

    nodes: list["Node"]
    at: Position


class Entries(msgspec.Struct, frozen=True, gc=False):
    """A mapping from text to nodes."""

    nodes: dict[str, "Node"]
    at: Position
    keys: dict[str, Position]
    """Where each key stands."""


type Node = Scalar | Items | Entries


def read_yaml(text: str, file: str, findings: Findings) -> Node | None:
    """The tree of *text*, or None where there is none; what is wrong is added to *findings*."""
    if len(text.encode()) > LARGEST_FILE:
        findings.add(Finding(Position(file, 1, 1), "file-too-large", f"the file has more than {LARGEST_FILE} bytes"))
        return None
    try:
        return _Builder(file, findings, yaml.CSafeLoader(text).get_event).document()
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
    def __init__(self, file: str, findings: Findings, next_event: Callable[[], Any]) -> None:
        self.file = file
        self.findings = findings
        self._next = next_event
        self._has_alias = False

    def document(self) -> Node | None:
        tree: Node | None = None
        while (event := self._next()) is not None:
            if isinstance(event, yaml.DocumentStartEvent):
                if tree is not None:
                    self._find(event, "two-documents", "a file holds one document: remove the line `---`")
                    return None
            elif isinstance(event, yaml.NodeEvent):
                tree = self._node(event, 0)
        return tree

    def _node(self, event: Any, depth: int) -> Node:
        mark = event.start_mark
        at = Position(self.file, mark.line + 1, mark.column + 1)
        if depth > DEEPEST:
            raise yaml.MarkedYAMLError(problem=f"nested deeper than {DEEPEST}", problem_mark=mark)
        kind = type(event)
        if kind is yaml.AliasEvent:
            self._alias(event, f"write it out: `*{event.anchor}` makes a policy hard to read")
            return Scalar("", at)
        if event.anchor is not None:
            self._alias(event, f"remove the anchor `&{event.anchor}`: policies have no aliases")
        if event.tag is not None:
            self._find(event, "tag", f"remove the tag `{event.tag}`")
        if kind is yaml.ScalarEvent:
            return Scalar(event.value, at)
        if kind is yaml.MappingStartEvent:
            return self._entries(at, depth + 1)
        items: list[Node] = []
        while type(event := self._next()) is not yaml.SequenceEndEvent:
            items.append(self._node(event, depth + 1))
        return Items(items, at)

    def _entries(self, at: Position, depth: int) -> Entries:
        nodes: dict[str, Node] = {}
        keys: dict[str, Position] = {}
        while type(event := self._next()) is not yaml.MappingEndEvent:
            key = self._node(event, depth)
            value = self._node(self._next(), depth)
            if not isinstance(key, Scalar):
                self.findings.add(Finding(key.at, "not-a-key", "a key is a single value"))
            elif key.text in nodes:
                first = keys[key.text]
                message = f"`{key.text}` stands here a second time; the first is on line {first.line}"
                self.findings.add(
                    Finding(key.at, "duplicate-key", message, about=f"`{key.text}`，第一处在第 {first.line} 行")
                )
            else:
                nodes[key.text] = value
                keys[key.text] = key.at
        return Entries(nodes, at, keys)

    def _alias(self, event: Any, message: str) -> None:
        """Find the first: a file that is built on them has hundreds, and all are to go."""
        if not self._has_alias:
            self._find(event, "alias", message)
        self._has_alias = True

    def _find(self, event: Any, code: str, message: str) -> None:
        mark = event.start_mark
        self.findings.add(Finding(Position(self.file, mark.line + 1, mark.column + 1), code, message))
