"""Reads the fields of a mapping, one by one, and finds what is missing, unknown or of the wrong form."""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from types import MappingProxyType

from policies.findings import Finding, Findings, Position, Severity
from policies.parse.yaml_tree import Entries, Items, Node, Scalar
from policies.transforms.spec import Spec

NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}")
"""How systems, categories, posts and purposes are called."""
POINTER = re.compile(r"(/[^/]*){0,64}")
"""A JSON Pointer, no deeper than JSON is read."""
BEIJING = timezone(timedelta(hours=8))


class Section:
    """One mapping of a policy file. Each field is read once; `done` tells which keys nobody asked for."""

    def __init__(
        self, node: Entries, findings: Findings, what: str, transforms: Mapping[str, Spec | None] = MappingProxyType({})
    ) -> None:
        self.node = node
        self.at = node.at
        self.what = what
        self.transforms = transforms
        """What the names of transforms stand for; None for one that could not be read."""
        self._findings = findings
        self._asked: dict[str, None] = {}

    def find(
        self, at: Position, code: str, message: str, severity: Severity = Severity.ERROR, *, about: str = ""
    ) -> None:
        """Add a finding."""
        self._findings.add(Finding(at, code, message, severity, about))

    def node_of(self, key: str, *, required: bool = True) -> Node | None:
        """The node under *key*; None where there is none, which is a finding if it is *required*."""
        self._asked[key] = None
        node = self.node.nodes.get(key)
        if node is None and required:
            self.find(self.at, "missing-key", f"{self.what} needs `{key}`", about=f"`{key}`")
        return node

    def text(self, key: str, *, required: bool = True, fits: re.Pattern[str] | None = None) -> str | None:
        """The text under *key*, without surrounding space, fitting the pattern as a whole."""
        node = self.node_of(key, required=required)
        return None if node is None else self.text_of(node, key, fits)

    def text_of(self, node: Node, what: str, fits: re.Pattern[str] | None = None) -> str | None:
        """The text that *node* is; None, and a finding, where it is none."""
        if not isinstance(node, Scalar):
            self.find(node.at, "wrong-form", f"`{what}` is a single value", about=f"`{what}` 应是单个值")
            return None
        text = node.text.strip()
        if not text:
            self.find(node.at, "empty", f"`{what}` is empty", about=f"`{what}`")
            return None
        if fits is not None and not fits.fullmatch(text):
            self.find(
                node.at, "wrong-form", f"`{text[:80]}` is no valid `{what}`", about=f"`{what}` 不能是 `{text[:80]}`"
            )
            return None
        return text

    def name(self, key: str, *, required: bool = True) -> str | None:
        """The name under *key*."""
        return self.text(key, required=required, fits=NAME)

    def names(self, key: str, *, required: bool = True) -> tuple[str, ...]:
        """The names in the list under *key*."""
        return self.texts(key, required=required, fits=NAME)

    def texts(self, key: str, *, required: bool = True, fits: re.Pattern[str] | None = None) -> tuple[str, ...]:
        """The texts in the list under *key*, each once."""
        found: dict[str, None] = {}
        for node in self.items(key, required=required):
            text = self.text_of(node, key, fits)
            if text in found:
                self.find(node.at, "duplicate", f"`{text}` stands twice in `{key}`", about=f"`{key}` 中的 `{text}`")
            elif text is not None:
                found[text] = None
        return tuple(found)

    def choice[E: StrEnum](self, key: str, kind: type[E], default: E | None = None) -> E | None:
        """The member of *kind* named under *key*."""
        node = self.node_of(key, required=default is None)
        if node is None:
            return default
        text = self.text_of(node, key)
        if text is None:
            return default
        if text not in [member.value for member in kind]:
            choices = ", ".join(f"`{member}`" for member in kind)
            self.find(
                node.at,
                "unknown-choice",
                f"`{text[:80]}` is not one of {choices}",
                about=f"`{text[:80]}` 应是 {choices} 之一",
            )
            return default
        return kind(text)

    def flag(self, key: str, *, default: bool) -> bool:
        """`true` or `false` under *key*."""
        text = self.text(key, required=False)
        if text not in (None, "true", "false"):
            self.find(
                self.place_of(key),
                "wrong-form",
                f"`{key}` is `true` or `false`",
                about=f"`{key}` 应是 `true` 或 `false`",
            )
        return default if text is None else text == "true"

    def number(self, key: str, *, least: int, most: int, default: int | None = None) -> int | None:
        """The whole number under *key*, within its bounds."""
        node = self.node_of(key, required=False)
        if node is None:
            return default
        text = self.text_of(node, key, re.compile(r"\d{1,9}"))
        if text is None:
            return default
        if not least <= int(text) <= most:
            self.find(
                node.at,
                "out-of-range",
                f"`{key}` is from {least} to {most}",
                about=f"`{key}` 应在 {least} 至 {most} 之间",
            )
            return default
        return int(text)

    def moment(self, key: str, *, required: bool = True) -> datetime | None:
        """The moment under *key*: a day, up to and with its end, or a time with its zone."""
        node = self.node_of(key, required=required)
        text = None if node is None else self.text_of(node, key)
        if node is None or text is None:
            return None
        try:
            if len(text) == 10:
                midnight = datetime.combine(date.fromisoformat(text), time(), BEIJING)
                return (midnight + timedelta(days=1)).astimezone(UTC)
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is not None:
                return moment.astimezone(UTC)
        except OverflowError:
            self.find(
                node.at, "out-of-range", f"`{key}` is in a year from 2 to 9998", about=f"`{key}` 应在公元 2 至 9998 年"
            )
            return None
        except ValueError:
            pass
        message = f"`{key}` is a day such as 2027-06-30 or a time with its zone such as 2027-06-30T18:00:00+08:00"
        self.find(node.at, "wrong-form", message, about=f"`{key}` 应是 2027-06-30 这样的日期，或带时区的时间")
        return None

    def items(self, key: str, *, required: bool = True) -> list[Node]:
        """The nodes of the list under *key*."""
        node = self.node_of(key, required=required)
        if node is None:
            return []
        if not isinstance(node, Items):
            self.find(node.at, "wrong-form", f"`{key}` is a list", about=f"`{key}` 应是列表")
            return []
        return node.nodes

    def entries(self, key: str, *, required: bool = True) -> list[tuple[str, Position, Node]]:
        """Key, place and node of each entry of the mapping under *key*."""
        node = self.node_of(key, required=required)
        if node is None:
            return []
        if not isinstance(node, Entries):
            self.find(node.at, "wrong-form", f"`{key}` is a mapping", about=f"`{key}` 应是映射")
            return []
        return [(name, node.keys[name], value) for name, value in node.nodes.items()]

    def section(self, key: str, *, required: bool = True) -> "Section | None":
        """The mapping under *key*."""
        node = self.node_of(key, required=required)
        return None if node is None else self.section_of(node, f"`{key}`")

    def section_of(self, node: Node, what: str) -> "Section | None":
        """*node* as a section; None, and a finding, where it is no mapping."""
        if isinstance(node, Entries):
            return Section(node, self._findings, what, self.transforms)
        self.find(node.at, "wrong-form", f"{what} is a mapping", about="这里应是映射")
        return None

    def sections[T](
        self, key: str, what: str, read: Callable[["Section"], T | None], *, required: bool = True
    ) -> list[T]:
        """What *read* makes of each mapping in the list under *key*; keys nobody read are findings."""
        made = []
        for node in self.items(key, required=required):
            section = self.section_of(node, what)
            if section is not None:
                result = read(section)
                section.done()
                if result is not None:
                    made.append(result)
        return made

    def place_of(self, key: str) -> Position:
        """Where *key* stands, or the section where it is not there."""
        return self.node.keys.get(key, self.at)

    def done(self) -> None:
        """Find every key that was not asked for."""
        for key, at in self.node.keys.items():
            if key not in self._asked:
                self.find(
                    at,
                    "unknown-key",
                    f"{self.what} has no key `{key[:80]}`{nearest(key, self._asked)}",
                    about=f"`{key[:80]}`",
                )


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean …?` where one of *known* is spelled much like *word*, or nothing."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean `{close[0]}`?" if close else ""
