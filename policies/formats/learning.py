"""Bodies of a system that is still being declared: everything is hidden, and which fields there are is noted.

Source of the rule: DESIGN decision 2. Only names of fields are noted, and only such as no value can be mistaken for.
"""

import re
from itertools import repeat
from typing import Any

from policies.formats.json.keys import is_telling_key
from policies.formats.json.nodes import Object, Value
from policies.formats.json.text import parse_exactly, spell
from policies.formats.json.tree import JsonTree
from policies.formats.masker import Action, Tally, Withheld
from policies.learning.words import is_keyed_by_data
from policies.recognisers.field_names.category import category_of_key
from policies.recognisers.persons.pinyin import is_name_in_pinyin

LARGEST_BYTES = 8 * 1024 * 1024
MOST_PATHS = 200
DEEPEST = 8

_FIELD_NAME = re.compile(r"(?!(?:[^0-9]*[0-9]){6})[A-Za-z_][A-Za-z0-9_-]{0,40}")
"""With five digits at most: more could be a number of somebody's."""


class LearningJsonMasker:
    """A masker for a JSON body of which nothing is declared."""

    def __init__(self, undeclared: Action, tally: Tally) -> None:
        self.tally = tally
        self._undeclared = undeclared
        self._body = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """See `Masker.feed`. Nothing comes out before the end: the inventory wants the whole."""
        self._body += data
        if len(self._body) > LARGEST_BYTES:
            raise Withheld("too_large_to_mask")
        return []

    def close(self) -> list[bytes]:
        """See `Masker.close`."""
        value = parse_exactly(bytes(self._body))
        for path, number in paths_in(value).items():
            self.tally.paths[path] += number
        hidden = Object({}, Value(self._undeclared))
        return [spell(JsonTree(self._undeclared, self.tally).apply(hidden, value))]


def paths_in(value: Any) -> dict[str, int]:
    """Where values stand in *value*, as pointers, and how often.

    `*` stands for every index, and for every key that could be a value itself.
    """
    found: dict[str, int] = {}
    _collect(value, "", found, 0)
    return found


def _collect(value: Any, path: str, found: dict[str, int], depth: int) -> None:
    if isinstance(value, dict | list) and depth < DEEPEST:
        keys = value if isinstance(value, dict) and not is_keyed_by_data(value) else repeat(None)
        items = zip(keys, value.values() if isinstance(value, dict) else value, strict=False)
        for key, item in items:
            _collect(item, f"{path}/{_step(key)}", found, depth + 1)
    elif path in found or len(found) < MOST_PATHS:
        found[path] = found.get(path, 0) + 1


def _step(key: str | None) -> str:
    if key is None or not _FIELD_NAME.fullmatch(key) or is_telling_key(key):
        return "*"
    return "*" if is_name_in_pinyin(key) and category_of_key(key) is None else key
