"""A pattern for any of many words that shares what they begin with, so that no beginning is read twice."""

import re
from collections.abc import Iterable

type _Tree = dict[str, "_Tree"]
_END = ""


def one_of(words: Iterable[str]) -> str:
    """A pattern for any of *words*, none of them empty, the longest that stands there first."""
    root: _Tree = {}
    for word in words:
        node = root
        for char in word:
            node = node.setdefault(char, {})
        node[_END] = {}
    return _pattern(root)


def _pattern(node: _Tree) -> str:
    """A group for what may follow, or nothing."""
    following = [char for char in node if char != _END]
    if not following:
        return ""
    last = [re.escape(char) for char in following if set(node[char]) == {_END}]
    ways = [re.escape(char) + _pattern(node[char]) for char in following if set(node[char]) != {_END}]
    if last:
        ways.append(f"[{''.join(last)}]" if len(last) > 1 else last[0])
    return f"(?:{'|'.join(ways)}){'?' if _END in node else ''}"
