"""Which words of a system that is being learnt may be kept: the application's, and none that could be data."""

import re
from collections.abc import Mapping
from typing import Any

from policies.recognisers.field_names.category import category_of_key
from policies.recognisers.persons.pinyin import is_name_in_pinyin
from policies.recognisers.scan import may_hold_personal_data, scan

KEY = "{key}"
ANY = "*"
MOST_KEYS = 60
"""Keys of one object; with more of them, they are data."""
LEAST_ALIKE = 2
"""So many records under keys of their own, all alike, are rows: the keys tell them apart."""

_WORD = re.compile(r"(?!(?:[^0-9]*[0-9]){4})[A-Za-z_-][A-Za-z0-9_-]{0,40}")
"""With three digits at most: more could be a number of somebody's."""
_SUFFIX = re.compile(r"\.(?:json|csv|html?|xml|txt|js|css|svg|png|jpg|gif|ico|woff2?|pdf|do|action|aspx?|jsp|php)\Z")


def template_of(path: str) -> str:
    """*path*, percent-decoded, with a placeholder for every part that could be data."""
    return "/".join(part if not part or _is_word(part) else placeholder(part) for part in path.split("/")[:12])


def word_of(name: str) -> str:
    """*name* of a parameter, a key, a class or a column, or `*` where it could be a value itself."""
    return name if _is_word(name) or category_of_key(name) is not None else ANY


def _is_word(part: str) -> bool:
    suffix = _SUFFIX.search(part)
    stem = part[: suffix.start()] if suffix else part
    return (
        _WORD.fullmatch(stem) is not None
        and not is_name_in_pinyin(stem)
        and not (may_hold_personal_data(part) and scan(part))
    )


def placeholder(part: str) -> str:
    """What stands in the place of *part* of a path: its suffix, if it has one, is kept."""
    suffix = _SUFFIX.search(part)
    return KEY + (suffix[0] if suffix else "")


def is_keyed_by_data(value: Mapping[str, Any]) -> bool:
    """Whether the keys of *value*, an object of JSON, tell records apart, by the look of that object alone."""
    if len(value) > MOST_KEYS:
        return True
    first, *others = value.values() if len(value) >= LEAST_ALIKE else (None,)
    return (
        isinstance(first, dict)
        and bool(first)
        and all(isinstance(other, dict) and other.keys() == first.keys() for other in others)
    )


def place_of(place: str) -> str:
    """*place*, as `OperationNote.fields` has it, of whose words those are kept that are to be kept now."""
    format_, _, where = place.partition(" ")
    match format_:
        case "json":
            steps = (word_of(step) if step else step for step in where.split("/"))
            return f"json {'/'.join(steps)}"
        case "html" if where.startswith("control "):
            return f"html control {word_of(where.removeprefix('control '))}"
        case "html":
            element, _, css_class = where.partition(".")
            return f"html {element}.{word_of(css_class)}"
        case _:
            return f"{format_} {word_of(where)}"
