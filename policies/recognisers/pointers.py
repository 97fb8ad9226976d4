"""Names the values of a JSON document that are personal data, by their keys or by what they say: `find_values`.
`told_in` names those alone of which keys tell.

What a telling key holds is personal whatever it looks like: typing errors are personal data too. A value is named by
its JSON Pointer (RFC 6901). Where a string holds JSON, the pointer goes on into it, as if it were parsed.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from policies.recognisers.field_names.beside import told_beside
from policies.recognisers.field_names.guesses import guessed
from policies.recognisers.field_names.leaves import Leaf, Value
from policies.recognisers.field_names.tables import Columns, by_name, columns_of, is_rows, is_single_row, named_by_first
from policies.recognisers.find import find_each

DEEPEST = 64
"""Levels, those of JSON in strings counted as well. What lies deeper is named as a whole."""
_MAY_BE_JSON = re.compile(r"\s*[\[{]")
_PASSED = frozenset("node edges _source properties".split())
"""Keys of what only wraps an element: what stands above them says what it is."""


def find_values(document: Any, *, prose: bool = False) -> list[Value]:
    """The personal values in the parsed *document*, in its order.

    *prose*: also the texts in which a tagger finds names or addresses; raises NoWeights.
    """
    return find_values_each([document], prose=prose)[0]


def find_values_each(documents: Sequence[Any], *, prose: bool = False) -> list[list[Value]]:
    """The same of each of *documents*: the tagger takes less time for many texts at once."""
    leaves = [list(_within(document, "", "", None, DEEPEST)) for document in documents]
    texts = list({str(leaf.value) for each in leaves for leaf in each if prose and leaf.is_text()})
    read = dict(zip(texts, find_each(texts, prose=True), strict=True)) if texts else {}
    return [[value for leaf in each for value in leaf.values(read)] for each in leaves]


def told_in(document: Any) -> dict[str, str]:
    """By their pointers, what the values in the parsed *document* hold of which the keys above and beside them tell."""
    leaves = _within(document, "", "", None, DEEPEST)
    return {leaf.pointer: leaf.category for leaf in leaves if leaf.category is not None and leaf.is_told()}


def _within(value: Any, pointer: str, key: str, category: str | None, left: int) -> Iterator[Leaf]:
    """*key*: the nearest above; *category*: what the keys above say that *value* holds."""
    match value:
        case dict() if left:
            yield from _in_object(value, pointer, key, category, left)
        case list() if left and category is None and (columns := named_by_first(value)):
            for number, row in enumerate(value[1:], 1):
                yield from _in_row(row, columns, f"{pointer}/{number}", left - 1)
        case list() if left:
            for number, inner in enumerate(value):
                yield from _within(inner, f"{pointer}/{number}", key, category, left - 1)
        case None | bool():
            return
        case dict() | list():
            yield Leaf(pointer, value, key, category)
        case _:
            yield from _single(value, pointer, key, category, left)


def _in_object(
    value: dict[str, Any],
    pointer: str,
    above: str,
    category: str | None,
    left: int,
    named: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Leaf]:
    """*named*: what fields hold of which a table tells."""
    told = told_beside(value, above, category) | {key: held for key, held in named.items() if key in value}
    heading, columns = columns_of(value)
    is_table = any(is_rows(key, inner, columns) for key, inner in value.items() if key != heading)
    for key, inner in value.items():
        step = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
        if any(map(str.isdigit, key)):
            yield Leaf(step, key, "", None, is_key=True)
        if key == heading and is_table and isinstance(inner, list) and all(isinstance(each, str) for each in inner):
            continue
        if columns and is_rows(key, inner, columns) and is_single_row(inner, columns):
            yield from _in_row(inner, columns, step, left - 1)
        elif columns and is_rows(key, inner, columns):
            for number, row in enumerate(inner):
                yield from _in_row(row, columns, f"{step}/{number}", left - 2)
        else:
            yield from _within(inner, step, above if key in _PASSED else key, told[key], left - 1)


def _in_row(row: Any, columns: Columns, pointer: str, left: int) -> Iterator[Leaf]:
    if isinstance(row, dict) and (named := by_name(columns)) and left > 0:
        yield from _in_object(row, pointer, "", None, left, named)
        return
    if not isinstance(row, list) or len(row) != len(columns):
        yield from _within(row, pointer, "", None, max(left, 0))
        return
    for number, (cell, (name, category)) in enumerate(zip(row, columns, strict=True)):
        yield from _within(cell, f"{pointer}/{number}", "", category or guessed(name, cell), max(left, 0))


def _single(value: Any, pointer: str, key: str, category: str | None, left: int) -> Iterator[Leaf]:
    if isinstance(value, str) and left and _MAY_BE_JSON.match(value) is not None:
        try:
            inner = json.loads(value)
        except (ValueError, RecursionError):
            pass
        else:
            yield from _within(inner, pointer, key, category, left - 1)
            return
    yield Leaf(pointer, value, key, category)
