"""Reads what stands at one place of a body that is a tree, as packs and systems declare it."""

import re

from policies.findings import Position
from policies.operations import Target
from policies.parse.section import NAME, Section
from policies.parse.yaml_tree import Node, Scalar

NAME_OR_RECORD = re.compile(rf"{NAME.pattern}|\{{record\}}")
"""A name, or `{record}` in what stands for one operation of each record."""


def parse_target(section: Section, path: str, at: Position, node: Node) -> Target | None:
    """What *node*, an entry of *section*, says of the place *path*; None, and findings, where it says nothing."""
    if isinstance(node, Scalar):
        category = section.text_of(node, path, NAME)
        return Target(path=path, category=category, at=at) if category else None
    described = section.section_of(node, f"`{path}`")
    return None if described is None else _described(described, path, at)


def _described(section: Section, path: str, at: Position) -> Target | None:
    key_of = section.text("key_of", required=False, fits=NAME_OR_RECORD)
    cursor_of = section.text("cursor_of", required=False, fits=NAME_OR_RECORD)
    link = section.flag("link", default=False)
    others = sum(map(bool, (key_of, cursor_of, link)))
    record = section.text("record", required=not others, fits=NAME_OR_RECORD)
    columns = section.text("columns", required=False)
    section.done()
    if others > 1 or (others and (record or columns)):
        section.find(section.at, "wrong-form", "`key_of`, `cursor_of` and `link` stand alone: none of them is a record")
        return None
    if not others and not record:
        return None
    return Target(
        path=path,
        record=record or "",
        columns=columns,
        key_of=key_of or "",
        cursor_of=cursor_of or "",
        link=link,
        at=at,
    )
