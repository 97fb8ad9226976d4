"""What is different between two versions of a policy: by file, line for line; in words, declaration by declaration."""

import dataclasses
import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from policies.findings import Position
from policies.policy import Policy
from policies.snapshot import Snapshot

MOST_LINES = 20_000
"""Of a file; what is longer is only said to be another."""
_LONGEST = 120
_CATALOGUE = Position("catalogue.yaml", 1, 1)
_NO_LINES = "@@ 没有内容，或只有行末不同 / no text, or only its end differs @@"
_APART = {"systems": ("records", "operations"), "records": ("fields",), "packs": ("operations",)}
"""What is told of on its own, rather than as a part of what it stands in."""


class What(StrEnum):
    """What became of a declaration."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One thing about a declaration that is another now; an empty text where it was not, or is not any more."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A declaration that was added, removed or changed."""

    kind: str
    """`grants`, `categories`, `systems`, `operations`, `fields` …: as the policy calls them."""
    name: str
    what: What
    at: Position
    """Where it stands; where it stood, if it was removed."""
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A file that is another now."""

    name: str
    what: What
    lines: tuple[str, ...]
    """As `diff -u` has them, without the two that name the file; none where the file is too long to be compared."""


@dataclass(frozen=True, slots=True)
class _Plain:
    """What is declared as a mere value, in the catalogue: a named transform, a limit."""

    value: Any
    at: Position = _CATALOGUE


def files_changed(before: Snapshot, after: Snapshot) -> tuple[FileChange, ...]:
    """What is different by file, by name."""
    found = []
    for name in sorted(before.files.keys() | after.files.keys()):
        old, new = before.files.get(name), after.files.get(name)
        if old == new:
            continue
        what = What.ADDED if old is None else What.REMOVED if new is None else What.CHANGED
        found.append(FileChange(name=name, what=what, lines=_lines(old or "", new or "")))
    return tuple(found)


def declarations_changed(before: Policy, after: Policy) -> tuple[Change, ...]:
    """What is different in words: grants and reveals first, then the rest as the policy has it."""
    old, new = dict(_declared(before)), dict(_declared(after))
    found = []
    for key in [*new, *(key for key in old if key not in new)]:
        kind, name = key
        if key not in old:
            found.append(Change(kind=kind, name=name, what=What.ADDED, at=new[key].at))
        elif key not in new:
            found.append(Change(kind=kind, name=name, what=What.REMOVED, at=old[key].at))
        elif attributes := tuple(_attributes(old[key], new[key])):
            found.append(Change(kind=kind, name=name, what=What.CHANGED, at=new[key].at, attributes=attributes))
    return tuple(sorted(found, key=lambda change: change.kind not in ("grants", "reveals")))


def _lines(old: str, new: str) -> tuple[str, ...]:
    before, after = _split(old), _split(new)
    if max(len(before), len(after)) > MOST_LINES:
        return ()
    return tuple(difflib.unified_diff(before, after, n=3, lineterm=""))[2:] or (_NO_LINES,)


def _split(text: str) -> list[str]:
    """The lines of *text*, so that no two texts have the same: only a line feed ends one."""
    lines = text.split("\n")
    if lines[-1]:
        return [*lines, "\\ 末尾没有换行 / no line feed at the end"]
    return lines[:-1]


def _declared(policy: Policy) -> Iterator[tuple[tuple[str, str], Any]]:
    for each in dataclasses.fields(policy):
        value = getattr(policy, each.name)
        yield from _within(each.name, value, "")
        if isinstance(value, Mapping):
            yield from (((each.name, name), _Plain(item)) for name, item in value.items() if not hasattr(item, "at"))
        elif isinstance(value, int | str):
            yield (each.name, ""), _Plain(value)


def _within(kind: str, value: Any, outer: str) -> Iterator[tuple[tuple[str, str], Any]]:
    nodes = value.values() if isinstance(value, Mapping) else value if isinstance(value, tuple) else ()
    for node in nodes:
        if not hasattr(node, "at"):
            continue
        name = f"{outer} {_name_of(node)}".strip()
        yield (kind, name), node
        for inner in _APART.get(kind, ()):
            yield from _within(inner, getattr(node, inner), name)


def _name_of(node: Any) -> str:
    if hasattr(node, "method"):
        return f"{node.method} {node.path}"
    return str(getattr(node, "id", "") or getattr(node, "name", ""))


def _attributes(before: Any, after: Any) -> Iterator[Attribute]:
    """What is different between two declarations of the same name, but for where they stand."""
    old, new = dict(_told(before)), dict(_told(after))
    for name in [*new, *(name for name in old if name not in new)]:
        if old.get(name, "") != new.get(name, ""):
            yield Attribute(name=name, before=old.get(name, ""), after=new.get(name, ""))


def _told(node: Any) -> Iterator[tuple[str, str]]:
    """Each attribute of a declaration as text; mappings, as `sees` of grants, entry by entry."""
    apart = {inner for kinds in _APART.values() for inner in kinds}
    for each in dataclasses.fields(node):
        value = getattr(node, each.name)
        if each.name == "at" or (each.name in apart and value and _is_declared(value)):
            continue
        if isinstance(value, Mapping):
            yield from ((f"{each.name}.{key}", _text(item)) for key, item in value.items())
        else:
            yield each.name, _text(value)


def _is_declared(value: Any) -> bool:
    first = next(iter(value.values() if isinstance(value, Mapping) else value), None)
    return hasattr(first, "at") and not isinstance(first, str)


def _text(value: Any) -> str:
    """*value* as a reader can compare it; without places in files, which move with every line."""
    match value:
        case None | "" | () | Position():
            return ""
        case bool():
            return str(value).lower()
        case str():
            return value
        case msgspec.Struct():
            return _struct(value)
        case tuple():
            return ", ".join(map(_text, value))
        case Mapping():
            return ", ".join(f"{key}: {text}" for key, item in value.items() if (text := _text(item)))
        case _ if dataclasses.is_dataclass(value):
            parts = [(each.name, _text(getattr(value, each.name))) for each in dataclasses.fields(value)]
            return "{" + ", ".join(f"{name}: {text}" for name, text in parts if name != "at" and text) + "}"
        case _:
            return str(value)


def _struct(value: msgspec.Struct) -> str:
    """A transform with all that it is told: `keep(first: 3, last: 4)`."""
    told = [f"{name}: {inner}" for name, inner in msgspec.structs.asdict(value).items() if inner not in (None, 0, "")]
    return f"{value.__struct_config__.tag}({', '.join(told)})" if told else str(value.__struct_config__.tag)


def shortened(text: str) -> str:
    """*text* as far as one line of a page or a terminal takes it."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
