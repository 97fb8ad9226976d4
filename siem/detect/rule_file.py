"""YAML with places: what stands in a rule file, where it stands, and how its problems are told.

Knows nothing of Sigma. Strict where YAML is not: a key is a text and stands once, and nothing is shared by aliases.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from siem.detect.unforeseen import UNFORESEEN

type Path = tuple[str | int, ...]
"""The keys and indexes that lead to a place, from the outside in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with a rule file, and where."""

    file: str
    line: int
    """From 1."""
    column: int
    """From 1."""
    code: str
    """Short and stable: `unknown-field`."""
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class RuleError(ValueError):
    """Rules that cannot be used, with every problem that was found, first in the file first."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.file, problem.line, problem.column)))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Section:
    """One YAML document of a file."""

    file: str
    value: dict[str, Any]
    places: Mapping[Path, tuple[int, int]]
    """Line and column of every key and element."""

    def place_of(self, path: Path) -> tuple[int, int]:
        """Where *path* stands, or the nearest thing around it that does."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]

    def problem(self, path: Path, code: str, message: str) -> Problem:
        """A problem at *path*."""
        line, column = self.place_of(path)
        return Problem(file=self.file, line=line, column=column, code=code, message=message)


DEEPEST = 32
LONGEST_QUOTED = 60
"""Characters of a value that are repeated where it is told to be wrong."""
_OPENS = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
_CLOSES = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


def read_sections(text: str, file: str) -> list[Section]:
    """The documents of *text* that are not empty. Raises RuleError with every problem of their form."""
    reader = _Reader(file)
    sections: list[Section] = []
    try:
        depth = 0
        for token in yaml.scan(text, Loader=yaml.CSafeLoader):
            # The library reads what is within by calling itself, and ends the process where that goes too far.
            depth += isinstance(token, _OPENS) - isinstance(token, _CLOSES)
            if depth > DEEPEST:
                raise yaml.MarkedYAMLError(problem=f"nested deeper than {DEEPEST}", problem_mark=token.start_mark)
            if isinstance(token, yaml.AliasToken):
                reader.object_to(token.start_mark, "alias", "aliases are not taken: write it out")
        if not reader.problems:
            sections = reader.read(text)
    except yaml.MarkedYAMLError as error:
        reader.object_to(error.problem_mark, "syntax", f"this is no YAML: {error.problem}")
    except yaml.YAMLError:
        reader.object_to(None, "syntax", "this is no YAML: it holds a character that YAML does not know")
    if reader.problems:
        raise RuleError(reader.problems)
    return sections


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def object_to(self, mark: yaml.Mark | None, code: str, message: str) -> None:
        line, column = _place(mark)
        self.problems.append(Problem(file=self.file, line=line, column=column, code=code, message=message))

    def read(self, text: str) -> list[Section]:
        sections = []
        loader = yaml.CSafeLoader(text)
        try:
            while loader.check_node():
                node = loader.get_node()
                if isinstance(node, yaml.MappingNode):
                    places: dict[Path, tuple[int, int]] = {(): _place(node.start_mark)}
                    sections.append(Section(self.file, self._plain(loader, node, (), places), places))
                elif node is not None and node.value:
                    self.object_to(node.start_mark, "form", "a rule is a mapping of keys to values")
        finally:
            loader.dispose()
        return sections

    def _plain(self, loader: yaml.CSafeLoader, node: yaml.Node, path: Path, places: dict[Path, tuple[int, int]]) -> Any:
        """The value of *node*. Notes where everything in it stands, and objects to what is wrong with it."""
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(loader, node)
        if node.tag not in ("tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"):
            self.object_to(node.start_mark, "tag", "tags are not taken")
        if isinstance(node, yaml.SequenceNode):
            places |= {(*path, number): _place(item.start_mark) for number, item in enumerate(node.value)}
            return [self._plain(loader, item, (*path, number), places) for number, item in enumerate(node.value)]
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            before = len(self.problems)
            key = self._scalar(loader, key_node) if isinstance(key_node, yaml.ScalarNode) else None
            if len(self.problems) > before:
                continue
            if not isinstance(key, str):
                said = (
                    "a key is a text" if key is None else f"`{key_node.value}` is not read as a text: put it in quotes"
                )
                self.object_to(key_node.start_mark, "key", said)
                continue
            if key in mapping:
                self.object_to(key_node.start_mark, "duplicate", f"`{key}` stands twice")
            mapping[key] = self._plain(loader, value_node, (*path, key), places)
            places[*path, key] = _place(key_node.start_mark)
        return mapping

    def _scalar(self, loader: yaml.CSafeLoader, node: yaml.ScalarNode) -> Any:
        """The value of *node*, or None where it is none, which is told: a 13th month, `!!bool maybe`."""
        try:
            return loader.construct_object(node)
        except UNFORESEEN:
            quoted = node.value if len(node.value) <= LONGEST_QUOTED else f"{node.value[:LONGEST_QUOTED]}…"
            self.object_to(node.start_mark, "value", f"`{quoted}` is no value: put it in quotes if it is a text")
            return None


def _place(mark: yaml.Mark | None) -> tuple[int, int]:
    return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)
