"""Names of fields as interfaces, forms and tables spell them, and what they hold: see `telling_keys.txt`."""

import functools
from pathlib import Path

NOBODY = "nobody"
"""What names of fields are listed under that hold nothing personal."""


@functools.cache
def telling_keys() -> dict[str, tuple[str, ...]]:
    """The names of fields by the category of what they hold."""
    return keys_in(Path(__file__).with_suffix(".txt"))


def keys_in(path: Path) -> dict[str, tuple[str, ...]]:
    """The names of fields that *path* lists, by the category of what they hold."""
    keys: dict[str, tuple[str, ...]] = {}
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            category, _, some = line.partition(": ")
            keys[category] = (*keys.get(category, ()), *some.split())
    return keys
