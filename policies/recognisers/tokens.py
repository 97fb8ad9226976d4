"""Personal data in JSON Web Tokens: whoever is shown one can read its claims, encoded as they are.

Source: RFC 7519 and RFC 7515. A token whose claims are encrypted tells nobody anything, and is left alone.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from policies.recognisers.field_names.category import category_of_key
from policies.recognisers.table import Hit

MARK = "eyJ"
"""How every token begins: `{"`, encoded."""
_TOKEN = re.compile(r"(?<![\w-])eyJ[\w-]{5,4096}\.(eyJ[\w-]{5,65536})\.[\w-]*", re.ASCII)
_CATEGORIES = frozenset({"person_name", "resident_id", "mobile", "email", "bank_card", "uscc"})


def find_tokens(text: str, category_in: Callable[[str], str | None]) -> Iterator[Hit]:
    """The tokens in *text* of which a claim is personal, by its name or because *category_in* finds something in it."""
    for match in _TOKEN.finditer(text):
        said = _values_in(_claims(match[1]))
        category = next(filter(None, (_category_of(name, value, category_in) for name, value in said)), None)
        if category is not None:
            yield Hit(match.start(), match.end(), category, 0.9, "pattern")


def _claims(encoded: str) -> Any:
    """What is claimed; as it is written, where it is no JSON."""
    try:
        said = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode("utf-8", "replace")
    except ValueError:
        return None
    try:
        return json.loads(said)
    except (ValueError, RecursionError):
        return said


def _values_in(claims: Any) -> Iterator[tuple[str, str]]:
    """The single values of *claims*, each with the name that stands nearest to it."""
    waiting = [("", claims)]
    while waiting:
        match waiting.pop():
            case _, dict() as named:
                waiting += named.items()
            case name, list() as items:
                waiting += [(name, item) for item in items]
            case name, str() | int() as value:
                yield name, str(value)
            case _:
                pass


def _category_of(name: str, value: str, category_in: Callable[[str], str | None]) -> str | None:
    category = category_of_key(name)
    return category if category in _CATEGORIES and value else category_in(value)
