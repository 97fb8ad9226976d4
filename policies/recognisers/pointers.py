"""Names the values of a JSON document that are personal data, by their keys or by what they say: `find_values`.

What a telling key holds is personal whatever it looks like: typing errors are personal data too. A value is named by
its JSON Pointer (RFC 6901). Where a string holds JSON, the pointer goes on into it, as if it were parsed.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from policies.recognisers.find import find, reported
from policies.recognisers.keys_cn import category_of_key

DEEPEST = 64
"""Levels, those of JSON in strings counted as well. What lies deeper is named as a whole."""
_MAY_BE_JSON = re.compile(r"\s*[\[{]")


class Value(msgspec.Struct, frozen=True):
    """A value that is personal data."""

    pointer: str
    category: str
    score: float
    why: str
    """`key`, or what `Hit.why` says of what was found in the value."""


def find_values(document: Any) -> list[Value]:
    """The personal values in the parsed *document*, in its order."""
    return list(_within(document, "", None, DEEPEST))


def _within(value: Any, pointer: str, category: str | None, left: int) -> Iterator[Value]:
    """*category*: what the keys above say that it holds."""
    match value:
        case dict() if left:
            for key, inner in value.items():
                step = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
                yield from _within(inner, step, category_of_key(key) or category, left - 1)
        case list() if left:
            for number, inner in enumerate(value):
                yield from _within(inner, f"{pointer}/{number}", category, left - 1)
        case None | bool() | "":
            return
        case dict() | list():
            yield Value(pointer, category or "free_text", 0.5, "key")
        case _:
            yield from _single(value, pointer, category, left)


def _single(value: Any, pointer: str, category: str | None, left: int) -> Iterator[Value]:
    text = str(value)
    if isinstance(value, str) and left and _MAY_BE_JSON.match(value) is not None:
        try:
            inner = json.loads(value)
        except (ValueError, RecursionError):
            pass
        else:
            yield from _within(inner, pointer, category, left - 1)
            return
    if category is not None:
        yield Value(pointer, reported(category), 0.95, "key")
    elif hits := find(text):
        best = max(hits, key=lambda hit: (hit.score, hit.end - hit.start))
        yield Value(pointer, best.category, best.score, best.why)
