"""What stands around the records of a list that fills a body: the names of keys, a total, which page it is.

It is parsed, and masked as ever. Where all of it is shown as it came and nothing of it is counted, it is not looked at
again for as long as it is written alike: from page to page of a list little else than the records differs.
"""

from dataclasses import dataclass
from typing import Any

import orjson

from policies.choose import EVERYBODYS, Choice
from policies.formats.json.nodes import Node, Object, items_of
from policies.formats.json.text import spell
from policies.formats.json.tree import JsonTree
from policies.formats.masker import Action, Tally, Withheld

MOST_AROUND = 4 * 1024
"""Bytes around the list: they are parsed three times."""
MOST_FRAMES = 8
"""Of the bodies of a node, so many are remembered."""
_NULL = b"null"
_HOLE = orjson.Fragment(b"\0")
"""Stands in the place of the list: no JSON holds it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What the caller gets around the records."""

    items: Object
    """The node of each record."""
    path: tuple[str, ...]
    """The keys to their list."""
    opening: bytes
    """Up to the first record, the bracket included."""
    closing: bytes
    shows: Tally | None
    """What is to be counted of it; None where nothing is, and it is as it came."""
    undeclared: Action
    """By which it was masked."""


def frame_of(
    node: Node, before: bytes, behind: bytes, *, undeclared: Action, tally: Tally, choice: Choice
) -> Frame | None:
    """What becomes of the text *before* and *behind* the records of the one list in a body of *node*.

    None where a parser must look at the records as well.
    """
    if not isinstance(node, Object):
        return None
    known: Frame | None = node.frames.get((before, behind))
    if known is not None and known.undeclared is undeclared and choice is EVERYBODYS:
        return known
    found = _read(node, before, behind, JsonTree(undeclared, tally.apart(), choice))
    if found is not None and found.shows is None and choice is EVERYBODYS:
        if len(node.frames) >= MOST_FRAMES:
            node.frames.clear()
        node.frames[before, behind] = found
    return found


def _read(node: Object, before: bytes, behind: bytes, tree: JsonTree) -> Frame | None:
    try:
        around, marked = orjson.loads(before + behind), orjson.loads(before + _NULL + behind)
    except orjson.JSONDecodeError:
        return None
    path = _difference(around, marked)
    items = None if path is None else _items_at(node, path)
    if path is None or items is None:
        return None
    try:
        shown = _spelled(tree.apply(node, around), path)
        came = _spelled(marked, path)
    except Withheld:
        return None  # for what reason, is asked of all of it
    if tree.tally.subjects or tree.inexact:  # subjects are told in the order in which they appear
        return None
    is_bare = shown == came and tree.tally == Tally(tree.tally.digester)
    opening, _, closing = shown.partition(b"\0")
    return Frame(
        items,
        tuple(path),
        opening + b"[",
        b"]" + closing,
        None if is_bare else tree.tally,
        tree.undeclared.action,
    )


def _spelled(value: Any, path: list[str]) -> bytes:
    """*value* with a hole in the place of the list at *path*. Raises Withheld."""
    if not path:
        return b"\0"
    holder = value
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = _HOLE
    return spell(value)


def _difference(one: Any, other: Any) -> list[str] | None:
    """The keys to the one place where *one* holds a list without entries and *other* one with a null in it, or None."""
    path: list[str] = []
    while type(one) is dict and type(other) is dict and one.keys() == other.keys():
        keys = [key for key in one if one[key] != other[key]]
        if len(keys) != 1:
            return None
        path += keys
        one, other = one[keys[0]], other[keys[0]]
    return path if one == [] and other == [None] else None


def _items_at(node: Node, path: list[str]) -> Object | None:
    """The node of the records in a list at *path* of *node*; None where what is around them depends on them."""
    for key in path:
        if not isinstance(node, Object) or node.must_be_whole or node.subject is not None or key not in node.children:
            return None
        node = node.children[key]
    items = items_of(node)
    return items if isinstance(node, Object) and isinstance(items, Object) and not items.conditions else None
