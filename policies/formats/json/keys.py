"""Keys of JSON objects that nobody declared: some are data themselves, and are hidden as values are."""

import re
from functools import lru_cache
from itertools import count
from typing import Any

from policies.formats.json.nodes import Object
from policies.recognisers.scan import may_hold_personal_data, scan
from policies.transforms.make import REDACTED

_FIELD_NAME = re.compile(r"[A-Za-z0-9_.$@:/ -]{0,100}")


@lru_cache(maxsize=4096)
def is_telling_key(key: str) -> bool:
    """Whether *key*, which nobody declared, may hold personal data itself, as in an object keyed by ID numbers.

    Only a plain ASCII word can be taken for the name of a field; `张三` could be anything.
    """
    return _FIELD_NAME.fullmatch(key) is None or (may_hold_personal_data(key) and bool(scan(key)))


def hidden_key(number: int) -> str:
    """What stands in place of the telling key *number* of its object, from 1."""
    return f"{REDACTED}{number}"


def is_hidden_key(key: str) -> bool:
    """Whether *key* is what stood in place of a telling key: nothing says any more which."""
    return key.startswith(REDACTED)


def without_telling_keys(value: dict[str, Any], node: Object) -> dict[str, Any]:
    """*value*, a record of *node*, with something else in place of each key that may be data itself."""
    numbers = count(1)
    return {
        hidden_key(next(numbers)) if key not in node.children and is_telling_key(key) else key: item
        for key, item in value.items()
    }
